"""The client over a transport of our own, which gives set answers and keeps the requests."""

import asyncio
import copy
import json
import logging
import pickle  # noqa: TID251 - clients are sent to other processes this way
from collections.abc import Sequence
from typing import Any

import httpx2
import openai
import pytest

from agentchat.core import CancellationToken
from agentchat.core._function_call import FunctionCall
from agentchat.core.logging import EVENT_LOGGER_NAME, LLMCallEvent
from agentchat.core.models import (
    AssistantMessage,
    ChatCompletionTokenLogprob,
    CreateResult,
    ModelInfo,
    RequestUsage,
    SystemMessage,
    TopLogprob,
    UserMessage,
)
from agentchat.core.tools import FunctionTool
from agentchat.ext.models._errors import (
    EmptyReply,
    ErrorInReply,
    MalformedToolArguments,
    RefusedToAnswer,
    UnfitOutput,
    UnreadableReply,
)
from agentchat.ext.models.openai import OpenAIChatCompletionClient
from tests.agentchat.ext.models.vendor import HELLO, TOOL, Weather, get_weather

MODEL = "gpt-4o-2024-08-06"


class Transport(httpx2.AsyncBaseTransport):
    def __init__(self, replies: Sequence[httpx2.Response]) -> None:
        self.replies = list(replies)
        self.requests: list[httpx2.Request] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        return self.replies.pop(0)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(request.content) for request in self.requests]


def reply(message: dict[str, Any] | None = None, **choice: Any) -> httpx2.Response:
    choice = {
        "index": 0,
        "finish_reason": "stop",
        "message": {"role": "assistant", "content": "Hello", **(message or {})},
        **choice,
    }
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
    return httpx2.Response(200, json={"model": MODEL, "choices": [choice], "usage": usage})


def calling(arguments: Any, name: str = "get_weather") -> httpx2.Response:
    call = {"id": "call-1", "type": "function", "function": {"name": name, "arguments": arguments}}
    message = {"content": None, "tool_calls": [call]}
    return reply(message, finish_reason="tool_calls")


def client_of(
    *replies: httpx2.Response, **arguments: Any
) -> tuple[OpenAIChatCompletionClient, Transport]:
    transport = Transport(replies)
    arguments = {"model": MODEL, "api_key": "sk-test", "max_retries": 0} | arguments
    http_client = httpx2.AsyncClient(transport=transport)
    return OpenAIChatCompletionClient(http_client=http_client, **arguments), transport


def info(**abilities: Any) -> ModelInfo:
    return ModelInfo(
        **{
            "vision": False,
            "function_calling": False,
            "json_output": False,
            "family": "unknown",
            "structured_output": False,
            **abilities,
        }
    )


async def test_sends_the_conversation_and_reads_the_answer() -> None:
    client, transport = client_of(reply(), temperature=0.5)

    result = await client.create([SystemMessage(content="Be brief."), *HELLO])

    assert result == CreateResult(
        finish_reason="stop",
        content="Hello",
        usage=RequestUsage(prompt_tokens=10, completion_tokens=5),
        cached=False,
    )
    assert transport.requests[0].content == (
        b'{"model":"gpt-4o-2024-08-06","stream":false,'
        b'"messages":[{"content":"Be brief.","role":"system"},'
        b'{"role":"user","name":"user","content":"Hi"}],"temperature":0.5}'
    )
    assert transport.requests[0].headers["authorization"] == "Bearer sk-test"


async def test_the_bytes_on_the_wire_are_those_of_the_sdk() -> None:
    ours, our_transport = client_of(reply(), temperature=0.5, user="me", seed=7)
    theirs = Transport([reply()])
    sdk = openai.AsyncOpenAI(api_key="sk-test", http_client=httpx2.AsyncClient(transport=theirs))

    await ours.create(HELLO, tools=[TOOL], tool_choice="required")
    body = our_transport.bodies[0]
    await sdk.chat.completions.create(**body)

    assert our_transport.requests[0].content == theirs.requests[0].content
    assert our_transport.requests[0].headers == theirs.requests[0].headers


async def test_reads_tool_calls_and_keeps_the_text_beside_them_as_a_thought() -> None:
    answer = calling('{"city": "Bonn"}')
    answer = httpx2.Response(
        200, content=answer.content.replace(b'"content":null', b'"content":"Let me look"')
    )
    client, transport = client_of(answer)

    result = await client.create(HELLO, tools=[TOOL])

    assert result.content == [
        FunctionCall(id="call-1", arguments='{"city": "Bonn"}', name="get_weather")
    ]
    assert (result.finish_reason, result.thought) == ("function_calls", "Let me look")
    assert transport.bodies[0]["tool_choice"] == "auto"


