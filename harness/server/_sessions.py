"""Sessions: each asker plays from a start of its own."""

import hashlib
from collections.abc import Callable
from threading import Lock

from starlette.datastructures import Headers

from harness.redaction import Redactor
from harness.server._answers import Answers, Report

SESSION_HEADER = "x-harness-session"
KEY_HEADERS = ("authorization", "api-key", "x-api-key", "x-goog-api-key")
"""Where clients of different vendors send their key."""

_NAMELESS = "default"


class Sessions:
    """Sessions by name; one begins with the first request that names it.

    Args:
        opened: Makes the answers of a session, by its name.
    """

    def __init__(self, opened: Callable[[str], Answers]) -> None:
        self._opened = opened
        self._answers_by_name: dict[str, Answers] = {}
        self._lock = Lock()

    @property
    def names(self) -> list[str]:
        """Those that were begun and not ended."""
        return list(self._answers_by_name)

    def of(self, headers: Headers) -> Answers:
        """The answers for a request with these headers."""
        return self._of(name_in(headers))

    def report(self, name: str) -> Report:
        """What became of a session so far; one that asked nothing has all of it unplayed."""
        return self._of(name).report

    def end(self, name: str) -> Report:
        """Forgets a session, and says what became of it; its name then begins a new one."""
        report = self.report(name)
        with self._lock:
            self._answers_by_name.pop(name, None)
        return report

    def _of(self, name: str) -> Answers:
        with self._lock:
            if name not in self._answers_by_name:
                self._answers_by_name[name] = self._opened(name)
            return self._answers_by_name[name]


def name_in(headers: Headers) -> str:
    """The name of a request's session: its header for that, or the key that it sends.

    A key that looks like a real one is not shown: its digest names the session.
    """
    if SESSION_HEADER in headers:
        return headers[SESSION_HEADER]
    given = next((headers[name] for name in KEY_HEADERS if name in headers), "")
    key = given.removeprefix("Bearer ").strip() or _NAMELESS
    if Redactor().body(key.encode()) == key.encode():
        return key
    return f"key-{hashlib.blake2b(key.encode(), digest_size=8).hexdigest()}"
