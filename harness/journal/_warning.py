"""Warnings that point at the line of whoever uses the harness."""

import sys
import sysconfig
import warnings
from pathlib import Path

_FOLDERS = tuple(
    str(folder)
    for folder in (
        Path(__file__).parents[1],
        Path(__file__).parents[2] / "agentchat",
        *(sysconfig.get_path(name) for name in ("stdlib", "platlib", "purelib")),
    )
)


def warn(warning: Warning) -> None:
    """Warns, at the innermost line that is neither ours nor a library's."""
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_FOLDERS):
        frame, level = frame.f_back, level + 1
    warnings.warn(warning, stacklevel=level)


def several(count: int, what: str) -> str:
    """So many of something: `1 interaction`, `2 interactions`."""
    return f"1 {what}" if count == 1 else f"{count} {what}s"
