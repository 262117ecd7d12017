"""The client against a server on this machine that speaks as Ollama does."""

import copy
import json
import sys
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from pydantic import BaseModel
from starlette.responses import Response, StreamingResponse

from agentchat.core import Image
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
from tests.agentchat.ext.models.vendor import HELLO, PIXEL, Vendor, Weather, as_json, collected

MODEL = "qwen3:8b"
END = {"done": True, "done_reason": "stop", "prompt_eval_count": 10, "eval_count": 5}
USAGE = RequestUsage(prompt_tokens=10, completion_tokens=5)


class Place(BaseModel):
    city: str
    district: str | None = None


def get_weather(place: Place) -> str:
    return f"sunny in {place.city}"


def get_time() -> str:
    return "noon"


TOOL = FunctionTool(get_weather, description="Tells the weather.")
OTHER = FunctionTool(get_time, description="Tells the time.")


class Ollama(Vendor):
    path = "/api/chat"

    def client(self, **arguments: Any) -> OllamaChatCompletionClient:
        return OllamaChatCompletionClient(**({"model": MODEL, "host": self.url} | arguments))


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


async def test_asks_and_answers() -> None:
    async with Ollama.answering(
        as_json(saying(content="Hello!")),
        temperature=0.5,
        options={"num_ctx": 4096, "seed": None},
        think=True,
    ) as (client, vendor):
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


async def test_offers_a_tool_with_all_that_its_schema_says() -> None:
    async with Ollama.answering(as_json(saying(content="Hi"))) as (client, vendor):
        await client.create(HELLO, tools=[TOOL])

        (tool,) = vendor.asked[0]["tools"]
        assert tool["function"]["parameters"] == TOOL.schema["parameters"]
        assert "district" in json.dumps(tool)


async def test_every_call_of_every_reply_has_an_id_of_its_own() -> None:
    calls = [calling("get_weather", place={"city": "Paris"}), calling("get_time")]
    streamed = [saying({"done": False}, tool_calls=[call]) for call in calls]
    whole = as_json(saying(content="I look.", tool_calls=calls))
    async with Ollama.answering(whole, lines(*streamed, saying())) as (client, _):
        created = await client.create(HELLO, tools=[TOOL, OTHER])
        _, result = await collected(client.create_stream(HELLO, tools=[TOOL, OTHER]))

        assert (created.finish_reason, created.thought) == ("function_calls", "I look.")
        assert [named(reply) for reply in (created, result)] == [
            [("get_weather", '{"place": {"city": "Paris"}}'), ("get_time", "{}")]
        ] * 2
        assert len({call.id for reply in (created, result) for call in reply.content}) == 4


def named(result: CreateResult) -> list[tuple[str, str]]:
    assert isinstance(result.content, list)
    return [(call.name, call.arguments) for call in result.content]


async def test_the_ids_of_calls_are_the_same_in_the_same_world() -> None:
    async with Ollama.answering(as_json(saying(tool_calls=[calling("get_time")]))) as (client, _):
        results = []
        for _ in range(2):
            with entered(SeededWorld(1)):
                results.append(await client.create(HELLO, tools=[OTHER]))

        assert results[0] == results[1]


@pytest.mark.parametrize(
    ("choice", "offered"),
    [("auto", ["get_weather", "get_time"]), ("none", []), (OTHER, ["get_time"])],
)
async def test_offers_only_what_may_be_called(choice: Any, offered: list[str]) -> None:
    async with Ollama.answering(as_json(saying(content="Hi"))) as (client, vendor):
        await client.create(HELLO, tools=[TOOL, OTHER], tool_choice=choice)

        tools = vendor.asked[0].get("tools", [])
        assert [tool["function"]["name"] for tool in tools] == offered


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
    async with Ollama.answering(lines(*streamed)) as (client, _):
        pieces, result = await collected(client.create_stream(HELLO))

        assert "".join(pieces) == "<think>Paris.</think>It is Paris."
        assert (result.content, result.thought, result.usage) == ("It is Paris.", "Paris.", USAGE)


async def test_a_reply_of_one_piece_is_a_text() -> None:
    async with Ollama.answering(lines(saying(content="Hello"))) as (client, _):
        pieces, result = await collected(client.create_stream(HELLO))

        assert (pieces, result.content) == (["Hello"], "Hello")


async def test_parts_the_thoughts_of_a_model_that_thinks_aloud() -> None:
    async with Ollama.answering(
        as_json(saying(content="<think>Hm.</think>Yes.")), model="deepseek-r1:7b"
    ) as (client, _):
        result = await client.create(HELLO)

        assert (result.thought, result.content) == ("Hm.", "Yes.")


async def test_says_that_an_answer_was_cut_for_its_length() -> None:
    async with Ollama.answering(
        as_json(saying(END | {"done_reason": "length"}, content="Hel"))
    ) as (client, _):
        result = await client.create(HELLO)

        assert result.finish_reason == "length"


