"""The Responses client against a server on this machine."""

import asyncio
import json
from contextlib import AbstractAsyncContextManager
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI
from starlette.responses import Response, StreamingResponse

from agentchat.core import CancellationToken, FunctionCall, Image
from agentchat.core.models import (
    AssistantMessage,
    CreateResult,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    LLMMessage,
    RequestUsage,
    SystemMessage,
    UserMessage,
)
from agentchat.ext.models._errors import (
    EmptyReply,
    RefusedToAnswer,
    TruncatedStream,
    UnfitOutput,
    UnreadableReply,
)
from agentchat.ext.models.openai_responses import (
    OpenAIResponsesChatCompletionClient,
    ResponseNotCompleted,
)
from agentchat.usage import UsageLedger
from harness.conformance import check_model_client
from tests.agentchat.ext.models.vendor import HELLO, PIXEL, TOOL, Vendor, Weather, as_json

USAGE = {
    "input_tokens": 10,
    "output_tokens": 5,
    "input_tokens_details": {"cached_tokens": 4},
    "output_tokens_details": {"reasoning_tokens": 3},
}
Client = OpenAIResponsesChatCompletionClient


def client_of(**settings: Any) -> Client:
    return Client(**{"model": "gpt-4o", "api_key": "sk-test", "max_retries": 0, **settings})


class OpenAI(Vendor):
    path = "/v1/responses"

    def client(self, **arguments: Any) -> Client:
        return client_of(base_url=f"{self.url}/v1", **arguments)


def asked(*replies: Any, **settings: Any) -> AbstractAsyncContextManager[tuple[Client, OpenAI]]:
    return OpenAI.answering(*map(as_response, replies), **settings)


def as_response(reply: Any) -> Response:
    if isinstance(reply, Response):
        return reply
    return sse(*reply) if isinstance(reply, list) else as_json(reply)


def sse(*events: dict[str, Any]) -> Response:
    lines = (f"event: {each['type']}\ndata: {json.dumps(each)}\n\n" for each in events)
    return StreamingResponse(lines, media_type="text/event-stream")


def response(*output: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"status": "completed", "output": list(output), "usage": USAGE, **fields}


def says(text: str, **part: Any) -> dict[str, Any]:
    return {"type": "message", "content": [{"type": "output_text", "text": text, **part}]}


def thinks(*texts: str) -> dict[str, Any]:
    parts = [{"type": "summary_text", "text": text} for text in texts]
    return {"type": "reasoning", "summary": parts}


def calls(arguments: str) -> dict[str, Any]:
    return {
        "type": "function_call",
        "call_id": "call_1",
        "name": "get_weather",
        "arguments": arguments,
    }


def delta(kind: str, text: str, **place: int) -> dict[str, Any]:
    return {"type": f"response.{kind}.delta", "delta": text, **place}


async def test_a_conversation_is_sent_as_items() -> None:
    call = FunctionCall(id="1", arguments="{}", name="look")
    result = FunctionExecutionResult(content="a", name="look", call_id="1")
    messages: list[LLMMessage] = [
        SystemMessage(content="Be brief."),
        UserMessage(content=["See:", Image.from_base64(PIXEL)], source="user"),
        AssistantMessage(content=[call], thought="Hm.", source="writer"),
        FunctionExecutionResultMessage(content=[result]),
        AssistantMessage(content="Nice.", source="writer"),
    ]
    async with asked(response(says("Hello"))) as (client, server):
        await client.create(messages)

    image = {"type": "input_image", "image_url": f"data:image/png;base64,{PIXEL}", "detail": "auto"}
    assert server.asked == [
        {
            "model": "gpt-4o",
            "stream": False,
            "store": False,
            "input": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": [{"type": "input_text", "text": "See:"}, image]},
                {"role": "assistant", "content": "Hm."},
                {"type": "function_call", "call_id": "1", "name": "look", "arguments": "{}"},
                {"type": "function_call_output", "call_id": "1", "output": "a"},
                {"role": "assistant", "content": "Nice."},
            ],
        }
    ]


