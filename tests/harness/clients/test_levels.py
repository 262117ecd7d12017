"""A call gives the same answer wherever it is replayed: at the client, or over HTTP."""

import json
import warnings
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from agentchat.core.models import ChatCompletionClient, LLMMessage, UserMessage
from agentchat.core.tools import FunctionTool
from agentchat.ext.models.ollama import OllamaChatCompletionClient
from agentchat.ext.models.openai import AzureOpenAIChatCompletionClient, OpenAIChatCompletionClient
from harness.clients import (
    Levels,
    RecordingChatCompletionClient,
    ReplayingChatCompletionClient,
    compare_levels,
)
from harness.formats import load
from harness.openai_wire import chat, failure
from harness.script import HttpFailure, Reply, Script, Tokens
from harness.scripted import ScriptedModel
from harness.server import serving
from harness.session import CassetteSession, RecordMode
from harness.transport import CassetteTransport

ASK: list[LLMMessage] = [UserMessage(content="hi", source="user")]


class City(BaseModel):
    """A city."""

    name: str


def add(a: int) -> int:
    return a


ADD = FunctionTool(add, description="Adds.")

texts = st.text(min_size=1)
tokens = st.builds(Tokens, prompt=st.integers(0, 10**6), completion=st.integers(0, 10**6))
spoken = st.builds(
    Reply,
    say=texts,
    think=st.none() | texts,
    finish=st.sampled_from([None, "length", "content_filter"]),
    usage=st.none() | tokens,
)
refusing = st.builds(Reply, refuse=texts)
calling = st.builds(
    Reply,
    say=st.none() | texts,
    call=st.lists(
        st.fixed_dictionaries({"add": st.fixed_dictionaries({"a": st.integers()})}), min_size=1
    ).map(tuple),
)
failing = st.builds(
    lambda status: Reply(fail=HttpFailure(status=status, message="no")), st.integers(400, 599)
)
replies = st.one_of(spoken, refusing, calling, failing)


class Pieces(httpx2.AsyncByteStream):
    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece


