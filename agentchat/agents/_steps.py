"""Streams of answers: where their steps stand, and making the response complete."""

from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager, aclosing
from types import TracebackType

from agentchat.base import Response
from agentchat.core import CancellationToken
from agentchat.core._world import path, scope
from agentchat.messages import BaseAgentEvent, BaseChatMessage, ModelClientStreamingChunkEvent

AnswerStream = AsyncGenerator[BaseAgentEvent | BaseChatMessage | Response, None]
"""What an agent does to answer; the response is the last item."""


class _End:
    """Stands for the end of a stream, where an exception would cost more."""


_END = _End()


class Place:
    """A block that stands in a part of the run, and is interrupted by a token.

    One block after the other may use it.
    """

    __slots__ = ("_interruption", "_scope")

    def __init__(self, part: str, token: CancellationToken) -> None:
        self._scope = scope(part)
        self._interruption = token.interrupting()

    def __enter__(self) -> None:
        self._interruption.__enter__()
        self._scope.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._scope.__exit__(kind, error, traceback)
        self._interruption.__exit__(kind, error, traceback)


def place_of(agent: str, token: CancellationToken) -> AbstractContextManager[None]:
    """A block that stands in an agent's part of the run, and is interrupted by a token.

    A team's seat and a run of the agent stand there already; who calls it directly does not. Ask
    for it where the first step is taken: a stream may be made elsewhere.
    """
    here = path()
    is_there = bool(here) and here[-1].partition("#")[0] == agent
    return token.interrupting() if is_there else Place(agent, token)


async def answering(stream: AnswerStream, agent: str, token: CancellationToken) -> AnswerStream:
    """The stream, interrupted by the token; its response lists what came before it.

    Streaming chunks are not listed.

    Args:
        stream: What an agent does to answer.
        agent: Its name.
        token: Interrupts it.
    """
    inner: list[BaseAgentEvent | BaseChatMessage] = []
    place = place_of(agent, token)
    async with aclosing(stream):
        while True:
            with place:
                item = await anext(stream, _END)
            if isinstance(item, _End):
                return
            if isinstance(item, Response):
                item = Response(chat_message=item.chat_message, inner_messages=inner)
            elif not isinstance(item, ModelClientStreamingChunkEvent):
                inner.append(item)
            yield item


async def response_of(stream: AnswerStream) -> Response:
    """The response at the end of a stream.

    Raises:
        AssertionError: The stream ended without one.
    """
    response: Response | None = None
    async with aclosing(stream):
        async for item in stream:
            if isinstance(item, Response):
                response = item
    if response is None:
        raise AssertionError("The stream should have returned the final result.")
    return response
