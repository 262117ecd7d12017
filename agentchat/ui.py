"""A conversation on the terminal, as it happens."""

import asyncio
import inspect
import os
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TypeVar, cast

from agentchat.agents import UserProxyAgent
from agentchat.base import Response, TaskResult
from agentchat.core import CancellationToken
from agentchat.core._world import monotonic
from agentchat.core.models import RequestUsage
from agentchat.messages import (
    BaseAgentEvent,
    BaseChatMessage,
    ModelClientStreamingChunkEvent,
    MultiModalMessage,
    UserInputRequestedEvent,
)

__all__ = ["Console", "UserInputManager"]

_SyncInput = Callable[[str], str]
_AsyncInput = Callable[[str, CancellationToken | None], Awaitable[str]]

_Outcome = TypeVar("_Outcome", bound=TaskResult | Response)


class UserInputManager:
    """Asks the user only after the console has shown what came before the question.

    Give the wrapped callback to the UserProxyAgent as its `input_func`, and the object to the
    Console.

    Args:
        callback: Asks the user; the async form is given the cancellation token too.
    """

    def __init__(self, callback: _SyncInput | _AsyncInput) -> None:
        self._callback = callback
        self._shown_by_request: dict[str, asyncio.Event] = {}

    def get_wrapped_callback(self) -> _AsyncInput:
        """An input function that waits until the console has seen its request."""

        async def ask(prompt: str, cancellation_token: CancellationToken | None) -> str:
            request_id = UserProxyAgent.InputRequestContext.request_id()
            try:
                await self._shown(request_id).wait()
            finally:
                del self._shown_by_request[request_id]
            return await self._ask(prompt, cancellation_token)

        return ask

    def notify_event_received(self, request_id: str) -> None:
        """Lets the question of this request be asked, now or as soon as it comes."""
        self._shown(request_id).set()

    def _shown(self, request_id: str) -> asyncio.Event:
        return self._shown_by_request.setdefault(request_id, asyncio.Event())

    async def _ask(self, prompt: str, cancellation_token: CancellationToken | None) -> str:
        if inspect.iscoroutinefunction(self._callback):
            return await cast(_AsyncInput, self._callback)(prompt, cancellation_token)
        return await asyncio.to_thread(cast(_SyncInput, self._callback), prompt)


async def Console(  # noqa: N802 - upstream's name
    stream: AsyncGenerator[BaseAgentEvent | BaseChatMessage | _Outcome, None],
    *,
    no_inline_images: bool = False,
    output_stats: bool = False,
    user_input_manager: UserInputManager | None = None,
) -> _Outcome:
    """Prints what a run streams, and gives back its result.

    A message that was printed chunk by chunk is not printed again.

    Args:
        stream: What `run_stream` or `on_messages_stream` gave.
        no_inline_images: Write `<image>` even where the terminal could draw it.
        output_stats: Print tokens and seconds too.
        user_input_manager: Is told of each request for input, when all before it is printed.

    Raises:
        ValueError: The stream ended without a result.
    """
    screen = _Screen(draws_images=not no_inline_images and _is_iterm(), shows_stats=output_stats)
    outcome: _Outcome | None = None
    async for item in stream:
        screen.show(item)
        if isinstance(item, TaskResult | Response):
            outcome = cast(_Outcome, item)
        elif isinstance(item, UserInputRequestedEvent) and user_input_manager is not None:
            user_input_manager.notify_event_received(item.request_id)
    if outcome is None:
        raise ValueError("No TaskResult or Response was processed.")
    return outcome


def _is_iterm() -> bool:
    return sys.stdout.isatty() and os.environ.get("TERM_PROGRAM") == "iTerm.app"


class _Screen:
    """Standard output, with what has to be known of the lines above."""

    def __init__(self, draws_images: bool, shows_stats: bool) -> None:
        self._draws_images = draws_images
        self._shows_stats = shows_stats
        self._started_at = monotonic()
        self._usage = RequestUsage(prompt_tokens=0, completion_tokens=0)
        self._last_chunk: ModelClientStreamingChunkEvent | None = None
        self._streamed_ids: set[str | None] = set()

    def show(self, item: BaseAgentEvent | BaseChatMessage | TaskResult | Response) -> None:
        """Prints the next item of a stream."""
        if isinstance(item, ModelClientStreamingChunkEvent):
            self._show_chunk(item)
            return
        self._end_chunks()
        if isinstance(item, TaskResult):
            self._show_summary(
                f"Number of messages: {len(item.messages)}\nFinish reason: {item.stop_reason}"
            )
        elif isinstance(item, Response):
            self._show_message(item.chat_message, header=item.chat_message.source)
            self._show_summary(f"Number of inner messages: {len(item.inner_messages or ())}")
        elif not isinstance(item, UserInputRequestedEvent):
            self._show_message(item, header=f"{type(item).__name__} ({item.source})")

    def _show_chunk(self, chunk: ModelClientStreamingChunkEvent) -> None:
        if self._last_chunk is None or _piece_of(chunk) != _piece_of(self._last_chunk):
            self._end_chunks()
            _write(f"{_rule(f'{type(chunk).__name__} ({chunk.source})')}\n")
        _write(chunk.content)
        self._last_chunk = chunk
        # Reasoning and tool calls are no part of the message that has the id.
        if chunk.kind == "text":
            self._streamed_ids.add(chunk.full_message_id)

    def _end_chunks(self) -> None:
        if self._last_chunk is not None:
            _write("\n")
            self._last_chunk = None

    def _show_message(self, message: BaseAgentEvent | BaseChatMessage, header: str) -> None:
        if message.id not in self._streamed_ids:
            _write(f"{_rule(header)}\n{self._text_of(message)}\n")
        if message.models_usage is not None:
            self._show_usage(message.models_usage)

    def _text_of(self, message: BaseAgentEvent | BaseChatMessage) -> str:
        if isinstance(message, MultiModalMessage):
            return message.to_text(iterm=self._draws_images)
        return message.to_text()

    def _show_usage(self, usage: RequestUsage) -> None:
        self._usage.prompt_tokens += usage.prompt_tokens
        self._usage.completion_tokens += usage.completion_tokens
        if self._shows_stats:
            _write(
                f"[Prompt tokens: {usage.prompt_tokens}, "
                f"Completion tokens: {usage.completion_tokens}]\n"
            )

    def _show_summary(self, counts: str) -> None:
        if self._shows_stats:
            _write(
                f"{_rule('Summary')}\n{counts}\n"
                f"Total prompt tokens: {self._usage.prompt_tokens}\n"
                f"Total completion tokens: {self._usage.completion_tokens}\n"
                f"Duration: {monotonic() - self._started_at:.2f} seconds\n"
            )


def _piece_of(chunk: ModelClientStreamingChunkEvent) -> tuple[str, str | None, str]:
    """What the chunk is a piece of; chunks of different speakers may come mixed."""
    return chunk.source, chunk.full_message_id, chunk.kind


def _rule(title: str) -> str:
    return f"{'-' * 10} {title} {'-' * 10}"


def _write(text: str) -> None:
    print(text, end="", flush=True)
