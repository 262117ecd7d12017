"""Replies that real servers have given to other projects, read by our clients."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import httpx2
import pytest
from openai import APIError, APIStatusError, AsyncOpenAI

from agentchat.core.models import CreateResult, ModelInfo, UserMessage
from agentchat.ext.models._assembling_client import AssemblingClient
from agentchat.ext.models._errors import LegacyFunctionCall, ModelReplyError, TruncatedStream
from agentchat.ext.models.openai import OpenAIChatCompletionClient
from agentchat.ext.models.openai_responses import OpenAIResponsesChatCompletionClient
from tests.agentchat.ext.models.traffic import (
    CHAT,
    RESPONSES,
    Exchange,
    Said,
    chat_said,
    events_of,
    recorded,
    response_said,
)

QUESTION = [UserMessage(content="Hi", source="user")]
INFO = ModelInfo(
    vision=True, function_calling=True, json_output=True, family="unknown", structured_output=True
)

# What models did then is not what is tested.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


def chat_client(http_client: httpx2.AsyncClient) -> AssemblingClient:
    return OpenAIChatCompletionClient(
        model="any", model_info=INFO, api_key="sk-test", max_retries=0, http_client=http_client
    )


def responses_client(http_client: httpx2.AsyncClient) -> AssemblingClient:
    sdk = AsyncOpenAI(api_key="sk-test", http_client=http_client, max_retries=0)
    return OpenAIResponsesChatCompletionClient(model="any", model_info=INFO, client=sdk)


async def read(
    exchange: Exchange, client_of: Callable[[httpx2.AsyncClient], AssemblingClient]
) -> tuple[str, CreateResult]:
    """What a reader of the stream saw, and the result."""
    async with httpx2.AsyncClient(transport=exchange.transport()) as http_client:
        client = client_of(http_client)
        if not exchange.is_stream:
            return "", await client.create(QUESTION)
        *pieces, result = [piece async for piece in client.create_stream(QUESTION)]
    assert isinstance(result, CreateResult)
    return "".join(map(str, pieces)), result


def differences(said: Said, result: CreateResult, shown: str) -> list[str]:
    calls = [] if isinstance(result.content, str) else result.content
    text = result.content if isinstance(result.content, str) else result.thought or ""
    expected = said.text if said.calls else said.text or said.refusal
    found = {
        "text": expected == text or (bool(said.calls) and text.endswith(expected)),
        "calls": [(call.id, call.name, call.arguments) for call in calls] == said.tool_calls,
        "finish reason": result.finish_reason == said.finish_reason,
        "usage": (result.usage.prompt_tokens, result.usage.completion_tokens) == said.usage,
        "pieces": not shown or shown.endswith(said.text or said.refusal),
    }
    return [what for what, is_equal in found.items() if not is_equal]


def reports_an_error(exchange: Exchange) -> bool:
    if exchange.status >= 400:
        return True
    if exchange.is_stream:
        events = events_of(exchange.body)
        return any(event.get("error") or event.get("type") == "error" for event in events)
    body = json.loads(exchange.body)
    return bool(body.get("error")) or body.get("status") in ("queued", "failed", "cancelled")


async def verdict(
    exchange: Exchange,
    client_of: Callable[[httpx2.AsyncClient], AssemblingClient],
    said_by: Callable[[Exchange], Said],
) -> str:
    """`equal`, `named` (an error), `legacy` (a call from before tools), or what is wrong."""
    try:
        shown, result = await read(exchange, client_of)
    except APIStatusError as error:
        return "named" if error.status_code == exchange.status >= 400 else repr(error)
    except LegacyFunctionCall:
        return "legacy"
    except (APIError, ModelReplyError) as error:
        return "named" if reports_an_error(exchange) else repr(error)
    if reports_an_error(exchange):
        return "an error that nobody was told of"
    return ", ".join(differences(said_by(exchange), result, shown)) or "equal"


@pytest.mark.parametrize(
    ("path", "client_of", "said_by"),
    [(CHAT, chat_client, chat_said), (RESPONSES, responses_client, response_said)],
    ids=["chat completions", "responses"],
)
async def test_every_recorded_reply_is_read_as_it_was_said(
    path: str,
    client_of: Callable[[httpx2.AsyncClient], AssemblingClient],
    said_by: Callable[[Exchange], Said],
) -> None:
    exchanges, unread = recorded(path)

    verdicts = [(e.file.name, await verdict(e, client_of, said_by)) for e in exchanges]

    counts = Counter(what for _, what in verdicts)
    odd = [line for line in verdicts if line[1] not in ("equal", "named", "legacy")]
    print(f"{path}: {len(verdicts)} calls, {dict(counts)}, {len(unread)} files not read")
    assert (odd, unread) == ([], [])
    assert counts["equal"] + counts["named"] >= 0.99 * len(verdicts)
    assert counts["equal"] > 250
    assert counts["named"] > 5


@pytest.mark.parametrize(
    ("path", "client_of"),
    [(CHAT, chat_client), (RESPONSES, responses_client)],
    ids=["chat completions", "responses"],
)
@pytest.mark.parametrize("share", [0.3, 0.7])
async def test_a_recorded_stream_that_is_cut_is_an_error(
    path: str, client_of: Callable[[httpx2.AsyncClient], AssemblingClient], share: float
) -> None:
    exchanges, _ = recorded(path)
    streams = [each for each in exchanges if each.is_stream and not reports_an_error(each)]

    for stream in streams:
        beginning = stream.body[: int(share * len(stream.body))]
        cut = replace(stream, body=beginning[: beginning.rfind(b"\n") + 1] + b"data: {")
        if b'"finish_reason":"' not in cut.body and b'"finish_reason": "' not in cut.body:
            with pytest.raises((TruncatedStream, LegacyFunctionCall)):
                await read(cut, client_of)
    assert len(streams) > 30
