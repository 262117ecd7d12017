"""The Responses API of the scripted endpoint, asked by the real SDK over a real socket."""

from typing import Any

import openai
import pytest
from openai.types.responses import Response

from harness.script import HttpFailure, Reply, Script, When
from harness.server import serving

EVERYTHING = Reply(think="well now", say="Two words", call={"add": {"a": 1}})


def ask(reply: Reply, **arguments: Any) -> Any:
    with (
        serving(Script(replies=(reply,))) as url,
        openai.OpenAI(base_url=url, api_key="none", max_retries=0) as sdk,
    ):
        return sdk.responses.create(**{"model": "gpt-4o", "input": "hi", **arguments})


def streamed(reply: Reply) -> list[Any]:
    with (
        serving(Script(replies=(reply,))) as url,
        openai.OpenAI(base_url=url, api_key="none", max_retries=0) as sdk,
    ):
        return list(sdk.responses.create(model="gpt-4o", input="hi", stream=True))


def test_a_reply_arrives_as_items() -> None:
    answer = ask(EVERYTHING, instructions="Be brief.")

    assert answer.output_text == "Two words"
    assert [item.type for item in answer.output] == ["reasoning", "message", "function_call"]
    assert (answer.output[2].name, answer.output[2].arguments) == ("add", '{"a":1}')
    assert (answer.status, answer.instructions) == ("completed", "Be brief.")
    assert answer.usage.total_tokens == answer.usage.input_tokens + answer.usage.output_tokens


def test_an_answer_has_every_field_that_the_sdk_demands() -> None:
    answer = ask(EVERYTHING)

    # The SDK itself takes anything; this refuses what is missing or of another type.
    assert Response.model_validate(answer.to_dict(), strict=False) == answer


def test_a_streams_events_come_in_the_apis_order() -> None:
    events = streamed(EVERYTHING)

    item, done = "response.output_item.added", "response.output_item.done"
    part, text = "response.reasoning_summary_part", "response.reasoning_summary_text"
    arguments = "response.function_call_arguments"
    assert [event.type for event in events] == [
        "response.created", "response.in_progress",
        item, f"{part}.added", *[f"{text}.delta"] * 2, f"{text}.done", f"{part}.done", done,
        item, "response.content_part.added", *["response.output_text.delta"] * 2,
        "response.output_text.done", "response.content_part.done", done,
        item, f"{arguments}.delta", f"{arguments}.done", done,
        "response.completed",
    ]  # fmt: skip
    assert [event.sequence_number for event in events] == list(range(len(events)))


def test_a_stream_ends_with_the_answer_that_comes_without_one() -> None:
    with (
        serving(Script(replies=(EVERYTHING, EVERYTHING))) as url,
        openai.OpenAI(base_url=url, api_key="none") as sdk,
        sdk.responses.stream(model="gpt-4o", input="hi") as stream,
    ):
        parsed = stream.until_done().get_final_response()

    whole = ask(EVERYTHING, stream=False)
    assert parsed.output_text == whole.output_text
    assert [item.type for item in parsed.output] == [item.type for item in whole.output]
    assert parsed.usage == whole.usage


def test_items_grow_from_nothing() -> None:
    added = [event.item for event in streamed(EVERYTHING) if event.type.endswith("item.added")]

    assert [added[0].summary, added[1].content, added[2].arguments] == [[], [], ""]
    assert [added[1].status, added[2].status] == ["in_progress", "in_progress"]


def test_a_refusal_is_told_as_one() -> None:
    events = streamed(Reply(refuse="I can not"))

    refused = [event for event in events if event.type.startswith("response.refusal")]
    assert [event.type for event in refused[-2:]] == [
        "response.refusal.delta",
        "response.refusal.done",
    ]
    assert refused[-1].refusal == "I can not"


def test_an_answer_that_is_cut_says_why() -> None:
    answer = ask(Reply(say="and then", finish="length"))
    last = streamed(Reply(say="and then", finish="length"))[-1]

    assert (answer.status, answer.incomplete_details.reason) == ("incomplete", "max_output_tokens")
    assert last.type == "response.incomplete"


@pytest.mark.parametrize(
    ("when", "arguments"),
    [
        (When(system="brief"), {"instructions": "Be brief."}),
        (When(system="brief"), {"input": [{"role": "developer", "content": "Be brief."}]}),
        (
            When(last="42"),
            {"input": [{"type": "function_call_output", "call_id": "c", "output": "It is 42."}]},
        ),
        (When(last="blue"), {"input": [{"role": "user", "content": [
            {"type": "input_text", "text": "Is it blue?"}]}]}),
        (When(tool="add"), {"tools": [
            {"type": "function", "name": "add", "parameters": {}, "strict": False}]}),
        (When(tool="web_search"), {"tools": [{"type": "web_search"}]}),
    ],
)  # fmt: skip
def test_a_reply_can_ask_for_what_the_request_says(when: When, arguments: dict[str, Any]) -> None:
    answer = ask(Reply(when=when, say="yes"), **arguments)

    assert answer.output_text == "yes"


def test_a_failure_is_the_http_error_it_says() -> None:
    with pytest.raises(openai.InternalServerError, match="on fire"):
        ask(Reply(fail=HttpFailure(status=500, message="on fire")))
