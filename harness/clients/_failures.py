"""What a call of a model client raised: as a cassette shows it, and raised again.

An error comes back as the class it was, where that class is loaded, since whoever catches it has
imported it; nothing is ever imported because a cassette names it. It is made anew from its message
and from those arguments of its constructor that it kept as attributes.
"""

import builtins
import inspect
import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import httpx2
from pydantic_core import to_json

from agentchat.ext.models._transience import headers_of, status_of
from harness.interactions import Failure, Response, Unanswered

_KEPT_HEADERS = frozenset({"retry-after", "retry-after-ms", "x-should-retry"})
_EVENT = b"event: error\ndata: "
# They are made of the status and the headers.
_MADE = frozenset({"response", "request"})
_REQUEST = httpx2.Request("POST", "model:")


class RecordedFailure(Exception):
    """What a recorded call raised, where that can't be made again: its class is not loaded here,
    or wants more than was recorded.

    Args:
        error: The class: `openai.RateLimitError`.
        message: What it said.
        response: The status and the headers of the server's answer; None when there was none.
    """

    def __init__(self, error: str, message: str, response: httpx2.Response | None = None) -> None:
        self.error, self.message, self.response = error, message, response
        self.status_code = None if response is None else response.status_code
        super().__init__(f"{error}: {message}")


def failure_of(error: Exception) -> Failure:
    """An error as the ending of a call."""
    return Failure(_name_of(type(error)), str(error))


def details_of(error: Exception) -> dict[str, Any]:
    """What an error tells beside its message, as JSON values: nothing, for most."""
    details: dict[str, Any] = {}
    status = status_of(error)
    if status is not None:
        headers = headers_of(error).items()
        details["status"] = status
        details["headers"] = {name: value for name, value in headers if name in _KEPT_HEADERS}
    if arguments := _arguments_of(error):
        details["arguments"] = arguments
    if isinstance(error.__cause__, Exception):
        cause = failure_of(error.__cause__)
        details["cause"] = {"error": cause.error, "message": cause.message}
    return details


def details_to_event(details: Mapping[str, Any]) -> bytes:
    """The details of an error as an event: the only one, or the last of a stream."""
    return b"%b%b\n\n" % (_EVENT, to_json(details))


def error_of(response: Response | Unanswered) -> Exception:
    """What a recorded call raised, made anew; the call must have ended so."""
    failure = response.ending
    assert isinstance(failure, Failure)
    told = response.content.partition(_EVENT)[2] if isinstance(response, Response) else b""
    details = json.loads(told or b"{}")
    answer = None
    if "status" in details:
        headers = details.get("headers", {})
        answer = httpx2.Response(details["status"], headers=headers, request=_REQUEST)
    error = _made(failure, answer, details.get("arguments", {}))
    if cause := details.get("cause"):
        error.__cause__ = _made(Failure(cause["error"], cause["message"]), None, {})
    return error


def _name_of(kind: type[BaseException]) -> str:
    is_builtin = kind.__module__ == builtins.__name__
    return kind.__qualname__ if is_builtin else f"{kind.__module__}.{kind.__qualname__}"


def _arguments_of(error: Exception) -> dict[str, Any]:
    """The constructor's arguments that can be read off the error, if JSON can hold them."""
    kept = vars(error)
    arguments = {}
    for name in _parameters_of(type(error)):
        if name in kept and name not in _MADE:
            try:
                arguments[name] = json.loads(to_json(kept[name]))
            except ValueError:
                continue
    return arguments


def _parameters_of(kind: type[Exception]) -> Mapping[str, inspect.Parameter]:
    try:
        return inspect.signature(kind).parameters
    except ValueError:
        return {}  # Those of builtin errors are not known.


def _made(
    failure: Failure, answer: httpx2.Response | None, arguments: Mapping[str, Any]
) -> Exception:
    kind = _class_named(failure.error)
    known = {"message": failure.message, "response": answer, "request": _REQUEST, **arguments}
    if kind is not None:
        with suppress(Exception):  # Whatever its constructor objects to.
            return _called(kind, failure.message, known)
    return RecordedFailure(failure.error, failure.message, answer)


def _called(kind: type[Exception], message: str, known: Mapping[str, Any]) -> Exception:
    parameters = _parameters_of(kind)
    # One that takes whatever comes, takes its message.
    if all(each.kind is each.VAR_POSITIONAL for each in parameters.values()):
        return kind(message)
    return kind(**{name: known[name] for name in parameters if name in known})


def _class_named(name: str) -> type[Exception] | None:
    module, _, last = name.rpartition(".")
    kind = getattr(sys.modules.get(module or builtins.__name__), last, None)
    return kind if isinstance(kind, type) and issubclass(kind, Exception) else None
