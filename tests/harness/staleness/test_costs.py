"""What asking again costs, by what recorded answers of each vendor say."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from harness.answers import answer_of, usage_of
from harness.comparison import exchanges
from harness.interactions import Chunk, Interaction, Request, Response, Unanswered
from harness.staleness import Cost, cost_of
from harness.trace import Usage

NOW = datetime(2026, 1, 1, tzinfo=UTC)
URL = "https://api.openai.com/v1/chat/completions"


def answered(body: dict[str, Any], model: str = "gpt-4o") -> Interaction:
    request = Request("POST", URL, (), json.dumps({"model": model}).encode())
    return Interaction(request, Response(200, (), json.dumps(body).encode(), 0))


@pytest.mark.parametrize(
    ("body", "usage"),
    [
        (
            {"usage": {"prompt_tokens": 9, "completion_tokens": 2,
                       "prompt_tokens_details": {"cached_tokens": 4}}},
            Usage(prompt_tokens=9, completion_tokens=2, cached_tokens=4),
        ),
        (
            {"usage": {"input_tokens": 5, "output_tokens": 2, "cache_read_input_tokens": 3,
                       "cache_creation_input_tokens": 1}},
            Usage(prompt_tokens=9, completion_tokens=2, cached_tokens=3),
        ),
        (
            {"usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 2,
                               "thoughtsTokenCount": 5, "cachedContentTokenCount": 4}},
            Usage(prompt_tokens=9, completion_tokens=7, cached_tokens=4),
        ),
        ({"prompt_eval_count": 9, "eval_count": 2}, Usage(prompt_tokens=9, completion_tokens=2)),
        (
            {"usage": {"prompt_tokens": 1, "completion_tokens": 2, "cached_tokens": 7}},
            Usage(prompt_tokens=7, completion_tokens=2, cached_tokens=7),
        ),
        ({"choices": []}, None),
    ],
    ids=["openai", "anthropic", "google", "ollama", "cached apart", "nothing"],
)  # fmt: skip
def test_each_vendor_says_it_in_its_own_way(body: dict[str, Any], usage: Usage | None) -> None:
    assert usage_of(answer_of(answered(body))) == usage


def test_what_is_known_is_added_up_and_what_is_not_is_named() -> None:
    usage = {"usage": {"prompt_tokens": 1000, "completion_tokens": 100}}
    request = answered(usage).request
    interactions = (
        answered(usage),
        answered(usage, "a-model-of-ours"),
        Interaction(request, Unanswered("stopped", 0)),
    )

    cost = cost_of(interactions, range(3), NOW)

    assert cost == Cost(3, 2000, 200, Decimal("0.0035"), ("a-model-of-ours",), 1)


def test_a_call_of_a_client_costs_nothing_beside_what_lies_beneath() -> None:
    exchange = answered({"usage": {"prompt_tokens": 1000, "completion_tokens": 100}})
    call = replace(exchange, request=replace(exchange.request, method="CREATE"), beneath=(1,))

    assert cost_of((exchange, call), (0, 1), NOW) == cost_of((exchange,), (0,), NOW)


def test_a_stream_of_anthropic_is_told_as_one_message() -> None:
    events = [
        {"type": "message_start", "message": {"role": "assistant", "usage": {"input_tokens": 5}}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"text": "It "}},
        {"type": "content_block_delta", "index": 0, "delta": {"text": "rains."}},
        {"type": "content_block_start", "index": 1,
         "content_block": {"type": "tool_use", "name": "add"}},
        {"type": "content_block_delta", "index": 1, "delta": {"partial_json": '{"a": 1}'}},
        {"type": "message_delta", "delta": {"stop_reason": "tool_use"},
         "usage": {"output_tokens": 7}},
    ]  # fmt: skip
    stream = tuple(Chunk(0, f"data: {json.dumps(event)}\n\n".encode()) for event in events)
    asked = answered({}).request

    (told,) = exchanges([Interaction(asked, Response(200, (), stream, 0))])

    assert [said.text for said in told.answer] == ['It rains.\nadd({"a":1})']
    assert (told.finish_reason, told.prompt_tokens, told.completion_tokens) == ("tool_use", 5, 7)
