"""Replies that a model on Azure AI has given to another project, read by our client."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from agentchat.core.models import CreateResult, ModelInfo, UserMessage

pytest.importorskip("azure.core", reason="needs azure.core: Azure's credentials")
pytest.importorskip("openai", reason="needs openai: the OpenAI SDK")

from azure.core.credentials import AzureKeyCredential

from agentchat.ext.models.azure import AzureAIChatCompletionClient

SAMPLES = Path(__file__).parents[6] / "shared" / "samples" / "cassettes" / "ruby_llm"
ADDRESS = "services.ai.azure.com/models/chat/completions"
INFO = ModelInfo(
    vision=False,
    function_calling=True,
    json_output=True,
    family="unknown",
    structured_output=True,
)


class Loader(yaml.CSafeLoader):
    """Reads Ruby's name for binary data."""


Loader.add_constructor("!binary", Loader.construct_yaml_binary)


def recorded_bodies() -> Iterator[tuple[str, str]]:
    """The name of the file and the body, of every reply there is."""
    for file in sorted(SAMPLES.rglob("*.yml")):
        text = file.read_text(encoding="utf-8")
        if ADDRESS not in text:
            continue
        for interaction in yaml.load(text, Loader)["http_interactions"]:
            status = interaction["response"]["status"]["code"]
            if ADDRESS in interaction["request"]["uri"] and status == 200:
                body = interaction["response"]["body"]["string"]
                yield file.name, body.decode() if isinstance(body, bytes) else body


def expected(body: str) -> dict[str, Any]:
    """What a reply says, read in the plainest way there is."""
    is_stream = body.startswith("data:")
    lines = [line.removeprefix("data:").strip() for line in body.splitlines() if "data:" in line]
    replies = [json.loads(line) for line in lines if line != "[DONE]"] if is_stream else []
    replies = replies or [json.loads(body)]
    parts = [
        choice["delta" if is_stream else "message"]
        for reply in replies
        for choice in reply["choices"]
    ]
    usage = next(reply["usage"] for reply in reversed(replies) if reply.get("usage"))
    calls = [call for part in parts for call in part.get("tool_calls") or []]
    return {
        "text": "".join(part.get("content") or "" for part in parts),
        "arguments": "".join(call["function"].get("arguments") or "" for call in calls),
        "usage": (usage["prompt_tokens"], usage["completion_tokens"]),
    }


def found(result: CreateResult) -> dict[str, Any]:
    calls = result.content if isinstance(result.content, list) else []
    said = result.content if isinstance(result.content, str) else result.thought or ""
    return {
        "text": said,
        "arguments": "".join(call.arguments for call in calls),
        "usage": (result.usage.prompt_tokens, result.usage.completion_tokens),
    }


async def read(body: str) -> CreateResult:
    kind = "text/event-stream" if body.startswith("data:") else "application/json"
    response = httpx2.Response(200, content=body.encode(), headers={"content-type": kind})
    transport = httpx2.MockTransport(lambda _: response)
    question = [UserMessage(content="Hi", source="user")]
    async with httpx2.AsyncClient(transport=transport) as http_client:
        client = AzureAIChatCompletionClient(
            endpoint="https://example.services.ai.azure.com/models",
            credential=AzureKeyCredential("none"),
            model_info=INFO,
            http_client=http_client,
        )
        if kind == "application/json":
            return await client.create(question)
        *_, result = [piece async for piece in client.create_stream(question)]
    assert isinstance(result, CreateResult)
    return result


async def test_every_recorded_reply_is_read_as_it_was_said() -> None:
    if not SAMPLES.exists():
        pytest.skip("needs sample traffic: recorded cassettes beside the project")
    recorded = list(recorded_bodies())

    results = [await read(body) for _, body in recorded]

    assert len(recorded) > 10
    for (name, body), result in zip(recorded, results, strict=True):
        assert (name, found(result)) == (name, expected(body))
