"""Errors of sockets, and what is recorded of them."""

import errno
import re
import ssl
from http.client import IncompleteRead, RemoteDisconnected
from socket import gaierror

from harness.interactions import Failure, Response, Unanswered

_CONNECTING = frozenset({"ConnectError", "ConnectTimeout"})
_ERRNO = re.compile(r"\[Errno (-?\d+)\] (.*)", re.DOTALL)


def failure_of(error: BaseException, connecting: bool = False) -> Failure:
    """What is recorded of an error: httpx's name for it, and the words of the socket's own error.

    Args:
        error: A library's error, or a socket's.
        connecting: Whether there was no connection yet.
    """
    cause = error.__cause__ if isinstance(error.__cause__, OSError) else error
    if isinstance(cause, TimeoutError):
        kind = "ConnectTimeout" if connecting else "ReadTimeout"
    elif connecting:
        kind = "ConnectError"
    elif isinstance(cause, RemoteDisconnected | IncompleteRead):
        kind = "RemoteProtocolError"
    else:
        kind = "ReadError"
    return Failure(kind, str(cause))


def error_of_sockets(failure: Failure) -> Exception:
    """What a socket raises; libraries make their own error of it."""
    if failure.error.endswith("Timeout"):
        return TimeoutError(failure.message or "timed out")
    known = _ERRNO.match(failure.message)
    if known is not None:
        number, words = int(known[1]), known[2]
        return gaierror(number, words) if number < 0 else OSError(number, words)
    if "CERTIFICATE_VERIFY_FAILED" in failure.message:
        return ssl.SSLCertVerificationError(1, failure.message)
    if failure.message.startswith("[SSL"):
        return ssl.SSLError(1, failure.message)
    number = errno.ECONNREFUSED if failure.error == "ConnectError" else errno.ECONNRESET
    return OSError(number, failure.message)


def failure_to_connect(recorded: Response | Unanswered) -> Failure | None:
    """Why there was no connection, if there was none."""
    ending = recorded.ending
    return ending if isinstance(ending, Failure) and ending.error in _CONNECTING else None
