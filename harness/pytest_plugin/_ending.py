"""The end of the session: cassettes are made, and what came out is told."""

import os
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from harness.errors import HarnessError
from harness.pytest_plugin._cassettes import Cassettes
from harness.pytest_plugin._commands import command_for
from harness.pytest_plugin._evidence import Evidence, left_unplayed, playbacks_of
from harness.pytest_plugin._run import PytestRun
from harness.pytest_plugin._settings import Settings
from harness.pytest_plugin._values import WRITING

_MOST_TOLD = 20


class _Finding(NamedTuple):
    """Something that somebody should see to."""

    title: str
    lines: list[str]
    fix: str
    reaction: str


class Ending:
    """What the process that has all reports does when the tests are over.

    Args:
        config: The session's.
        settings: What it is told.
        run: The test run.
        cassettes: Those that this process had in use.
    """

    def __init__(
        self, config: pytest.Config, settings: Settings, run: PytestRun, cassettes: Cassettes
    ) -> None:
        self._config, self._settings = config, settings
        self._run, self._cassettes = run, cassettes
        self._evidence: list[Evidence] = []
        self._recorded: list[Path] = []
        self._findings: list[_Finding] = []
        self._has_lost_a_worker = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keeps what became of the test's cassettes, wherever it ran."""
        self._evidence += report.__dict__.get("harness_evidence", ())

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, error: object) -> None:
        """A worker of pytest-xdist is gone."""
        self._has_lost_a_worker = self._has_lost_a_worker or bool(error)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Makes cassettes of journals, leaves evidence, and looks what to tell."""
        # What was torn down only now, after the last report: a session that was broken off.
        self._evidence += self._cassettes.evidence
        self._derive()
        self._leave_evidence()
        if self._evidence or self._settings.orphans != "ignore":
            self._findings += [
                *self._missed(),
                *self._broken_off(),
                *self._unplayed(),
                *self._orphans(),
                *self._expired(),
            ]
        fails = any(each.reaction == "fail" for each in self._findings)
        if fails and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Tells what was recorded and replayed, and what to see to."""
        is_quiet = self._config.get_verbosity() < 0
        told = [each for each in self._findings if each.reaction == "fail" or not is_quiet]
        if not told and (is_quiet or not self._evidence):
            return
        terminalreporter.section("cassettes")
        if not is_quiet:
            terminalreporter.line(self._counted())
            _tell(terminalreporter, self._redacted())
        for finding in told:
            terminalreporter.line(finding.title, red=finding.reaction == "fail")
            _tell(terminalreporter, finding.lines)
            if finding.fix:
                terminalreporter.line(f"  fix: {finding.fix}")

    @cached_property
    def _file(self) -> Path | None:
        # A session without cassettes leaves not even a folder.
        return evidence_file(self._config, self._settings)

    def _counted(self) -> str:
        played = sum(each["played"] for each in self._evidence)
        replayed = len({each["cassette"] for each in self._evidence if each["played"]})
        counts = ((len(self._recorded), "recorded"), (replayed, "replayed"))
        said = [f"{count} {what}" for count, what in counts if count]
        whole = ", ".join(said) or "none used"
        return f"{whole}; {_several(played, 'interaction')} played" if played else whole

    def _redacted(self) -> list[str]:
        """What became of secrets in the cassettes that were recorded."""
        if not self._recorded:
            return []
        from harness.formats import load
        from harness.redacted import Redacted, redaction_lines, replaced_in

        told = []
        for path in self._recorded:
            name = os.path.relpath(path)
            here = (each["left_out"] for each in self._evidence if each["cassette"] == name)
            left_out = sum(map(Counter, here), Counter[str]())
            told.append(Redacted(name, replaced_in(load(path)), left_out))
        return redaction_lines(told)

    def _derive(self) -> None:
        """What all workers recorded, also those that were killed, becomes cassettes."""
        recorded = [Path(each["cassette"]) for each in self._evidence if each["mode"] in WRITING]
        may_record = self._settings.mode() in WRITING or self._settings.rerecords
        if not (recorded or may_record or self._has_lost_a_worker):
            return
        from harness.journal import cassettes_with_journals, derive

        folder = self._settings.cassettes
        found = cassettes_with_journals(folder) if folder.is_dir() else []
        paths = {path.absolute(): None for path in (*recorded, *found)}
        for path in sorted(paths):
            try:
                if self._run.is_partial:
                    # While the run is not over, what belongs to tests that it did not reach stays.
                    self._recorded += derive([path])
                self._recorded += derive([path], self._run.name)
            except HarnessError as error:
                self._findings.append(_Finding(str(error), [], "", "fail"))
        self._run.forget()

    def _leave_evidence(self) -> None:
        """For the commands, and for `--rerecord`."""
        if self._evidence and self._file is not None:
            from harness.upkeep import write_playbacks

            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_playbacks(self._file, playbacks_of(self._evidence))

    def _missed(self) -> Iterator[_Finding]:
        owners = sorted({each["owner"] for each in self._evidence if each["misses"]})
        if owners and self._file is not None:
            title = f"{_several(len(owners), 'test')} asked for what is not recorded:"
            cost = f"harness cassettes stale --playbacks {_shown(self._file)}"
            yield _Finding(title, owners, f"pytest --rerecord (what it costs: {cost})", "warn")

    def _broken_off(self) -> Iterator[_Finding]:
        # A wrong key, or nobody there, was recorded as well: `once` plays it again.
        early = [
            each
            for each in self._evidence
            if each["problem"] and not each["misses"] and _is_unfinished(each)
        ]
        if early:
            count = _several(len(early), "test")
            title = f"{count} ended early, as did the recording, which may hold the error:"
            lines = sorted(f"{each['owner']}: {each['cassette']}" for each in early)
            owners = sorted({each["owner"] for each in early})
            fix = command_for(self._settings.root, owners)
            yield _Finding(title, lines, fix, "warn")

    def _unplayed(self) -> Iterator[_Finding]:
        for reaction in ("fail", "warn"):
            left = [
                (each, left_unplayed(each))
                for each in self._evidence
                if each["reaction"] == reaction
            ]
            lines = [
                f"{each['cassette']}: {', '.join(map(str, numbers))}"
                for each, numbers in left
                if numbers
            ]
            if lines:
                title = f"{_several(len(lines), 'test')} left interactions unplayed:"
                yield _Finding(title, sorted(lines), _prune(self._file), reaction)

    def _orphans(self) -> Iterator[_Finding]:
        folder = self._settings.cassettes
        if self._settings.orphans == "ignore" or not folder.is_dir():
            return
        from harness.upkeep import cassettes_in, to_prune

        here = Path(os.path.relpath(folder))
        plan = to_prune(playbacks_of(self._evidence), cassettes_in([here]))
        used = {Path(each["cassette"]) for each in self._evidence}
        lines = [
            each.cassette
            for each in plan.removals
            if each.why == "orphan" and Path(each.cassette) not in used
        ]
        if lines:
            title = f"{_several(len(lines), 'cassette')} that nothing names:"
            yield _Finding(title, lines, _prune(self._file), self._settings.orphans)

    def _expired(self) -> Iterator[_Finding]:
        old = {each["expired"]: each for each in self._evidence if each["expired"]}
        if old and self._settings.expired != "ignore":
            days = self._settings.expire_days
            title = f"{_several(len(old), 'cassette')} older than {_several(days, 'day')}:"
            owners = sorted({each["owner"].partition("::")[0] for each in old.values()})
            fix = command_for(self._settings.root, owners)
            yield _Finding(title, sorted(old), fix, self._settings.expired)


