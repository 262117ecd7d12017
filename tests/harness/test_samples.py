"""Real recordings of other projects replay: through the OpenAI client, or as the requests were."""

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import openai
import pytest
import yaml

from agentchat.core import FunctionCall
from agentchat.core.models import (
    AssistantMessage,
    CreateResult,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    LLMMessage,
    ModelInfo,
    SystemMessage,
    UserMessage,
)
from agentchat.core.tools import ToolSchema
from agentchat.ext.models.openai import OpenAIChatCompletionClient
from harness.formats import load
from harness.interactions import Interaction, Response
from harness.matching import Ignore
from harness.session import CassetteSession
from harness.transport import CassetteTransport

SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "cassettes"

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"{SAMPLES} is not on this machine")

# Our client always says these; several of the recorded ones left them out.
SAID_BY_US = tuple(
    map(Ignore, ("/stream", "/stream_options", "/tool_choice", "/tools/*/function/strict"))
)

CAPABLE: ModelInfo = {
    "vision": True,
    "function_calling": True,
    "json_output": True,
    "family": "unknown",
    "structured_output": True,
}


class Answer(NamedTuple):
    """What a model answered, in the terms of a CreateResult."""

    text: str
    calls: tuple[tuple[str, str], ...]
    finish_reason: str
    usage: tuple[int, int]


def recorded_answer(interaction: Interaction) -> Answer:
    """Read from the recording with nothing of the harness's or the client's own."""
    assert isinstance(interaction.response, Response)
    content = interaction.response.content
    if content.lstrip().startswith(b"{"):
        body = json.loads(content)
        choice, usage = body["choices"][0], body["usage"]
        message = choice["message"]
        calls = [call["function"] for call in message.get("tool_calls") or ()]
        said = tuple((call["name"], call["arguments"]) for call in calls)
        return _answer(message.get("content"), said, choice["finish_reason"], usage)
    return streamed_answer(content)


def streamed_answer(content: bytes) -> Answer:
    lines = [line.removeprefix(b"data: ") for line in content.splitlines() if line[:6] == b"data: "]
    chunks = [json.loads(line) for line in lines if line != b"[DONE]"]
    choices = [choice for chunk in chunks for choice in chunk.get("choices", ())]
    text = "".join(choice["delta"].get("content") or "" for choice in choices)
    calls: dict[int, list[str]] = {}
    for choice in choices:
        for delta in choice["delta"].get("tool_calls") or ():
            call = calls.setdefault(delta["index"], ["", ""])
            call[0] += delta["function"].get("name") or ""
            call[1] += delta["function"].get("arguments") or ""
    reasons = [choice["finish_reason"] for choice in choices if choice.get("finish_reason")]
    # Groq at first said it in a part of its own.
    told = [chunk.get("usage") or chunk.get("x_groq", {}).get("usage") for chunk in chunks]
    usages = [usage for usage in told if usage]
    said = tuple((name, arguments) for name, arguments in calls.values())
    return _answer(text, said, reasons[-1], usages[-1] if usages else {})


def _answer(text: Any, calls: tuple[tuple[str, str], ...], reason: str, usage: Any) -> Answer:
    tokens = usage.get("prompt_tokens", 0), usage.get("completion_tokens", 0)
    finish = "function_calls" if calls else reason
    return Answer("" if calls else text or "", calls, finish, tokens)


def given_answer(result: CreateResult) -> Answer:
    calls = () if isinstance(result.content, str) else result.content
    usage = result.usage
    return Answer(
        result.content if isinstance(result.content, str) else "",
        tuple((call.name, call.arguments) for call in calls),
        result.finish_reason,
        (usage.prompt_tokens, usage.completion_tokens),
    )


def request_of(interaction: Interaction) -> dict[str, Any]:
    """The recorded request, as arguments of the client's methods."""
    body = json.loads(interaction.request.body)
    tools = [ToolSchema(**tool["function"]) for tool in body.pop("tools", ())]
    said_by_us = {"model", "stream", "stream_options", "tool_choice", "messages"}
    return {
        "messages": [message_of(message) for message in body["messages"]],
        "tools": tools,
        "extra_create_args": {name: body[name] for name in body if name not in said_by_us},
    }


