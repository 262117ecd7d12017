"""The client against a server on this machine that speaks as Ollama does."""

import asyncio
import copy
import json
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

import httpx2
import pytest
import uvicorn
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from agentchat.core import CancellationToken, Image
from agentchat.core._function_call import FunctionCall
from agentchat.core._world import entered
from agentchat.core.models import (
    AssistantMessage,
    ChatCompletionClient,
    CreateResult,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    LLMMessage,
    RequestUsage,
    SystemMessage,
    UserMessage,
)
from agentchat.core.tools import FunctionTool
from agentchat.ext.models._errors import (
    EmptyReply,
    TruncatedStream,
    UnfitOutput,
    UnreadableReply,
)
from agentchat.ext.models.ollama import OllamaChatCompletionClient, OllamaRefused
from agentchat.ext.models.ollama._exchange import base_url
from agentchat.usage import UsageLedger
from harness.conformance import check_model_client
from harness.simulation.world import SeededWorld

MODEL = "qwen3:8b"
HELLO: list[LLMMessage] = [UserMessage(content="Hi", source="user")]
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
END = {"done": True, "done_reason": "stop", "prompt_eval_count": 10, "eval_count": 5}
USAGE = RequestUsage(prompt_tokens=10, completion_tokens=5)


class Weather(BaseModel):
    degrees: int


class Place(BaseModel):
    city: str
    district: str | None = None


def get_weather(place: Place) -> str:
    return f"sunny in {place.city}"


def get_time() -> str:
    return "noon"


TOOL = FunctionTool(get_weather, description="Tells the weather.")
OTHER = FunctionTool(get_time, description="Tells the time.")
Answer = Response | Callable[[dict[str, Any]], Response]


