"""The directory in which code runs: its files, and the functions that the code may import."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from agentchat.core._function_source import Function, build_python_functions_file
from agentchat.ext.code_executors._process import Outcome

logger: logging.Logger = logging.getLogger(__name__)

Run = Callable[[Sequence[str]], Awaitable[Outcome]]
"""Runs a program with its arguments in the directory."""


async def write(file: Path, code: str) -> None:
    """Writes a file, and the directories above it."""
    await asyncio.to_thread(_write, file, code)


async def delete(files: Sequence[Path]) -> None:
    """Deletes files; one that can't be deleted is a warning in the log."""
    await asyncio.to_thread(_delete, files)


def packages_of(functions: Sequence[Function]) -> list[str]:
    """What the functions require, each package once, in order."""
    return list(
        dict.fromkeys(
            package
            for function in functions
            for package in getattr(function, "python_packages", ())
        )
    )


async def make_functions_ready(functions: Sequence[Function], module: Path, run: Run) -> None:
    """Writes the functions to a module, where `python` can import it, and installs their packages.

    Raises:
        ValueError: A package can't be installed, or the module does not load.
    """
    packages = packages_of(functions)
    if packages:
        installed = await run(["python", "-m", "pip", "install", "-qqq", *packages])
        if installed.exit_code != 0:
            raise ValueError(f"Pip install failed. {installed.output}")
    await write(module, build_python_functions_file(functions))
    loaded = await run(["python", module.name])
    if loaded.exit_code != 0:
        raise ValueError(f"Functions failed to load: {loaded.output}")


def _write(file: Path, code: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(code, encoding="utf-8")


def _delete(files: Sequence[Path]) -> None:
    for file in files:
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            logger.warning("Failed to delete temporary file %s: %s", file, error)
