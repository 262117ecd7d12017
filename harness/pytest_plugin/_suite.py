"""The test session: what becomes of each test because of its cassettes, and of the network."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any, Protocol

import pytest

from harness.hosts import allowing
from harness.pytest_plugin._blocking import guard_for, hosts_allowed_to, wrong_marker_of
from harness.pytest_plugin._cassettes import Cassettes
from harness.pytest_plugin._failures import failure_for
from harness.pytest_plugin._names import note_clashes
from harness.pytest_plugin._network import Guard, guarded
from harness.pytest_plugin._opened import Opened
from harness.pytest_plugin._run import PytestRun
from harness.pytest_plugin._settings import Settings


class Answering(Protocol):
    """What a test asks beside its cassette."""

    def new_misses(self) -> Sequence[BaseException]:
        """What it had no answer for, since this was asked the last time."""


class Suite:
    """What one process knows of the session.

    Args:
        settings: What it is told.
        run: The test run.
    """

    def __init__(self, settings: Settings, run: PytestRun) -> None:
        self.cassettes = Cassettes(settings, run)
        self._settings = settings
        self.servers: list[Answering] = []
        """Those that the test asks."""

        self._guard: Guard | None = None
        self._told_attempts = 0

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Looks for tests whose cassettes would have the same file, and whose markers are wrong."""
        report = yield
        if isinstance(collector, pytest.Module | pytest.Class):
            children = report.result or []
            note_clashes(collector, children)
            tests = (each for each in children if isinstance(each, pytest.Item))
            if wrong := next(filter(None, map(wrong_marker_of, tests)), ""):
                report.outcome, report.longrepr, report.result = "failed", wrong, []
        return report

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Closes the network while a test replays."""
        self.cassettes.begin(item)
        self.servers.clear()
        self._guard, self._told_attempts = guard_for(item, self._settings), 0
        allowed = allowing(hosts_allowed_to(item, self._settings))
        with allowed, nullcontext() if self._guard is None else guarded(self._guard):
            result = yield
        self.cassettes.end()
        return result

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
    ) -> Generator[None, Any, Any]:
        """Opens the cassette that tests share, before the first fixture of theirs asks."""
        if fixturedef.scope == "function":
            return (yield)
        self.cassettes.open_for_fixture(request)
        try:
            return (yield)
        finally:
            self.cassettes.put_in_use_at_end_of(fixturedef)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """A miss fails a test with its own words, also if the code under test swallowed it."""
        failure = failure_for(self._news(call), call.excinfo, item)
        if failure is not None and call.excinfo is None:
            call.excinfo = failure
        report = yield
        if failure is not None and not report.skipped:
            report.outcome, report.longrepr = "failed", item.repr_failure(failure)
        if report.failed:
            # What else fails a test is told first: it may be what the drift has led to.
            report.sections += [("drift", str(each)) for each in self.cassettes.new_drifts()]
        if report.when != "teardown":
            if call.excinfo is not None:
                self.cassettes.failed(call.excinfo.value)
        elif evidence := self.cassettes.take_evidence():
            # pytest-xdist carries it to the process that tells of it.
            report.__dict__["harness_evidence"] = evidence
        return report

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """A test that nobody reports any more came to an early end too."""
        self.cassettes.failed(excinfo.value)

    @contextmanager
    def own(self, request: pytest.FixtureRequest) -> Iterator[Opened]:
        """The test's own cassette, until its last fixture is gone."""
        with self.cassettes.own(request) as opened:
            if self._guard is not None and opened.may_go_live:
                self._guard.is_open = True
            yield opened

    def _news(self, call: pytest.CallInfo[None]) -> list[BaseException]:
        """What was missing since the last report."""
        news = self.cassettes.new_misses()
        news += [miss for server in self.servers for miss in server.new_misses()]
        if call.excinfo is None:
            news += self.cassettes.new_drifts()
        if self._guard is not None:
            news += self._guard.attempts[self._told_attempts :]
            self._told_attempts = len(self._guard.attempts)
        return news