async def test_says_strict_only_of_tools_that_ask_for_it() -> None:
    strict = FunctionTool(get_weather, description="", name="strict", strict=True)
    client, transport = client_of(reply())

    await client.create(HELLO, tools=[TOOL, strict])

    functions = [tool["function"] for tool in transport.bodies[0]["tools"]]
    assert [function.get("strict") for function in functions] == [None, True]


async def test_names_that_the_api_refuses_travel_under_legal_ones() -> None:
    tool = FunctionTool(get_weather, description="", name="transfer_to_研究员")
    client, transport = client_of(reply(), reply())
    await client.create([UserMessage(content="Hi", source="研究员")], tools=[tool])
    sent = transport.bodies[0]
    api_name = sent["tools"][0]["function"]["name"]
    transport.replies = [calling("{}", name=api_name)]

    result = await client.create(HELLO, tools=[tool], tool_choice=tool)

    assert result.content == [FunctionCall(id="call-1", arguments="{}", name="transfer_to_研究员")]
    assert transport.bodies[1]["tool_choice"]["function"]["name"] == api_name
    assert all(name.isascii() for name in (api_name, sent["messages"][0]["name"]))


async def test_a_name_that_the_model_made_up_becomes_a_legal_one() -> None:
    client, _ = client_of(calling("{}", name="get weather!"))

    result = await client.create(HELLO, tools=[TOOL])

    assert result.content == [FunctionCall(id="call-1", arguments="{}", name="get_weather_")]


async def test_arguments_that_are_no_json_object_are_named_and_passed_on() -> None:
    client, _ = client_of(calling('{"city": "Bo'))

    with pytest.warns(MalformedToolArguments, match="'get_weather' are not a JSON object"):
        result = await client.create(HELLO, tools=[TOOL])

    assert isinstance(result.content, list)
    assert result.content[0].arguments == '{"city": "Bo'


async def test_arguments_that_are_no_text_become_text() -> None:
    client, _ = client_of(calling({"city": "Bonn"}))

    with pytest.warns(UserWarning, match="Tool call function arguments field is not a string"):
        result = await client.create(HELLO, tools=[TOOL])

    assert isinstance(result.content, list)
    assert result.content[0].arguments == '{"city": "Bonn"}'


async def test_warns_of_a_finish_reason_that_denies_the_tool_calls() -> None:
    answer = calling("{}").json()
    answer["choices"][0]["finish_reason"] = "stop"
    client, _ = client_of(httpx2.Response(200, json=answer))

    with pytest.warns(UserWarning, match="Finish reason mismatch"):
        result = await client.create(HELLO, tools=[TOOL])

    assert result.finish_reason == "function_calls"


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
async def test_reasoning_becomes_the_thought(field: str) -> None:
    client, _ = client_of(reply({field: "thinking, think"}))

    result = await client.create(HELLO)

    assert (result.content, result.thought) == ("Hello", "thinking, think")


async def test_reasoning_beside_tool_calls_is_kept() -> None:
    answer = calling("{}").json()
    answer["choices"][0]["message"]["reasoning_content"] = "I need the weather."
    client, _ = client_of(httpx2.Response(200, json=answer))

    result = await client.create(HELLO, tools=[TOOL])

    assert result.thought == "I need the weather."


async def test_a_model_that_thinks_aloud_has_its_thought_taken_from_the_text() -> None:
    content = "<think>hmm</think> Hello"
    client, _ = client_of(reply({"content": content}), model_info=info(family="r1"), model=MODEL)

    result = await client.create(HELLO)

    assert (result.thought, result.content) == ("hmm", "Hello")


async def test_reads_log_probabilities() -> None:
    token = {
        "token": "Hello",
        "logprob": -0.1,
        "bytes": [72],
        "top_logprobs": [{"token": "Hi", "logprob": -1.0, "bytes": None}],
    }
    client, _ = client_of(reply(logprobs={"content": [token]}))

    result = await client.create(HELLO)

    assert result.logprobs == [
        ChatCompletionTokenLogprob(
            token="Hello", logprob=-0.1, bytes=[72], top_logprobs=[TopLogprob(logprob=-1.0)]
        )
    ]


async def test_asks_for_the_schema_of_a_class() -> None:
    client, transport = client_of(reply({"content": '{"degrees": 20}'}))

    result = await client.create(HELLO, json_output=Weather)

    assert result.content == '{"degrees": 20}'
    schema = {
        "additionalProperties": False,
        "properties": {"degrees": {"title": "Degrees", "type": "integer"}},
        "required": ["degrees"],
        "title": "Weather",
        "type": "object",
    }
    assert transport.bodies[0]["response_format"] == {
        "type": "json_schema",
        "json_schema": {"schema": schema, "name": "Weather", "strict": True},
    }