def message_of(message: dict[str, Any]) -> LLMMessage:
    content = message.get("content")
    match message["role"]:
        case "system":
            return SystemMessage(content=content)
        case "user":
            return UserMessage(content=content, source="user")
        case "tool":
            result = FunctionExecutionResult(
                content=content, call_id=message["tool_call_id"], name="tool", is_error=False
            )
            return FunctionExecutionResultMessage(content=[result])
    if "tool_calls" not in message:
        return AssistantMessage(content=content, source="assistant")
    calls = [FunctionCall(id=call["id"], **call["function"]) for call in message["tool_calls"]]
    return AssistantMessage(content=calls, thought=content, source="assistant")


async def asked_again(session: CassetteSession, interaction: Interaction) -> CreateResult:
    """What our client gets for the recorded request."""
    async with httpx2.AsyncClient(transport=CassetteTransport(session)) as http_client:
        body = json.loads(interaction.request.body)
        client = OpenAIChatCompletionClient(
            model=body["model"],
            base_url=interaction.request.url.removesuffix("/chat/completions"),
            api_key="replayed",
            model_info=CAPABLE,
            include_name_in_message=False,
            http_client=http_client,
        )
        if not body.get("stream"):
            return await client.create(**request_of(interaction))
        *said, result = [item async for item in client.create_stream(**request_of(interaction))]
        assert isinstance(result, CreateResult)
        if isinstance(result.content, str):
            assert "".join(map(str, said)) == result.content
        return result


CREW = "crewAI/lib/crewai/tests/cassettes"
METRY = "openllmetry/packages/opentelemetry-instrumentation-"
INFERENCE = "openinference/python/instrumentation/openinference-instrumentation-"
CONTRIB = (
    "opentelemetry-python-contrib/instrumentation-genai/"
    "opentelemetry-instrumentation-openai-v2/tests/cassettes/"
)
MIRASCOPE = "mirascope/python/tests/e2e"
PYDANTIC = "pydantic-ai/tests"

PLAIN = (
    f"{CREW}/agents/test_agent_max_iterations_stops_loop.yaml",
    f"{CREW}/agents/test_multiple_agents_in_same_flow.yaml",
    f"{INFERENCE}dspy/tests/openinference/instrumentation/dspy/cassettes/test_instrumentor/"
    "test_compilation.yaml",
    f"{METRY}openai/tests/traces/cassettes/test_chat/test_chat_reasoning.yaml",
    f"{PYDANTIC}/models/cassettes/test_cerebras/"
    "test_cerebras_zai_reasoning_replayed_as_think_tags.yaml",
    f"{MIRASCOPE}/input/cassettes/test_ollama_provider/ollama_gemma3_4b.yaml",
    f"{CONTRIB}test_chat_completion_extra_params.yaml",
)
TOOL_LOOPS = (
    f"{CREW}/agents/TestMaxUsageCountWithNativeToolCalling."
    "test_max_usage_count_limit_enforced_in_native_tool_calling.yaml",
    f"{CREW}/agents/test_agent_execution_with_tools.yaml",
    f"{CREW}/agents/test_agent_moved_on_after_max_iterations.yaml",
    f"{CREW}/test_cache_hitting_between_agents.yaml",
    f"{PYDANTIC}/cassettes/test_temporal/test_durability_agent_with_model_retry.yaml",
    f"{PYDANTIC}/models/cassettes/test_tool_choice_matrix/"
    "test_tool_choice_matrix[auto-openai].yaml",
    f"{METRY}openai/tests/traces/cassettes/test_functions/"
    "test_open_ai_function_calls_tools_parallel.yaml",
)
STREAMS = (
    f"{MIRASCOPE}/output/cassettes/test_validation_retry/openai_gpt_4o_completions/"
    "async_stream.yaml",
    f"{CREW}/llms/litellm/test_litellm_async_streaming.yaml",
    f"{INFERENCE}together/tests/openinference/instrumentation/together/cassettes/"
    "test_instrumentor/test_async_chat_stream.yaml",
    f"{METRY}groq/tests/traces/cassettes/test_chat_tracing/test_chat_streaming_legacy.yaml",
    f"{CONTRIB}test_async_chat_completion_streaming_not_complete.yaml",
    f"{PYDANTIC}/models/cassettes/test_openai/test_openai_moderation_stream.yaml",
)
STREAMED_CALLS = (
    f"{METRY}openai/tests/traces/cassettes/test_functions/"
    "test_open_ai_function_calls_tools_streaming_parallel.yaml",
    f"{CREW}/test_handle_streaming_tool_calls.yaml",
    f"{CREW}/test_handle_streaming_tool_calls_with_error.yaml",
    f"{PYDANTIC}/models/cassettes/test_openai/test_run_stream_sync_streams_real_model.yaml",
)