def endpoint(reply: Reply) -> httpx2.MockTransport:
    """Gives the reply to whatever is asked."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked = json.loads(request.content)
        if reply.fail is not None:
            return httpx2.Response(reply.fail.status, json=failure(reply.fail))
        if not asked.get("stream"):
            return httpx2.Response(200, json=chat.whole(reply, asked))
        headers = {"content-type": "text/event-stream"}
        stream = Pieces(list(chat.events(reply, asked)))
        return httpx2.Response(200, headers=headers, stream=stream)

    return httpx2.MockTransport(answer)


def over_http(session: CassetteSession, inner: Any = None, **settings: Any) -> ChatCompletionClient:
    http = httpx2.AsyncClient(transport=CassetteTransport(session, inner))
    return OpenAIChatCompletionClient(
        **{
            "model": "gpt-4o-2024-08-06",
            "api_key": "none",
            "max_retries": 0,
            "http_client": http,
            **settings,
        }
    )


async def both(client: ChatCompletionClient, **settings: Any) -> list[Any]:
    """What `create` and `create_stream` give, errors by what they say."""
    found: list[Any] = []
    try:
        found.append(await client.create(ASK, **settings))
    except Exception as error:
        found += [type(error), str(error)]
    try:
        async for item in client.create_stream(ASK, **settings):
            found.append(item)
    except Exception as error:
        found += [type(error), str(error)]
    return found


async def recorded(file: Path, inner: Any, **settings: Any) -> list[Any]:
    with CassetteSession(file, mode=RecordMode.REWRITE) as session:
        client = RecordingChatCompletionClient(over_http(session, inner), session)
        return await both(client, **settings)


@given(reply=replies, offered=st.sampled_from([[], [ADD]]))
@settings(max_examples=60)
async def test_every_kind_of_reply_is_the_same_on_both_levels(
    reply: Reply, offered: list[FunctionTool]
) -> None:
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        file = Path(folder) / "calls.yaml"

        live = await recorded(file, endpoint(reply), tools=offered)

        assert await both(ReplayingChatCompletionClient(file), tools=offered) == live
        assert await both(over_http(CassetteSession(file)), tools=offered) == live
        assert await compare_levels(file) == Levels(2, (), ())


@pytest.mark.parametrize(
    ("reply", "asked"),
    [
        (Reply(say="Paris."), {}),
        (Reply(say="Paris.", think="France, then."), {}),
        (Reply(call={"add": {"a": 1}}), {"tools": [ADD], "tool_choice": ADD}),
        (Reply(say='{"name": "Paris"}'), {"json_output": City}),
        (Reply(say="{}"), {"json_output": City}),
        (Reply(refuse="No."), {"json_output": City}),
        (Reply(say="Paris.", usage=Tokens(prompt=7, completion=9)), {"json_output": False}),
        (Reply(fail=HttpFailure(status=429, message="slow", retry_after="7")), {}),
        (Reply(refuse="No."), {"extra_create_args": {"temperature": 0.5}}),
    ],
)
async def test_an_endpoint_is_the_same_on_both_levels(
    tmp_path: Path, reply: Reply, asked: dict[str, Any]
) -> None:
    file = tmp_path / "calls.yaml"
    with serving(Script(replies=(reply,) * 2)) as url:
        with CassetteSession(file, mode=RecordMode.REWRITE) as session:
            inner = RecordingChatCompletionClient(over_http(session, base_url=url), session)
            live = await both(inner, **asked)
            await inner.close()

        at_the_client = await both(ReplayingChatCompletionClient(file), **asked)
        over = await both(over_http(CassetteSession(file), base_url=url), **asked)

    assert at_the_client == over == live
    assert (await compare_levels(file)).differences == ()


def over_anthropic(session: CassetteSession, inner: Any = None) -> ChatCompletionClient:
    room = pytest.importorskip("agentchat.ext.models.anthropic", reason="needs anthropic: its SDK")
    http = httpx2.AsyncClient(transport=CassetteTransport(session, inner))
    client: ChatCompletionClient = room.AnthropicChatCompletionClient(
        model="claude-sonnet-4-5", api_key="none", max_retries=0, http_client=http
    )
    return client


def over_ollama(session: CassetteSession, inner: Any = None) -> ChatCompletionClient:
    http = httpx2.AsyncClient(transport=CassetteTransport(session, inner))
    return OllamaChatCompletionClient(model="qwen3:8b", http_client=http)


def over_azure(session: CassetteSession, inner: Any = None) -> ChatCompletionClient:
    http = httpx2.AsyncClient(transport=CassetteTransport(session, inner))
    return AzureOpenAIChatCompletionClient(
        model="gpt-4o-2024-08-06",
        azure_deployment="mine",
        azure_endpoint="https://mine.openai.azure.com",
        api_version="2024-10-21",
        api_key="none",
        max_retries=0,
        http_client=http,
    )


MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-sonnet-4-5",
    "content": [
        {"type": "thinking", "thinking": "France, then.", "signature": "c2lnbmVk"},
        {"type": "tool_use", "id": "toolu_1", "name": "add", "input": {"a": 1}},
    ],
    "stop_reason": "tool_use",
    "stop_sequence": None,
    "usage": {"input_tokens": 10, "output_tokens": 5, "cache_read_input_tokens": 90},
}
SAID = {"role": "assistant", "content": "1", "thinking": "Plus one."}
CHAT = {"message": SAID, "done": True, "prompt_eval_count": 10, "eval_count": 5}


@pytest.mark.parametrize(
    ("client_over", "inner"),
    [
        (over_anthropic, httpx2.MockTransport(lambda _: httpx2.Response(200, json=MESSAGE))),
        (over_anthropic, httpx2.MockTransport(lambda _: httpx2.Response(529, json={}))),
        (over_ollama, httpx2.MockTransport(lambda _: httpx2.Response(200, json=CHAT))),
        (over_azure, endpoint(Reply(call={"add": {"a": 1}}))),
    ],
)
async def test_the_floors_of_every_vendor_are_compared(
    tmp_path: Path, client_over: Any, inner: Any
) -> None:
    file = tmp_path / "calls.yaml"
    with CassetteSession(file, mode=RecordMode.REWRITE) as session:
        client = RecordingChatCompletionClient(client_over(session, inner), session)
        live = await outcome_of(client)

    assert await outcome_of(ReplayingChatCompletionClient(file)) == live
    assert await outcome_of(client_over(CassetteSession(file))) == live
    assert await compare_levels(file) == Levels(1, (), ())


async def outcome_of(client: ChatCompletionClient) -> Any:
    try:
        return await client.create(ASK, tools=[ADD])
    except Exception as error:
        return type(error), str(error)


async def test_each_floor_plays_the_other(tmp_path: Path) -> None:
    file = tmp_path / "calls.yaml"
    await recorded(file, endpoint(Reply(say="hello")))

    upstairs, downstairs = CassetteSession(file), CassetteSession(file)
    await both(ReplayingChatCompletionClient(upstairs))
    await both(over_http(downstairs))

    assert upstairs.unplayed == downstairs.unplayed == []
    assert [each.beneath for each in load(file).interactions] == [(2,), (), (4,), ()]


async def test_a_difference_between_the_levels_is_told(tmp_path: Path) -> None:
    file = tmp_path / "calls.yaml"
    await recorded(file, endpoint(Reply(say="hello")))
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("      content: hello\n", "      content: hullo\n", 1), "utf-8")

    levels = await compare_levels(file)

    (difference,) = levels.differences
    assert (difference.number, difference.beneath, levels.compared) == (1, 2, 2)
    assert "'hullo'" in str(difference.recorded)
    assert "'hello'" in str(difference.over_http)


async def test_what_cannot_be_compared_is_told(tmp_path: Path) -> None:
    file = tmp_path / "calls.yaml"
    client = RecordingChatCompletionClient(ScriptedModel("hello"), file)
    await client.create(ASK)
    await client.close()

    levels = await compare_levels(file)

    assert levels == Levels(0, ("interaction 1: nothing lies beneath it",), ())


async def test_only_the_last_of_several_attempts_counts(tmp_path: Path) -> None:
    file = tmp_path / "calls.yaml"
    attempts = iter([httpx2.Response(500, headers={"retry-after-ms": "0"})])

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked = json.loads(request.content)
        return next(attempts, httpx2.Response(200, json=chat.whole(Reply(say="hello"), asked)))

    with CassetteSession(file, mode=RecordMode.REWRITE) as session:
        inner = over_http(session, httpx2.MockTransport(answer), max_retries=1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            await RecordingChatCompletionClient(inner, session).create(ASK)

    assert load(file).interactions[0].beneath == (2, 3)
    assert await compare_levels(file) == Levels(1, (), ())
