"""The cassettes in use: a test's own, and those that it shares with other tests."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from harness.pytest_plugin._evidence import Evidence, left_unplayed
from harness.pytest_plugin._examples import law_of
from harness.pytest_plugin._failures import Drifted, plainly
from harness.pytest_plugin._marks import Wanted, is_marked
from harness.pytest_plugin._names import Node, nodeid_of
from harness.pytest_plugin._opened import Opened
from harness.pytest_plugin._places import Places, node_of
from harness.pytest_plugin._run import PytestRun
from harness.pytest_plugin._settings import Settings
from harness.pytest_plugin._values import WRITING


class Cassettes:
    """Opens and closes them; of those that are open, one at a time has the requests.

    Args:
        settings: What all tests are told.
        run: The test run.
    """

    def __init__(self, settings: Settings, run: PytestRun) -> None:
        self.stale: set[Path] = set()
        """Those that `--rerecord` is about."""

        self.evidence: list[Evidence] = []
        """What became of those that were closed, until it is taken."""

        self._settings, self._run = settings, run
        self._places = Places(settings.root)
        self._item: pytest.Item | None = None
        self._error: BaseException | None = None
        self._own: Opened | None = None
        self._common: dict[tuple[Path, str], Opened] = {}
        self._common_in_use: Opened | None = None
        self._closed: list[Opened] = []

    def begin(self, item: pytest.Item) -> None:
        """A test begins."""
        self._item = item

    def failed(self, error: BaseException) -> None:
        """The test came to an early end."""
        self._error = error

    def end(self) -> None:
        """The test is over; the next one may have nothing to do with what it shared."""
        self._put_in_use(None)
        self._item = None

    def take_evidence(self) -> list[Evidence]:
        """What became of those that were closed since the last time."""
        taken, self.evidence = self.evidence, []
        self._closed.clear()
        return taken

    def new_misses(self) -> list[BaseException]:
        """What was missing since this was asked the last time."""
        return [miss for each in self._in_sight() for miss in each.new_misses()]

    def new_drifts(self) -> list[BaseException]:
        """How live answers differed since this was asked the last time."""
        drifts = (each.new_drifts() for each in self._in_sight())
        return [Drifted("\n".join(lines)) for lines in drifts if lines]

    @contextmanager
    def own(self, request: pytest.FixtureRequest) -> Iterator[Opened]:
        """The test's own cassette, until its last fixture is gone."""
        item: pytest.Item = request.node
        self._error = None
        wanted = self._places.wanted(request, item)
        path = self._places.path(request, wanted)
        common = self._common_in_use
        if common is not None:
            common.suspend()
        is_shared = wanted.name is not None or wanted.scope != "function"
        opened = self._opened(wanted, path, item, is_shared, self._mode(wanted, path))
        self._own = opened
        name = os.path.relpath(path, self._settings.root)
        item.user_properties.append(("cassette", name))
        yield opened
        try:
            self._close(opened, self._error)
        finally:
            self._own = None
            self._put_in_use(common)
        self._judge(opened)

    def open_for_fixture(self, request: pytest.FixtureRequest) -> None:
        """What a fixture of a wider scope asks has a cassette of that scope, or none."""
        if self._own is None and not self._places.is_asking:
            # Who is narrower than this fixture, or waits for it, can't say; the test's own will.
            with suppress(pytest.fail.Exception, pytest.FixtureLookupError):
                self.open_common(request)

    def put_in_use_at_end_of(self, fixture: pytest.FixtureDef[Any]) -> None:
        """A fixture that is set up has the same cassette, or none, when it is torn down.

        By then the test may be one that has nothing to do with it.
        """
        common = self._common_in_use
        # Finalizers are called in reverse order: this one, and then the fixture's own.
        fixture.addfinalizer(lambda: self._put_in_use(common))

    def open_common(self, request: pytest.FixtureRequest) -> None:
        """The cassette that fixtures of a wider scope have, if it is time for it."""
        item = self._item
        if item is None or not is_marked(item):
            return
        wanted = self._places.wanted(request, item)
        if wanted.scope == "function":
            return
        node = node_of(item, wanted.scope)
        if node not in request.node.listchain():
            return
        label, path = nodeid_of(node), self._places.path(request, wanted)
        opened = self._common.get((path, label))
        if opened is None:
            mode = self._mode(wanted, path)
            if mode in WRITING and not self._run.takes(path, label):
                # What a fixture asks in every worker is recorded once.
                mode = "live"
            opened = self._common[path, label] = self._opened(wanted, path, node, True, mode)
            node.addfinalizer(lambda: self._close_common(opened))
        self._put_in_use(opened)

    def _put_in_use(self, opened: Opened | None) -> None:
        """Gives the requests that no test's own cassette takes to one that is common to several."""
        if self._common_in_use is not opened and self._common_in_use is not None:
            self._common_in_use.suspend()
        self._common_in_use = opened
        if opened is not None and self._own is None:
            opened.resume()

    def _close_common(self, opened: Opened) -> None:
        del self._common[opened.path, opened.label]
        self._closed.append(opened)
        self._put_in_use(opened)
        self._close(opened, None)
        self._common_in_use = None
        if self._item is not None:
            self._judge(opened)

    def _opened(self, wanted: Wanted, path: Path, node: Node, is_shared: bool, mode: str) -> Opened:
        owner = nodeid_of(node)
        with plainly():
            return Opened(
                self._settings,
                wanted,
                path,
                owner=owner,
                label=owner if is_shared else "",
                run=self._run.name if mode in WRITING else "",
                mode=mode,
                has_examples=law_of(node) is not None,
            )

    def _mode(self, wanted: Wanted, path: Path) -> str:
        if self._settings.rerecords:
            return "rewrite" if path in self.stale else "once"
        return self._settings.mode(wanted.record_mode)

    def _close(self, opened: Opened, error: BaseException | None) -> None:
        with plainly():
            opened.close(error)
        self.evidence.append(opened.evidence("" if error is None else _told(error)))

    def _judge(self, opened: Opened) -> None:
        """Fails the test for what came out when its cassette was closed."""
        evidence = self.evidence[-1]
        left = left_unplayed(evidence)
        if left and evidence["reaction"] == "fail":
            were = "interaction {} was" if len(left) == 1 else "interactions {} were"
            what = were.format(", ".join(map(str, left)))
            text = f"{evidence['cassette']}: {what} not asked for.\n  fix: {opened.rerecord}"
            pytest.fail(text, pytrace=False)

    def _in_sight(self) -> Iterator[Opened]:
        """Those that the test's requests may have come to."""
        yield from self._common.values()
        yield from self._closed
        if self._own is not None:
            yield self._own


def _told(error: BaseException) -> str:
    """An error in a line that may be kept in a file."""
    # Heavy, and most sessions don't need it.
    from harness.redaction import Redactor, secrets_among

    line = f"{type(error).__name__}: {error}".splitlines()[0]
    return Redactor(secrets_among(os.environ)).text(line)
