"""Old versions of the format, made new: one function a step, never changed once it is released."""

from collections.abc import Callable, Mapping
from typing import Any

Upgrade = Callable[[dict[str, Any]], dict[str, Any]]
"""Makes a file's tree of one version that of the next; what is not as expected it leaves alone."""

UPGRADES: Mapping[int, Upgrade] = {}
"""By the version that each takes. There is none yet: version 1 is the first."""


def upgraded(
    tree: dict[str, Any], version: int, upgrades: Mapping[int, Upgrade] = UPGRADES
) -> dict[str, Any]:
    """The tree as the version has it.

    Args:
        tree: What the file says; it stays as it is.
        version: The one that is wanted, not older than the file's.
        upgrades: The steps.

    Raises:
        ValueError: The file is older than all that is known here.
    """
    while type(has := tree.get("version")) is int and has < version:
        if has not in upgrades:
            raise ValueError(f"there is no format version {has}; the first is {version}")
        tree = {**upgrades[has](tree), "version": has + 1}
    return tree
