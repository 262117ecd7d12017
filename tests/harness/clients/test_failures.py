"""What a recorded call raised is raised again."""

from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest

from agentchat.core.models import ChatCompletionClient, LLMMessage, UserMessage
from agentchat.ext.models._errors import RefusedToAnswer
from agentchat.ext.models._transience import is_transient, seconds_to_wait
from harness.clients import (
    RecordedFailure,
    RecordingChatCompletionClient,
    ReplayingChatCompletionClient,
)
from harness.scripted import ScriptedFailure, ScriptedModel, fail, stream

ASK: list[LLMMessage] = [UserMessage(content="hi", source="user")]
REQUEST = httpx2.Request("POST", "https://api.openai.com/v1/chat/completions")


class Odd(Exception):
    """Wants more than it keeps."""

    def __init__(self, wanted: object) -> None:
        super().__init__("odd")


class Plain(Exception):
    """Takes whatever comes."""


def rate_limit() -> openai.RateLimitError:
    headers = {"retry-after": "7", "x-request-id": "req_1"}
    response = httpx2.Response(429, headers=headers, request=REQUEST)
    body = {"message": "slow down", "code": "insufficient_quota"}
    return openai.RateLimitError("Error code: 429", response=response, body=body)


def no_connection() -> openai.APIConnectionError:
    error = openai.APIConnectionError(request=REQUEST)
    error.__cause__ = httpx2.ConnectError("refused")
    return error


async def raised(client: ChatCompletionClient) -> Exception:
    try:
        await client.create(ASK)
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


async def again(file: Path, error: Exception) -> Exception:
    """The error as it comes out of a replay."""
    client = RecordingChatCompletionClient(ScriptedModel(fail(error)), file)
    assert await raised(client) is error
    await client.close()
    return await raised(ReplayingChatCompletionClient(file))


@pytest.mark.parametrize(
    "error",
    [
        ValueError("boom"),
        TimeoutError(),
        Plain("plain"),
        httpx2.ReadTimeout("too slow"),
        RefusedToAnswer("gpt-4o", "I'd rather not."),
        ScriptedFailure(503, "busy"),
        openai.APITimeoutError(REQUEST),
        openai.APIError("odd", REQUEST, body=None),
        rate_limit(),
        no_connection(),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_an_error_comes_back_as_the_class_it_was(tmp_path: Path, error: Exception) -> None:
    replayed = await again(tmp_path / "calls.yaml", error)

    assert (type(replayed), str(replayed)) == (type(error), str(error))
    assert is_transient(replayed) == is_transient(error)


async def test_an_error_keeps_what_retries_look_at(tmp_path: Path) -> None:
    replayed = await again(tmp_path / "calls.yaml", rate_limit())

    assert isinstance(replayed, openai.RateLimitError)
    assert (replayed.status_code, replayed.code) == (429, "insufficient_quota")
    assert seconds_to_wait(replayed) == 7
    assert "x-request-id" not in replayed.response.headers


async def test_an_error_that_cannot_be_made_again_is_named(tmp_path: Path) -> None:
    replayed = await again(tmp_path / "calls.yaml", Odd(object()))

    assert isinstance(replayed, RecordedFailure)
    assert replayed.error.endswith("test_failures.Odd")
    assert (replayed.message, replayed.status_code) == ("odd", None)


async def test_no_module_is_imported_for_the_sake_of_an_error(tmp_path: Path) -> None:
    file = tmp_path / "calls.yaml"
    await again(file, Plain("plain"))
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(f"{__name__}.Plain", "antigravity.Plain"), encoding="utf-8")

    replayed = await raised(ReplayingChatCompletionClient(file))

    assert str(replayed) == "antigravity.Plain: plain"


@pytest.mark.parametrize("name", ["os.system", "SystemExit", "print", "builtins"])
async def test_nothing_but_an_exception_is_ever_made(tmp_path: Path, name: str) -> None:
    file = tmp_path / "calls.yaml"
    await again(file, ValueError("echo"))
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("ValueError", name), encoding="utf-8")

    assert isinstance(await raised(ReplayingChatCompletionClient(file)), RecordedFailure)


@pytest.mark.parametrize("error", [rate_limit(), ConnectionError("cut")], ids=["status", "plain"])
async def test_a_stream_breaks_where_it_broke(tmp_path: Path, error: Exception) -> None:
    file = tmp_path / "calls.yaml"
    scripted = ScriptedModel(stream("Hel", "lo", error=error))
    client = RecordingChatCompletionClient(scripted, file)

    async def read(source: ChatCompletionClient) -> list[Any]:
        items: list[Any] = []
        try:
            async for item in source.create_stream(ASK):
                items.append(item)
        except Exception as error:
            items += [type(error), str(error), seconds_to_wait(error)]
        return items

    recorded = await read(client)
    await client.close()

    assert await read(ReplayingChatCompletionClient(file)) == recorded
    assert recorded[:2] == ["Hel", "lo"]
