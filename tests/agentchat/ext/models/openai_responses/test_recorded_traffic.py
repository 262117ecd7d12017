"""Responses that real servers have given to other projects, read by our client."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest
import yaml
from openai import APIStatusError, AsyncOpenAI

from agentchat.core.models import CreateResult, RequestUsage, UserMessage
from agentchat.ext.models.openai_responses import (
    OpenAIResponsesChatCompletionClient,
    ResponseNotCompleted,
)
from harness.cassette import Response
from harness.errors import UnreadableCassette
from harness.formats import load

SAMPLES = Path(__file__).parents[6] / "shared" / "samples" / "cassettes"
PROJECTS = (
    "crewAI",
    "fantasy",
    "mirascope",
    "openinference",
    "openllmetry",
    "opentelemetry-python-contrib",
    "pydantic-ai",
    "ruby_llm",
)
QUESTION = [UserMessage(content="Hi", source="user")]


class Exchange(NamedTuple):
    file: Path
    url: str
    status: int
    body: bytes

    @property
    def is_stream(self) -> bool:
        return self.body.lstrip().startswith((b"event:", b"data:", b":"))


class Loader(yaml.CSafeLoader):
    """Reads Ruby's own tags as plain values."""


def plain(loader: Loader, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_yaml_binary(node) if suffix == "binary" else node.value
    return None


Loader.add_multi_constructor("!", plain)


def exchanges_in(file: Path) -> Iterator[Exchange]:
    try:
        cassette = load(file)
    except UnreadableCassette:
        yield from foreign_exchanges_in(file)
        return
    for interaction in cassette.interactions:
        request, response = interaction.request, interaction.response
        if isinstance(response, Response) and request.method == "POST":
            yield Exchange(file, request.url, response.status, response.content)


def foreign_exchanges_in(file: Path) -> Iterator[Exchange]:
    """The files of Go's and Ruby's recorders."""
    cassette = yaml.load(file.read_text(encoding="utf-8"), Loader)
    for recorded in cassette.get("interactions") or cassette.get("http_interactions"):
        request, response = recorded["request"], recorded["response"]
        body, code = response["body"], response.get("code") or response["status"]["code"]
        text = body if isinstance(body, str) else body["string"]
        content = text if isinstance(text, bytes) else text.encode()
        content = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
        url = request.get("url") or request["uri"]
        if request["method"].upper() == "POST":
            yield Exchange(file, url, code, content)


def exchanges(project: str) -> list[Exchange]:
    if not SAMPLES.exists():
        pytest.skip("needs sample traffic: recordings of other projects beside this one")
    files = sorted(file for file in (SAMPLES / project).rglob("*") if file.is_file())
    return [
        exchange
        for file in files
        if b"/responses" in file.read_bytes()
        for exchange in exchanges_in(file)
        if exchange.url.partition("?")[0].endswith("/responses")
    ]


def final(exchange: Exchange) -> dict[str, Any]:
    """The whole response, read in the plainest way there is."""
    if not exchange.is_stream:
        return dict(json.loads(exchange.body))
    lines = [line[5:].strip() for line in exchange.body.splitlines() if line.startswith(b"data:")]
    events = [json.loads(line) for line in lines if line != b"[DONE]"]
    return dict(events[-1]["response"])


def texts(response: dict[str, Any]) -> list[str]:
    return [
        part.get("text") or part["refusal"]
        for item in response["output"]
        if item["type"] == "message"
        for part in item["content"]
    ]


def calls(response: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (item["call_id"], item["name"], item["arguments"])
        for item in response["output"]
        if item["type"] == "function_call"
    ]


def finish_reason(response: dict[str, Any]) -> str:
    if calls(response):
        return "function_calls"
    return "stop" if response["status"] == "completed" else "length"


async def read(exchange: Exchange) -> list[str | CreateResult]:
    kind = "text/event-stream" if exchange.is_stream else "application/json"
    response = httpx2.Response(
        exchange.status, content=exchange.body, headers={"content-type": kind}
    )
    transport = httpx2.MockTransport(lambda _: response)
    http_client = httpx2.AsyncClient(transport=transport)
    sdk = AsyncOpenAI(api_key="sk-test", http_client=http_client, max_retries=0)
    client = OpenAIResponsesChatCompletionClient(model="gpt-4o", client=sdk)
    try:
        if not exchange.is_stream:
            return [await client.create(QUESTION)]
        return [piece async for piece in client.create_stream(QUESTION)]
    finally:
        await client.close()


@pytest.mark.parametrize("project", PROJECTS)
async def test_every_recorded_response_is_read_as_it_was_said(project: str) -> None:
    read_through = 0
    for exchange in exchanges(project):
        if exchange.status != 200 or final(exchange)["status"] in ("queued", "failed"):
            continue
        response = final(exchange)

        *pieces, result = await read(exchange)

        read_through += 1
        assert isinstance(result, CreateResult)
        usage = response.get("usage") or {"input_tokens": 0, "output_tokens": 0}
        assert result.usage == RequestUsage(usage["input_tokens"], usage["output_tokens"])
        assert result.finish_reason == finish_reason(response), exchange.file
        if isinstance(result.content, str):
            assert result.content == "".join(texts(response)), exchange.file
        else:
            found = [(call.id, call.name, call.arguments) for call in result.content]
            assert found == calls(response), exchange.file
        if exchange.is_stream and result.thought is None:
            assert "".join(map(str, pieces)) == "".join(texts(response)), exchange.file
    assert read_through > 2


async def test_a_recorded_refusal_has_its_name() -> None:
    refused = [
        exchange
        for project in PROJECTS
        for exchange in exchanges(project)
        if exchange.status != 200 or final(exchange)["status"] in ("queued", "failed")
    ]

    for exchange in refused:
        with pytest.raises((APIStatusError, ResponseNotCompleted), match=r"Error code|queued"):
            await read(exchange)
    assert len(refused) > 6
