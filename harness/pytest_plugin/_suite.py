"""The test session: which cassettes are in use, and what becomes of each test because of them."""

import os
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from harness.errors import HarnessError, NetworkBlocked
from harness.pytest_plugin._evidence import Evidence, left_unplayed
from harness.pytest_plugin._marks import (
    MARKER,
    Wanted,
    has_cassette,
    is_marked,
    scope_of,
    wanted_by,
)
from harness.pytest_plugin._names import class_name, module_name, note_clashes
from harness.pytest_plugin._network import Guard, guarded
from harness.pytest_plugin._opened import EVERYTHING, Opened, path_of
from harness.pytest_plugin._options import SCOPES, WRITING, Settings

_FIX = """@pytest.mark.cassette(scope="module") for what a module's fixtures ask"""
_KINDS = {"class": pytest.Class, "module": pytest.Module, "session": pytest.Session}


class Suite:
    """What one process knows of the session's cassettes.

    Args:
        config: The session's.
        settings: What it is told.
    """

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        self.settings = settings
        self.evidence: list[Evidence] = []
        self.stale: set[Path] = set()
        """The cassettes that `--rerecord` is about."""

        worker = getattr(config, "workerinput", None)
        self._run = worker["testrunuid"] if worker else ""
        self._is_worker = worker is not None
        self._own: Opened | None = None
        self._common: dict[tuple[Path, str], Opened] = {}
        self._common_in_use: Opened | None = None
        self._taken: set[str] = set()
        self._error: BaseException | None = None
        self._guard: Guard | None = None
        self._told_attempts = 0

    @property
    def run(self) -> str:
        """The test run: what all its processes record becomes one."""
        if not self._run:
            from agentchat.core._world import SystemWorld

            self._run = SystemWorld().new_id("run")
        return self._run

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """pytest-xdist names the run for its workers, and so for this process."""
        self._run = node.workerinput["testrunuid"]

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Looks for tests whose cassettes would have the same file."""
        report = yield
        if isinstance(collector, pytest.Module | pytest.Class):
            note_clashes(collector, report.result or [])
        return report

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Closes the network while a test replays."""
        self._own = self._error = None
        if self._common_in_use is not None and scope_of(item) != "function":
            self._common_in_use.resume()
        guard = self._guard_of(item)
        with nullcontext() if guard is None else guarded(guard):
            result = yield
        # The next test may have nothing to do with it.
        if self._common_in_use is not None:
            self._common_in_use.suspend()
        return result

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """A miss fails a test with its own words, also if the code under test swallowed it."""
        news = self._news()
        failure = _failure(_told(news, call.excinfo)) if news else None
        if failure is not None and call.excinfo is None:
            call.excinfo = failure
        report = yield
        if failure is not None and not report.skipped:
            report.outcome, report.longrepr = "failed", item.repr_failure(failure)
        if call.excinfo is not None and report.when != "teardown":
            self._error = call.excinfo.value
        if self.evidence and report.when == "teardown":
            # pytest-xdist carries it to the process that tells of it.
            report.__dict__["harness_evidence"], self.evidence = self.evidence, []
        return report

    @contextmanager
    def own(self, request: pytest.FixtureRequest) -> Iterator[Opened]:
        """The test's own cassette, until its last fixture is gone."""
        item, wanted = request.node, self._wanted(request)
        is_default = wanted.name is None and wanted.scope == "function"
        label = "" if is_default else nodeid_of(item)
        path = self._path(request, wanted, item)
        common = self._common_in_use
        if common is not None:
            common.suspend()
        with _plainly():
            opened = self._opened(wanted, path, item, label)
        self._own = opened
        item.user_properties.append(("cassette", os.path.relpath(path, self.settings.root)))
        yield opened
        try:
            self._close(opened, self._error)
        finally:
            if common is not None:
                common.resume()
        _judge(opened, self.evidence[-1])

    def open_common(self, request: pytest.FixtureRequest) -> None:
        """The cassette that fixtures of a wider scope have, if it is time for it."""
        if not is_marked(request.node):
            return
        wanted = self._wanted(request)
        if SCOPES.index(wanted.scope) < max(SCOPES.index(request.scope), 1):
            return
        node = _node(request.node, wanted.scope)
        label = node.nodeid or EVERYTHING
        path = self._path(request, wanted, node)
        if (path, label) in self._common:
            return
        with _plainly():
            opened = self._opened(wanted, path, node, label)
        self._common[path, label] = opened
        if self._common_in_use is not None:
            self._common_in_use.suspend()
        self._common_in_use = opened
        node.addfinalizer(lambda: self._close_common(opened))

    def _close_common(self, opened: Opened) -> None:
        del self._common[opened.path, opened.label]
        opened.resume()
        self._close(opened, None)
        if self._common_in_use is opened:
            self._common_in_use = next(reversed(self._common.values()), None)
            if self._common_in_use is not None:
                self._common_in_use.resume()
        _judge(opened, self.evidence[-1])

    def _opened(self, wanted: Wanted, path: Path, node: Any, label: str) -> Opened:
        owner = nodeid_of(node) or EVERYTHING
        mode = self._mode(wanted, path)
        is_common = not isinstance(node, pytest.Item)
        if is_common and mode in WRITING and not self._takes(path, label):
            # What a fixture asks in every worker is recorded once.
            mode = "live"
        run = self.run if mode in WRITING else ""
        opened = Opened(self.settings, wanted, path, owner=owner, label=label, run=run, mode=mode)
        if not is_common and self._guard is not None and opened.may_go_live:
            self._guard.is_open = True
        return opened

    def _close(self, opened: Opened, error: BaseException | None) -> None:
        with _plainly():
            opened.close(error)
        problem = "" if error is None else f"{type(error).__name__}: {error}".splitlines()[0]
        self.evidence.append(opened.evidence(problem))

    def _takes(self, path: Path, label: str) -> bool:
        """Whether this process, of all workers, is the one that records what several may ask."""
        name = f"{path}\n{label}"
        if name in self._taken:
            return False
        self._taken.add(name)
        if not self._is_worker:
            return True
        from hashlib import blake2b

        folder = claims_of(self.run)
        folder.mkdir(exist_ok=True)
        try:
            (folder / blake2b(name.encode(), digest_size=16).hexdigest()).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def _mode(self, wanted: Wanted, path: Path) -> str:
        if self.settings.rerecords:
            return "rewrite" if path in self.stale else "once"
        return self.settings.mode(wanted.record_mode)

    def _wanted(self, request: pytest.FixtureRequest) -> Wanted:
        with _plainly():
            return wanted_by(request.node, request.getfixturevalue("cassette_config"))

    def _path(self, request: pytest.FixtureRequest, wanted: Wanted, node: Any) -> Path:
        folder = Path(request.getfixturevalue("cassette_dir"))
        name = wanted.name
        if name is None and isinstance(node, pytest.Item) and wanted.scope == "function":
            name = request.getfixturevalue("cassette_name")
        if name is None:
            with _plainly():
                name = _shared_name(_node(node, wanted.scope))
        return path_of(name, self.settings.root / folder, self.settings.root)

    def _guard_of(self, item: pytest.Item) -> Guard | None:
        self._guard, self._told_attempts = None, 0
        settings, modes = self.settings, _modes(item)
        replays = modes is not None and (
            settings.rerecords or settings.mode(modes) in ("none", "once")
        )
        if replays or (modes is None and settings.blocks_network):
            fix = _FIX if replays else "@pytest.mark.cassette"
            self._guard = Guard(settings.allowed_hosts, fix)
        return self._guard

    def _news(self) -> list[BaseException]:
        """What was missing since the last report."""
        opened = [*self._common.values(), *([self._own] if self._own else [])]
        news: list[BaseException] = [miss for each in opened for miss in each.new_misses()]
        if self._guard is not None:
            news += self._guard.attempts[self._told_attempts :]
            self._told_attempts = len(self._guard.attempts)
        return news


