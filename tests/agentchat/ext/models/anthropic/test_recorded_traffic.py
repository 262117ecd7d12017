"""Replies that Anthropic's API has given to other projects, read by our client."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from agentchat.core.models import CreateResult, UserMessage
from harness.formats import load

pytest.importorskip("anthropic", reason="needs anthropic: the Anthropic SDK")

from agentchat.ext.models.anthropic import AnthropicChatCompletionClient

SAMPLES = Path(__file__).parents[6] / "shared" / "samples" / "cassettes"
ADDRESS = "api.anthropic.com/v1/messages"
FINISHES = {"end_turn": "stop", "tool_use": "function_calls", "max_tokens": "length"}


def recorded_bodies() -> Iterator[tuple[str, bytes]]:
    """The name of the file and the body, of every reply there is."""
    for file in sorted([*SAMPLES.rglob("*.yaml"), *SAMPLES.rglob("*.yml")]):
        text = file.read_text(encoding="utf-8", errors="replace")
        if ADDRESS not in text:
            continue
        if "http_interactions:" in text:
            yield from ruby_bodies(file.name, yaml.safe_load(text))
            continue
        for interaction in load(file).interactions:
            body = getattr(interaction.response, "body", None)
            if ADDRESS in interaction.request.url and isinstance(body, bytes):
                yield file.name, body


def ruby_bodies(name: str, cassette: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    for interaction in cassette["http_interactions"]:
        if ADDRESS in interaction["request"]["uri"]:
            yield name, interaction["response"]["body"]["string"].encode()


def expected(body: dict[str, Any]) -> dict[str, Any]:
    """What a message says, read in the plainest way there is."""
    blocks = body["content"]
    usage = body["usage"]
    cached = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
    return {
        "text": "".join(block["text"] for block in blocks if block["type"] == "text"),
        "calls": [
            (block["id"], block["name"], block["input"])
            for block in blocks
            if block["type"] == "tool_use"
        ],
        "finish_reason": FINISHES[body["stop_reason"]],
        "usage": (sum(usage.get(name) or 0 for name in cached), usage["output_tokens"]),
    }


def found(result: CreateResult) -> dict[str, Any]:
    calls = result.content if isinstance(result.content, list) else []
    said = result.content if isinstance(result.content, str) else result.thought or ""
    return {
        "text": said,
        "calls": [(call.id, call.name, json.loads(call.arguments)) for call in calls],
        "finish_reason": result.finish_reason,
        "usage": (result.usage.prompt_tokens, result.usage.completion_tokens),
    }


async def read(body: bytes) -> CreateResult:
    response = httpx2.Response(200, content=body, headers={"content-type": "application/json"})
    transport = httpx2.MockTransport(lambda _: response)
    async with httpx2.AsyncClient(transport=transport) as http_client:
        client = AnthropicChatCompletionClient(
            model="claude-sonnet-4-5", api_key="none", http_client=http_client
        )
        return await client.create([UserMessage(content="Hi", source="user")])


async def test_every_recorded_message_is_read_as_it_was_said() -> None:
    if not SAMPLES.exists():
        pytest.skip("needs sample traffic: recorded cassettes beside the project")
    recorded = list(recorded_bodies())

    results = [await read(body) for _, body in recorded]

    assert len(recorded) == 8
    for (name, body), result in zip(recorded, results, strict=True):
        assert (name, found(result)) == (name, expected(json.loads(body)))
