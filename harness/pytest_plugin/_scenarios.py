"""Scenarios as pytest items: `pytest scenarios` runs what `harness run` runs."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.pytest_plugin._settings import settings_of

if TYPE_CHECKING:
    from _pytest._code.code import ExceptionInfo, TerminalRepr

    from harness.result import TrialResult
    from harness.scenario import Scenario

_STORIES = "scenarios"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "StoryFile | None":
    """Stories are the Python files below a folder `scenarios`, but for `_private` ones."""
    # A file that is named on the command line comes by the other way.
    if not _is_story(file_path, parent) or parent.session.isinitpath(file_path):
        return None
    return StoryFile.from_parent(parent, path=file_path)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> "StoryFile | None":
    """Any Python file that is named on the command line is a test module, unless it is a story."""
    return (
        StoryFile.from_parent(parent, path=module_path) if _is_story(module_path, parent) else None
    )


def pytest_pycollect_makeitem(
    collector: "pytest.Module | pytest.Class", name: str, obj: object
) -> "ScenarioItem | None":
    """A scenario in an ordinary test module is an item too."""
    room = sys.modules.get("harness.scenario")
    # What a module imports from elsewhere is collected there.
    if room is None or not isinstance(obj, room.Scenario) or obj.file != collector.path.resolve():
        return None
    return ScenarioItem.from_parent(collector, name=obj.name, scenario=obj)


class StoryFile(pytest.File):
    """A file with scenarios."""

    def collect(self) -> Iterable["ScenarioItem"]:
        """Imports the file."""
        from harness.discovery import load
        from harness.errors import HarnessError

        try:
            scenarios = load(self.path)
        except HarnessError as error:
            raise self.CollectError(str(error)) from error
        for scenario in scenarios:
            yield ScenarioItem.from_parent(self, name=scenario.name, scenario=scenario)


class ScenarioItem(pytest.Item):
    """A scenario to run and to judge."""

    def __init__(self, *, scenario: "Scenario", **arguments: Any) -> None:
        super().__init__(**arguments)
        self.scenario = scenario
        self.extra_keyword_matches.update(scenario.tags)

    def runtest(self) -> None:
        """Runs the scenario.

        Raises:
            ScenarioFailed: It did not pass.
        """
        from harness.run import Settings
        from harness.runner import run_trial
        from harness.session import RecordMode

        mode = RecordMode(settings_of(self.config).mode())
        settings = Settings(mode, self.config.getoption("--harness-seed"))
        trial = run_trial(self.scenario, settings)
        for warning in trial.warnings:
            self.add_report_section("call", "warnings", warning + "\n")
        if trial.result.outcome != "passed":
            raise ScenarioFailed(trial.result)

    def repr_failure(
        self, excinfo: "ExceptionInfo[BaseException]", style: Any = None
    ) -> "str | TerminalRepr":
        """What does not hold; where it happened is of no use, it is always the same place."""
        if isinstance(excinfo.value, ScenarioFailed):
            return str(excinfo.value)
        from harness.errors import HarnessError

        if isinstance(excinfo.value, HarnessError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the scenario stands, and its name."""
        return self.scenario.file, self.scenario.line - 1, self.name


class ScenarioFailed(Exception):
    """A scenario did not pass.

    Args:
        result: Why.
    """

    def __init__(self, result: "TrialResult") -> None:
        from harness.summary import explanation

        self.result = result
        super().__init__("\n".join((f"{result.title} [{result.outcome}]", *explanation(result))))


def _is_story(file: Path, parent: pytest.Collector) -> bool:
    root = parent.config.rootpath
    if file.suffix != ".py" or file.name.startswith("_") or not file.is_relative_to(root):
        return False
    patterns: list[str] = parent.config.getini("python_files")
    is_test = any(file.match(pattern) for pattern in patterns)
    return not is_test and _STORIES in file.relative_to(root).parts[:-1]
