"""The client against a server on this machine that speaks as Azure AI's endpoints do."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.responses import Response, StreamingResponse

from agentchat.core._function_call import FunctionCall
from agentchat.core.models import (
    AssistantMessage,
    CreateResult,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    ModelInfo,
    RequestUsage,
)
from agentchat.ext.models._errors import EmptyReply, TruncatedStream, UnreadableReply
from agentchat.usage import UsageLedger
from harness.conformance import check_model_client
from tests.agentchat.ext.models.vendor import HELLO, TOOL, Vendor, Weather, as_json, collected

pytest.importorskip("azure.core", reason="needs azure.core: Azure's credentials")
openai = pytest.importorskip("openai", reason="needs openai: the OpenAI SDK")

from azure.core.credentials import AccessToken, AzureKeyCredential  # noqa: E402

from agentchat.ext.models.azure import AzureAIChatCompletionClient  # noqa: E402
from agentchat.ext.models.azure.config import GITHUB_MODELS_ENDPOINT  # noqa: E402

MODEL = "grok-4"
INFO = ModelInfo(
    vision=False,
    function_calling=True,
    json_output=True,
    family="unknown",
    structured_output=True,
)
USAGE = {"prompt_tokens": 10, "completion_tokens": 5}
CALL = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "get_weather", "arguments": '{"city": "Paris"}'},
}
CALLED = [FunctionCall(id="call_1", name="get_weather", arguments='{"city": "Paris"}')]


class Azure(Vendor):
    path = "/models/chat/completions"

    def client(self, **arguments: Any) -> AzureAIChatCompletionClient:
        given = {
            "endpoint": f"{self.url}/models",
            "credential": AzureKeyCredential("secret"),
            "model_info": INFO,
            "model": MODEL,
            "max_retries": 0,
        }
        return AzureAIChatCompletionClient(**(given | arguments))


def whole(reason: str = "stop", **said: Any) -> Response:
    message = {"role": "assistant", "content": None} | said
    choice = {"index": 0, "finish_reason": reason, "message": message}
    return as_json({"model": f"{MODEL}-0709", "choices": [choice], "usage": USAGE})


def chunk(reason: str | None = None, **delta: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}


def sse(*chunks: dict[str, Any]) -> Response:
    async def pieces() -> AsyncIterator[str]:
        for event in (*chunks, {"choices": [], "usage": USAGE}):
            yield f"data: {json.dumps(event)}\n\n"
        yield "data: [DONE]\n\n"

    return StreamingResponse(pieces(), media_type="text/event-stream")


async def test_asks_at_azures_address_with_azures_key() -> None:
    async with Azure.answering(
        whole(content="Hello!"), temperature=0.5, response_format="json_object"
    ) as (client, vendor):
        with UsageLedger() as ledger:
            result = await client.create(HELLO)

        usage = RequestUsage(**USAGE)
        assert result == CreateResult(
            finish_reason="stop", content="Hello!", usage=usage, cached=False
        )
        assert (client.total_usage(), ledger.calls[0].model) == (usage, MODEL)
        assert vendor.asked[0] == {
            "model": MODEL,
            "stream": False,
            "temperature": 0.5,
            "response_format": {"type": "json_object"},
            "messages": [{"role": "user", "content": "Hi"}],
        }
        request = vendor.requests[0]
        assert request.url.query == "api-version=2024-05-01-preview"
        assert request.headers["api-key"] == "secret"
        assert request.headers["authorization"] == "Bearer secret"


async def test_asks_with_a_token_of_the_credential() -> None:
    class Credential:
        async def get_token(self, *scopes: str) -> AccessToken:
            return AccessToken(f"token for {scopes[0]}", 0)

    async with Azure.answering(
        whole(content="Hello!"),
        credential=Credential(),
    ) as (client, vendor):
        await client.create(HELLO)

        headers = vendor.requests[0].headers
        assert headers["authorization"] == "Bearer token for https://ml.azure.com/.default"
        assert "api-key" not in headers


async def test_an_endpoint_of_one_model_is_not_told_which() -> None:
    async with Azure.answering(
        whole(content="Hello!"), sse(chunk("stop", content="Hi")), model=None
    ) as (client, vendor):
        await client.create(HELLO)
        await collected(client.create_stream(HELLO))

        assert ["model" in asked for asked in vendor.asked] == [False, False]
        assert vendor.url.endswith(client.model_name)


async def test_passes_on_what_a_model_has_beyond_the_api() -> None:
    async with Azure.answering(
        whole(content="Hello!"),
        model_extras={"reasoning": "low"},
    ) as (client, vendor):
        await client.create(HELLO)
        await client.create(HELLO, extra_create_args={"model_extras": {"reasoning": "high"}})

        assert [asked["reasoning"] for asked in vendor.asked] == ["low", "high"]
        assert vendor.requests[0].headers["extra-parameters"] == "pass-through"


async def test_a_stream_of_one_piece_is_a_text() -> None:
    async with Azure.answering(sse(chunk("stop", content="Hello"))) as (client, _):
        pieces, result = await collected(client.create_stream(HELLO))

        assert (pieces, result.content, result.thought) == (["Hello"], "Hello", None)
        assert result.usage == RequestUsage(**USAGE)


async def test_streams_without_usage_where_the_server_refuses_to_report_it() -> None:
    refusal = as_json({"error": {"message": "stream_options is not supported"}}, 400)
    answer = sse(chunk("stop", content="Hello"))
    async with Azure.answering(
        refusal,
        answer,
        sse(chunk("stop", content="Hello")),
    ) as (client, vendor):
        for _ in range(2):
            await collected(client.create_stream(HELLO))

        assert ["stream_options" in asked for asked in vendor.asked] == [True, False, False]


async def test_reads_calls_and_counts_what_they_cost() -> None:
    calls = [CALL | {"index": 0}]
    streamed = sse(chunk(content="I look."), chunk(tool_calls=calls), chunk("tool_calls"))
    answer = whole("tool_calls", content="I look.", tool_calls=[CALL])
    async with Azure.answering(answer, streamed) as (client, vendor):
        created = await client.create(HELLO, tools=[TOOL], tool_choice=TOOL)
        _, result = await collected(client.create_stream(HELLO, tools=[TOOL]))

        assert created == result
        assert (created.content, created.thought) == (CALLED, "I look.")
        assert client.total_usage() == RequestUsage(prompt_tokens=20, completion_tokens=10)
        assert vendor.asked[0]["tool_choice"]["function"]["name"] == "get_weather"


async def test_sends_calls_and_their_results() -> None:
    done = FunctionExecutionResult(content="sunny", name="get_weather", call_id="call_1")
    said = [
        *HELLO,
        AssistantMessage(content=CALLED, source="agent"),
        FunctionExecutionResultMessage(content=[done]),
    ]
    async with Azure.answering(whole(content="Sunny.")) as (client, vendor):
        await client.create(said)

        sent = vendor.asked[0]["messages"][1:]
        assert sent == [
            {"role": "assistant", "content": None, "tool_calls": [CALL]},
            {"role": "tool", "content": "sunny", "tool_call_id": "call_1"},
        ]


async def test_holds_answers_to_classes() -> None:
    async with Azure.answering(whole(content='{"degrees": 7}')) as (client, vendor):
        await client.create(HELLO, json_output=Weather)

        assert vendor.asked[0]["response_format"]["json_schema"]["name"] == "Weather"


async def test_errors_are_those_of_the_openai_sdk() -> None:
    async with Azure.answering(as_json({"error": {"message": "Slow down"}}, 429)) as (client, _):
        with pytest.raises(openai.RateLimitError, match="Slow down"):
            await client.create(HELLO)


async def test_a_stream_without_a_finish_reason_is_cut() -> None:
    cut = f"data: {json.dumps(chunk(content='Hel'))}\n\n"
    async with Azure.answering(
        Response(cut, media_type="text/event-stream"),
        model=None,
    ) as (client, _):
        with pytest.raises(TruncatedStream, match="3 characters of text"):
            await collected(client.create_stream(HELLO))


@pytest.mark.parametrize(
    ("body", "error"), [("<html>", UnreadableReply), ('{"choices": []}', EmptyReply)]
)
async def test_a_body_that_is_no_reply_is_named(body: str, error: type[Exception]) -> None:
    async with Azure.answering(Response(body, media_type="application/json")) as (client, _):
        with pytest.raises(error, match=MODEL):
            await client.create(HELLO)


async def test_keeps_the_promises_of_a_model_client() -> None:
    streamed = [chunk(content="Paris "), chunk("stop", content="it is.")]

    def answer(asked: dict[str, Any]) -> Response:
        return sse(*streamed) if asked["stream"] else whole(content="Paris it is.")

    with Azure.serving(answer) as vendor:
        await check_model_client(vendor.client)


async def test_estimates_tokens_and_adds_usage() -> None:
    client = Azure().client(endpoint="https://example.com/models")

    client.add_usage(RequestUsage(prompt_tokens=3, completion_tokens=4))

    assert client.count_tokens(HELLO) > 0
    assert client.remaining_tokens(HELLO) == sys.maxsize - client.count_tokens(HELLO)
    assert client.total_usage() == RequestUsage(prompt_tokens=3, completion_tokens=4)
    await client.close()


@pytest.mark.parametrize(
    ("missing", "reason"),
    [
        ("endpoint", "endpoint is required"),
        ("credential", "credential is required"),
        ("model_info", "model_info is required"),
        ("model", "model is required for when using a Github model"),
    ],
)
def test_names_the_argument_that_is_missing(missing: str, reason: str) -> None:
    arguments = {
        "endpoint": GITHUB_MODELS_ENDPOINT,
        "credential": AzureKeyCredential("secret"),
        "model_info": INFO,
        "model": MODEL,
    }
    del arguments[missing]

    with pytest.raises(ValueError, match=reason):
        AzureAIChatCompletionClient(**arguments)


async def test_refuses_unknown_arguments() -> None:
    with pytest.raises(TypeError, match="mean 'temperature'"):
        Azure().client(temprature=1)
    client = Azure().client(endpoint="https://example.com/models")

    with pytest.raises(ValueError, match="Extra create args are invalid"):
        await client.create(HELLO, extra_create_args={"temprature": 1})

    await client.close()


async def test_asks_as_azures_own_package_does() -> None:
    inference = pytest.importorskip(
        "azure.ai.inference", reason="needs azure-ai-inference: Azure's own package"
    )
    async with Azure.answering(
        whole(content="Hello!"), temperature=0.5, model_extras={"reasoning": "low"}
    ) as (client, vendor):
        theirs = inference.ChatCompletionsClient(
            f"{vendor.url}/models", AzureKeyCredential("secret")
        )

        await client.create(HELLO)
        await asyncio.to_thread(
            theirs.complete,
            messages=[{"role": "user", "content": "Hi"}],
            model=MODEL,
            temperature=0.5,
            model_extras={"reasoning": "low"},
        )

        ours, own = vendor.requests
        assert {"stream": False} | vendor.asked[1] == vendor.asked[0]
        assert ours.url == own.url
        for header in ("api-key", "authorization", "extra-parameters", "content-type"):
            assert ours.headers[header] == own.headers[header]
        theirs.close()
