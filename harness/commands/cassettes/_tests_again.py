"""Tests run again by pytest, to record what their cassettes do not hold."""

import shlex
import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from harness.errors import HarnessError
from harness.staleness import StaleCassette
from harness.upkeep import Playback, prune, read_playbacks, renew_playbacks, to_prune

_MODE = "--record-mode"
_STDERR = 2


def is_of_pytest(stale: StaleCassette) -> bool:
    """Whether a test plays the cassette, and no scenario."""
    return shlex.split(stale.rerecord)[:1] == ["pytest"]


def recorded_by_tests(stale: Sequence[StaleCassette], told_in: Sequence[Path]) -> dict[str, str]:
    """Asks live what the tests' cassettes don't hold, and removes what is not asked any more.

    What is still asked, is played. What pytest prints goes to stderr. Tells of each cassette why it
    was not recorded: nothing, if it was.

    Args:
        stale: The cassettes.
        told_in: Files of evidence, which then tell what is true of those.
    """
    tests = list(dict.fromkeys(test for each in stale for test in _tests(each)))
    meant = {each.cassette for each in stale}
    with TemporaryDirectory() as folder:
        evidence = Path(folder, "played")
        code = _pytest([*tests, "--tb=short", "--harness-record-mode=new_episodes"], evidence)
        try:
            # Only a replay shows whether all is there now, and what nobody asks for any more.
            playbacks = _replayed(tests, evidence, meant)
            plan = to_prune(playbacks, [])
            if plan.removals:
                prune(plan)
                playbacks = _replayed(tests, evidence, meant)
        except HarnessError:
            return dict.fromkeys(meant, f"pytest ended with {code}")
    for file in told_in:
        renew_playbacks(file, playbacks)
    return {each: _why_not(each, playbacks, code) for each in sorted(meant)}


def _replayed(tests: Sequence[str], evidence: Path, meant: Collection[str]) -> list[Playback]:
    """What became of some cassettes, with what is recorded alone."""
    _pytest([*tests, "--tb=no", "--no-summary"], evidence)
    return [each for each in read_playbacks(evidence) if each.cassette in meant]


def _tests(stale: StaleCassette) -> list[str]:
    """What the command that records the cassette again calls its tests."""
    words = shlex.split(stale.rerecord)[1:]
    return words[: words.index(_MODE)] if _MODE in words else words


def _pytest(arguments: Sequence[str], evidence: Path) -> int:
    words = ["-m", "pytest", *arguments, "--harness-playbacks", str(evidence), "-q"]
    return subprocess.run([sys.executable, *words], stdout=_STDERR, check=False).returncode


def _why_not(cassette: str, playbacks: Sequence[Playback], code: int) -> str:
    played = [each for each in playbacks if each.cassette == cassette]
    if not played:
        return f"no test played it; pytest ended with {code}"
    problems = (each.problem or _cause(each) for each in played)
    return next(filter(None, problems), "")


def _cause(playback: Playback) -> str:
    return playback.misses[0].cause if playback.misses else ""
