"""The folder that a run leaves: written beside its place, and put there when it is whole."""

import json
import shutil
from itertools import count
from pathlib import Path
from typing import Any

from harness.errors import UsageError
from harness.result import Manifest, TrialResult
from harness.trace import Trace, canonical, to_lines

MANIFEST = "run.json"
RESULTS = "results.jsonl"
TIMINGS = "timings.json"
REPORT = "report.html"


class RunFolder:
    """A run folder in the making.

    Each trial is on disk once it is added. Until `publish` all lies in `draft`, so that a run that
    is given up neither replaces an older one nor is lost.

    Args:
        place: Where the folder shall be; an older run there is replaced.

    Raises:
        UsageError: There is something else at the place.
    """

    def __init__(self, place: Path) -> None:
        if place.exists() and not _is_replaceable(place):
            raise UsageError(f"{place} is no run folder, and is left as it is: choose another.")
        self.place = place
        self.draft = _fresh_beside(place)
        """Where the run lies until it is whole."""

    def add(self, trace: Trace, result: TrialResult) -> None:
        """Writes a trial; the order of the calls is the order of the results."""
        file = self.draft / result.trace
        file.parent.mkdir(parents=True, exist_ok=True)
        _write(file, "".join(to_lines(trace)))
        line = canonical(result.model_dump(mode="json")) + "\n"
        with (self.draft / RESULTS).open("a", encoding="utf-8", newline="\n") as results:
            results.write(line)

    def publish(self, manifest: Manifest, timings: dict[str, Any]) -> None:
        """Writes what is known at the end, and puts the folder in its place.

        Args:
            manifest: What was run, with what.
            timings: Everything that another run of the same would not repeat.
        """
        _write(self.draft / MANIFEST, _pretty(manifest.model_dump(mode="json")))
        _write(self.draft / TIMINGS, _pretty(timings))
        if self.place.exists():
            former = _fresh_beside(self.place)
            self.place.rename(former / "run")
            self.draft.rename(self.place)
            shutil.rmtree(former)
        else:
            self.draft.rename(self.place)

    def give_up(self) -> None:
        """Leaves what was added in `draft`; and no draft, if nothing was."""
        if not any(self.draft.iterdir()):
            self.draft.rmdir()


def _is_replaceable(place: Path) -> bool:
    return place.is_dir() and ((place / MANIFEST).exists() or not any(place.iterdir()))


def _fresh_beside(place: Path) -> Path:
    """An empty folder that nobody else has: `latest.partial-1` beside `latest`."""
    place.parent.mkdir(parents=True, exist_ok=True)
    for number in count(1):
        folder = place.with_name(f"{place.name}.partial-{number}")
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise AssertionError("count() has no end")


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _write(file: Path, text: str) -> None:
    # Bytes, because text would get other line ends on Windows.
    file.write_bytes(text.encode())
