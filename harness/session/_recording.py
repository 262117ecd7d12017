"""An exchange while it is recorded."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from agentchat.core._world import monotonic
from harness.errors import StreamOutlivesBlock
from harness.formats import decompressed
from harness.interactions import (
    Chunk,
    Ending,
    Failure,
    Headers,
    Interaction,
    Request,
    Response,
    Unanswered,
)
from harness.journal import warn
from harness.matching import json_of
from harness.redaction import Redactor, secrets_among

# A client that has read one of these may close the stream without waiting for its end.
_LAST_EVENTS = (
    b"data: [DONE]",
    b"event: message_stop",
    b"event: response.completed",
    b"event: response.incomplete",
    b"event: response.failed",
)


_above: "ContextVar[Recording | None]" = ContextVar("above", default=None)


class Recording:
    """Takes down what comes back for a request, piece by piece, with the times.

    Args:
        request: What is sent, with everything in it.
        agent_path: Who asks.
        keep: Called once, when the exchange is over.
    """

    def __init__(
        self,
        request: Request,
        agent_path: tuple[str, ...],
        keep: "Callable[[Recording], None]" = lambda _: None,
    ) -> None:
        self._request, self._agent_path, self._keep = request, agent_path, keep
        self._started = monotonic()
        self._status: int | None = None
        self._headers: Headers = ()
        self._chunks: list[Chunk] = []
        self._ending: Ending | None = None
        self._ended_ns = 0
        self._is_left = False

    @contextmanager
    def beneath(self) -> Iterator[None]:
        """A block in which the session's other exchanges are made for this one's sake.

        For a call of a model client, around what it does over HTTP. It may be entered again; never
        keep it open across a `yield` of an async generator.
        """
        token = _above.set(self)
        try:
            yield
        finally:
            _above.reset(token)

    def answered(self, status: int, headers: Headers) -> None:
        """The head of the response is there."""
        self._status, self._headers = status, headers

    def received(self, data: bytes) -> None:
        """A piece of the body is there."""
        if self._is_left:
            self._warn()
        self._chunks.append(Chunk(self._now_ns, data))

    def ended(self, ending: Ending) -> None:
        """Nothing more comes, or is wanted; the first call counts.

        What was recorded is kept when this returns.

        Raises:
            UnwritableCassette: It could not be kept.
        """
        if self._ending is None:
            self._ending, self._ended_ns = ending, self._now_ns
            self._keep(self)
        elif self._is_left and ending == "complete":
            self._warn()

    def left(self) -> None:
        """Nobody waits any more: who never closed what was being read has stopped reading."""
        if self._status is not None:
            self.ended("stopped")
            response = self._response()
            self._is_left = response is not None and response.ending == "stopped"

    def failed(self, error: Exception) -> None:
        """The transport raised an error, instead of an answer or in the middle of one."""
        self.ended(Failure(type(error).__name__, str(error)))

    def interaction(self) -> Interaction | None:
        """What was taken down; None when there is nothing to play back."""
        response = self._response()
        if response is None:
            return None
        return Interaction(self._request, response, self._agent_path)

    def _warn(self) -> None:
        self._is_left = False
        asked = f"{self._request.method} {self._request.url}"
        warn(StreamOutlivesBlock(Redactor(secrets_among(os.environ)).text(asked)))

    @property
    def _now_ns(self) -> int:
        return round((monotonic() - self._started) * 1e9)

    def _response(self) -> Response | Unanswered | None:
        if self._status is None:
            if self._ending is None or self._ending == "complete":
                return None
            return Unanswered(self._ending, self._ended_ns)
        headers, chunks = decompressed(self._headers, self._chunks)
        whole = b"".join(chunk.data for chunk in chunks)
        ending = self._ending or "stopped"
        if ending == "stopped" and any(event in whole for event in _LAST_EVENTS):
            ending = "complete"
        pieces_matter = ending != "complete" or _is_stream(headers, chunks, whole)
        body = chunks if pieces_matter else whole
        return Response(self._status, headers, body, self._ended_ns, ending)


def above() -> Recording | None:
    """For whose sake the running code makes exchanges."""
    return _above.get()


def _is_stream(headers: Headers, chunks: tuple[Chunk, ...], whole: bytes) -> bool:
    """Whether the pieces matter: in what a network cut at random, they don't."""
    if any(name.lower() == "content-type" and "event-stream" in value for name, value in headers):
        return True
    return len(chunks) > 1 and json_of(whole) is None