async def test_a_refusal_of_a_structured_answer_is_an_error() -> None:
    client, _ = client_of(reply({"content": None, "refusal": "I can't help with that."}))

    with pytest.raises(RefusedToAnswer, match="refused to answer"):
        await client.create(HELLO, json_output=Weather)


async def test_a_refusal_of_any_other_answer_is_the_answer() -> None:
    client, _ = client_of(reply({"content": None, "refusal": "I can't help with that."}))

    assert (await client.create(HELLO)).content == "I can't help with that."


async def test_an_answer_that_does_not_fit_its_class_is_an_error() -> None:
    client, _ = client_of(reply({"content": '{"degr'}, finish_reason="length"))

    with pytest.raises(UnfitOutput, match="raise max_tokens") as caught:
        await client.create(HELLO, json_output=Weather)

    assert (caught.value.output_type, caught.value.content) == ("Weather", '{"degr')
    assert client.total_usage() == RequestUsage(prompt_tokens=10, completion_tokens=5)


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b'{"choices": [{"mess', "Unterminated string"), (b"[]", "not a JSON object"), (b"", "")],
)
async def test_a_body_that_can_not_be_read_is_an_error(body: bytes, reason: str) -> None:
    headers = {"content-type": "application/json"}
    client, _ = client_of(httpx2.Response(200, content=body, headers=headers))

    with pytest.raises(UnreadableReply, match=f"{MODEL}' can't be read: .*{reason}"):
        await client.create(HELLO)


@pytest.mark.parametrize("body", [{}, {"choices": []}, {"choices": None}, {"choices": [{}]}])
async def test_a_reply_without_a_choice_is_an_error(body: dict[str, Any]) -> None:
    client, _ = client_of(httpx2.Response(200, json=body))

    with pytest.raises(EmptyReply, match="holds no choice") as caught:
        await client.create(HELLO)

    assert caught.value.body == body


@pytest.mark.parametrize(
    ("body", "code", "reason"),
    [
        ({"error": "overloaded"}, None, "overloaded"),
        ({"error": {"message": "slow down", "code": 429}}, 429, "slow down"),
        ({"object": "error", "message": "no such model", "code": 404}, 404, "no such model"),
        ({"choices": [{"error": {"message": "gone", "code": 502}}]}, 502, "gone"),
    ],
)
async def test_an_error_in_a_reply_that_calls_itself_good_has_its_name(
    body: dict[str, Any], code: int | None, reason: str
) -> None:
    client, _ = client_of(httpx2.Response(200, json=body))

    with pytest.raises(ErrorInReply, match=reason) as caught:
        await client.create(HELLO)

    assert (caught.value.code, caught.value.body) == (code, body)


async def test_the_old_function_call_is_refused() -> None:
    client, _ = client_of(reply({"function_call": {"name": "f", "arguments": "{}"}}))

    with pytest.raises(ValueError, match="function_call is deprecated"):
        await client.create(HELLO)


async def test_errors_of_the_server_are_those_of_the_sdk() -> None:
    client, _ = client_of(httpx2.Response(429, json={"error": {"message": "slow down"}}))

    with pytest.raises(openai.RateLimitError, match="slow down"):
        await client.create(HELLO)


async def test_the_sdk_tries_again() -> None:
    busy = httpx2.Response(503, headers={"retry-after-ms": "1"})
    client, transport = client_of(busy, reply(), max_retries=1)

    await client.create(HELLO)

    assert transport.requests[0].content == transport.requests[1].content
    assert [request.headers["x-stainless-retry-count"] for request in transport.requests] == [
        "0",
        "1",
    ]


async def test_equal_calls_make_equal_requests() -> None:
    requests = []
    for _ in range(2):
        client, transport = client_of(reply())
        await client.create(HELLO, tools=[TOOL])
        requests.append(transport.requests[0])

    assert requests[0].headers == requests[1].headers
    assert requests[0].content == requests[1].content


async def test_warns_when_another_model_answers() -> None:
    client, _ = client_of(reply(), model="gpt-4o-mini")

    with pytest.warns(UserWarning, match=f"gpt-4o-mini-2024-07-18 != {MODEL}"):
        await client.create(HELLO)


async def test_counts_all_usage() -> None:
    without_usage = reply().json() | {"usage": None}
    client, _ = client_of(reply(), httpx2.Response(200, json=without_usage), reply())

    for _ in range(3):
        await client.create(HELLO)

    assert client.total_usage() == RequestUsage(prompt_tokens=20, completion_tokens=10)
    assert client.actual_usage() == client.total_usage()