async def test_sends_calls_results_and_images() -> None:
    call = FunctionCall(id="1", name="get_time", arguments='{"zone": "UTC"}')
    done = FunctionExecutionResult(content="noon", name="get_time", call_id="1")
    said: list[LLMMessage] = [
        UserMessage(content=["Look", Image.from_base64(PIXEL), "here"], source="user"),
        AssistantMessage(content=[call], thought="So", source="agent"),
        FunctionExecutionResultMessage(content=[done]),
        AssistantMessage(content="Noon.", source="agent"),
    ]
    async with Ollama.answering(as_json(saying(content="Hi")), model="llava") as (client, vendor):
        await client.create(said)

        sent = {"function": {"name": "get_time", "arguments": {"zone": "UTC"}}}
        assert vendor.asked[0]["messages"] == [
            {"role": "user", "content": "Look\nhere", "images": [PIXEL]},
            {"role": "assistant", "content": "So", "tool_calls": [sent]},
            {"role": "tool", "content": "noon", "tool_name": "get_time"},
            {"role": "assistant", "content": "Noon."},
        ]


async def test_holds_answers_to_json_and_to_classes() -> None:
    answers = [saying(content=said) for said in ("{}", '{"degrees": 7}', "warm")]
    async with Ollama.answering(*map(as_json, answers)) as (client, vendor):
        await client.create(HELLO, json_output=True)
        await client.create(HELLO, json_output=Weather)
        with pytest.raises(UnfitOutput, match="does not fit Weather"):
            await client.create(HELLO, json_output=Weather)
        with pytest.raises(ValueError, match="json_output and format cannot be set"):
            await client.create(HELLO, json_output=True, extra_create_args={"format": "json"})

        forms = [asked["format"] for asked in vendor.asked]
        assert forms == ["json", Weather.model_json_schema(), Weather.model_json_schema()]


async def test_reads_the_probabilities_of_tokens() -> None:
    token = {"token": "Hi", "logprob": -0.1, "top_logprobs": [{"token": "Ho", "logprob": -2.0}]}
    async with Ollama.answering(
        lines(saying(content="Hi") | {"logprobs": [token]}), logprobs=True
    ) as (client, _):
        _, result = await collected(client.create_stream(HELLO))

        assert result.logprobs is not None
        assert [(one.token, one.logprob) for one in result.logprobs] == [("Hi", -0.1)]


@pytest.mark.parametrize("is_streamed", [False, True])
async def test_a_refusal_has_the_words_and_the_status_of_the_server(is_streamed: bool) -> None:
    async with Ollama.answering(
        as_json({"error": "model 'qwen3:8b' not found"}, 404),
    ) as (client, _):
        call = collected(client.create_stream(HELLO)) if is_streamed else client.create(HELLO)

        with pytest.raises(OllamaRefused, match="model 'qwen3:8b' not found") as caught:
            await call

        assert caught.value.status_code == 404


async def test_an_error_in_the_middle_of_a_stream_ends_it() -> None:
    streamed = lines(saying({"done": False}, content="Hel"), {"error": "out of memory"})
    async with Ollama.answering(streamed) as (client, _):
        with pytest.raises(OllamaRefused, match="out of memory"):
            await collected(client.create_stream(HELLO))


async def test_says_what_to_do_when_ollama_is_not_there() -> None:
    client = OllamaChatCompletionClient(model=MODEL, host="127.0.0.1:9")

    with pytest.raises(ConnectionError, match="Failed to connect to Ollama"):
        await client.create(HELLO)
    with pytest.raises(ConnectionError, match="Failed to connect to Ollama"):
        await collected(client.create_stream(HELLO))

    await client.close()


async def test_a_stream_that_ends_early_is_named() -> None:
    async with Ollama.answering(lines(saying({"done": False}, content="Hel"))) as (client, _):
        with pytest.raises(TruncatedStream, match="3 characters of text"):
            await collected(client.create_stream(HELLO))


async def test_a_connection_that_breaks_is_an_error() -> None:
    async with Ollama.answering(
        lines(saying({"done": False}, content="Hel"), breaks=True),
    ) as (client, _):
        with pytest.raises(httpx2.RemoteProtocolError, match="peer closed connection"):
            await collected(client.create_stream(HELLO))


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
    async with Ollama.answering(Response(body)) as (client, _):
        with pytest.raises(error, match=MODEL):
            await client.create(HELLO)


async def test_keeps_the_promises_of_a_model_client() -> None:
    streamed = [saying({"done": False}, content="Paris "), saying(content="it is.")]

    def answer(asked: dict[str, Any]) -> Response:
        return lines(*streamed) if asked["stream"] else as_json(saying(content="Paris it is."))

    with Ollama.serving(answer) as vendor:
        await check_model_client(vendor.client)


async def test_sends_its_headers_and_the_key_of_the_cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_API_KEY", "secret")
    async with Ollama.answering(
        as_json(saying(content="Hi")),
        headers={"X-Mine": "1"},
    ) as (client, vendor):
        await client.create(HELLO)

        sent = vendor.requests[0].headers
        assert (sent["authorization"], sent["x-mine"]) == ("Bearer secret", "1")


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
    async with Ollama.answering(
        as_json(saying(content='{"degrees": 7}')), temperature=0.5, keep_alive="5m"
    ) as (client, vendor):
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
