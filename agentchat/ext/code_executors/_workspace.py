"""The directory in which code runs: its files, and the functions that the code may import."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

from agentchat.core._function_source import Function, build_python_functions_file
from agentchat.core.code_executor import CodeBlock
from agentchat.ext.code_executors._command_line import (
    CommandLineCodeResult,
    FilenameOutsideWorkspace,
    file_for,
    silence_pip,
)
from agentchat.ext.code_executors._process import CANCELLED, TIMED_OUT, Outcome

logger: logging.Logger = logging.getLogger(__name__)

Run = Callable[[Sequence[str]], Awaitable[Outcome]]
"""Runs a program with its arguments in the directory."""


RunBlock = Callable[[CodeBlock, list[Path]], Awaitable[Outcome]]
"""Runs a block of code; the files it writes go into the list."""

_PIP_ENDS: Final = {TIMED_OUT: "timed out", CANCELLED: "was cancelled"}


async def run_in_order(
    code_blocks: Sequence[CodeBlock], run_block: RunBlock, *, delete_files: bool
) -> CommandLineCodeResult:
    """Runs blocks up to the first that fails.

    Args:
        code_blocks: The blocks.
        run_block: Runs one of them.
        delete_files: Delete their files in the end; one that can't be is a warning in the log.
    """
    outcome, files = Outcome(0, ""), list[Path]()
    try:
        for block in code_blocks:
            ended = await run_block(block, files)
            outcome = Outcome(ended.exit_code, outcome.output + ended.output)
            if outcome.exit_code != 0:
                break
    except FilenameOutsideWorkspace as error:
        outcome = Outcome(1, outcome.output + str(error))
    finally:
        if delete_files:
            await asyncio.to_thread(_delete, files)
    return CommandLineCodeResult(*outcome, code_file=str(files[0]) if files else None)


async def write_block(code: str, language: str, directory: Path, files: list[Path]) -> Path:
    """Writes a block's code to its file, which is added to the list first.

    Raises:
        FilenameOutsideWorkspace: The code asks for a file outside the directory.
    """
    code = silence_pip(code, language)
    file = file_for(code, language, directory)
    files.append(file)
    await asyncio.to_thread(_write, file, code)
    return file


def packages_of(functions: Sequence[Function]) -> list[str]:
    """What the functions require, each package once, in order."""
    return list(
        dict.fromkeys(
            package
            for function in functions
            for package in getattr(function, "python_packages", ())
        )
    )


async def make_functions_ready(
    functions: Sequence[Function], module: Path, run: Run, python: str = "python"
) -> None:
    """Writes the functions to a module, where code can import it, and installs their packages.

    Args:
        functions: The functions.
        module: The file to write, in the directory where `run` runs.
        run: Runs a program there.
        python: The program that will run the code.

    Raises:
        ValueError: A package can't be installed, or the module does not load.
    """
    packages = packages_of(functions)
    if packages:
        installed = await run([python, "-m", "pip", "install", *packages])
        if installed.exit_code != 0:
            how = _PIP_ENDS.get(installed.exit_code, "failed")
            raise ValueError(f"Pip install {how}. {installed.output}")
    await asyncio.to_thread(_write, module, build_python_functions_file(functions))
    loaded = await run([python, module.name])
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