async def test_logs_the_call(caplog: pytest.LogCaptureFixture) -> None:
    client, _ = client_of(reply())

    with caplog.at_level(logging.INFO, logger=EVENT_LOGGER_NAME):
        await client.create(HELLO)

    event = caplog.records[-1].msg
    assert isinstance(event, LLMCallEvent)
    assert event.kwargs["messages"] == [{"role": "user", "name": "user", "content": "Hi"}]
    assert (event.prompt_tokens, event.completion_tokens) == (10, 5)


async def test_arguments_of_a_call_stand_above_those_of_the_client() -> None:
    client, transport = client_of(reply(), temperature=0.5, stream_options={"include_usage": True})

    await client.create(
        HELLO,
        extra_create_args={
            "temperature": 1,
            "extra_body": {"top_k": 3},
            "extra_headers": {"x-mine": "1"},
            "timeout": 9.0,
        },
    )

    request, body = transport.requests[0], transport.bodies[0]
    assert body.keys() == {"model", "stream", "messages", "temperature", "top_k"}
    assert (body["temperature"], body["top_k"], request.headers["x-mine"]) == (1, 3, "1")
    assert request.extensions["timeout"]["read"] == 9.0


@pytest.mark.parametrize("name", ["stream", "messages", "n", "functions", "function_call", "odd"])
async def test_refuses_arguments_that_no_call_can_have(name: str) -> None:
    client, _ = client_of()

    with pytest.raises(ValueError, match=rf"Extra create args are invalid: \['{name}'\]"):
        await client.create(HELLO, extra_create_args={name: 1})


async def test_white_space_at_the_end_is_stripped_from_a_copy() -> None:
    said = AssistantMessage(content="So ", source="a")
    claude = {"model": "claude-3-5-sonnet-20241022", "base_url": "http://test"}
    answer = reply().json() | {"model": claude["model"]}
    client, transport = client_of(*[httpx2.Response(200, json=answer)] * 2, **claude)

    await client.create([*HELLO, said])
    await client.create([])

    assert transport.bodies[0]["messages"][-1] == {"role": "assistant", "content": "So"}
    assert said.content == "So "
    assert transport.bodies[1]["messages"] == []


@pytest.mark.parametrize(
    ("abilities", "call", "error"),
    [
        ({}, {"tools": [TOOL]}, "Model does not support function calling"),
        ({}, {"json_output": True}, "Model does not support JSON output."),
        ({}, {"json_output": Weather}, "Model does not support structured output."),
        ({}, {"json_output": "yes"}, "json_output must be a boolean or a Pydantic model class"),
        ({}, {"tool_choice": TOOL}, "tool_choice specified but no tools provided"),
        (
            {"function_calling": True},
            {"tools": [{"name": "other"}], "tool_choice": TOOL},
            "tool_choice references 'get_weather' but it's not in the provided tools",
        ),
        ({}, {"tool_choice": "any"}, "tool_choice must be a Tool object"),
    ],
)
async def test_refuses_what_the_model_can_not_do(
    abilities: dict[str, Any], call: dict[str, Any], error: str
) -> None:
    client, _ = client_of(model_info=info(**abilities))

    with pytest.raises(ValueError, match=error):
        await client.create(HELLO, **call)


async def test_a_class_as_response_format_still_works() -> None:
    client, transport = client_of(reply({"content": '{"degrees": 1}'}), response_format=Weather)

    with pytest.warns(DeprecationWarning, match="Use json_output"):
        await client.create(HELLO)

    assert transport.bodies[0]["response_format"]["json_schema"]["name"] == "Weather"


async def test_a_class_takes_the_place_of_another_response_format() -> None:
    client, transport = client_of(reply({"content": '{"degrees": 1}'}))

    with pytest.warns(UserWarning, match="Skipping the response_format"):
        await client.create(
            HELLO,
            json_output=Weather,
            extra_create_args={"response_format": {"type": "json_object"}},
        )

    assert transport.bodies[0]["response_format"]["type"] == "json_schema"


async def test_a_cancelled_token_stops_the_call_before_it_is_sent() -> None:
    client, transport = client_of(reply())
    token = CancellationToken()
    token.cancel()

    with pytest.raises(asyncio.CancelledError):
        await client.create(HELLO, cancellation_token=token)

    assert transport.requests == []


@pytest.mark.parametrize(
    ("copied_by"), [copy.deepcopy, lambda client: pickle.loads(pickle.dumps(client))]
)
def test_a_copy_has_a_connection_of_its_own(copied_by: Any) -> None:
    client = OpenAIChatCompletionClient(model=MODEL, api_key="sk-test", temperature=0.5)

    copied = copied_by(client)

    assert copied._client is not client._client
    assert copied._client.api_key == "sk-test"
    assert copied.dump_component() == client.dump_component()
