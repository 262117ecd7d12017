"""Splits what somebody said into prose and code; nothing else of Markdown is understood."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from reports._code import Code, code

_BLOCK = re.compile(
    r"^[ \t]*(?P<fence>`{3,}|~{3,})(?P<label>[^`\n]*)\n"
    r"(?P<code>.*?)(?:^[ \t]*(?P=fence)[`~]*[ \t\r]*$|\Z)",
    re.MULTILINE | re.DOTALL,
)
# A link is printable ASCII only: nothing in it can look like something else.
_SPAN = re.compile(
    r"`(?P<code>[^`\n]+)`|(?P<link>https?://[!#-&(-;=?-Z\[\]_a-z|~]*[/\w=#&%~+-])", re.ASCII
)


class Span(NamedTuple):
    """A stretch of a line."""

    kind: Literal["text", "code", "link"]
    text: str


@dataclass(frozen=True, slots=True)
class Prose:
    """Running text; line breaks count."""

    spans: tuple[Span, ...]
    kind: Literal["prose"] = "prose"


Piece = Prose | Code


def pieces(text: str) -> tuple[Piece, ...]:
    """The text as prose and fenced code, in order; a fence that is not closed runs to the end."""
    found: list[Piece] = []
    end = 0
    for block in _BLOCK.finditer(text):
        found += _prose(text[end : block.start()])
        found.append(code(block["code"].removesuffix("\n"), block["label"].strip()))
        end = block.end()
    return (*found, *_prose(text[end:]))


def _prose(text: str) -> list[Prose]:
    text = text.strip("\r\n")
    return [Prose(tuple(_spans(text)))] if text else []


def _spans(text: str) -> Iterator[Span]:
    end = 0
    for match in _SPAN.finditer(text):
        if match.start() > end:
            yield Span("text", text[end : match.start()])
        yield Span("code", match["code"]) if match["code"] else Span("link", match["link"])
        end = match.end()
    if end < len(text):
        yield Span("text", text[end:])
