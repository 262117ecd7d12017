"""How a live answer differs from the recorded one."""

import json
from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from harness.answers import answer_in, events_of
from harness.interactions import Failure, Request, Response, Unanswered
from harness.matching import first_difference
from harness.redaction import event_texts
from harness.session._ids import ID_KEYS

# They differ from answer to answer, whatever is said.
_VOLATILE = ID_KEYS | {
    "created", "created_at", "createTime", "system_fingerprint", "obfuscation",
    "total_duration", "load_duration", "prompt_eval_duration", "eval_duration", "latencyMs",
}  # fmt: skip
_VOLATILE_IN_USAGE = _VOLATILE | {"queue_time", "prompt_time", "completion_time", "total_time"}


@dataclass(frozen=True, slots=True)
class Drift:
    """An answer that is not what was recorded."""

    call: str
    """Which request, in words: `model call 3 of 'hello' (agent 'writer', its call 2)`."""

    number: int | None
    """The interaction's number in the cassette, from 1; None when the request is not recorded."""

    path: str
    """Where the answers part: `choices[0].message.content`; where the requests do, for no number.
    """

    words: str
    """`'Hi' became 'Hello' in 'Hello to all.'`."""

    def __str__(self) -> str:
        what = (
            "is not recorded" if self.number is None else f"drifted from interaction {self.number}"
        )
        return f"{self.call} {what}: {self.path}: {self.words}"


def drift_between(
    recorded: Response | Unanswered, live: Response | Unanswered
) -> tuple[str, str] | None:
    """The first difference between two answers, as path and words; None when they say the same.

    Times, ids and the borders of a stream's pieces don't count.
    """
    before, now = map(_ended, (recorded, live))
    if before != now:
        return "ending", f"{before!r} became {now!r}"
    old, new = map(_said, (recorded, live))
    difference = first_difference(_as_sent(old), _as_sent(new))
    return None if difference is None else (difference.path, difference.words)


def _as_sent(said: bytes) -> Request:
    """An answer in the form in which requests are compared."""
    return Request("", "", (), said)


def _ended(response: Response | Unanswered) -> str:
    if isinstance(response.ending, Failure):
        return response.ending.error
    return f"status {response.status}" if isinstance(response, Response) else "no answer"


def _said(response: Response | Unanswered) -> bytes:
    content = response.content if isinstance(response, Response) else b""
    if answer := answer_in(content):
        return _dumped(answer)
    try:
        return _dumped(json.loads(content))
    except ValueError:
        pass
    events = [b"data: " + _dumped(value) for value in events_of(content)]
    if not events:
        return content
    texts = [text.decode(errors="replace") for text in event_texts(b"\n".join(events))]
    return json.dumps({"stream": texts}).encode()


def _dumped(value: Any) -> bytes:
    return json.dumps(_lasting(value)).encode()


def _lasting(value: Any, volatile: Set[str] = _VOLATILE) -> Any:
    """A JSON value without what differs from answer to answer."""
    if isinstance(value, dict):
        return {
            key: _lasting(inner, _VOLATILE_IN_USAGE if key == "usage" else _VOLATILE)
            for key, inner in value.items()
            if key not in volatile
        }
    return [_lasting(inner) for inner in value] if isinstance(value, list) else value
