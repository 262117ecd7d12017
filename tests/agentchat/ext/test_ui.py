import asyncio
import base64
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from agentchat.agents import UserProxyAgent
from agentchat.base import Response, TaskResult
from agentchat.core import CancellationToken, Image
from agentchat.core._world import SystemWorld, entered
from agentchat.core.models import RequestUsage
from agentchat.ext.ui import RichConsole
from agentchat.messages import ModelClientStreamingChunkEvent, MultiModalMessage, TextMessage
from agentchat.ui import UserInputManager

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class StoppedClock(SystemWorld):
    def monotonic(self) -> float:
        return 0.0


async def stream_of(*items: Any) -> AsyncGenerator[Any, None]:
    for item in items:
        yield item


def says(text: str, source: str = "writer", usage: RequestUsage | None = None) -> TextMessage:
    return TextMessage(content=text, source=source, models_usage=usage)


@pytest.fixture(autouse=True)
def _width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.delenv("TERM_PROGRAM", raising=False)


async def test_a_message_is_a_panel_and_brackets_are_no_markup(
    capsys: pytest.CaptureFixture[str],
) -> None:
    result = TaskResult(messages=[])

    returned = await RichConsole(
        stream_of(says("Write.", "user"), says("[/b] a [red] line"), result)
    )

    assert returned is result
    assert capsys.readouterr().out.splitlines() == [
        "╭─────────────────────────────── user ─╮",
        "│ Write.                               │",
        "╰──────────────────────────────────────╯",
        "╭─ writer ─────────────────────────────╮",
        "│ [/b] a [red] line                    │",
        "╰──────────────────────────────────────╯",
    ]


async def test_stats_add_up(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    usage = RequestUsage(10, 5)
    messages = [says("one", usage=usage), says("two", usage=usage)]

    with entered(StoppedClock()):
        await RichConsole(
            stream_of(*messages, TaskResult(messages=messages, stop_reason="Enough.")),
            output_stats=True,
        )

    lines = [line.strip("│ ") for line in capsys.readouterr().out.splitlines()]
    assert lines.count("[Prompt tokens: 10, Completion tokens: 5]") == 2
    assert lines[-6:-1] == [
        "Number of messages: 2",
        "Finish reason: Enough.",
        "Total prompt tokens: 20",
        "Total completion tokens: 10",
        "Duration: 0.00 seconds",
    ]


async def test_a_response_is_shown_with_its_cost(capsys: pytest.CaptureFixture[str]) -> None:
    response = Response(chat_message=says("done", usage=RequestUsage(1, 2)), inner_messages=[])

    returned = await RichConsole(stream_of(response), output_stats=True)

    shown = capsys.readouterr().out
    assert returned is response
    assert "│ done " in shown
    assert "Number of inner messages: 0" in shown
    assert "Total completion tokens: 2" in shown


async def test_images_stand_below_their_text(capsys: pytest.CaptureFixture[str]) -> None:
    image = Image.from_base64(PIXEL)
    message = MultiModalMessage(content=[image, "Look."], source="writer")
    picture = MultiModalMessage(content=[image], source="writer")

    await RichConsole(stream_of(message, picture, TaskResult(messages=[])))

    assert capsys.readouterr().out.splitlines()[1:] == [
        "│ Look.                                │",
        "╰──────────────────────────────────────╯",
        "<image>",
        "<image>",
    ]


async def test_a_terminal_that_can_draws_images(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM_PROGRAM", "iTerm.app")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    picture = MultiModalMessage(content=[Image.from_base64(PIXEL)], source="writer")

    await RichConsole(stream_of(picture, TaskResult(messages=[])))
    await RichConsole(stream_of(picture, TaskResult(messages=[])), no_inline_images=True)

    drawn, _, written = capsys.readouterr().out.partition("\a")
    assert base64.b64decode(drawn.partition("inline=1:")[2]) == base64.b64decode(PIXEL)
    assert written.strip() == "<image>"


async def test_chunks_are_left_to_the_message_they_belong_to(
    capsys: pytest.CaptureFixture[str],
) -> None:
    chunk = ModelClientStreamingChunkEvent(content="Hel", source="writer")

    await RichConsole(stream_of(chunk, says("Hello"), TaskResult(messages=[])))

    assert capsys.readouterr().out.count("Hel") == 1


async def test_a_user_is_asked_when_all_before_is_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = []

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return "yes"

    manager = UserInputManager(ask)
    user = UserProxyAgent("user_proxy", input_func=manager.get_wrapped_callback())
    stream = user.on_messages_stream([says("Well?")], CancellationToken())

    response = await asyncio.wait_for(RichConsole(stream, user_input_manager=manager), 10)

    assert (len(asked), response.chat_message.to_text()) == (1, "yes")
    assert "yes" in capsys.readouterr().out


async def test_a_stream_without_a_result_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"No TaskResult or Response was processed\."):
        await RichConsole(stream_of(says("Hi")))