class Vendor:
    """Answers with what it was given, in order, the last one for ever; keeps what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.url = ""

    async def answer(self, request: Request) -> Response:
        self.headers.append(dict(request.headers))
        self.asked.append(json.loads(await request.body()))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer if isinstance(answer, Response) else answer(self.asked[-1])

    def client(self, **arguments: Any) -> OllamaChatCompletionClient:
        return OllamaChatCompletionClient(**({"model": MODEL, "host": self.url} | arguments))


@asynccontextmanager
async def serving(*answers: Answer) -> AsyncIterator[Vendor]:
    vendor = Vendor(*answers)
    listener = socket.create_server(("127.0.0.1", 0))
    vendor.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    app = Starlette(routes=[Route("/api/chat", vendor.answer, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
    thread.start()
    try:
        yield vendor
    finally:
        server.should_exit = True
        await asyncio.to_thread(thread.join)
        listener.close()


def as_json(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body), status, media_type="application/json")


def saying(end: dict[str, Any] = END, **said: Any) -> dict[str, Any]:
    return {"model": MODEL, "message": {"role": "assistant", "content": ""} | said, **end}


def lines(*events: dict[str, Any], breaks: bool = False) -> Response:
    async def pieces() -> AsyncIterator[str]:
        for event in events:
            yield json.dumps(event) + "\n"
        if breaks:
            raise ConnectionResetError

    return StreamingResponse(pieces(), media_type="application/x-ndjson")


def calling(name: str, **arguments: Any) -> dict[str, Any]:
    return {"function": {"name": name, "arguments": arguments}}


async def collected(stream: Any) -> tuple[list[str], CreateResult]:
    *pieces, result = [piece async for piece in stream]
    return pieces, result


async def test_asks_and_answers() -> None:
    async with serving(as_json(saying(content="Hello!"))) as vendor:
        client = vendor.client(temperature=0.5, options={"num_ctx": 4096, "seed": None}, think=True)

        with UsageLedger() as ledger:
            result = await client.create(
                [SystemMessage(content="Be kind."), *HELLO], extra_create_args={"seed": 7}
            )

        assert result == CreateResult(
            finish_reason="stop", content="Hello!", usage=USAGE, cached=False
        )
        assert (client.actual_usage(), ledger.calls[0].model) == (USAGE, MODEL)
        assert vendor.asked == [
            {
                "model": MODEL,
                "think": True,
                "options": {"num_ctx": 4096, "temperature": 0.5, "seed": 7},
                "stream": False,
                "messages": [
                    {"role": "system", "content": "Be kind."},
                    {"role": "user", "content": "Hi"},
                ],
            }
        ]
        await client.close()


async def test_offers_a_tool_with_all_that_its_schema_says() -> None:
    async with serving(as_json(saying(content="Hi"))) as vendor:
        client = vendor.client()

        await client.create(HELLO, tools=[TOOL])

        (tool,) = vendor.asked[0]["tools"]
        assert tool["function"]["parameters"] == TOOL.schema["parameters"]
        assert "district" in json.dumps(tool)
        await client.close()


async def test_every_call_of_every_reply_has_an_id_of_its_own() -> None:
    calls = [calling("get_weather", place={"city": "Paris"}), calling("get_time")]
    streamed = [saying({"done": False}, tool_calls=[call]) for call in calls]
    whole = as_json(saying(content="I look.", tool_calls=calls))
    async with serving(whole, lines(*streamed, saying())) as vendor:
        client = vendor.client()

        created = await client.create(HELLO, tools=[TOOL, OTHER])
        _, result = await collected(client.create_stream(HELLO, tools=[TOOL, OTHER]))

        assert (created.finish_reason, created.thought) == ("function_calls", "I look.")
        assert [named(reply) for reply in (created, result)] == [
            [("get_weather", '{"place": {"city": "Paris"}}'), ("get_time", "{}")]
        ] * 2
        assert len({call.id for reply in (created, result) for call in reply.content}) == 4
        await client.close()


def named(result: CreateResult) -> list[tuple[str, str]]:
    assert isinstance(result.content, list)
    return [(call.name, call.arguments) for call in result.content]


async def test_the_ids_of_calls_are_the_same_in_the_same_world() -> None:
    async with serving(as_json(saying(tool_calls=[calling("get_time")]))) as vendor:
        client = vendor.client()

        results = []
        for _ in range(2):
            with entered(SeededWorld(1)):
                results.append(await client.create(HELLO, tools=[OTHER]))

        assert results[0] == results[1]
        await client.close()


@pytest.mark.parametrize(
    ("choice", "offered"),
    [("auto", ["get_weather", "get_time"]), ("none", []), (OTHER, ["get_time"])],
)
async def test_offers_only_what_may_be_called(choice: Any, offered: list[str]) -> None:
    async with serving(as_json(saying(content="Hi"))) as vendor:
        client = vendor.client()

        await client.create(HELLO, tools=[TOOL, OTHER], tool_choice=choice)

        tools = vendor.asked[0].get("tools", [])
        assert [tool["function"]["name"] for tool in tools] == offered
        await client.close()


async def test_a_tool_can_only_be_required_where_there_is_one() -> None:
    client = OllamaChatCompletionClient(model=MODEL)

    with pytest.raises(ValueError, match="'required' specified but no tools provided"):
        await client.create(HELLO, tool_choice="required")

    await client.close()


async def test_streams_thinking_apart_from_the_answer() -> None:
    streamed = [
        saying({"done": False}, thinking="Pa"),
        saying({"done": False}, thinking="ris."),
        saying({"done": False}, content="It is "),
        saying(content="Paris."),
    ]
    async with serving(lines(*streamed)) as vendor:
        client = vendor.client()

        pieces, result = await collected(client.create_stream(HELLO))

        assert "".join(pieces) == "<think>Paris.</think>It is Paris."
        assert (result.content, result.thought, result.usage) == ("It is Paris.", "Paris.", USAGE)
        await client.close()


async def test_a_reply_of_one_piece_is_a_text() -> None:
    async with serving(lines(saying(content="Hello"))) as vendor:
        client = vendor.client()

        pieces, result = await collected(client.create_stream(HELLO))

        assert (pieces, result.content) == (["Hello"], "Hello")
        await client.close()


async def test_parts_the_thoughts_of_a_model_that_thinks_aloud() -> None:
    async with serving(as_json(saying(content="<think>Hm.</think>Yes."))) as vendor:
        client = vendor.client(model="deepseek-r1:7b")

        result = await client.create(HELLO)

        assert (result.thought, result.content) == ("Hm.", "Yes.")
        await client.close()


async def test_says_that_an_answer_was_cut_for_its_length() -> None:
    async with serving(as_json(saying(END | {"done_reason": "length"}, content="Hel"))) as vendor:
        client = vendor.client()

        result = await client.create(HELLO)

        assert result.finish_reason == "length"
        await client.close()


async def test_sends_calls_results_and_images() -> None:
    call = FunctionCall(id="1", name="get_time", arguments='{"zone": "UTC"}')
    done = FunctionExecutionResult(content="noon", name="get_time", call_id="1")
    said: list[LLMMessage] = [
        UserMessage(content=["Look", Image.from_base64(PIXEL), "here"], source="user"),
        AssistantMessage(content=[call], thought="So", source="agent"),
        FunctionExecutionResultMessage(content=[done]),
        AssistantMessage(content="Noon.", source="agent"),
    ]
    async with serving(as_json(saying(content="Hi"))) as vendor:
        client = vendor.client(model="llava")

        await client.create(said)

        sent = {"function": {"name": "get_time", "arguments": {"zone": "UTC"}}}
        assert vendor.asked[0]["messages"] == [
            {"role": "user", "content": "Look\nhere", "images": [PIXEL]},
            {"role": "assistant", "content": "So", "tool_calls": [sent]},
            {"role": "tool", "content": "noon", "tool_name": "get_time"},
            {"role": "assistant", "content": "Noon."},
        ]
        await client.close()


async def test_holds_answers_to_json_and_to_classes() -> None:
    answers = [saying(content=said) for said in ("{}", '{"degrees": 7}', "warm")]
    async with serving(*map(as_json, answers)) as vendor:
        client = vendor.client()

        await client.create(HELLO, json_output=True)
        await client.create(HELLO, json_output=Weather)
        with pytest.raises(UnfitOutput, match="does not fit Weather"):
            await client.create(HELLO, json_output=Weather)
        with pytest.raises(ValueError, match="json_output and format cannot be set"):
            await client.create(HELLO, json_output=True, extra_create_args={"format": "json"})

        forms = [asked["format"] for asked in vendor.asked]
        assert forms == ["json", Weather.model_json_schema(), Weather.model_json_schema()]
        await client.close()


async def test_reads_the_probabilities_of_tokens() -> None:
    token = {"token": "Hi", "logprob": -0.1, "top_logprobs": [{"token": "Ho", "logprob": -2.0}]}
    async with serving(lines(saying(content="Hi") | {"logprobs": [token]})) as vendor:
        client = vendor.client(logprobs=True)

        _, result = await collected(client.create_stream(HELLO))

        assert result.logprobs is not None
        assert [(one.token, one.logprob) for one in result.logprobs] == [("Hi", -0.1)]
        await client.close()


@pytest.mark.parametrize("is_streamed", [False, True])
async def test_a_refusal_has_the_words_and_the_status_of_the_server(is_streamed: bool) -> None:
    async with serving(as_json({"error": "model 'qwen3:8b' not found"}, 404)) as vendor:
        client = vendor.client()
        call = collected(client.create_stream(HELLO)) if is_streamed else client.create(HELLO)

        with pytest.raises(OllamaRefused, match="model 'qwen3:8b' not found") as caught:
            await call

        assert caught.value.status_code == 404
        await client.close()


async def test_an_error_in_the_middle_of_a_stream_ends_it() -> None:
    streamed = lines(saying({"done": False}, content="Hel"), {"error": "out of memory"})
    async with serving(streamed) as vendor:
        client = vendor.client()

        with pytest.raises(OllamaRefused, match="out of memory"):
            await collected(client.create_stream(HELLO))

        await client.close()


async def test_says_what_to_do_when_ollama_is_not_there() -> None:
    client = OllamaChatCompletionClient(model=MODEL, host="127.0.0.1:9")

    with pytest.raises(ConnectionError, match="Failed to connect to Ollama"):
        await client.create(HELLO)
    with pytest.raises(ConnectionError, match="Failed to connect to Ollama"):
        await collected(client.create_stream(HELLO))

    await client.close()


async def test_a_stream_that_ends_early_is_named() -> None:
    async with serving(lines(saying({"done": False}, content="Hel"))) as vendor:
        client = vendor.client()

        with pytest.raises(TruncatedStream, match="3 characters of text"):
            await collected(client.create_stream(HELLO))

        await client.close()


async def test_a_connection_that_breaks_is_an_error() -> None:
    async with serving(lines(saying({"done": False}, content="Hel"), breaks=True)) as vendor:
        client = vendor.client()

        with pytest.raises(httpx2.RemoteProtocolError, match="peer closed connection"):
            await collected(client.create_stream(HELLO))

        await client.close()


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("<html>", UnreadableReply),
        ('{"message": {"con', UnreadableReply),
        ("[]", UnreadableReply),
        ('{"message": {"tool_calls": [7]}}', UnreadableReply),
        ("{}", EmptyReply),
    ],
)
async def test_a_body_that_is_no_reply_is_named(body: str, error: type[Exception]) -> None:
    async with serving(Response(body)) as vendor:
        client = vendor.client()

        with pytest.raises(error, match=MODEL):
            await client.create(HELLO)

        await client.close()


async def test_a_cancelled_token_stops_a_stream_between_two_pieces() -> None:
    streamed = [saying({"done": False}, content="Hel"), saying(content="lo")]
    async with serving(lines(*streamed)) as vendor:
        client = vendor.client()
        token = CancellationToken()
        stream = client.create_stream(HELLO, cancellation_token=token)

        async with aclosing(stream):
            await anext(stream)
            token.cancel()
            with pytest.raises(asyncio.CancelledError):
                await anext(stream)

        await client.close()


async def test_keeps_the_promises_of_a_model_client() -> None:
    streamed = [saying({"done": False}, content="Paris "), saying(content="it is.")]

    def answer(asked: dict[str, Any]) -> Response:
        return lines(*streamed) if asked["stream"] else as_json(saying(content="Paris it is."))

    async with serving(answer) as vendor:
        await check_model_client(vendor.client)


async def test_sends_its_headers_and_the_key_of_the_cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_API_KEY", "secret")
    async with serving(as_json(saying(content="Hi"))) as vendor:
        client = vendor.client(headers={"X-Mine": "1"})

        await client.create(HELLO)

        sent = vendor.headers[0]
        assert (sent["authorization"], sent["x-mine"]) == ("Bearer secret", "1")
        await client.close()


@pytest.mark.parametrize(
    ("host", "url"),
    [
        (None, "http://127.0.0.1:11434"),
        ("", "http://127.0.0.1:11434"),
        ("1.2.3.4", "http://1.2.3.4:11434"),
        (":56789", "http://127.0.0.1:56789"),
        ("http://1.2.3.4", "http://1.2.3.4:80"),
        ("https://example.com:56789/path/", "https://example.com:56789/path"),
        ("[0001:002:003:0004::1]", "http://[0001:002:003:0004::1]:11434"),
    ],
)
def test_finds_ollama_by_as_little_as_a_name(
    host: str | None, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OLLAMA_HOST", raising=False)

    found = base_url(host)

    assert found == url


@pytest.mark.parametrize(
    ("arguments", "error", "reason"),
    [
        ({}, ValueError, "model is required"),
        ({"model": "unheard-of"}, ValueError, "model_info is required"),
        ({"model": MODEL, "temprature": 1}, TypeError, "mean 'temperature'"),
    ],
)
def test_refuses_wrong_arguments(
    arguments: dict[str, object], error: type[Exception], reason: str
) -> None:
    with pytest.raises(error, match=reason):
        OllamaChatCompletionClient(**arguments)


async def test_refuses_unknown_arguments_of_a_call() -> None:
    client = OllamaChatCompletionClient(model=MODEL)

    with pytest.raises(ValueError, match=r"Extra create args are invalid: \['temprature'\]"):
        await client.create(HELLO, extra_create_args={"temprature": 1})

    await client.close()


async def test_is_written_to_a_configuration_and_made_again() -> None:
    info = OllamaChatCompletionClient(model="llava").model_info
    client = OllamaChatCompletionClient(
        model="mine", model_info=info, host="example.com", temperature=0.5, timeout=7.0
    )

    dumped = client.dump_component()
    loaded = ChatCompletionClient.load_component(dumped)
    copied = copy.deepcopy(client)

    assert dumped.config["options"] == {"temperature": 0.5}
    assert isinstance(loaded, OllamaChatCompletionClient)
    assert loaded.cache_identity() == copied.cache_identity() == client.cache_identity()
    assert (loaded.model_info, loaded.remaining_tokens([])) == (info, sys.maxsize)
    assert loaded.get_create_args() == {"model": "mine", "options": {"temperature": 0.5}}
    for each in (client, loaded, copied):
        await each.close()


async def test_asks_as_ollamas_own_package_does() -> None:
    ollama = pytest.importorskip("ollama", reason="needs ollama: Ollama's own package")
    said: list[LLMMessage] = [SystemMessage(content="Be kind."), *HELLO]
    async with serving(as_json(saying(content='{"degrees": 7}'))) as vendor:
        client = vendor.client(temperature=0.5, keep_alive="5m")
        theirs = ollama.AsyncClient(host=vendor.url)

        ours = await client.create(said, tools=[OTHER], json_output=Weather)
        answer = await theirs.chat(
            model=MODEL,
            messages=[{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi"}],
            tools=vendor.asked[0]["tools"],
            format=Weather.model_json_schema(),
            options={"temperature": 0.5},
            keep_alive="5m",
        )

        parameters = [asked["tools"][0]["function"].pop("parameters") for asked in vendor.asked]
        assert vendor.asked[0] == vendor.asked[1]
        # Theirs leaves out what it does not know.
        assert parameters[1].items() <= parameters[0].items()
        assert answer.message.content == ours.content
        await theirs.close()
        await client.close()