@pytest.mark.parametrize("name", PLAIN + TOOL_LOOPS + STREAMS + STREAMED_CALLS)
async def test_a_recorded_conversation_replays_through_our_client(name: str) -> None:
    interactions = load(SAMPLES / name).interactions
    session = CassetteSession(SAMPLES / name, key_parts=SAID_BY_US)

    answers = [given_answer(await asked_again(session, each)) for each in interactions]

    assert answers == [recorded_answer(each) for each in interactions]
    assert session.unplayed == []


async def test_a_recorded_error_reaches_our_client_as_an_error() -> None:
    name = "input/cassettes/test_authentication_error/openai_gpt_4o_completions.yaml"
    path = SAMPLES / MIRASCOPE / name
    session = CassetteSession(path, key_parts=SAID_BY_US)

    with pytest.raises(openai.AuthenticationError, match="Incorrect API key provided"):
        await asked_again(session, load(path).interactions[0])


class Recorded(NamedTuple):
    """An exchange as its file says it, read with PyYAML and the standard library alone."""

    method: str
    url: str
    asked: bytes
    status: int
    headers: dict[str, list[str]]
    said: bytes | str | list[Any] | dict[str, Any]
    """Bytes, or the JSON that its recorder took apart."""


class RubyLoader(yaml.CSafeLoader):
    """Ruby has a tag of its own for bytes."""


RubyLoader.add_constructor("!binary", RubyLoader.construct_yaml_binary)

# They say how a body travelled, and it comes back in one piece, without compression.
TRAVEL = ("content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive")


def files() -> list[Path]:
    return sorted(file for file in SAMPLES.rglob("*.y*ml") if file.is_file())


def recorded_in(file: Path) -> Iterator[Recorded]:
    tree = yaml.load(file.read_bytes(), RubyLoader)
    for each in tree.get("interactions") or tree.get("http_interactions") or ():
        asked, said = each["request"], each["response"]
        status = said["status"]["code"] if isinstance(said.get("status"), dict) else None
        yield Recorded(
            asked["method"].upper(),
            asked.get("uri") or asked["url"],
            sent(asked),
            status or said.get("code") or said["status_code"],
            plain(said.get("headers") or {}),
            said["parsed_body"] if "parsed_body" in said else unpacked(as_bytes(said)),
        )


def plain(headers: dict[str, Any]) -> dict[str, list[str]]:
    """Values by name, sorted: some recorders keep `Set-Cookie` and `set-cookie` apart."""
    kept: dict[str, list[str]] = {}
    for name, values in headers.items():
        if name.lower() not in TRAVEL:
            several = values if isinstance(values, list) else [values]
            kept.setdefault(name.lower(), []).extend(str(value).strip() for value in several)
    return {name: sorted(values) for name, values in kept.items()}


def sent(asked: dict[str, Any]) -> bytes:
    if asked.get("parsed_body") is not None:
        return json.dumps(asked["parsed_body"]).encode()
    body = asked.get("body")
    is_json = isinstance(body, dict) and "string" not in body
    return json.dumps(body).encode() if is_json else as_bytes(asked)


