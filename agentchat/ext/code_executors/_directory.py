"""Directories of executors: given ones, and temporary ones in their place."""

import tempfile
import warnings
from pathlib import Path


def prepared(directory: Path | str, setting: str) -> Path:
    """A given directory, which is there from now on; to give the current one is deprecated.

    Call it from a constructor: the warning points to who called that.

    Args:
        directory: The directory.
        setting: What the constructor calls it.
    """
    directory = Path(directory)
    if directory.resolve() == Path.cwd().resolve():
        warnings.warn(
            f"Using the current directory as {setting} is deprecated.",
            DeprecationWarning,
            stacklevel=3,
        )
    directory.mkdir(parents=True, exist_ok=True)
    return directory


class WorkingDirectory:
    """Where files are written: a directory that was given, or a temporary one.

    Args:
        given: The one; None for a temporary one.
    """

    def __init__(self, given: Path | None) -> None:
        self.given = given
        self._temporary: tempfile.TemporaryDirectory[str] | None = None

    @property
    def path(self) -> Path:
        """Where it is; a temporary one is made when first asked for."""
        if self.given is not None:
            return self.given
        if self._temporary is None:
            self._temporary = tempfile.TemporaryDirectory()
        return Path(self._temporary.name)

    def remove(self) -> bool:
        """Removes a temporary one and all in it; whether there was one."""
        temporary, self._temporary = self._temporary, None
        if temporary is not None:
            temporary.cleanup()
        return temporary is not None
