"""The client against a server on this machine that speaks the messages API."""

import json
import logging
import pickle  # noqa: TID251 - clients are sent to other processes this way
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from starlette.responses import Response, StreamingResponse

from agentchat.core import Image
from agentchat.core._function_call import FunctionCall
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
    MalformedToolArguments,
    RefusedToAnswer,
    TruncatedStream,
    UnfitOutput,
    UnreadableReply,
)
from agentchat.ext.models.retry import RetryingChatCompletionClient, RetryPolicy
from agentchat.usage import UsageLedger
from harness.conformance import check_model_client
from tests.agentchat.ext.models.vendor import (
    HELLO,
    PIXEL,
    TOOL,
    Vendor,
    Weather,
    as_json,
    collected,
)

anthropic = pytest.importorskip("anthropic", reason="needs anthropic: the Anthropic SDK")

from agentchat.ext.models.anthropic import AnthropicChatCompletionClient  # noqa: E402

MODEL = "claude-sonnet-4-5"
THINKING = {"type": "thinking", "thinking": "Paris, then.", "signature": "c2lnbmVk"}
CALL = {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": "Paris"}}
CALLED = [FunctionCall(id="toolu_1", name="get_weather", arguments='{"city": "Paris"}')]


class Anthropic(Vendor):
    path = "/v1/messages"

    def client(self, **arguments: Any) -> AnthropicChatCompletionClient:
        given = {"model": MODEL, "api_key": "k", "base_url": self.url, "max_retries": 0}
        return AnthropicChatCompletionClient(**(given | arguments))


def message(*blocks: dict[str, Any], stop: str | None = "end_turn", **usage: int) -> dict[str, Any]:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": MODEL,
        "content": list(blocks),
        "stop_reason": stop,
        "usage": {"input_tokens": 10, "output_tokens": 5} | usage,
    }


def text(said: str) -> dict[str, Any]:
    return {"type": "text", "text": said}


def in_halves(kind: str, key: str, value: str) -> Iterator[dict[str, Any]]:
    middle = len(value) // 2
    for piece in (value[:middle], value[middle:]):
        yield {"type": kind, key: piece}


