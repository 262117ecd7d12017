"""Ids that a model's server makes: other ones in every answer, whatever is said."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from harness.interactions import Chunk, Request, Response, Unanswered
from harness.matching import json_of
from harness.redaction import Replacing

ID_KEYS = frozenset(
    {"id", "call_id", "tool_call_id", "tool_use_id", "toolCallId", "toolUseId", "item_id",
     "response_id", "previous_response_id"}
)  # fmt: skip

_EVENT = re.compile(rb"^data: ?(\{.*\})[ \t]*\r?$", re.MULTILINE)
_RUN = re.compile(r"[A-Za-z0-9]{8,}")
_RUN_IN_BYTES = re.compile(_RUN.pattern.encode())
_RANDOM = re.compile(
    r"(?:[\w.-]*[._-])?(?:(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{16,}"
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
)
"""An id that stands for nothing else wherever it is found, as `1`, `item-2` or `gpt4omini` may."""


def events_in(content: bytes) -> list[Any]:
    """The JSON objects of a stream, if it is one."""
    return [value for match in _EVENT.finditer(content) if (value := json_of(match[1])) is not None]


def changed_ids(
    former: Response | Unanswered, live: Response | Unanswered
) -> Mapping[str, str] | None:
    """The former ids by the live ones, where answers that say the same have other ones.

    None when it can't be told which is which, or where else an id stands for itself.
    """
    before, now = _ids_of(former), _ids_of(live)
    changed = {new: old for new, old in zip(now, before, strict=False) if new != old}
    if len(before) != len(now) or not all(map(_RANDOM.fullmatch, changed)):
        return None
    return changed


class SameIds:
    """Ids of answers that were not kept, and those of the answers that were kept in their stead."""

    def __init__(self) -> None:
        self._kept_by_live: dict[str, str] = {}
        self._live_by_run: dict[bytes, str] = {}

    def remember(self, kept_by_live: Mapping[str, str]) -> None:
        """Lets ids stand for others from now on."""
        self._kept_by_live.update(kept_by_live)
        for live in kept_by_live:
            self._live_by_run[max(_RUN.findall(live), key=len).encode()] = live

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


def _ids_of(response: Response | Unanswered) -> list[str]:
    """The ids of an answer, in order of appearance."""
    if isinstance(response, Unanswered):
        return []
    values = events_in(response.content) or json_of(response.content)
    return list(dict.fromkeys(_ids_in(values)))


def _ids_in(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _ids_in(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key in ID_KEYS and isinstance(each, str | int):
                yield str(each)
            else:
                yield from _ids_in(each)
