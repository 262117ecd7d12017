"""Server-sent events that were saved as they came: `curl … > answer.sse`.

Such a file holds an answer alone. The request is a stand-in that says what the answer tells: the
API, the model, and that it was streamed.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from harness.formats._endpoints import question_for
from harness.formats._source import Format, Source
from harness.interactions import Cassette, Chunk, Header, Interaction, Response

_SUFFIXES = (".sse", ".eventstream")
_LINE = rb"(?:(?:data|event|id|retry)(?::[^\r\n]*)?|:[^\r\n]*)"
_END = rb"(?:\r\n|\n|\r)"
_FIELDS = re.compile(rb"\s*" + _LINE + rb"(?:" + _END + rb"+" + _LINE + rb")*+\s*")
# An event with the empty line behind it.
_EVENT = re.compile(rb".+?(?:\r\n\r\n|\n\n|\r\r)(?:\r?\n)*+|.+", re.DOTALL)
_DATA = re.compile(rb"^data: ?(.*?)\r?$", re.MULTILINE)


def recognises(source: Source) -> bool:
    """Whether the file is a stream, by its suffix or because it has no other line."""
    return source.path.suffix in _SUFFIXES or bool(_FIELDS.fullmatch(source.data))


def read(source: Source) -> Cassette:
    """The cassette: one interaction.

    Raises:
        UnreadableCassette: No event says which API it comes from.
    """
    with source.reading(()):
        asked = next(filter(None, map(question_for, _events(source.data))), None)
    if asked is None:
        raise source.problem("no event is one of an API that is known here")
    chunks = tuple(Chunk(0, piece) for piece in _EVENT.findall(source.data))
    answered = Response(200, (("content-type", "text/event-stream"),), chunks, duration_ns=0)
    return Cassette(Header(), (Interaction(asked, answered),))


FORMAT = Format("SSE", (), recognises, read)


def _events(data: bytes) -> Iterator[Any]:
    for text in _DATA.findall(data):
        try:
            yield json.loads(text)
        except ValueError:
            continue
