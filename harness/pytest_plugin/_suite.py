"""The test session: which cassettes are in use, and what becomes of each test because of them."""

import os
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import pytest

from harness.errors import HarnessError
from harness.pytest_plugin._evidence import Evidence, left_unplayed
from harness.pytest_plugin._failures import Drifted, failure_for
from harness.pytest_plugin._marks import (
    MARKER,
    Wanted,
    has_cassette,
    has_own_marker,
    is_marked,
    scope_of,
    wanted_by,
)
from harness.pytest_plugin._names import class_name, module_name, note_clashes, package_name
from harness.pytest_plugin._network import Guard, guarded
from harness.pytest_plugin._opened import EVERYTHING, Opened, path_of
from harness.pytest_plugin._options import WRITING, Settings, host_pattern
from harness.pytest_plugin._vcr import arguments_of, file_of, files_of_peers, is_vcr

_FIX = """@pytest.mark.cassette(scope="module") for what a module's fixtures ask"""
_KINDS = {"class": pytest.Class, "module": pytest.Module, "package": pytest.Package}
_NEEDS = {"package": " A package is a folder with an __init__.py."}


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
        self._closed: list[Opened] = []
        self._item: pytest.Item | None = None
        self._is_opening = False
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
        self._item = item
        self._own = self._error = None
        if self._common_in_use is not None and scope_of(item) != "function":
            self._common_in_use.resume()
        guard = self._guard_of(item)
        with nullcontext() if guard is None else guarded(guard):
            result = yield
        # The next test may have nothing to do with it.
        if self._common_in_use is not None:
            self._common_in_use.suspend()
        self._item = None
        return result

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
    ) -> Generator[None, Any, Any]:
        """What a fixture of a wider scope asks has a cassette of that scope, or none."""
        is_early = self._own is None and not self._is_opening
        if is_early and fixturedef.scope != "function":
            # Who is narrower than this fixture, or waits for it, can't say; the test's own will.
            with suppress(pytest.fail.Exception, pytest.FixtureLookupError):
                self.open_common(request)
        return (yield)

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
        if call.excinfo is not None and report.when != "teardown":
            self._error = call.excinfo.value
        if report.when == "teardown":
            self._closed.clear()
        if self.evidence and report.when == "teardown":
            # pytest-xdist carries it to the process that tells of it.
            report.__dict__["harness_evidence"], self.evidence = self.evidence, []
        return report

    @contextmanager
    def own(self, request: pytest.FixtureRequest) -> Iterator[Opened]:
        """The test's own cassette, until its last fixture is gone."""
        item, wanted = request.node, self._wanted(request, request.node)
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
        item = self._item
        if item is None or not is_marked(item):
            return
        wanted = self._wanted(request, item)
        if wanted.scope == "function":
            return
        node = _node(item, wanted.scope)
        if node not in request.node.listchain():
            return
        label = node.nodeid or EVERYTHING
        path = self._path(request, wanted, node)
        opened = self._common.get((path, label))
        if opened is None:
            with _plainly():
                opened = self._common[path, label] = self._opened(wanted, path, node, label)
            node.addfinalizer(lambda: self._close_common(opened))
        self._put_in_use(opened)

    def _put_in_use(self, opened: Opened | None) -> None:
        """Gives the requests that no test's own cassette takes to one that is common to several."""
        if self._common_in_use is not opened and self._common_in_use is not None:
            self._common_in_use.suspend()
        self._common_in_use = opened
        if opened is not None:
            opened.resume()

    def _close_common(self, opened: Opened) -> None:
        del self._common[opened.path, opened.label]
        self._closed.append(opened)
        opened.resume()
        self._close(opened, None)
        if self._common_in_use is opened:
            self._put_in_use(next(reversed(self._common.values()), None))
        if self._item is not None:
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

    @contextmanager
    def _opening(self) -> Iterator[None]:
        """A block that asks fixtures what to open: no cassette is opened for their sake."""
        before, self._is_opening = self._is_opening, True
        try:
            yield
        finally:
            self._is_opening = before

    def _wanted(self, request: pytest.FixtureRequest, item: pytest.Item) -> Wanted:
        with _plainly(), self._opening():
            # What vcrpy's marker says is of one test alone.
            vcr = arguments_of(request) if request.scope == "function" and is_vcr(item) else ()
            return wanted_by(item, request.getfixturevalue("cassette_config"), vcr)

    def _path(self, request: pytest.FixtureRequest, wanted: Wanted, node: Any) -> Path:
        with self._opening():
            folder = Path(request.getfixturevalue("cassette_dir"))
        name = wanted.name
        if name is None and isinstance(node, pytest.Item) and wanted.scope == "function":
            return self._own_path(request, self.settings.root / folder)
        if name is None:
            with _plainly():
                name = _shared_name(_node(node, wanted.scope))
        return path_of(name, self.settings.root / folder, self.settings.root)

    def _own_path(self, request: pytest.FixtureRequest, folder: Path) -> Path:
        if not has_own_marker(request.node) and is_vcr(request.node):
            return self.settings.root / file_of(request)
        path = path_of(request.getfixturevalue("cassette_name"), folder, self.settings.root)
        if path.exists():
            return path
        # What another recorder left is played, and recorded anew, where it lies.
        return next((each for each in files_of_peers(request.node) if each.exists()), path)

    def _guard_of(self, item: pytest.Item) -> Guard | None:
        self._guard, self._told_attempts = None, 0
        settings, modes = self.settings, _modes(item)
        replays = modes is not None and (
            settings.rerecords or settings.mode(modes) in ("none", "once")
        )
        mark = item.get_closest_marker("block_network")
        if replays or (modes is None and (settings.blocks_network or mark)):
            fix = _FIX if replays else "@pytest.mark.cassette"
            said = mark.kwargs.get("allowed_hosts", ()) if mark else ()
            marked = map(host_pattern, said.split(",") if isinstance(said, str) else said)
            self._guard = Guard((*settings.allowed_hosts, *marked), fix)
        return self._guard

    def _news(self, call: pytest.CallInfo[None]) -> list[BaseException]:
        """What was missing since the last report."""
        own = [] if self._own is None else [self._own]
        opened = [*self._common.values(), *self._closed, *own]
        news: list[BaseException] = [miss for each in opened for miss in each.new_misses()]
        # What else fails a test is worth more than that it is told now how answers differed.
        if call.excinfo is None or call.when == "teardown":
            drifts = (each.new_drifts() for each in opened)
            news += [Drifted("\n".join(lines)) for lines in drifts if lines]
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
    if isinstance(node, pytest.Package):
        return package_name(node)
    return module_name(node) if isinstance(node, pytest.Module) else EVERYTHING


def _node(node: Any, scope: str) -> Any:
    """The node whose tests share a cassette of this scope."""
    if scope == "session":
        return node.session
    found = node.getparent(_KINDS[scope])
    if found is None:
        what = f"@pytest.mark.cassette(scope={scope!r}): there is no {scope} here."
        pytest.fail(what + _NEEDS.get(scope, ""), False)
    return found


def _judge(opened: Opened, evidence: Evidence) -> None:
    """Fails the test for what came out when its cassette was closed."""
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