async def test_an_answer_is_read_with_its_reasoning_and_its_cost() -> None:
    logprobs = [{"token": "Hello", "logprob": -0.5, "bytes": [72], "top_logprobs": []}]
    reply = response(thinks("First.", "Then."), says("Hello", logprobs=logprobs))
    async with asked(reply) as (client, _):
        with UsageLedger() as ledger:
            result = await client.create(HELLO)

    assert (result.content, result.thought) == ("Hello", "First.\n\nThen.")
    assert (result.finish_reason, result.usage) == ("stop", RequestUsage(10, 5))
    assert [token.token for token in result.logprobs or ()] == ["Hello"]
    assert client.total_usage() == RequestUsage(10, 5)
    (call,) = ledger.calls
    assert (call.cached_tokens, call.reasoning_tokens) == (4, 3)


async def test_tools_are_offered_and_called() -> None:
    web = {"type": "web_search"}
    reply = response(says("Let me see."), calls('{"city": "Oslo"}'))
    async with asked(reply, tools=[web]) as (client, server):
        result = await client.create(HELLO, tools=[TOOL], tool_choice=TOOL)

    assert result.content == [
        FunctionCall(id="call_1", arguments='{"city": "Oslo"}', name="get_weather")
    ]
    assert (result.finish_reason, result.thought) == ("function_calls", "Let me see.")
    (offered, function), choice = server.asked[0]["tools"], server.asked[0]["tool_choice"]
    assert (offered, choice) == (web, {"type": "function", "name": "get_weather"})
    assert (function["name"], function["strict"]) == ("get_weather", False)


async def test_a_structured_answer_is_asked_for_and_checked() -> None:
    replies = [response(says('{"degrees": 7}')), response(says("warm"))]
    async with asked(*replies, text={"verbosity": "low"}) as (client, server):
        result = await client.create(HELLO, json_output=Weather)
        with pytest.raises(UnfitOutput, match="does not fit Weather"):
            await client.create(HELLO, json_output=Weather)

    text = server.asked[0]["text"]
    assert result.content == '{"degrees": 7}'
    assert (text["verbosity"], text["format"]["type"]) == ("low", "json_schema")
    assert (text["format"]["name"], text["format"]["strict"]) == ("Weather", True)
    assert set(text["format"]["schema"]["properties"]) == {"degrees"}


async def test_a_refusal_is_the_answer_unless_it_should_be_structured() -> None:
    refusal = {"type": "message", "content": [{"type": "refusal", "refusal": "No."}]}
    async with asked(response(refusal), response(refusal)) as (client, _):
        result = await client.create(HELLO)
        with pytest.raises(RefusedToAnswer, match=r"refused to answer: 'No\.'"):
            await client.create(HELLO, json_output=Weather)

    assert result.content == "No."


@pytest.mark.parametrize(
    ("reason", "finish_reason"),
    [("max_output_tokens", "length"), ("content_filter", "content_filter")],
)
async def test_a_cut_answer_says_why(reason: str, finish_reason: str) -> None:
    cut = response(says("He"), status="incomplete", incomplete_details={"reason": reason})
    async with asked(cut) as (client, _):
        result = await client.create(HELLO)

    assert (result.content, result.finish_reason) == ("He", finish_reason)


async def test_a_stream_shows_what_the_result_holds() -> None:
    events = [
        {"type": "response.created", "response": {"status": "in_progress"}},
        delta("reasoning_summary_text", "First.", output_index=0, summary_index=0),
        delta("reasoning_summary_text", "Then.", output_index=0, summary_index=1),
        delta("output_text", "Hel", output_index=1),
        delta("output_text", "lo", output_index=1),
        {
            "type": "response.completed",
            "response": response(thinks("First.", "Then."), says("Hello")),
        },
    ]
    async with asked(events) as (client, server):
        *pieces, result = [piece async for piece in client.create_stream(HELLO)]

    assert pieces == ["<think>First.", "\n\nThen.", "</think>", "Hel", "lo"]
    assert isinstance(result, CreateResult)
    assert (result.content, result.thought) == ("Hello", "First.\n\nThen.")
    assert (result.usage, server.asked[0]["stream"]) == (RequestUsage(10, 5), True)


