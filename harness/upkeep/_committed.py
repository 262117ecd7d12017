"""Cassettes as git has them."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from harness.errors import UsageError, explained
from harness.formats import Source, loaded
from harness.interactions import Cassette


def committed_below(path: Path, revision: str) -> list[Path]:
    """The files that a commit has at a path, or below it.

    Raises:
        UsageError: There is no git, no repository, or no such commit.
    """
    folder = _folder_of(path)
    inside = path.resolve().relative_to(folder.resolve()).as_posix()
    names = _git(folder, ["ls-tree", "-r", "-z", "--name-only", revision, "--", inside])
    return [folder / name for name in names.decode().split("\0") if name]


def committed(path: Path, revision: str) -> Cassette:
    """The cassette as a commit has it.

    Raises:
        UsageError: The commit has no such file.
        UnreadableCassette: It is none, or damaged.
    """
    folder = _folder_of(path)
    inside = path.resolve().relative_to(folder.resolve()).as_posix()
    data = _git(folder, ["cat-file", "blob", f"{revision}:./{inside}"])
    return loaded(Source(Path(f"{revision}:{path.as_posix()}"), data))


def _folder_of(path: Path) -> Path:
    """The nearest folder that is still there: git runs in it."""
    folder = path if path.is_dir() else path.parent
    return folder if folder.is_dir() else _folder_of(folder)


def _git(folder: Path, arguments: Sequence[str]) -> bytes:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, check=False
        )
    except FileNotFoundError as error:
        raise UsageError("git is needed to compare with what is committed.") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise UsageError(
            explained(
                f"What is committed in {folder} can't be read.",
                git=said,
                fix="name two files to compare them: harness cassettes diff OLD NEW",
            )
        )
    return done.stdout
