"""Which cassettes a session reads, and what for."""

from collections.abc import Sequence
from pathlib import Path

from harness.errors import CassetteError
from harness.formats import load
from harness.interactions import Cassette, Interaction
from harness.matching import Matcher
from harness.session._cleaning import Cleaning
from harness.session._modes import READING, RecordMode
from harness.session._renewing import Former
from harness.session.lookup import Layer, Stack


class Loading:
    """Reads cassettes with the eyes of one session.

    Args:
        path: The session's own cassette.
        mode: What the session does.
        cleaning: How requests are made comparable.
        matcher: How they are compared.
        test: Who asks.

    Raises:
        UnreadableCassette: The own cassette is damaged, and something of it may have to stay.
        FutureCassette: It was written by a newer version.
    """

    def __init__(
        self, path: Path, mode: RecordMode, cleaning: Cleaning, matcher: Matcher, test: str
    ) -> None:
        self._path, self._mode, self._test = path, mode, test
        self._cleaning, self._matcher = cleaning, matcher
        self._before = self._there_before()

    @property
    def foreign(self) -> Sequence[Interaction]:
        """What another recorder left in the own cassette, with its secrets."""
        return () if self._before.is_ours else self._before.interactions

    def layers(self, shared: Sequence[Path]) -> list[Layer]:
        """What is played from, the own cassette first.

        Raises:
            UnreadableCassette: A shared one is missing or damaged.
            FutureCassette: One was written by a newer version.
        """
        if self._mode not in READING:
            return [self._layer(self._path, Cassette())]
        own = self._layer(self._path, self._before)
        return [own, *(self._layer(each, load(each)) for each in shared)]

    def former(self, played: Stack) -> Former:
        """What is recorded anew."""
        stack = played if self._mode is RecordMode.ALL else None
        if self._mode is RecordMode.REWRITE and self._before.interactions:
            stack = Stack([self._layer(self._path, self._before)], self._matcher)
        return Former(stack, self._mode is RecordMode.ALL, self._test)

    def _there_before(self) -> Cassette:
        if self._mode is RecordMode.LIVE or not self._path.exists():
            return Cassette()
        try:
            return load(self._path)
        except CassetteError:
            if self._mode is RecordMode.REWRITE:
                return Cassette()  # Nothing of it has to stay.
            raise

    def _layer(self, path: Path, cassette: Cassette) -> Layer:
        if not cassette.is_ours:
            # Before anything is compared: a credential may be quoted before it is sent.
            for each in cassette.interactions:
                self._cleaning.learn(each.request)
        return Layer(path, cassette, self._cleaning, self._matcher, self._test)