async def test_a_stream_whose_end_repeats_nothing_is_put_together() -> None:
    events = [
        {"type": "response.output_item.done", "output_index": 1, "item": calls("{}")},
        {"type": "response.output_item.done", "output_index": 0, "item": says("Let me see.")},
        {"type": "response.completed", "response": response()},
    ]
    async with asked(events) as (client, _):
        (result,) = [piece async for piece in client.create_stream(HELLO)]

    assert isinstance(result, CreateResult)
    assert result.content == [FunctionCall(id="call_1", arguments="{}", name="get_weather")]
    assert result.thought == "Let me see."


FAILED = {"status": "failed", "error": {"code": "server_error", "message": "Sorry."}}
BROKEN = [delta("output_text", "Hel")]


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ([*BROKEN], TruncatedStream),
        ([*BROKEN, {"type": "error", "code": "x", "message": "y"}], ResponseNotCompleted),
        ([{"type": "response.failed", "response": FAILED}], ResponseNotCompleted),
        ([{"type": "response.completed", "response": {"output": 1}}], EmptyReply),
        (Response("data: {\n\n", media_type="text/event-stream"), UnreadableReply),
    ],
)
async def test_what_is_wrong_with_a_stream_has_a_name(reply: Any, error: type[Exception]) -> None:
    async with asked(reply) as (client, _):
        with pytest.raises(error, match="'gpt-4o'"):
            _ = [piece async for piece in client.create_stream(HELLO)]


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (FAILED, ResponseNotCompleted),
        ({"status": "queued", "output": []}, ResponseNotCompleted),
        ({"status": "completed"}, EmptyReply),
        ([], UnreadableReply),
        (Response("<html>", media_type="text/html"), UnreadableReply),
    ],
)
async def test_what_is_wrong_with_a_response_has_a_name(reply: Any, error: type[Exception]) -> None:
    reply = as_json(reply) if reply == [] else reply
    async with asked(reply) as (client, _):
        with pytest.raises(error, match="'gpt-4o'"):
            await client.create(HELLO)


async def test_an_error_of_the_server_stays_as_it_is() -> None:
    error = as_json({"error": {"message": "no such model"}}, 404)
    async with asked(error) as (client, _):
        with pytest.raises(openai.NotFoundError, match="no such model"):
            await client.create(HELLO)


async def test_a_token_stops_a_call() -> None:
    token = CancellationToken()
    token.cancel()

    client = client_of()
    with pytest.raises(asyncio.CancelledError):
        await client.create(HELLO, cancellation_token=token)
    await client.close()


async def test_keeps_the_promises_of_every_client() -> None:
    text = "Paris, of course."
    whole = response(says(text))
    words = [delta("output_text", word) for word in ("Paris,", " of", " course.")]
    streamed = [*words, {"type": "response.completed", "response": whole}]

    def answer(asked: dict[str, Any]) -> Response:
        return sse(*streamed) if asked["stream"] else as_json(whole)

    with OpenAI.serving(answer) as server:
        await check_model_client(server.client)


def test_a_configuration_makes_the_same_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    client = client_of(api_key="sk-secret", temperature=0.5, base_url="http://localhost:1/v1")

    saved = client.dump_component().model_dump_json()
    loaded = Client.load_component(json.loads(saved))

    assert "sk-secret" not in saved
    assert loaded.cache_identity() == client.cache_identity()
    assert loaded.dump_component() == client.dump_component()


def test_a_client_of_the_sdk_can_not_be_configured() -> None:
    client = Client(model="gpt-4o", client=AsyncOpenAI(api_key="sk-test"))

    with pytest.raises(TypeError, match=r"OpenAIResponsesChatCompletionClient\(client=\.\.\.\)"):
        client.dump_component()


@pytest.mark.parametrize(
    ("settings", "error"),
    [({"model": "mine"}, ValueError), ({"max_tokens": 5}, TypeError), ({"input": []}, TypeError)],
)
def test_refuses_impossible_settings(settings: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error, match=r"model_info is required|unexpected keyword arguments"):
        client_of(**settings)


async def test_refuses_what_the_model_can_not_do() -> None:
    client = client_of(model="o1-mini")

    with pytest.raises(ValueError, match="does not support function calling"):
        await client.create(HELLO, tools=[TOOL])
    with pytest.raises(ValueError, match=r"Extra create args are invalid: \['stream'\]"):
        await client.create(HELLO, extra_create_args={"stream": True})
    await client.close()