def deltas(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    match block["type"]:
        case "text":
            yield from in_halves("text_delta", "text", block["text"])
        case "thinking":
            yield from in_halves("thinking_delta", "thinking", block["thinking"])
            yield from in_halves("signature_delta", "signature", block["signature"])
        case "tool_use":
            yield from in_halves("input_json_delta", "partial_json", json.dumps(block["input"]))


def events(whole: dict[str, Any]) -> list[dict[str, Any]]:
    usage = whole["usage"]
    start = whole | {"content": [], "stop_reason": None, "usage": usage | {"output_tokens": 1}}
    streamed: list[dict[str, Any]] = [{"type": "message_start", "message": start}]
    empty = {"text": "", "thinking": "", "signature": "", "input": {}}
    for index, block in enumerate(whole["content"]):
        begun = block | {key: empty[key] for key in block if key in empty}
        streamed += [
            {"type": "content_block_start", "index": index, "content_block": begun},
            {"type": "ping"},
            *(
                {"type": "content_block_delta", "index": index, "delta": delta}
                for delta in deltas(block)
            ),
            {"type": "content_block_stop", "index": index},
        ]
    end = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
    told = {"output_tokens": usage["output_tokens"]}
    return [
        *streamed,
        {"type": "message_delta", "delta": end, "usage": told},
        {"type": "message_stop"},
    ]


def sse(*streamed: dict[str, Any], breaks: bool = False) -> Response:
    async def pieces() -> AsyncIterator[str]:
        for event in streamed:
            yield f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"
        if breaks:
            raise ConnectionResetError

    return StreamingResponse(pieces(), media_type="text/event-stream")


def result_of(content: str | list[FunctionCall], **facts: Any) -> CreateResult:
    usage = RequestUsage(prompt_tokens=10, completion_tokens=5)
    given = {"finish_reason": "stop", "usage": usage, "cached": False} | facts
    return CreateResult(content=content, **given)


async def test_asks_and_answers() -> None:
    async with Anthropic.answering(
        as_json(message(text("Hello"), text("!"))),
        temperature=0.5,
    ) as (client, vendor):
        result = await client.create([SystemMessage(content="Be kind."), *HELLO])

        assert result == result_of("Hello!")
        assert client.actual_usage() == client.total_usage() == result.usage
        assert vendor.asked == [
            {
                "model": MODEL,
                "max_tokens": 4096,
                "temperature": 0.5,
                "stream": False,
                "system": "Be kind.",
                "messages": [{"role": "user", "content": "Hi"}],
            }
        ]


async def test_offers_tools_and_reads_calls() -> None:
    whole = message(THINKING, text("I look."), CALL, stop="tool_use")
    async with Anthropic.answering(as_json(whole), sse(*events(whole))) as (client, vendor):
        created = await client.create(HELLO, tools=[TOOL], tool_choice="required")
        pieces, streamed = await collected(
            client.create_stream(HELLO, tools=[TOOL], tool_choice=TOOL)
        )

        thought = "Paris, then.\nI look."
        assert created == result_of(CALLED, finish_reason="function_calls", thought=thought)
        assert streamed == created
        assert "".join(pieces) == "<think>Paris, then.</think>I look."
        assert [asked["tool_choice"] for asked in vendor.asked] == [
            {"type": "any"},
            {"type": "tool", "name": "get_weather"},
        ]
        assert vendor.asked[0]["tools"][0]["input_schema"]["required"] == ["city"]


def after(calls: list[FunctionCall]) -> list[LLMMessage]:
    done = FunctionExecutionResult(
        content="sunny", name="get_weather", call_id=calls[0].id, is_error=True
    )
    return [
        *HELLO,
        AssistantMessage(content=calls, source="agent"),
        FunctionExecutionResultMessage(content=[done]),
    ]


@pytest.mark.parametrize("is_streamed", [False, True])
async def test_sends_signed_thinking_back_before_the_calls_that_came_of_it(
    is_streamed: bool,
) -> None:
    redacted = {"type": "redacted_thinking", "data": "opaque"}
    whole = message(THINKING, redacted, CALL, stop="tool_use")
    first = sse(*events(whole)) if is_streamed else as_json(whole)
    async with Anthropic.answering(
        first, as_json(message(text("Sunny."))), thinking={"type": "enabled", "budget_tokens": 1024}
    ) as (client, vendor):
        if is_streamed:
            _, result = await collected(client.create_stream(HELLO, tools=[TOOL]))
        else:
            result = await client.create(HELLO, tools=[TOOL])

        assert isinstance(result.content, list)
        await client.create(after(result.content), tools=[TOOL])

        assert vendor.asked[1]["thinking"] == {"type": "enabled", "budget_tokens": 1024}
        assert vendor.asked[1]["messages"][1:] == [
            {"role": "assistant", "content": [THINKING, redacted, CALL]},
            {
                "role": "user",
                "content": [
                    {
                        "type": "tool_result",
                        "tool_use_id": "toolu_1",
                        "content": "sunny",
                        "is_error": True,
                    }
                ],
            },
        ]


async def test_hands_the_thinking_over_to_another_process() -> None:
    whole = as_json(message(THINKING, CALL, stop="tool_use"))
    with Anthropic.serving(whole, as_json(message(text("Sunny.")))) as vendor:
        client = vendor.client(thinking={"type": "enabled", "budget_tokens": 1024})
        await client.create(HELLO, tools=[TOOL])
        loaded = vendor.client(thinking={"type": "enabled", "budget_tokens": 1024})

        await loaded.load_state(json.loads(json.dumps(await client.save_state())))
        copied = pickle.loads(pickle.dumps(client))
        for heir in (loaded, copied):
            await heir.create(after(CALLED), tools=[TOOL])

        answers = [asked["messages"][1]["content"] for asked in vendor.asked[1:]]
        assert answers == [[THINKING, CALL]] * 2
        for each in (client, loaded, copied):
            await each.close()


async def test_does_without_thinking_where_it_can_not_go_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with Anthropic.answering(
        as_json(message(text("Sunny."))), thinking={"type": "enabled", "budget_tokens": 1024}
    ) as (client, vendor):
        with caplog.at_level(logging.WARNING):
            await client.create(after(CALLED), tools=[TOOL])
        await client.create([*after(CALLED), *HELLO], tools=[TOOL])

        assert ["thinking" in asked for asked in vendor.asked] == [False, True]
        assert "must answer without thinking" in caplog.text


async def test_offers_the_tools_of_a_conversation_again_but_lets_none_be_called() -> None:
    async with Anthropic.answering(as_json(message(text("Sunny.")))) as (client, vendor):
        await client.create(after(CALLED))
        await client.create(HELLO, tools=[TOOL])
        await client.create(after(CALLED))

        named, offered, again = (asked["tools"] for asked in vendor.asked)
        assert named == [{"name": "get_weather", "input_schema": {"type": "object"}}]
        assert again == offered
        choices = [asked["tool_choice"]["type"] for asked in vendor.asked]
        assert choices == ["none", "auto", "none"]


async def test_shows_images() -> None:
    shown = UserMessage(content=["What is it?", Image.from_base64(PIXEL)], source="user")
    async with Anthropic.answering(as_json(message(text("A pixel.")))) as (client, vendor):
        await client.create([shown])

        source = {"type": "base64", "media_type": "image/png", "data": PIXEL}
        assert vendor.asked[0]["messages"][0]["content"] == [
            {"type": "text", "text": "What is it?"},
            {"type": "image", "source": source},
        ]


async def test_sends_what_models_wrote_for_arguments_as_an_object() -> None:
    calls = [
        FunctionCall(id=str(number), name="say it!", arguments=arguments)
        for number, arguments in enumerate(["", "oops", "[1]", '{"a": 1}'])
    ]
    async with Anthropic.answering(as_json(message(text("Sunny.")))) as (client, vendor):
        await client.create([*HELLO, AssistantMessage(content=calls, thought="So", source="a")])

        thought, *sent = vendor.asked[0]["messages"][1]["content"]
        assert thought == text("So")
        assert [call["input"] for call in sent] == [{}, {"text": "oops"}, {"text": "[1]"}, {"a": 1}]
        assert sent[0]["name"].startswith("say_it__")


async def test_joins_system_messages_and_refuses_those_that_stand_apart() -> None:
    be, kind = SystemMessage(content="Be"), SystemMessage(content="kind.")
    with Anthropic.serving(as_json(message(text("Hello")))) as vendor:
        client = vendor.client()
        free = vendor.client(model_info=client.model_info | {"multiple_system_messages": True})

        await client.create([be, kind, *HELLO])
        await free.create([be, *HELLO, kind])
        with pytest.raises(ValueError, match="Multiple and Not continuous system messages"):
            await client.create([be, *HELLO, kind])

        assert [asked["system"] for asked in vendor.asked] == ["Be\nkind.", "Be\nkind."]
        await client.close()
        await free.close()


async def test_holds_answers_to_json_and_to_classes() -> None:
    answers = [text('{"degrees": 7}'), text('{"degrees": 7}'), text("warm")]
    async with Anthropic.answering(
        *(as_json(message(answer)) for answer in answers),
    ) as (client, vendor):
        await client.create(HELLO, json_output=True)
        result = await client.create(HELLO, json_output=Weather)
        with pytest.raises(UnfitOutput, match="does not fit Weather"):
            await client.create(HELLO, json_output=Weather)

        assert result.content == '{"degrees": 7}'
        assert "one JSON object" in vendor.asked[0]["system"]
        form = vendor.asked[1]["output_config"]["format"]
        assert (form["type"], form["schema"]["required"]) == ("json_schema", ["degrees"])


async def test_names_a_refusal() -> None:
    refused = message(text("I won't."), stop="refusal")
    async with Anthropic.answering(as_json(refused)) as (client, _):
        result = await client.create(HELLO)
        with pytest.raises(RefusedToAnswer, match="I won't"):
            await client.create(HELLO, json_output=Weather)

        assert (result.finish_reason, result.content) == ("content_filter", "I won't.")


async def test_counts_cached_and_reasoning_tokens() -> None:
    whole = message(text("Hi"), cache_read_input_tokens=100, cache_creation_input_tokens=20)
    whole["usage"]["output_tokens_details"] = {"thinking_tokens": 3}
    async with Anthropic.answering(as_json(whole), sse(*events(whole))) as (client, _):
        with UsageLedger() as ledger:
            await client.create(HELLO)
            await collected(client.create_stream(HELLO))

        counted = [
            (call.model, call.prompt_tokens, call.completion_tokens, call.cached_tokens)
            for call in ledger.calls
        ]
        assert counted == [(MODEL, 130, 5, 100)] * 2
        assert [call.reasoning_tokens for call in ledger.calls] == [3, 3]


@pytest.mark.parametrize(
    ("stop", "finish"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("pause_turn", "unknown"),
    ],
)
async def test_says_why_the_model_stopped(stop: str, finish: str) -> None:
    async with Anthropic.answering(as_json(message(text("Hi"), stop=stop))) as (client, _):
        result = await client.create(HELLO)

        assert result.finish_reason == finish


async def test_passes_arguments_on_that_are_no_object_with_a_warning() -> None:
    whole = message(CALL, stop="tool_use")
    cut = [event for event in events(whole) if "partial_json" not in str(event)]
    delta = {"type": "input_json_delta", "partial_json": '{"city": "Pa'}
    cut.insert(3, {"type": "content_block_delta", "index": 0, "delta": delta})
    async with Anthropic.answering(sse(*cut)) as (client, _):
        with pytest.warns(MalformedToolArguments, match="get_weather"):
            _, result = await collected(client.create_stream(HELLO, tools=[TOOL]))

        arguments = '{"city": "Pa'
        assert result.content == [
            FunctionCall(id="toolu_1", name="get_weather", arguments=arguments)
        ]


async def test_a_call_without_parameters_has_an_empty_object() -> None:
    whole = message(CALL | {"input": {}}, stop="tool_use")
    bare = [event for event in events(whole) if "partial_json" not in str(event)]
    async with Anthropic.answering(as_json(whole), sse(*bare)) as (client, _):
        created = await client.create(HELLO)
        _, streamed = await collected(client.create_stream(HELLO))

        assert created.content == streamed.content
        assert created.content == [FunctionCall(id="toolu_1", name="get_weather", arguments="{}")]


async def test_raises_the_errors_of_the_sdk_with_what_the_server_said() -> None:
    limited = {"type": "error", "error": {"type": "rate_limit_error", "message": "Slow down"}}
    async with Anthropic.answering(as_json(limited, 429, **{"retry-after": "7"})) as (client, _):
        with pytest.raises(anthropic.RateLimitError, match="Slow down") as caught:
            await client.create(HELLO)

        assert caught.value.response.headers["retry-after"] == "7"


async def test_an_error_in_a_stream_ends_it_and_what_it_cost_is_counted() -> None:
    begun = events(message(text("Hello")))[:4]
    overloaded = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    async with Anthropic.answering(sse(*begun, overloaded)) as (client, _):
        with UsageLedger() as ledger, pytest.raises(anthropic.APIStatusError, match="Overloaded"):
            await collected(client.create_stream(HELLO))

        assert ledger.actual_usage().prompt_tokens == 10
        assert client.actual_usage() == RequestUsage(prompt_tokens=10, completion_tokens=1)


async def test_a_stream_that_ends_early_is_named() -> None:
    begun = events(message(text("Hello")))[:5]
    async with Anthropic.answering(sse(*begun)) as (client, _):
        with pytest.raises(TruncatedStream, match="5 characters of text") as caught:
            await collected(client.create_stream(HELLO))

        assert caught.value.text == "Hello"


async def test_a_connection_that_breaks_is_an_error() -> None:
    begun = events(message(text("Hello")))[:5]
    async with Anthropic.answering(sse(*begun, breaks=True)) as (client, _):
        with pytest.raises(Exception, match="peer closed connection"):
            await collected(client.create_stream(HELLO))


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("<html>", UnreadableReply),
        ('{"type": "message", "content": [{"type": "te', UnreadableReply),
        ("[]", UnreadableReply),
        ('{"content": [7]}', UnreadableReply),
        ('{"type": "error", "error": {"message": "no"}}', EmptyReply),
    ],
)
async def test_a_body_that_is_no_message_is_named(body: str, error: type[Exception]) -> None:
    async with Anthropic.answering(Response(body, media_type="application/json")) as (client, _):
        with pytest.raises(error, match=MODEL):
            await client.create(HELLO)


async def test_an_event_that_can_not_be_read_is_named() -> None:
    broken = {"type": "content_block_delta", "index": 9, "delta": {"type": "text_delta"}}
    async with Anthropic.answering(sse(broken)) as (client, _):
        with pytest.raises(UnreadableReply, match="KeyError"):
            await collected(client.create_stream(HELLO))


async def test_keeps_the_promises_of_a_model_client() -> None:
    whole = message(text("Paris is the capital of France."))

    def answer(asked: dict[str, Any]) -> Response:
        return sse(*events(whole)) if asked["stream"] else as_json(whole)

    with Anthropic.serving(answer) as vendor:
        await check_model_client(vendor.client)


async def test_is_asked_again_when_it_was_overloaded() -> None:
    overloaded = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    whole = message(text("Hello"))
    answers = [as_json(overloaded, 529), as_json(whole), sse(overloaded), sse(*events(whole))]
    with Anthropic.serving(*answers) as vendor:
        client = RetryingChatCompletionClient(vendor.client(), RetryPolicy(first_wait_seconds=0))

        created = await client.create(HELLO)
        _, streamed = await collected(client.create_stream(HELLO))

        assert created == streamed == result_of("Hello")
        assert len(vendor.asked) == 4
        await client.close()
