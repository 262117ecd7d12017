"""Texts that differ in every run, such as a temporary folder, and what stands for them."""

from collections.abc import Mapping, Sequence
from json import dumps

from harness.redaction._edits import Edit, outside, positions
from harness.redaction._rewriting import rewritten
from harness.redaction.disguises import JSON_ESCAPES, edits_below


class Replacing:
    """Replaces texts by others, wherever they stand in a body; what is replaced already, stays.

    Args:
        stable_by_volatile: What stands for each text.
    """

    def __init__(self, stable_by_volatile: Mapping[str, str]) -> None:
        self._texts = {
            spelling(volatile): spelling(stable)
            for volatile, stable in stable_by_volatile.items()
            if volatile
            # Where a text stands for both, its JSON spelling goes in: bodies are JSON.
            for spelling in (_as_is, _in_json)
        }

    def body(self, data: bytes) -> bytes:
        """A whole body, with the texts replaced."""
        return self.pieces([data])[0]

    def pieces(self, pieces: Sequence[bytes]) -> list[bytes]:
        """A body in pieces, with the texts replaced; the borders between them stay."""
        return rewritten(pieces, self._find) if self._texts else list(pieces)

    def text(self, text: str) -> str:
        """A text, with the texts in it replaced."""
        return self.body(_as_is(text)).decode(errors="surrogatepass") if self._texts else text

    def _find(self, data: bytes) -> list[Edit]:
        return edits_below(data, self._find_clear, (JSON_ESCAPES,), depth=1)

    def _find_clear(self, data: bytes) -> list[Edit]:
        edits = [
            Edit(start, start + len(volatile), stable)
            for volatile, stable in self._texts.items()
            for start in positions(volatile, data)
        ]
        if not edits:
            return []
        done = [
            (at, at + len(stable))
            for stable in self._texts.values()
            if stable
            for at in positions(stable, data)
        ]
        return outside(edits, done)


def _as_is(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


def _in_json(text: str) -> bytes:
    return _as_is(dumps(text, ensure_ascii=False)[1:-1])
