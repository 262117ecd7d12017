"""The misses of a session."""

import logging
from pathlib import Path

from harness.errors import ReplayMiss
from harness.interactions import Request, is_client_call
from harness.session._calls import Call
from harness.session.lookup import Asked, Explanation, Stack, shown

_MISSING = Explanation("the cassette is missing")
_BROKEN_OFF = "; its recording was broken off, and the record mode `once` goes on with it"
_FIX = "record it again, with the record mode `rewrite`"

_log = logging.getLogger("harness")


class Missing:
    """Makes misses, and remembers them.

    Args:
        path: The cassette's file.
        stack: What is searched; None when there is no cassette.
        is_broken_off: Whether the test's recording is not whole.
    """

    def __init__(self, path: Path, stack: Stack | None, is_broken_off: bool) -> None:
        self._path, self._stack, self._is_broken_off = path, stack, is_broken_off
        self.misses: list[ReplayMiss] = []

    def note(self, miss: ReplayMiss, owner: str) -> ReplayMiss:
        """Remembers a miss that is about to be raised.

        It is logged at once, because who swallows it may wait for ever; an owner tells of it.
        """
        self.misses.append(miss)
        if not owner:
            _log.error("No recorded reply for %s: %s.", miss.asked, miss.cause)
        return miss

    def why(self, clean: Request, asked: Asked) -> Explanation:
        """Why a request has no answer."""
        return _MISSING if self._stack is None else self._stack.why_not(clean, asked)

    def miss(self, call: Call, clean: Request, asked: Asked, fix: str) -> ReplayMiss:
        """The miss of a request."""
        why = self.why(clean, asked)
        words = str(call)
        if not (why.nearest or call.owner or is_client_call(clean)):
            # Where nothing is near, the address tells an author which of his requests it is.
            words = f"{call}, {clean.method} {clean.url}"
        return self._made(call, words, why, fix)

    def beyond(self, call: Call, number: int, fix: str) -> ReplayMiss:
        """The miss of a caller that goes on where an interaction ends."""
        cause = "the recorded run stopped waiting for the rest, and this one does not"
        why = Explanation(cause, f"interaction {number} is the same request")
        return self._made(call, str(call), why, fix)

    def _made(self, call: Call, words: str, why: Explanation, fix: str) -> ReplayMiss:
        cause = why.cause + (_BROKEN_OFF if self._is_broken_off else "")
        path = shown(self._path)
        miss = ReplayMiss(path, words, cause=cause, nearest=why.nearest, fix=fix or _FIX)
        return self.note(miss, call.owner)