def as_bytes(message: dict[str, Any]) -> bytes:
    body = message.get("body", message.get("content"))
    text = body["string"] if isinstance(body, dict) else body
    return text.encode() if isinstance(text, str) else text or b""


def unpacked(body: bytes) -> bytes:
    return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body


# Where a recorder hid a part of the address, a run has its own.
HIDDEN = {
    "http://gpustack.test/v1": "<GPUSTACK_API_BASE>",
    "http://ollama.test/v1": "<OLLAMA_API_BASE>",
    "eu-central-7": "<AWS_REGION>",
}


def as_in_the_file(url: str) -> str:
    return url


def as_in_a_run(url: str) -> str:
    for ours, hidden in HIDDEN.items():
        url = url.replace(hidden, ours)
    return url


def replayed(
    session: CassetteSession, exchanges: Sequence[Recorded], address: Callable[[str], str]
) -> Iterator[httpx2.Response]:
    """What each recorded request gets, sent once more just as it was."""
    with httpx2.Client(transport=CassetteTransport(session)) as client:
        for each in exchanges:
            yield client.request(each.method, address(each.url), content=each.asked)


def differences(exchange: Recorded, answer: httpx2.Response) -> list[str]:
    said: Any = answer.content
    if not isinstance(exchange.said, bytes):
        said = json_or_text(answer)
    headers = {name: sorted(answer.headers.get_list(name)) for name in answer.headers}
    pairs = {
        "status": (exchange.status, answer.status_code),
        "headers": (exchange.headers, headers),
        "body": (exchange.said, said),
    }
    # By their text: in Python, 1 and True and 1.0 are equal.
    return [f"{name}: {one!r} != {other!r}" for name, (one, other) in pairs.items()
            if exactly(one) != exactly(other)]  # fmt: skip


def exactly(value: Any) -> str:
    return repr(value) if isinstance(value, bytes) else json.dumps(value, sort_keys=True)


def json_or_text(answer: httpx2.Response) -> Any:
    try:
        return json.loads(answer.content)
    except ValueError:
        return answer.text


@pytest.mark.parametrize("address", [as_in_the_file, as_in_a_run])
def test_every_recording_of_every_recorder_replays_as_it_was(
    address: Callable[[str], str],
) -> None:
    played, wrong = 0, []

    for file in files():
        exchanges = list(recorded_in(file))
        session = CassetteSession(file)
        answers = replayed(session, exchanges, address)
        for exchange, answer in zip(exchanges, answers, strict=True):
            played += 1
            wrong += [f"{file}: {each}" for each in differences(exchange, answer)]
        wrong += [f"{file}: interaction {each + 1} was not played" for each in session.unplayed]

    assert wrong == []
    assert (len(files()), played) == (864, 1429)


RIGHT = Recorded("GET", "http://x/", b"", 200, {"retry-after": ["1"]}, {"tokens": 1})
WRONG = [
    httpx2.Response(201, headers={"retry-after": "1"}, content=b'{"tokens": 1}'),
    httpx2.Response(200, headers={"retry-after": "2"}, content=b'{"tokens": 1}'),
    httpx2.Response(200, headers={"retry-after": "1", "x": ""}, content=b'{"tokens": 1}'),
    httpx2.Response(200, content=b'{"tokens": 1}'),
    httpx2.Response(200, headers={"retry-after": "1"}, content=b'{"tokens": 1.0}'),
    httpx2.Response(200, headers={"retry-after": "1"}, content=b'{"tokens": true}'),
    httpx2.Response(200, headers={"retry-after": "1"}, content=b'{"tokens": 1, "a": null}'),
    httpx2.Response(200, headers={"retry-after": "1"}, content=b'{"tokens": 1'),
]


@pytest.mark.parametrize("answer", WRONG)
def test_a_wrong_answer_would_be_noticed(answer: httpx2.Response) -> None:
    del answer.headers["content-length"]

    assert len(differences(RIGHT, answer)) == 1