def _modes(item: pytest.Item) -> str | None:
    """The record mode that a test's markers name; None for a test without a cassette."""
    if not has_cassette(item):
        return None
    modes = (mark.kwargs.get("record_mode") for mark in item.iter_markers(MARKER))
    return next(filter(None, modes), "")


def nodeid_of(node: Any) -> str:
    """What pytest calls a test; pytest-xdist adds a group to that."""
    mark = node.get_closest_marker("xdist_group") if isinstance(node, pytest.Item) else None
    return str(node.nodeid).rpartition("@")[0] if mark and "@" in node.nodeid else str(node.nodeid)


def claims_of(run: str) -> Path:
    """Where the workers of a run tell each other who records what they share."""
    return Path(tempfile.gettempdir()) / f"harness-{run}"


def _shared_name(node: Any) -> str:
    if isinstance(node, pytest.Class):
        return class_name(node)
    return module_name(node) if isinstance(node, pytest.Module) else EVERYTHING


def _node(node: Any, scope: str) -> Any:
    """The node whose tests share a cassette of this scope."""
    if scope == "session":
        return node.session
    found = node.getparent(_KINDS[scope])
    if found is None:
        pytest.fail(f"@pytest.mark.cassette(scope={scope!r}): there is no {scope} here.", False)
    return found


def _judge(opened: Opened, evidence: Evidence) -> None:
    """Fails the test for what came out when its cassette was closed."""
    drifts = opened.use.session.drifts
    if drifts:
        pytest.fail("\n".join((*map(str, drifts), f"  fix: {opened.rerecord}")), False)
    left = left_unplayed(evidence)
    if left and evidence["reaction"] == "fail":
        numbers = ", ".join(map(str, left))
        what = f"{evidence['cassette']}: interactions {numbers} were not asked for."
        pytest.fail(f"{what}\n  fix: {opened.rerecord}", False)


@contextmanager
def _plainly() -> Iterator[None]:
    """What the harness refuses is told without a traceback."""
    try:
        yield
    except (HarnessError, pytest.UsageError) as error:
        pytest.fail(str(error), False)


def _told(news: list[BaseException], excinfo: pytest.ExceptionInfo[BaseException] | None) -> str:
    first, more = news[0], len(news) - 1
    lines = [str(first)]
    if more:
        what = "1 more request was" if more == 1 else f"{more} more requests were"
        lines.append(f"{what} not recorded.")
    if excinfo is not None and not _leads_to(excinfo.value, news):
        lines.append(f"It was swallowed. Then came: {excinfo.exconly()}")
    return "\n".join(lines)


def _leads_to(error: BaseException, news: list[BaseException]) -> bool:
    if error in news or isinstance(error, NetworkBlocked):
        return True
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    return any(_leads_to(each, news) for each in inner)


def _failure(text: str) -> pytest.ExceptionInfo[BaseException]:
    try:
        pytest.fail(text, pytrace=False)
    except pytest.fail.Exception as error:
        return pytest.ExceptionInfo.from_exception(error)
