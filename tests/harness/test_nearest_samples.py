"""The nearest request, on real traffic: with one word changed, it is the one it was made of."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from harness.errors import CassetteError
from harness.formats import load
from harness.interactions import Request
from harness.matching import Matcher, json_of, nearest

SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "cassettes"
WORD = re.compile(r"[^\W\d_]{3,}")

Keys = tuple[str | int, ...]


def texts(value: Any, keys: Keys = ()) -> Iterator[tuple[Keys, str]]:
    """All texts with a word that a person could change, by where they stand."""
    if isinstance(value, str):
        if WORD.search(value) and not value.startswith("data:"):
            yield keys, value
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from texts(inner, (*keys, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from texts(inner, (*keys, position))


def with_a_changed_word(request: Request) -> Request | None:
    body, chance = json_of(request.body), crc32(request.body)
    found = list(texts(body))
    if not found:
        return None
    keys, text = found[chance % len(found)]
    words = list(WORD.finditer(text))
    word = words[chance % len(words)]
    holder = body
    for key in keys[:-1]:
        holder = holder[key]
    holder[keys[-1]] = f"{text[: word.start()]}zebrafish{text[word.end() :]}"
    return replace(request, body=json.dumps(body).encode())


def recordings() -> Iterator[list[Request]]:
    for file in sorted(path for path in SAMPLES.rglob("*") if path.is_file()):
        try:
            yield [each.request for each in load(file).interactions]
        except CassetteError:
            continue


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not here")
def test_the_nearest_request_is_the_one_in_which_a_word_was_changed() -> None:
    matcher = Matcher()
    right: list[bool] = []
    for requests in recordings():
        for request in requests if len(requests) > 1 else ():
            asked = with_a_changed_word(request)
            if asked is not None:
                near = requests[nearest(asked, requests).position]
                right.append(matcher.digest(near) == matcher.digest(request))

    assert len(right) > 500
    assert sum(right) >= 0.99 * len(right)