def evidence_file(config: pytest.Config, settings: Settings) -> Path | None:
    """Where a session leaves what was played; None where it has no place for it."""
    cache = getattr(config, "cache", None)
    if settings.playbacks is not None or cache is None:
        return settings.playbacks
    with suppress(OSError):
        folder = cache.mkdir("harness")
        return Path(folder) / "playbacks.json" if os.access(folder, os.W_OK) else None
    return None


def _is_unfinished(each: Evidence) -> bool:
    from harness.formats import load

    path = Path(each["cassette"])
    with suppress(HarnessError):
        return path.exists() and each["label"] in load(path).header.unfinished
    return False


def _tell(reporter: Any, lines: Sequence[str]) -> None:
    for line in lines[:_MOST_TOLD]:
        reporter.line(f"  {line}")
    if len(lines) > _MOST_TOLD:
        reporter.line(f"  … and {len(lines) - _MOST_TOLD} more")


def _prune(file: Path | None) -> str:
    where = "FILE" if file is None else _shown(file)
    command = f"harness cassettes prune --unplayed-from {where} --write"
    return command if file is not None else f"pytest --harness-playbacks FILE, then {command}"


def _shown(file: Path) -> str:
    return shlex.quote(os.path.relpath(file))


def _several(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count} {what}s"
