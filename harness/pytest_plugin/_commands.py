"""Commands that record tests again, as messages name them."""

import os
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

from harness.pytest_plugin._names import EVERYTHING

_MOST_NAMED = 3


def command_for(root: Path, names: Sequence[str]) -> str:
    """What records these tests, files or folders, all of them.

    Args:
        root: From where on they are named.
        names: As pytest names them; of many tests their files are named.
    """
    if len(names) > _MOST_NAMED:
        names = sorted({name.partition("::")[0] for name in names})
    words = [shlex.quote(from_here(root, name)) for name in names if name != EVERYTHING]
    return " ".join(("pytest", *words, "--record-mode rewrite"))


def from_here(root: Path, nodeid: str) -> str:
    """A test, or file, as it is named in the folder that pytest was started in."""
    if not nodeid or root == Path.cwd():
        return nodeid
    file, colons, rest = nodeid.partition("::")
    return f"{os.path.relpath(root / file)}{colons}{rest}"


def outermost(nodeids: Iterable[str]) -> list[str]:
    """Without the tests of a file, or class, that is named too."""
    names: list[str] = []
    for each in sorted(nodeids):
        if not any(each.startswith(f"{name}::") for name in names):
            names.append(each)
    return names
