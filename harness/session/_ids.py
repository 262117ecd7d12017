"""Ids that a model's server makes: other ones in every answer, whatever is said."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import starmap
from operator import eq
from typing import Any, NamedTuple

from harness.answers import events_of
from harness.interactions import Chunk, Request, Response, Unanswered
from harness.matching import json_of
from harness.redaction import Replacing

ID_KEYS = frozenset(
    {"id", "call_id", "tool_call_id", "tool_use_id", "toolCallId", "toolUseId", "item_id",
     "response_id", "previous_response_id", "responseId"}
)  # fmt: skip

_RUN = re.compile(r"[A-Za-z0-9]{8,}")
_RUN_IN_BYTES = re.compile(_RUN.pattern.encode())
_RANDOM = re.compile(
    r"(?:[\w.-]*[._-])?(?:(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{16,}"
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
)
"""An id that stands for nothing else wherever it is found, as `1`, `item-2` or `gpt4omini` may."""
_SHORT = re.compile(
    r"(?:[a-z]+_)?(?:(?=[A-Za-z]*\d)(?=\d*[A-Za-z])|(?=\w*[a-z][A-Z]))[A-Za-z0-9]{8,}"
)
"""What some vendors call a tool call, and others may call anything else."""
_MOST_ALIKE = 1 / 3
"""Names that a person gave are more alike than two that chance made."""


class _Id(NamedTuple):
    text: str
    is_of_tool_call: bool


def changed_ids(
    former: Response | Unanswered, live: Response | Unanswered
) -> Mapping[str, str] | None:
    """The former ids by the live ones, where answers that say the same have other ones.

    None when it can't be told which is which, or where else an id stands for itself.
    """
    before, now = _ids_of(former), _ids_of(live)
    changed = {new: old for new, old in zip(now, before, strict=False) if new != old}
    if len(before) != len(now) or not all(starmap(_is_made_anew, changed.items())):
        return None
    return {new.text: old.text for new, old in changed.items()}


class SameIds:
    """Ids of answers that were not kept, and those of the answers that were kept in their stead."""

    def __init__(self) -> None:
        self._kept_by_live: dict[str, str] = {}
        self._live_by_run: dict[bytes, str] = {}

    def remember(self, kept_by_live: Mapping[str, str]) -> None:
        """Lets ids stand for others from now on."""
        self._kept_by_live.update(kept_by_live)
        for live in kept_by_live:
            self._live_by_run[_chance_in(live).encode()] = live

    def given_out(self, response: Response | Unanswered) -> None:
        """Ids that a recorded answer gives out stand for themselves from now on."""
        if self._live_by_run and isinstance(response, Response):
            for run in _RUN_IN_BYTES.findall(response.content):
                self._live_by_run.pop(run, None)

    def in_request(self, request: Request) -> Request:
        """The request with the kept ids."""
        replacing = self._replacing(request.url.encode(errors="replace"), request.body)
        if replacing is None:
            return request
        url, body = replacing.text(request.url), replacing.body(request.body)
        return replace(request, url=url, body=body)

    def in_response(self, response: Response | Unanswered) -> Response | Unanswered:
        """The response with the kept ids."""
        if isinstance(response, Unanswered) or not self._live_by_run:
            return response
        replacing = self._replacing(response.content)
        if replacing is None:
            return response
        if isinstance(response.body, bytes):
            return replace(response, body=replacing.body(response.body))
        pieces = replacing.pieces([chunk.data for chunk in response.body])
        times = [chunk.at_ns for chunk in response.body]
        return replace(response, body=tuple(map(Chunk, times, pieces)))

    def _replacing(self, *data: bytes) -> Replacing | None:
        """Replaces the ids that may stand there; None when there are none."""
        if not self._live_by_run:
            return None
        runs = (run for each in data for run in _RUN_IN_BYTES.findall(each))
        found = dict.fromkeys(self._live_by_run[run] for run in runs if run in self._live_by_run)
        return Replacing({live: self._kept_by_live[live] for live in found}) if found else None


same_ids = SameIds()
"""Of the whole process: what a fixture's cassette answered, a test's own is asked with. Whoever
names an id with so much chance in it has it from the answer that gave it out."""


def _is_made_anew(new: _Id, old: _Id) -> bool:
    """Whether a server made both by chance, so that they are found again nowhere else."""
    if _RANDOM.fullmatch(new.text):
        return True
    both = new.text, old.text
    if not (new.is_of_tool_call and all(map(_SHORT.fullmatch, both))):
        return False
    one, other = map(_chance_in, both)
    return len(one) == len(other) and sum(map(eq, one, other)) <= len(one) * _MOST_ALIKE


def _chance_in(made: str) -> str:
    """What of an id that was made by chance differs; before it stands what all such ids share."""
    runs: list[str] = _RUN.findall(made)
    return runs[-1]


def _ids_of(response: Response | Unanswered) -> list[_Id]:
    """The ids of an answer that a later request may name, in order of appearance."""
    if isinstance(response, Unanswered):
        return []
    values = json_of(response.content) or events_of(response.content)
    return list(dict.fromkeys(_ids_in(values)))


def _ids_in(value: Any, is_tool_call: bool = False) -> Iterator[_Id]:
    if isinstance(value, list):
        for each in value:
            yield from _ids_in(each, is_tool_call)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key not in ID_KEYS or not isinstance(each, str | int):
                yield from _ids_in(each, key == "tool_calls")
            elif "choices" not in value:  # A chat completion's own id is good for nothing.
                yield _Id(str(each), is_tool_call)
