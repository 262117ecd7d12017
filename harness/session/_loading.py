"""Which cassettes a session reads, and what for."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from harness.errors import CassetteError
from harness.formats import load
from harness.interactions import Cassette
from harness.matching import Matcher
from harness.session._cleaning import Cleaning
from harness.session._layer import Layer
from harness.session._modes import READING, RecordMode
from harness.session._renewing import Former
from harness.session._stack import Stack


@dataclass(frozen=True, slots=True)
class Loading:
    """Reads cassettes with the eyes of one session."""

    path: Path
    """The session's own cassette."""

    mode: RecordMode
    cleaning: Cleaning
    matcher: Matcher
    test: str

    def layers(self, shared: Sequence[Path]) -> list[Layer]:
        """What is played from, the own cassette first.

        Raises:
            UnreadableCassette: A shared one is missing, or one is damaged.
            FutureCassette: A file was written by a newer version.
        """
        if self.mode not in READING:
            return [self._layer(self.path, Cassette())]
        own = load(self.path) if self.path.exists() else Cassette()
        return [self._layer(self.path, own), *(self._layer(each, load(each)) for each in shared)]

    def former(self, played: Stack) -> Former:
        """What is recorded anew."""
        stack = played if self.mode is RecordMode.ALL else None
        if self.mode is RecordMode.REWRITE and self.path.exists():
            # Nothing of it has to stay: it may be damaged.
            with suppress(CassetteError):
                stack = Stack([self._layer(self.path, load(self.path))], self.matcher)
        return Former(stack, self.mode is RecordMode.ALL, self.test)

    def _layer(self, path: Path, cassette: Cassette) -> Layer:
        return Layer(path, cassette, self.cleaning, self.matcher, self.test)
