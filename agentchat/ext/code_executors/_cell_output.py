"""What a notebook cell puts out: collected from its kernel's messages, and saved to files."""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from agentchat.core._world import new_id

# Of several pictures of one thing, the first is the best to look at.
_PICTURES: Final = ("image/png", "image/jpeg", "image/svg+xml")
_EXTENSIONS: Final = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/svg+xml": "svg",
    "text/html": "html",
    "application/json": "json",
}
_BASE64: Final = ("image/png", "image/jpeg")
_COLOURS: Final = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass
class DataItem:
    """Something that a cell shows, other than text."""

    mime_type: str
    data: Any
    """As the kernel sent it: pictures in base64, JSON as a value, all else as text."""


class Failure(NamedTuple):
    """What ended a cell before its end."""

    summary: str
    """The exception's name and text, or what else happened."""

    traceback: str = ""
    """The exception's, without colours."""


DEAD_KERNEL: Final = Failure(
    "The kernel died. It has been restarted: what earlier code left in memory is lost."
)


class CellOutput:
    """What one cell has put out so far."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        """Each stream's run of text, and each value's, in order."""

        self.items: list[DataItem] = []
        self.failure: Failure | None = None
        self.memory_is_lost = False
        """Whether it took a new kernel to end the cell."""

        self._last_stream: str | None = None

    def take(self, kind: str, content: Mapping[str, Any]) -> None:
        """Adds what a message of the kernel has; messages without output change nothing."""
        if kind == "stream":
            self._take_stream(content["name"], content["text"])
        elif kind in ("execute_result", "display_data"):
            self._last_stream = None
            self._take_data(content["data"])
        elif kind == "error":
            traceback = _COLOURS.sub("", "\n".join(content["traceback"]))
            self.failure = Failure(f"{content['ename']}: {content['evalue']}", traceback)

    def text(self) -> str:
        """All text, a line apart."""
        return "\n".join(self.texts)

    def _take_stream(self, name: str, text: str) -> None:
        # How a kernel cuts a stream into messages is a matter of chance.
        if name == self._last_stream:
            self.texts[-1] += text
        else:
            self.texts.append(text)
        self._last_stream = name

    def _take_data(self, data: Mapping[str, Any]) -> None:
        picture = next((mime for mime in _PICTURES if mime in data), None)
        for mime, value in data.items():
            if mime == "text/plain":
                self.texts.append(value)
            elif mime == picture or mime == "text/html":
                self.items.append(DataItem(mime, value))
            elif mime not in _PICTURES:
                self.texts.append(json.dumps(value))
                if mime == "application/json":
                    self.items.append(DataItem(mime, value))


def save(items: Sequence[DataItem], directory: Path) -> list[Path]:
    """Writes each item to a file of its own, named at random."""
    return [_save(item, directory) for item in items]


def _save(item: DataItem, directory: Path) -> Path:
    name = f"{new_id('file').replace('-', '')}.{_EXTENSIONS[item.mime_type]}"
    path = directory.absolute() / name
    path.write_bytes(_bytes_of(item))
    return path


def _bytes_of(item: DataItem) -> bytes:
    if item.mime_type in _BASE64:
        return base64.b64decode(item.data)
    text = json.dumps(item.data) if item.mime_type == "application/json" else item.data
    return str(text).encode()
