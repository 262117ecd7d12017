"""What killed processes recorded and left beside a cassette."""

from pathlib import Path

from harness.errors import UnfinishedRecording
from harness.formats import load
from harness.journal import merge, pending, several, warn
from harness.session._joint import is_joint_here
from harness.session._modes import WRITING, RecordMode


def look_for_journals(path: Path, mode: RecordMode, run: str) -> None:
    """Brings home what killed processes recorded, or tells of it where nothing is written.

    Args:
        path: The cassette.
        mode: What the session that is about to open does.
        run: The test run that it belongs to; what others of the run recorded waits for its end.
    """

    def waits(run_of_journal: str, joint: str) -> bool:
        return bool(run and run_of_journal == run) or is_joint_here(path, joint)

    if mode in WRITING:
        merge(path, lambda content: not waits(content.opening.run, content.opening.joint))
    elif mode is not RecordMode.LIVE:
        left = [each for each in pending(path) if not each.is_in_use]
        left = [each for each in left if not waits(each.run, each.joint)]
        if left:
            count = sum(each.recorded for each in left)
            were = "was recorded and is" if count == 1 else "were recorded and are"
            what = f"{several(count, 'interaction')} {were} not in it: a process was killed"
            warn(UnfinishedRecording(path, what, f"harness cassettes doctor {path}"))


def may_go_live(path: Path, mode: RecordMode, test: str = "") -> bool:
    """Whether a session of this mode would ask live what the cassette does not answer."""
    if mode in WRITING:
        # As a session that records would do; it may make a cassette where there was none.
        merge(path, lambda content: not content.opening.run)
    if mode is not RecordMode.ONCE or not path.exists():
        return mode is not RecordMode.NONE
    # Hardly any cassette says it, and reading one takes its time.
    return b"\nunfinished:" in path.read_bytes() and test in load(path).header.unfinished
