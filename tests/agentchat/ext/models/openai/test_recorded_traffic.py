"""Replies that real servers have given to other projects, read by our client."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest
import yaml

from agentchat.core.models import CreateResult, UserMessage
from agentchat.ext.models.openai import OpenAIChatCompletionClient

SAMPLES = Path(__file__).parents[6] / "shared" / "samples" / "cassettes"
FOLDERS = {
    "mirascope": "python/tests/e2e/output/cassettes",
    "ruby_llm": "spec/fixtures/vcr_cassettes",
    "pydantic-ai": "tests/models/cassettes/test_snowflake",
}
QUESTION = [UserMessage(content="Hi", source="user")]

pytestmark = [
    pytest.mark.skipif(not SAMPLES.exists(), reason="the samples are not here"),
    # What models did then is not what is tested.
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


class Exchange(NamedTuple):
    file: Path
    body: bytes

    @property
    def is_stream(self) -> bool:
        return self.body.lstrip().startswith((b"data:", b": "))


class Loader(yaml.CSafeLoader):
    """Reads Ruby's and Python's own tags as plain values."""


def plain(loader: Loader, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_yaml_binary(node) if suffix == "binary" else node.value
    return None


Loader.add_multi_constructor("!", plain)
Loader.add_multi_constructor("tag:yaml.org,2002:python/", plain)


def body_of(response: dict[str, Any]) -> bytes:
    if "parsed_body" in response:
        return json.dumps(response["parsed_body"]).encode()
    body = response["body"]
    if isinstance(body, dict):
        body = body.get("string") or ""
    body = body.encode() if isinstance(body, str) else body
    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body


def exchanges(folder: Path) -> Iterator[Exchange]:
    for file in sorted([*folder.rglob("*.yaml"), *folder.rglob("*.yml")]):
        text = file.read_text(encoding="utf-8")
        if "chat/completions" not in text:
            continue
        cassette = yaml.load(text, Loader)
        for interaction in cassette.get("interactions", cassette.get("http_interactions")):
            response = interaction["response"]
            if "chat/completions" in interaction["request"]["uri"] and succeeded(response):
                yield Exchange(file, body_of(response))


def succeeded(response: dict[str, Any]) -> bool:
    return response["status"]["code"] == 200


def events(body: bytes) -> list[dict[str, Any]]:
    lines = [line.removeprefix(b"data:").strip() for line in body.splitlines() if b"data:" in line]
    return [json.loads(line) for line in lines if line not in (b"", b"[DONE]")]


def said(exchange: Exchange) -> str:
    """The text of a reply, read in the plainest way there is."""
    replies = events(exchange.body) if exchange.is_stream else [json.loads(exchange.body)]
    kind = "delta" if exchange.is_stream else "message"
    texts = []
    for reply in replies:
        for choice in reply["choices"][:1]:
            message = choice[kind]
            content = message.get("content") or message.get("refusal") or ""
            parts = [{"text": content}] if isinstance(content, str) else content
            texts += [part.get("text") or "" for part in parts]
    return "".join(texts)


async def read(exchange: Exchange) -> CreateResult:
    kind = "text/event-stream" if exchange.is_stream else "application/json"
    response = httpx2.Response(200, content=exchange.body, headers={"content-type": kind})
    transport = httpx2.MockTransport(lambda _: response)
    async with httpx2.AsyncClient(transport=transport) as http_client:
        client = OpenAIChatCompletionClient(
            model="gpt-4o", api_key="sk-test", http_client=http_client
        )
        if not exchange.is_stream:
            return await client.create(QUESTION)
        *_, result = [piece async for piece in client.create_stream(QUESTION)]
    assert isinstance(result, CreateResult)
    return result


@pytest.mark.parametrize("project", FOLDERS)
async def test_every_recorded_reply_is_read_as_it_was_said(project: str) -> None:
    recorded = list(exchanges(SAMPLES / project / FOLDERS[project]))

    results = [await read(exchange) for exchange in recorded]

    assert len(recorded) > 3
    for exchange, result in zip(recorded, results, strict=True):
        expected = said(exchange)
        if isinstance(result.content, str):
            assert (exchange.file, result.content) == (exchange.file, expected)
        else:
            assert expected in (result.thought or "")
            assert all(call.id and call.name for call in result.content), exchange.file
