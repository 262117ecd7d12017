"""The scripted endpoint, asked by the real SDK over a real socket."""

from typing import Any

import httpx2
import openai
import pytest

from harness.script import HttpFailure, Reply, Script, Tokens, When
from harness.server import scripted, serving, serving_sessions


def client(url: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=url, api_key="none", max_retries=0)


def ask(url: str, **arguments: Any) -> Any:
    with client(url) as sdk:
        return sdk.chat.completions.create(
            model="gpt-4o", messages=[{"role": "user", "content": "hi"}], **arguments
        )


def test_a_text_reply_arrives_with_its_usage() -> None:
    reply = Reply(say="hello", usage=Tokens(prompt=3, completion=1))

    with serving(Script(replies=(reply,))) as url:
        answer = ask(url)

    assert answer.choices[0].message.content == "hello"
    assert answer.choices[0].finish_reason == "stop"
    assert (answer.usage.prompt_tokens, answer.usage.total_tokens) == (3, 4)


def test_tool_calls_arrive_as_calls() -> None:
    reply = Reply(call=({"add": {"a": 1}}, {"add": {"a": 2}}))

    with serving(Script(replies=(reply,))) as url:
        message = ask(url).choices[0].message

    called = [(call.function.name, call.function.arguments) for call in message.tool_calls]
    assert called == [("add", '{"a":1}'), ("add", '{"a":2}')]
    assert len({call.id for call in message.tool_calls}) == 2


def test_a_stream_adds_up_to_the_reply() -> None:
    reply = Reply(say="one two  three\n", call={"add": {"a": 1}})

    with serving(Script(replies=(reply,))) as url, client(url) as sdk:
        chunks = list(
            sdk.chat.completions.create(
                model="gpt-4o",
                messages=[{"role": "user", "content": "hi"}],
                stream=True,
                stream_options={"include_usage": True},
            )
        )

    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    calls = [call for delta in deltas for call in delta.tool_calls or ()]
    assert "".join(delta.content or "" for delta in deltas) == "one two  three\n"
    assert "".join(call.function.arguments for call in calls) == '{"a":1}'
    assert chunks[-2].choices[0].finish_reason == "tool_calls"
    assert chunks[-1].usage.completion_tokens > 0


def test_a_failure_is_the_http_error_it_says() -> None:
    reply = Reply(fail=HttpFailure(status=429, message="slow down", retry_after="7"))

    with (
        serving(Script(replies=(reply,))) as url,
        pytest.raises(openai.RateLimitError, match="slow down") as caught,
    ):
        ask(url)

    assert caught.value.response.headers["retry-after"] == "7"


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, "invalid_request_error"), (429, "rate_limit_error"), (503, "server_error")],
)
def test_a_failure_is_of_the_kind_that_its_status_says(status: int, kind: str) -> None:
    reply = Reply(fail=HttpFailure(status=status))

    with serving(Script(replies=(reply,))) as url, pytest.raises(openai.APIStatusError) as caught:
        ask(url)

    assert (caught.value.status_code, caught.value.type) == (status, kind)


def test_a_request_the_script_does_not_foresee_is_refused_with_the_reason() -> None:
    reply = Reply(when=When(model="o3"), say="never")

    with (
        serving(Script(replies=(reply,))) as url,
        pytest.raises(openai.NotFoundError, match="The script has no reply for model call 1"),
    ):
        ask(url)


def test_the_same_request_gets_the_same_bytes() -> None:
    script = Script(replies=(Reply(say="hello"),))

    def body() -> bytes:
        with serving(script) as url, client(url) as sdk:
            raw = sdk.chat.completions.with_raw_response.create(
                model="gpt-4o", messages=[{"role": "user", "content": "hi"}]
            )
            return bytes(raw.content)

    assert body() == body()


def test_what_is_not_served_is_missing_by_its_name() -> None:
    with serving_sessions(scripted(Script())) as endpoint, client(endpoint.url) as sdk:
        with pytest.raises(openai.NotFoundError) as caught:
            sdk.moderations.create(input="x")
        with pytest.raises(openai.NotFoundError, match="POST /v1/audio/transcriptions is not"):
            sdk.audio.transcriptions.create(model="m", file=("a.wav", b"\x00"))

    first, _ = map(str, endpoint.sessions.report("none").misses)
    served = "served: chat/completions, responses, embeddings, assistants, models"
    assert first.splitlines()[:2] == ["POST /v1/moderations is not served here.", f"  {served}"]
    assert (caught.value.code, caught.value.message) == ("not_served", f"Error code: 404 - {first}")


def test_any_model_is_there_that_is_looked_for() -> None:
    with serving(Script(models={"gpt-4o": "gpt-4o-2024"})) as url, client(url) as sdk:
        listed = [each.id for each in sdk.models.list()]
        one = sdk.models.retrieve("org/model")

    assert (listed, one.id, one.object) == (["gpt-4o"], "org/model", "model")


@pytest.mark.parametrize(
    ("page", "may"),
    [("http://localhost:5173", True), ("https://[::1]", True), ("https://evil.example", False)],
)
def test_a_page_that_this_machine_serves_may_ask_from_a_browser(page: str, may: bool) -> None:
    headers = {"origin": page, "access-control-request-method": "POST"}

    with serving_sessions(scripted(Script())) as endpoint:
        before = httpx2.options(f"{endpoint.url}/chat/completions", headers=headers)
        asked = httpx2.get(f"{endpoint.url}/models", headers={"origin": page})

    for answer in (before, asked):
        assert answer.headers.get("access-control-allow-origin") == (page if may else None)
    assert [name for name in endpoint.sessions.names if endpoint.sessions.report(name).misses] == []
