"""Reads a run folder: the manifest, and each trial's result with its trace."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeVar

from pydantic import ValidationError

from harness import result as results
from harness import trace as traces
from harness.errors import UnreadableRun
from harness.result import Manifest, TrialResult
from harness.trace import Trace

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial: how it was judged, and what happened in it."""

    result: TrialResult
    trace: Trace


@dataclass(frozen=True, slots=True)
class Run:
    """All that a run folder says."""

    manifest: Manifest
    trials: tuple[Trial, ...]
    """In the order of `results.jsonl`."""


def read(run_folder: Path) -> Run:
    """Reads the whole folder.

    Raises:
        UnreadableRun: A file is missing, damaged or of a newer version; names file and line.
    """
    manifest_path = run_folder / "run.json"
    manifest_text = "\n".join(_lines(manifest_path))
    manifest = _checked(Manifest.model_validate_json, manifest_text, results.VERSION, manifest_path)
    return Run(manifest, tuple(_trials(run_folder)))


def _trials(run_folder: Path) -> list[Trial]:
    path = run_folder / "results.jsonl"
    line_of_trial: dict[tuple[str, str | None, int], int] = {}
    trials = []
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        result = _checked(TrialResult.model_validate_json, line, results.VERSION, path, number)
        key = (result.scenario, result.case, result.trial)
        first = line_of_trial.setdefault(key, number)
        if first != number:
            raise UnreadableRun(path, f"a second result for the trial of line {first}", line=number)
        trials.append(Trial(result, _trace(run_folder, result, number)))
    return trials


def _trace(run_folder: Path, result: TrialResult, line: int) -> Trace:
    name = PurePosixPath(result.trace)
    path = run_folder / name
    if name.is_absolute() or ".." in name.parts:
        why = f"the trace {result.trace!r} lies outside the run folder"
        raise UnreadableRun(run_folder / "results.jsonl", why, line=line)
    if result.outcome == "skipped" and not path.is_file():
        return Trace(scenario=result.scenario, case=result.case, trial=result.trial)
    return _read_trace(path)


def _read_trace(path: Path) -> Trace:
    header, *events = _lines(path)
    _checked(lambda line: traces.from_lines([line]), header, traces.VERSION, path, 1)
    try:
        return traces.from_lines([header, *events])
    except ValueError as error:
        # Only now is it worth the time to ask which line it is.
        for number, line in enumerate(events, start=2):
            _checked(lambda line: traces.from_lines([header, line]), line, None, path, number)
        raise UnreadableRun(path, f"is damaged: {_first(error)}") from error


def _lines(path: Path) -> list[str]:
    """The file's lines; the format ends them with a line feed and nothing else does."""
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise UnreadableRun(path, f"can't be read: {why}") from error
    try:
        return content.decode().split("\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableRun(path, "is not UTF-8", line=line) from error


def _checked(
    parse: Callable[[str], T], text: str, known: int | None, path: Path, line: int | None = None
) -> T:
    """What `parse` makes of the text; `known` is the newest version, None for a line without."""
    try:
        fields = json.loads(text)
    except json.JSONDecodeError as error:
        place = line or error.lineno
        raise UnreadableRun(path, f"is damaged: {error.msg}", line=place) from error
    except (ValueError, RecursionError) as error:
        raise UnreadableRun(path, f"is damaged: {error}", line=line) from error
    if not isinstance(fields, dict):
        raise UnreadableRun(path, "is damaged: not a JSON object", line=line)
    version = fields.get("version")
    if known is not None and isinstance(version, int) and version > known:
        why = f"format version {version} is newer than {known}, the newest known here"
        raise UnreadableRun(path, why, line=line)
    try:
        return parse(text)
    except ValueError as error:
        raise UnreadableRun(path, f"is damaged: {_first(error)}", line=line) from error


def _first(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    detail = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in detail["loc"])
    return f"{place}: {detail['msg']}" if place else detail["msg"]
