"""Streams of a real server on the loopback interface."""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Any

import openai
import pytest

from agentchat.core import CancellationToken
from agentchat.core._function_call import FunctionCall
from agentchat.core.logging import EVENT_LOGGER_NAME, LLMStreamEndEvent, LLMStreamStartEvent
from agentchat.core.models import CreateResult, RequestUsage, UserMessage
from agentchat.ext.models._errors import TruncatedStream, UnreadableReply
from agentchat.ext.models.openai import OpenAIChatCompletionClient

QUESTION = [UserMessage(content="Hi", source="user")]
USAGE = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
DONE = b"data: [DONE]\n\n"
EVENT_STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"


class Server:
    """Answers one request after the other with the given bytes, and keeps the bodies."""

    def __init__(self, replies: Sequence[bytes]) -> None:
        self.replies = list(replies)
        self.bodies: list[dict[str, Any]] = []
        self.hold = asyncio.Event()
        """Set it to let the last reply end."""

        self.hold.set()
        self.left = asyncio.Event()
        """Set when a client has hung up."""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if b"content-length" in line)
        self.bodies.append(json.loads(await reader.readexactly(int(length.split(b":")[1]))))
        writer.write(self.replies.pop(0))
        await writer.drain()
        if not self.hold.is_set():
            await reader.read()
            self.left.set()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


