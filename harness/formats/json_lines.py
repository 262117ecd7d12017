"""JSON lines: an exchange a line, or the pieces of one streamed answer.

Ollama streams such lines. Where other streams were saved so, as test suites for Node do, they come
back as the server-sent events that they were.
"""

import json
from typing import Any

from harness.formats._endpoints import question_for
from harness.formats._source import Format, Source
from harness.formats.exchange import interaction
from harness.interactions import Cassette, Chunk, Interaction, Request, Response


def recognises(source: Source) -> bool:
    """Whether every line is JSON for itself, the first an exchange or a piece of an answer."""
    if source.data[:1] != b"{":
        return False
    first, _, rest = source.data.partition(b"\n")
    if not rest.lstrip().startswith(b"{"):
        return False
    try:
        tree = json.loads(first)
    except (ValueError, RecursionError):
        return False
    return _is_exchange(tree) or question_for(tree) is not None


def read(source: Source) -> Cassette:
    """The cassette.

    Raises:
        UnreadableCassette: A line is damaged.
    """
    lines = [_line(source, number, text) for number, text in enumerate(source.data.split(b"\n"))
             if text.strip()]  # fmt: skip
    asked = question_for(lines[0].tree)
    if asked is None:
        return Cassette(interactions=tuple(interaction(line, (), line.tree) for line in lines))
    return Cassette(interactions=(Interaction(asked, _streamed(asked, lines)),))


FORMAT = Format("JSON lines", (), recognises, read)


def _is_exchange(tree: Any) -> bool:
    match tree:
        case {"request": dict(), "response": dict()}:
            return True
    return False


def _line(source: Source, number: int, text: bytes) -> Source:
    """The line as a file of its own, in which it stands where it did."""
    return Source(source.path, b"\n" * number + text)


def _streamed(asked: Request, lines: list[Source]) -> Response:
    pieces = [line.data.strip() for line in lines]
    if "/api/" in asked.url:
        kind, pieces = "application/x-ndjson", [piece + b"\n" for piece in pieces]
    else:
        kind, pieces = "text/event-stream", [b"data: " + piece + b"\n\n" for piece in pieces]
        if asked.url.endswith("/completions"):
            pieces.append(b"data: [DONE]\n\n")
    chunks = tuple(Chunk(0, piece) for piece in pieces)
    return Response(200, (("content-type", kind),), chunks, duration_ns=0)
