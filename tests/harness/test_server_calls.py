"""Calls of a model client behind the endpoint: asked over HTTP, whatever was beneath them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from harness.errors import ReplayMiss
from harness.formats import save
from harness.interactions import Cassette, Failure, Interaction, Request, Response
from harness.server import Endpoint, recorded, serving_sessions
from harness.session import CassetteSession

URL = "model://OpenAIChatCompletionClient"
SYSTEM = {"content": "Be brief.", "type": "SystemMessage"}
WEATHER = {"content": "Rome?", "source": "user", "type": "UserMessage"}
CALLED = {"id": "call_1", "arguments": '{"city":"Rome"}', "name": "weather"}
RESULT = {"content": "sun", "name": "weather", "call_id": "call_1", "is_error": False}
SCHEMA = {"name": "weather", "description": "Now.", "parameters": {"type": "object"}}
TOOLS: Any = [{"type": "function", "function": SCHEMA}]


def said(content: Any, reason: str = "stop") -> dict[str, Any]:
    usage = {"prompt_tokens": 3, "completion_tokens": 2}
    return {"finish_reason": reason, "content": content, "usage": usage, "cached": False}


def call(messages: list[Any], answer: bytes, ending: Any = "complete", **rest: Any) -> Interaction:
    body = json.dumps({"model": "gpt-4o", "messages": messages, **rest}).encode()
    return Interaction(Request("CREATE", URL, (), body), Response(200, (), answer, 0, ending))


CALLS = (
    call([SYSTEM, {**WEATHER, "content": "Hi"}], json.dumps(said("Hello there")).encode()),
    call(
        [SYSTEM, WEATHER],
        b'data: {"text":"ignored"}\n\ndata: '
        + json.dumps(said([CALLED], "function_calls")).encode(),
        tools=[{**SCHEMA, "strict": False}],
    ),
    call(
        [
            SYSTEM,
            WEATHER,
            {"content": [CALLED], "source": "agent", "type": "AssistantMessage"},
            {"content": [RESULT], "type": "FunctionExecutionResultMessage"},
        ],
        json.dumps(said("Sunny.")).encode(),
        tools=[SCHEMA],
    ),
    call(
        [{**WEATHER, "content": "Fail"}],
        b'event: error\ndata: {"status":429,"headers":{"retry-after":"7"}}\n\n',
        Failure("openai.RateLimitError", "Slow down."),
    ),
)


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[Endpoint]:
    save(tmp_path / "calls.yaml", Cassette(interactions=CALLS))
    with serving_sessions(recorded(tmp_path / "calls.yaml")) as serving:
        yield serving


def client_of(endpoint: Endpoint, key: str = "a") -> openai.OpenAI:
    return openai.OpenAI(base_url=endpoint.url, api_key=key, max_retries=0)


def user(text: str) -> list[Any]:
    return [{"role": "system", "content": "Be brief."}, {"role": "user", "content": text}]


def test_calls_are_given_as_chat_completions(endpoint: Endpoint) -> None:
    chat = client_of(endpoint).chat.completions

    hello = chat.create(model="gpt-4o", messages=user("Hi"))
    asked = chat.create(model="gpt-4o", messages=user("Rome?"), tools=TOOLS).choices[0].message
    assert asked.tool_calls is not None
    (tool,) = asked.tool_calls
    assert tool.type == "function"
    history: Any = [
        *user("Rome?"),
        asked.model_dump(exclude_none=True),
        {"role": "tool", "tool_call_id": tool.id, "content": "sun"},
    ]
    sunny = chat.create(model="gpt-4o", messages=history, tools=TOOLS)

    assert hello.choices[0].message.content == "Hello there"
    assert hello.usage is not None
    assert hello.usage.total_tokens == 5
    assert tool.function.arguments == '{"city":"Rome"}'
    assert sunny.choices[0].message.content == "Sunny."
    assert endpoint.sessions.report("a").played == (1, 2, 3)


def test_calls_are_given_by_the_responses_api_too(endpoint: Endpoint) -> None:
    ask = client_of(endpoint).responses.create
    tools: Any = [{"type": "function", **SCHEMA}]

    hello = ask(model="gpt-4o", instructions="Be brief.", input="Hi")
    item = ask(model="gpt-4o", instructions="Be brief.", input="Rome?", tools=tools).output[0]
    assert item.type == "function_call"
    result: Any = {"type": "function_call_output", "call_id": item.call_id, "output": "sun"}
    history: Any = [{"role": "user", "content": "Rome?"}, item.model_dump(), result]
    sunny = ask(model="gpt-4o", instructions="Be brief.", input=history, tools=tools)

    assert (hello.output_text, sunny.output_text) == ("Hello there", "Sunny.")


def test_calls_are_streamed_word_by_word(endpoint: Endpoint) -> None:
    stream = client_of(endpoint).chat.completions.create(
        model="gpt-4o", messages=user("Hi"), stream=True
    )

    words = [piece.choices[0].delta.content for piece in stream if piece.choices]

    assert list(filter(None, words)) == ["Hello ", "there"]


def test_what_a_call_raised_is_the_answer_with_its_status(endpoint: Endpoint) -> None:
    with pytest.raises(openai.RateLimitError, match=r"Slow down\.") as error:
        client_of(endpoint).chat.completions.create(
            model="gpt-4o", messages=[{"role": "user", "content": "Fail"}]
        )

    assert error.value.response.headers["retry-after"] == "7"


@pytest.mark.parametrize("asked", [["Hi", "Hi"], ["Hello"]])
def test_a_miss_is_explained_in_the_words_of_a_replay(
    endpoint: Endpoint, tmp_path: Path, asked: list[str]
) -> None:
    session = CassetteSession(tmp_path / "calls.yaml")
    told, codes = [], []
    for text in asked:
        messages = [SYSTEM, {**WEATHER, "content": text}]
        body = json.dumps({"model": "gpt-4o", "messages": messages}).encode()
        try:
            session.play(Request("CREATE", URL, (), body))
        except ReplayMiss as miss:
            told.append((miss.cause, miss.nearest))
        try:
            client_of(endpoint).chat.completions.create(model="gpt-4o", messages=user(text))
        except openai.NotFoundError as error:
            codes.append(error.code)

    assert codes == ["replay_miss"]
    (served,) = endpoint.sessions.report("a").misses
    assert isinstance(served, ReplayMiss)
    assert [(served.cause, served.nearest)] == told


def test_models_are_those_that_were_called_and_the_rest_is_not_served(endpoint: Endpoint) -> None:
    client = client_of(endpoint)

    assert [each.id for each in client.models.list()] == ["gpt-4o"]
    with pytest.raises(openai.NotFoundError, match="POST /v1/embeddings is not served here"):
        client.embeddings.create(model="m", input="a")
    with pytest.raises(openai.BadRequestError, match="This is no request"):
        client.post("/chat/completions", cast_to=object, body={"messages": [7]})
    (miss,) = endpoint.sessions.report("a").misses
    assert str(miss).startswith("POST /v1/embeddings is not served here.")
