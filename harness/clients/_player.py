"""A recorded call on its way to the caller."""

from collections.abc import AsyncGenerator, Callable
from typing import TypeVar

from agentchat.core import CancellationToken
from agentchat.core._world import monotonic, sleep
from agentchat.ext.models._interruption import interrupting, raise_if_cancelled
from harness.clients._answers import Answer, answer_from_bytes, item_from_event
from harness.clients._failures import error_of
from harness.errors import CassetteError, explained
from harness.interactions import Failure, Response, Unanswered
from harness.session import Playing

T = TypeVar("T")

# Time for the caller's own timer, where the recorded caller stopped because of one.
_GRACE_SECONDS = 1.0


class Player:
    """Answers as was recorded.

    Args:
        playing: What is played.
        pace: Whether the answer takes the recorded time, on the world's clock.
        token: Stops the call.
    """

    def __init__(self, playing: Playing, pace: bool, token: CancellationToken | None) -> None:
        self._playing, self._pace, self._token = playing, pace, token
        self._started = monotonic() if pace else 0.0

    async def answer(self) -> Answer:
        """The answer to `create`.

        Raises:
            CassetteError: What is recorded is no answer.
            ReplayMiss: The recorded call was given up before its answer, and this one is not.
            Exception: What the recorded call raised.
        """
        recorded = self._playing.response
        if self._pace:
            await self._wait_until(recorded.duration_ns)
        if recorded.ending != "complete" or isinstance(recorded, Unanswered):
            await self._end(recorded)
        assert isinstance(recorded, Response)
        return self._read(answer_from_bytes, recorded.content)

    async def items(self) -> AsyncGenerator[str | Answer, None]:
        """The items of `create_stream`; it raises what `answer` does."""
        recorded = self._playing.response
        for at_ns, event in _events_of(recorded):
            raise_if_cancelled(self._token)
            if self._pace:
                await self._wait_until(at_ns)
            yield self._read(item_from_event, event)
        raise_if_cancelled(self._token)
        if recorded.ending != "complete":
            await self._wait_until(recorded.duration_ns)
            await self._end(recorded)

    def _read(self, reader: Callable[[bytes], T], data: bytes) -> T:
        try:
            return reader(data)
        except ValueError as error:
            number = self._playing.number
            what = (
                f"Interaction {number} of the cassette holds no answer of a model client: {error}"
            )
            raise CassetteError(explained(what, fix="record it again")) from error

    async def _end(self, recorded: Response | Unanswered) -> None:
        if isinstance(recorded.ending, Failure):
            raise error_of(recorded)
        with interrupting(self._token):
            await sleep(_GRACE_SECONDS)
        raise self._playing.beyond()

    async def _wait_until(self, at_ns: int) -> None:
        left = at_ns / 1e9 - (monotonic() - self._started)
        if self._pace and left > 0:
            with interrupting(self._token):
                await sleep(left)


def _events_of(recorded: Response | Unanswered) -> list[tuple[int, bytes]]:
    """The items with their times; an error's details are none of them."""
    if isinstance(recorded, Unanswered) or isinstance(recorded.body, bytes):
        return []
    return [(at_ns, data) for at_ns, data in recorded.body if data.startswith(b"data: ")]
