"""What servers send that only resemble OpenAI's, or have more to say than text."""

import json
from typing import Any

import httpx2
import pytest

from agentchat.core import FunctionCall
from agentchat.core.models import CreateResult, RequestUsage, UserMessage
from agentchat.ext.models._errors import ErrorInReply
from agentchat.ext.models.openai import OpenAIChatCompletionClient

QUESTION = [UserMessage(content="Hi", source="user")]
DONE = b"data: [DONE]\n\n"


def client_of(body: bytes, content_type: str) -> OpenAIChatCompletionClient:
    transport = httpx2.MockTransport(
        lambda _: httpx2.Response(200, content=body, headers={"content-type": content_type})
    )
    http_client = httpx2.AsyncClient(transport=transport)
    return OpenAIChatCompletionClient(model="gpt-4o", api_key="sk-test", http_client=http_client)


async def whole(**parts: Any) -> CreateResult:
    choice = {"message": parts, "finish_reason": "tool_calls" if "tool_calls" in parts else "stop"}
    body = json.dumps({"choices": [choice], "usage": None}).encode()
    return await client_of(body, "application/json; charset=utf-8").create(QUESTION)


async def streamed(*chunks: dict[str, Any], end: bytes = DONE) -> tuple[str, CreateResult]:
    lines = b"".join(b"data: " + json.dumps(chunk).encode() + b"\n\n" for chunk in chunks)
    client = client_of(b": a comment\r\n\r\n" + lines + end, "text/event-stream")
    *pieces, result = [piece async for piece in client.create_stream(QUESTION)]
    assert isinstance(result, CreateResult)
    return "".join(map(str, pieces)), result


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ({"content": ["Hel", "lo"]}, "Hello"),
        ({"content": [{"type": "text", "text": "Hello"}]}, "Hello"),
        ({"content": [{"type": "refusal", "refusal": "No"}]}, "No"),
        ({"content": None, "refusal": "No"}, "No"),
        ({"content": None, "audio": {"id": "a", "transcript": "Hello"}}, "Hello"),
        ({"content": None, "audio": None}, ""),
    ],
)
async def test_whatever_form_a_text_has_it_is_read(parts: dict[str, Any], text: str) -> None:
    result = await whole(**parts)

    assert (result.content, result.usage) == (text, RequestUsage(0, 0))


@pytest.mark.parametrize("thinking", ["hm", [{"type": "text", "text": "hm"}]])
async def test_a_part_that_is_a_thought_becomes_the_thought(thinking: object) -> None:
    parts = [{"type": "thinking", "thinking": thinking}, {"type": "text", "text": "Hi"}]

    result = await whole(content=parts)

    assert (result.content, result.thought) == ("Hi", "hm")


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ({"function": {"name": "look", "arguments": ""}}, FunctionCall("1", "", "look")),
        ({"function": {"name": "look", "arguments": None}}, FunctionCall("1", "", "look")),
        ({"custom": {"name": "look", "input": "{}"}}, FunctionCall("1", "{}", "look")),
    ],
)
async def test_a_call_without_arguments_or_of_another_kind_is_a_call(
    call: dict[str, Any], expected: FunctionCall
) -> None:
    result = await whole(content=None, tool_calls=[{"id": "1"} | call])

    assert result.content == [expected]


async def test_several_calls_keep_their_order() -> None:
    calls = [{"id": str(n), "function": {"name": "f", "arguments": "{}"}} for n in range(3)]

    result = await whole(content=None, tool_calls=calls)

    assert [call.id for call in result.content if isinstance(call, FunctionCall)] == list("012")


async def test_choices_that_come_in_turns_are_not_mixed() -> None:
    chunks = [
        {"choices": [{"index": 0, "delta": {"content": "He"}}]},
        {"choices": [{"index": 1, "delta": {"content": "By"}}]},
        {"choices": [{"index": 0, "delta": {"content": "llo"}, "finish_reason": "stop"}]},
    ]

    with pytest.warns(UserWarning, match="Only the first choice will be used"):
        shown, result = await streamed(*chunks)

    assert (shown, result.content) == ("Hello", "Hello")


@pytest.mark.parametrize("place", ["reply", "x_groq", "choice"])
async def test_usage_is_found_wherever_a_server_has_put_it(place: str) -> None:
    usage = {"usage": {"prompt_tokens": 3, "completion_tokens": 4}}
    choice: dict[str, Any] = {"delta": {"content": "Hi"}, "finish_reason": "stop"}
    chunk: dict[str, Any] = {"choices": [choice]}
    {"reply": chunk, "x_groq": chunk.setdefault("x_groq", {}), "choice": choice}[place].update(
        usage
    )

    _, result = await streamed(chunk)

    assert result.usage == RequestUsage(3, 4)


@pytest.mark.parametrize("end", [b"", DONE, b"data: [DONE]\r\n\r\n", b"data: [DONE]"])
async def test_a_stream_ends_where_the_model_says_so(end: bytes) -> None:
    chunk = {"choices": [{"delta": {"content": "Hi"}, "finish_reason": "stop"}]}

    shown, result = await streamed(chunk, end=end)

    assert (shown, result.content, result.finish_reason) == ("Hi", "Hi", "stop")


async def test_an_error_between_the_chunks_is_not_passed_over() -> None:
    with pytest.raises(ErrorInReply, match="no such model"):
        await streamed({"object": "error", "message": "no such model", "code": 404})


async def test_the_environment_tells_the_address_and_the_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, str]] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append((str(request.url), request.headers["authorization"]))
        reply = {"choices": [{"message": {"content": "Hi"}, "finish_reason": "stop"}]}
        return httpx2.Response(200, json=reply)

    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v9")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-env")
    http_client = httpx2.AsyncClient(transport=httpx2.MockTransport(answer))
    client = OpenAIChatCompletionClient(model="gpt-4o", http_client=http_client)

    await client.create(QUESTION)

    assert asked == [("http://127.0.0.1:9/v9/chat/completions", "Bearer sk-env")]
