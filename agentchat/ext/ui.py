"""RichConsole: a conversation on the terminal, in coloured panels."""

import os
import sys
from collections.abc import AsyncGenerator
from typing import Final, TypeVar, cast

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from agentchat.base import Response, TaskResult
from agentchat.core._world import monotonic
from agentchat.core.models import RequestUsage
from agentchat.messages import (
    BaseAgentEvent,
    BaseChatMessage,
    ModelClientStreamingChunkEvent,
    MultiModalMessage,
    UserInputRequestedEvent,
)
from agentchat.ui import UserInputManager

__all__ = ["RichConsole"]

_Outcome = TypeVar("_Outcome", bound=TaskResult | Response)

_COLOR_BY_SOURCE: Final = {
    "user": "bright_green",
    "MagenticOneOrchestrator": "bright_blue",
    "WebSurfer": "bright_yellow",
    "FileSurfer": "bright_cyan",
    "Coder": "bright_magenta",
    "Executor": "bright_red",
}
_OTHER_COLOR: Final = "white"


async def RichConsole(  # noqa: N802 - upstream's name
    stream: AsyncGenerator[BaseAgentEvent | BaseChatMessage | _Outcome, None],
    *,
    no_inline_images: bool = False,
    output_stats: bool = False,
    user_input_manager: UserInputManager | None = None,
) -> _Outcome:
    """Prints what a run streams as panels, and gives back its result.

    A panel is a whole message: the chunks that a model streams before it are not shown.

    Args:
        stream: What `run_stream` or `on_messages_stream` gave.
        no_inline_images: Write `<image>` even where the terminal could draw it.
        output_stats: Print tokens and seconds too.
        user_input_manager: Is told of each request for input, when all before it is printed.

    Raises:
        ValueError: The stream ended without a result.
    """
    draws_images = not no_inline_images and _is_iterm()
    screen = _Panels(draws_images=draws_images, shows_stats=output_stats)
    outcome: _Outcome | None = None
    async for item in stream:
        if isinstance(item, TaskResult | Response):
            screen.end_with(item)
            outcome = cast(_Outcome, item)
        elif isinstance(item, UserInputRequestedEvent):
            if user_input_manager is not None:
                user_input_manager.notify_event_received(item.request_id)
        elif not isinstance(item, ModelClientStreamingChunkEvent):
            screen.show(item)
    if outcome is None:
        raise ValueError("No TaskResult or Response was processed.")
    return outcome


def _is_iterm() -> bool:
    return sys.stdout.isatty() and os.environ.get("TERM_PROGRAM") == "iTerm.app"


class _Panels:
    """Standard output, and what the messages so far have cost."""

    def __init__(self, draws_images: bool, shows_stats: bool) -> None:
        self._console = Console()
        self._draws_images = draws_images
        self._shows_stats = shows_stats
        self._started_at = monotonic()
        self._usage = RequestUsage(prompt_tokens=0, completion_tokens=0)

    def show(self, message: BaseAgentEvent | BaseChatMessage) -> None:
        """Prints a message."""
        is_mixed = isinstance(message, MultiModalMessage)
        parts = message.content if isinstance(message, MultiModalMessage) else [message.to_text()]
        texts = [part for part in parts if isinstance(part, str)]
        usage = message.models_usage
        if usage is not None:
            self._usage.prompt_tokens += usage.prompt_tokens
            self._usage.completion_tokens += usage.completion_tokens
            if self._shows_stats:
                texts.append(
                    f"[Prompt tokens: {usage.prompt_tokens}, "
                    f"Completion tokens: {usage.completion_tokens}]"
                )
        if texts or not is_mixed:
            self._print("\n".join(texts), message.source)
        for part in parts:
            if not isinstance(part, str):
                picture = MultiModalMessage(content=[part], source=message.source)
                print(picture.to_text(iterm=self._draws_images), flush=True)

    def end_with(self, outcome: TaskResult | Response) -> None:
        """Prints the result of a run, as far as it was not printed before."""
        if isinstance(outcome, Response):
            self.show(outcome.chat_message)
            counts = f"Number of inner messages: {len(outcome.inner_messages or ())}"
        else:
            counts = (
                f"Number of messages: {len(outcome.messages)}\nFinish reason: {outcome.stop_reason}"
            )
        if self._shows_stats:
            self._print(
                f"{counts}\n"
                f"Total prompt tokens: {self._usage.prompt_tokens}\n"
                f"Total completion tokens: {self._usage.completion_tokens}\n"
                f"Duration: {monotonic() - self._started_at:.2f} seconds",
                "Summary",
            )

    def _print(self, text: str, title: str) -> None:
        # Text, not a string: brackets in a message are no markup.
        panel = Panel(
            Text(text),
            title=Text(title),
            border_style=_COLOR_BY_SOURCE.get(title, _OTHER_COLOR),
        )
        if title == "user":
            panel.title_align = "right"
        elif title != "MagenticOneOrchestrator":
            panel.title_align = "left"
        self._console.print(panel)
