"""The test run: what all its processes record becomes one, and whether that is all."""

import shutil
import tempfile
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import pytest

_LEAVES_OUT: Final = "harness_leaves_out"
_CHOOSING: Final = ("ignore", "ignore_glob", "lf")
"""Options that keep tests from being found at all."""


class PytestRun:
    """Knows the run's name, what of it this process records, and whether it is for all tests.

    Args:
        config: The session's.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._worker: dict[str, Any] | None = getattr(config, "workerinput", None)
        self._config = config
        self._leaves_out = False
        self._taken: set[str] = set()

    @cached_property
    def name(self) -> str:
        """The same in all processes."""
        if self._worker is not None:
            return str(self._worker["testrunuid"])
        from agentchat.core._world import SystemWorld

        return SystemWorld().new_id("run")

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """pytest-xdist names the run for its workers, and so for this process."""
        self.name = node.workerinput["testrunuid"]

    @property
    def is_partial(self) -> bool:
        """Whether there may be tests that did not run: `-k`, `--lf`, `test_a.py`, `-x`, a skip.

        Where nothing but folders is named, it is for what they hold.
        """
        start, config = self._config.invocation_params.dir, self._config
        is_choosing = any(config.getoption(name, None) for name in _CHOOSING)
        are_folders = all((start / each).is_dir() for each in config.args)
        return self._leaves_out or is_choosing or not are_folders

    def pytest_deselected(self) -> None:
        """Not all tests that were found are run."""
        self._leaves_out = True

    def pytest_keyboard_interrupt(self) -> None:
        """The run ends early: Ctrl-C, or `pytest.exit`."""
        self._leaves_out = True

    def pytest_internalerror(self) -> None:
        """The run ends early, by a mistake of pytest's or of a plugin's."""
        self._leaves_out = True

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that can't be imported, or is skipped, may have tests that nobody knows."""
        self._leaves_out |= not report.passed

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test that is skipped before it begins has recorded nothing."""
        self._leaves_out |= report.when == "setup" and report.skipped

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """A worker of pytest-xdist tells the process that makes the cassettes."""
        self._leaves_out |= bool(session.shouldstop or session.shouldfail)
        if self._worker is not None:
            self._config.workeroutput[_LEAVES_OUT] = self._leaves_out  # type: ignore[attr-defined]

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker is done, or has crashed and told nothing."""
        self._leaves_out |= getattr(node, "workeroutput", {}).get(_LEAVES_OUT, False)

    def takes(self, path: Path, label: str) -> bool:
        """Whether it is for this process to record what all workers ask, and for the first time."""
        what = f"{path}\n{label}"
        if what in self._taken:
            return False
        self._taken.add(what)
        return self._worker is None or self._is_first_to_take(what)

    def forget(self) -> None:
        """Forgets who took what."""
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _folder(self) -> Path:
        """Where the workers tell each other what they took."""
        return Path(tempfile.gettempdir()) / f"harness-{self.name}"

    def _is_first_to_take(self, what: str) -> bool:
        self._folder.mkdir(exist_ok=True)
        claim = self._folder / blake2b(what.encode(), digest_size=16).hexdigest()
        try:
            claim.touch(exist_ok=False)
        except FileExistsError:
            return False
        return True
