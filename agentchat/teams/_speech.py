"""One speaker's turn, step by step."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import AbstractContextManager, aclosing, contextmanager

from agentchat.core import CancellationToken
from agentchat.core._strands import this_moment
from agentchat.messages import UserInputRequestedEvent
from agentchat.teams._conversation import Turn, Utterance
from agentchat.teams._seat import Speech as Stream
from agentchat.teams._seat import Standing, team_error
from agentchat.teams._watch import Watch


class _End:
    """Stands for the end of a stream, where an exception would cost more."""


_END = _End()


class Speech:
    """What one speaker says and does before its answer, which the turn takes in.

    An iterator of its own and no generator: there is one a turn, and asyncio keeps a book of all
    generators.

    Args:
        turn: Is filled in.
        stream: What comes out of the speaker.
        standing: Where each step of the stream is taken.
        watch: Calls off a speaker that waits for its user.
    """

    def __init__(self, turn: Turn, stream: Stream, standing: Standing, watch: Watch) -> None:
        self._turn = turn
        self._stream = stream
        self._standing = standing
        self._block: AbstractContextManager[None] = standing
        self._watch = watch

    def __aiter__(self) -> "Speech":
        return self

    async def __anext__(self) -> Utterance:
        """The next thing said or done; the speaker is through, or called off, when it ends."""
        try:
            while True:
                with self._block:
                    item = await anext(self._stream, _END)
                self._block = self._standing
                if isinstance(item, _End):
                    break
                if not self._turn.takes(item):
                    return self._watched(item)
        except asyncio.CancelledError:
            if not self._watch.called_off():
                raise
            self._turn.is_called_off = True
            raise StopAsyncIteration from None
        except Exception as error:
            raise team_error(error) from error
        self._turn.is_over = True
        raise StopAsyncIteration

    def _watched(self, item: Utterance) -> Utterance:
        if type(item) is UserInputRequestedEvent:
            self._block = _both(self._standing, self._watch.call)
        return item

    async def aclose(self) -> None:
        """Ends the speaker, wherever it is."""
        await self._stream.aclose()


async def aloud(
    speech: Speech, turn: Turn, beside: Sequence[Turn]
) -> AsyncGenerator[Utterance, None]:
    """A speech as one of several, each with its answer; that of the last who is through is left.

    Args:
        speech: What is said and done.
        turn: Whose it is.
        beside: All turns that go on at the time.
    """
    async with aclosing(speech):
        async for utterance in speech:
            yield utterance
    turn.answered = this_moment()
    if turn.answer is not None and not all(each.is_over for each in beside):
        answer, turn.answer = turn.answer, None
        yield answer


@contextmanager
def _both(block: AbstractContextManager[None], token: CancellationToken) -> Iterator[None]:
    """The block, interrupted by a further token."""
    with block, token.interrupting():
        yield
