"""Whether an error of a model call may be gone the next time, and when the next time is.

Nothing here knows a vendor: errors of all SDKs have the status and headers of the answer in the
same places, or the transport's error for a cause.
"""

from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx2

from agentchat.core._world import now
from agentchat.ext.models._errors import EmptyReply, ErrorInReply, TruncatedStream, UnreadableReply

_BROKEN: Final = (
    *(UnreadableReply, EmptyReply, TruncatedStream),
    *(httpx2.TransportError, ConnectionError, TimeoutError),
)
# 409 is a lock that was not had in time, 529 is Anthropic's way to say that it is overloaded.
_STATUSES: Final = frozenset({408, 409, 429, 500, 502, 503, 504, 529})
# An error may come in the middle of a stream, when the status has been sent.
_KINDS: Final = frozenset(
    {"overloaded_error", "rate_limit_error", "api_error", "timeout_error", "server_error"}
)
# Waiting does not fill an account.
_HOPELESS: Final = frozenset({"insufficient_quota", "billing_hard_limit_reached"})


def is_transient(error: BaseException) -> bool:
    """Whether it may help to ask again: overload, rate limits, cut connections and replies."""
    details = _details(error)
    if _HOPELESS & {details.get("code"), details.get("type")}:
        return False
    advice = headers_of(error).get("x-should-retry")
    if advice in ("true", "false"):
        return advice == "true"
    if status_of(error) in _STATUSES or details.get("type") in _KINDS:
        return True
    if isinstance(error, ErrorInReply):
        # What has a number and is not in the list stays as it is.
        return error.status_code is None
    return any(isinstance(cause, _BROKEN) for cause in _causes(error))


def status_of(error: BaseException) -> int | None:
    """The HTTP status that a server refused with; None when there was no such answer."""
    status = getattr(error, "status_code", None)
    if status is None:
        status = getattr(getattr(error, "response", None), "status_code", None)
    return status if isinstance(status, int) else None


def headers_of(error: BaseException) -> Mapping[str, str]:
    """The headers of the answer that refused, their names in lower case."""
    headers = getattr(getattr(error, "response", None), "headers", None)
    return {str(name).lower(): str(value) for name, value in dict(headers or {}).items()}


def seconds_to_wait(error: BaseException) -> float | None:
    """How long the server asks to be left alone; None when it does not say, or not in numbers."""
    headers = headers_of(error)
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return max(0.0, milliseconds / 1000)
    after = headers.get("retry-after")
    seconds = _number(after)
    if seconds is None and after is not None:
        seconds = _seconds_until(after)
    return None if seconds is None else max(0.0, seconds)


def _seconds_until(date: str) -> float | None:
    try:
        return (parsedate_to_datetime(date) - now()).total_seconds()
    except (ValueError, TypeError):
        return None


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if number == number and abs(number) != float("inf") else None


def _details(error: BaseException) -> Mapping[str, Any]:
    """The error's own description of itself, in the forms of several vendors."""
    body = getattr(error, "body", None)
    if not isinstance(body, dict):
        return {}
    inner = body.get("error")
    return inner if isinstance(inner, dict) else body


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__