@contextlib.asynccontextmanager
async def serving(
    *replies: bytes, **arguments: Any
) -> AsyncIterator[tuple[OpenAIChatCompletionClient, Server]]:
    server = Server(replies)
    listening = await asyncio.start_server(server.answer, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    client = OpenAIChatCompletionClient(
        **{
            "model": "gpt-4o",
            "api_key": "sk-test",
            "base_url": f"http://127.0.0.1:{port}/v1",
            "max_retries": 0,
            **arguments,
        }
    )
    try:
        yield client, server
    finally:
        await client.close()
        listening.close()
        await listening.wait_closed()


def event(delta: dict[str, Any] | None, finish_reason: str | None = None, **more: Any) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    chunk = {"model": "gpt-4o", "choices": [] if delta is None else [choice], **more}
    return f"data: {json.dumps(chunk)}\n\n".encode()


def call_piece(index: int | None, **piece: Any) -> dict[str, Any]:
    function = {key: piece[key] for key in ("name", "arguments") if key in piece}
    return {"index": index, "id": piece.get("id"), "function": function}


def streamed(*events: bytes) -> bytes:
    return EVENT_STREAM + b"".join(events)


def refused(message: str) -> bytes:
    body = json.dumps({"error": {"message": message}}).encode()
    head = (
        f"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
    )
    return head.encode() + b"\r\nconnection: close\r\n\r\n" + body


HELLO = streamed(
    event({"role": "assistant", "content": ""}),
    event({"content": "Hel"}),
    event({"content": "lo"}),
    event({}, "stop"),
    event(None, usage=USAGE),
    DONE,
)


async def read(client: OpenAIChatCompletionClient, **call: Any) -> tuple[list[str], CreateResult]:
    *pieces, result = [piece async for piece in client.create_stream(QUESTION, **call)]
    assert isinstance(result, CreateResult)
    return [str(piece) for piece in pieces], result


async def test_yields_the_pieces_and_then_the_whole() -> None:
    async with serving(HELLO) as (client, server):
        pieces, result = await read(client)

    assert pieces == ["Hel", "lo"]
    assert result == CreateResult(
        finish_reason="stop",
        content="Hello",
        usage=RequestUsage(prompt_tokens=10, completion_tokens=5),
        cached=False,
    )
    assert server.bodies[0]["stream"] is True
    assert client.total_usage() == result.usage


@pytest.mark.parametrize(
    ("call", "sent"),
    [
        ({}, True),
        ({"include_usage": True}, True),
        ({"include_usage": False}, False),
        ({"extra_create_args": {"stream_options": {"include_usage": False}}}, False),
    ],
)
async def test_asks_for_usage_unless_told_not_to(call: dict[str, Any], sent: bool) -> None:
    async with serving(HELLO) as (client, server):
        await read(client, **call)

    assert server.bodies[0]["stream_options"] == {"include_usage": sent}


async def test_refuses_two_different_wishes_for_usage() -> None:
    async with serving(stream_options={"include_usage": False}) as (client, _):
        with pytest.raises(ValueError, match="are both set, but differ in value"):
            await read(client, include_usage=True)


async def test_does_without_usage_where_the_server_refuses_to_report_it() -> None:
    refusal = refused("Unknown parameter: 'stream_options'.")
    async with serving(refusal, HELLO, HELLO) as (client, server):
        pieces, _ = await read(client)
        await read(client)

    assert pieces == ["Hel", "lo"]
    assert ["stream_options" in body for body in server.bodies] == [True, False, False]


@pytest.mark.parametrize(
    ("call", "message"), [({"include_usage": True}, "stream_options"), ({}, "bad temperature")]
)
async def test_any_other_refusal_is_the_callers(call: dict[str, Any], message: str) -> None:
    async with serving(refused(message)) as (client, _):
        with pytest.raises(openai.BadRequestError, match=message):
            await read(client, **call)


async def test_a_chunk_may_hold_text_calls_probabilities_and_the_end_all_at_once() -> None:
    delta = {"content": "Look: ", "tool_calls": [call_piece(0, id="1", name="f", arguments="{}")]}
    token = {"token": "Look", "logprob": -0.5, "bytes": None, "top_logprobs": []}
    chunk = {"delta": delta, "finish_reason": "tool_calls", "logprobs": {"content": [token]}}
    line = f"data: {json.dumps({'choices': [chunk], 'usage': USAGE})}\n\n".encode()
    async with serving(streamed(line, DONE)) as (client, _):
        pieces, result = await read(client)

    assert pieces == ["Look: "]
    assert result.content == [FunctionCall(id="1", arguments="{}", name="f")]
    assert (result.finish_reason, result.thought) == ("function_calls", "Look: ")
    assert result.usage == RequestUsage(prompt_tokens=10, completion_tokens=5)
    assert result.logprobs is not None
    assert [probability.token for probability in result.logprobs] == ["Look"]


async def test_calls_are_put_together_from_their_pieces() -> None:
    pieces = [
        call_piece(0, id="1", name="f", arguments=""),
        call_piece(0, arguments='{"a"'),
        call_piece(1, id="2", name="g", arguments="{}"),
        call_piece(0, arguments=": 1}"),
    ]
    events = [event({"tool_calls": [piece]}) for piece in pieces]
    async with serving(streamed(*events, event({}, "tool_calls"), DONE)) as (client, _):
        _, result = await read(client)

    assert result.content == [
        FunctionCall(id="1", arguments='{"a": 1}', name="f"),
        FunctionCall(id="2", arguments="{}", name="g"),
    ]


async def test_calls_of_a_server_that_numbers_none_stay_apart() -> None:
    pieces = [
        call_piece(None, id="1", name="f", arguments="{}"),
        call_piece(None, id="2", name="g", arguments="{}"),
    ]
    async with serving(streamed(event({"tool_calls": pieces}), event({}, "tool_calls"), DONE)) as (
        client,
        _,
    ):
        _, result = await read(client)

    assert isinstance(result.content, list)
    assert [call.name for call in result.content] == ["f", "g"]


async def test_reasoning_is_shown_between_tags_and_kept_as_it_was() -> None:
    events = [
        event({"reasoning_content": "think"}),
        event({"reasoning_content": " hard, think"}),
        event({"reasoning_content": None, "content": "Hi"}),
        event({}, "stop"),
    ]
    async with serving(streamed(*events, DONE)) as (client, _):
        pieces, result = await read(client)

    assert pieces == ["<think>think", " hard, think", "</think>", "Hi"]
    assert (result.thought, result.content) == ("think hard, think", "Hi")


async def test_only_the_first_of_several_choices_is_read() -> None:
    choices = [
        {"index": at, "delta": {"content": text}, "finish_reason": "stop"}
        for at, text in enumerate("ab")
    ]
    line = f"data: {json.dumps({'choices': choices})}\n\n".encode()
    async with serving(streamed(line, DONE)) as (client, _):
        with pytest.warns(UserWarning, match="with 2 choices. Only the first choice"):
            pieces, _ = await read(client)

    assert pieces == ["a"]


async def test_warns_of_many_empty_chunks() -> None:
    empty = [event(None)] * 10
    async with serving(streamed(*empty, event({"content": "Hi"}, "stop"), DONE)) as (client, _):
        with pytest.warns(UserWarning, match="more than 10 consecutive empty chunks"):
            pieces, _ = await read(client)

    assert pieces == ["Hi"]


async def test_warns_of_an_empty_answer() -> None:
    async with serving(streamed(event({}, "stop"), DONE)) as (client, _):
        with pytest.warns(UserWarning, match="Model returned empty result"):
            _, result = await read(client)

    assert result.content == ""


async def test_warns_of_the_deprecated_tolerance() -> None:
    async with serving(HELLO) as (client, _):
        with pytest.warns(DeprecationWarning, match="max_consecutive_empty_chunk_tolerance"):
            await read(client, max_consecutive_empty_chunk_tolerance=3)


@pytest.mark.parametrize(
    "cut",
    [
        streamed(event({"content": "Hel"}), event({"content": "lo"})),
        streamed(event({"content": "Hello"}), event({"content": " wor"})[:-9]),
    ],
    ids=["between events", "inside an event"],
)
async def test_a_stream_that_is_cut_short_is_an_error(cut: bytes) -> None:
    async with serving(cut) as (client, _):
        with pytest.raises(TruncatedStream, match="ended before the model") as caught:
            await read(client)

    assert (caught.value.text, caught.value.tool_calls) == ("Hello", 0)


@pytest.mark.parametrize(("end", "finish_reason"), [(DONE, "unknown"), (event({}, "stop"), "stop")])
async def test_either_sign_of_the_end_will_do(end: bytes, finish_reason: str) -> None:
    async with serving(streamed(event({"content": "Hello"}, ""), end)) as (client, _):
        _, result = await read(client)

    assert (result.content, result.finish_reason) == ("Hello", finish_reason)


@pytest.mark.parametrize("line", [b'data: {"choi\n\n', b"data: 7\n\n", b"data: \xff\n\n"])
async def test_an_event_that_can_not_be_read_is_an_error(line: bytes) -> None:
    async with serving(streamed(event({"content": "Hello"}), line)) as (client, _):
        with pytest.raises(UnreadableReply, match="The reply of 'gpt-4o' can't be read"):
            await read(client)


async def test_an_error_in_the_middle_of_a_stream_is_the_sdks() -> None:
    failure = b'data: {"error": {"message": "overloaded"}}\n\n'
    async with serving(streamed(event({"content": "Hello"}), failure)) as (client, _):
        with pytest.raises(openai.APIError, match="overloaded"):
            await read(client)


async def test_closing_the_stream_hangs_up() -> None:
    async with serving(HELLO) as (client, server):
        server.hold.clear()
        stream = client.create_stream(QUESTION)

        first = await anext(stream)
        await stream.aclose()
        await server.left.wait()

    assert first == "Hel"


async def test_cancelling_the_token_hangs_up_within_a_piece() -> None:
    token = CancellationToken()
    async with serving(streamed(event({"content": "Hel"}))) as (client, server):
        server.hold.clear()
        stream = client.create_stream(QUESTION, cancellation_token=token)
        await anext(stream)
        asyncio.get_running_loop().call_soon(token.cancel)

        with pytest.raises(asyncio.CancelledError):
            await anext(stream)
        await server.left.wait()


async def test_logs_the_beginning_and_the_end(caplog: pytest.LogCaptureFixture) -> None:
    async with serving(HELLO) as (client, _):
        with caplog.at_level(logging.INFO, logger=EVENT_LOGGER_NAME):
            await read(client)

    start, end = (record.msg for record in caplog.records if record.name == EVENT_LOGGER_NAME)
    assert isinstance(start, LLMStreamStartEvent)
    assert isinstance(end, LLMStreamEndEvent)
    assert end.kwargs["response"]["content"] == "Hello"
    assert (end.prompt_tokens, end.completion_tokens) == (10, 5)
