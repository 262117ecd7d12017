"""What a model client answers, as the response that a cassette shows, and back again.

A result is its fields as JSON. A stream is server-sent events, one an item, each a chunk of its
own: `{"text": "Hel"}` for a piece of text, and the result at the end.
"""

import json
from typing import Any, NamedTuple

from agentchat.core._usage import TokenUsage
from agentchat.core.models import CreateResult
from harness.interactions import Headers

EVENTS: Headers = (("content-type", "text/event-stream"),)

_DATA = b"data: "
_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_DETAILS = ("cached_tokens", "reasoning_tokens")


class Answer(NamedTuple):
    """A result, and what ledgers are told beside it."""

    result: CreateResult
    details: dict[str, int]
    """`cached_tokens` and `reasoning_tokens`, if there were any."""


def answer_to_bytes(result: CreateResult, spent: TokenUsage) -> bytes:
    """A result, with those numbers of the usage that it does not tell itself."""
    said = result.model_dump(exclude_none=True)
    said["usage"] |= {name: count for name in _DETAILS if (count := getattr(spent, name))}
    return _ENCODE(said).encode()


def answer_from_bytes(data: bytes) -> Answer:
    """The answer that was stored.

    Raises:
        ValueError: It is none.
    """
    result = CreateResult.model_validate_json(data)
    if b"cached_tokens" not in data and b"reasoning_tokens" not in data:
        return Answer(result, {})
    usage = json.loads(data)["usage"]
    return Answer(result, {name: usage[name] for name in _DETAILS if name in usage})


def text_to_event(text: str) -> bytes:
    """A piece of text."""
    return _event(_ENCODE({"text": text}).encode())


def answer_to_event(result: CreateResult, spent: TokenUsage) -> bytes:
    """The result at the end of a stream."""
    return _event(answer_to_bytes(result, spent))


def item_from_event(event: bytes) -> str | Answer:
    """The item that an event stands for.

    Raises:
        ValueError: It stands for none.
    """
    data = event.removeprefix(_DATA)
    if data.startswith(b'{"text":'):
        said: Any = json.loads(data)["text"]
        return str(said)
    return answer_from_bytes(data)


def _event(data: bytes) -> bytes:
    return b"%b%b\n\n" % (_DATA, data)
