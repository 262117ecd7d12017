"""LocalCommandLineCodeExecutor: code runs on this very machine, with all its user may do."""

import asyncio
import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from string import Template
from types import SimpleNamespace
from typing import ClassVar, Self

from pydantic import BaseModel

from agentchat.core._cancellation import CancellationToken
from agentchat.core._component import Component
from agentchat.core._function_source import Function, build_python_functions_file, to_stub
from agentchat.core.code_executor import CodeBlock, CodeExecutor
from agentchat.ext.code_executors._command_line import (
    FUNCTION_PROMPT_TEMPLATE,
    SUPPORTED_LANGUAGES,
    CommandLineCodeResult,
    FilenameOutsideWorkspace,
    file_for,
    interpreter_of,
    language_of,
    silence_pip,
)
from agentchat.ext.code_executors._process import CANCELLED, TIMED_OUT, Command, Outcome, run

__all__ = ["LocalCommandLineCodeExecutor"]

logger: logging.Logger = logging.getLogger(__name__)


class LocalCommandLineCodeExecutorConfig(BaseModel):
    """A saved executor; functions and the virtual environment can't be saved."""

    timeout: int = 60
    work_dir: str | None = None
    functions_module: str = "functions"
    cleanup_temp_files: bool = True


class LocalCommandLineCodeExecutor(CodeExecutor, Component[LocalCommandLineCodeExecutorConfig]):
    """Writes each block of code to a file and runs it as a process of its own.

    Nothing keeps the code from harming the machine. When a block takes too long, or is cancelled,
    everything that it has started is killed with it.

    Args:
        timeout: Seconds that one block may take, at least 1. A block lasts as long as something
            holds its output open.
        work_dir: Where files are written and the code runs. None: a temporary directory, removed
            by `stop`.
        functions: What the code may import from `functions_module`; the packages they require are
            installed before the first block runs.
        functions_module: Name of that module.
        cleanup_temp_files: Delete the files of the blocks after they ran.
        virtual_env_context: A virtual environment to run in, as
            `venv.EnvBuilder.ensure_directories` gives it.

    Raises:
        ValueError: The timeout is too short, or the module's name no identifier.
    """

    component_config_schema: ClassVar[type[BaseModel]] = LocalCommandLineCodeExecutorConfig
    component_provider_override: ClassVar[str] = (
        "agentchat.ext.code_executors.local.LocalCommandLineCodeExecutor"
    )

    SUPPORTED_LANGUAGES: ClassVar[list[str]] = list(SUPPORTED_LANGUAGES)
    FUNCTION_PROMPT_TEMPLATE: ClassVar[str] = FUNCTION_PROMPT_TEMPLATE

    def __init__(
        self,
        timeout: int = 60,
        work_dir: Path | str | None = None,
        functions: Sequence[Function] = [],
        functions_module: str = "functions",
        cleanup_temp_files: bool = True,
        virtual_env_context: SimpleNamespace | None = None,
    ) -> None:
        _warn_of_danger(work_dir)
        if timeout < 1:
            raise ValueError("Timeout must be greater than or equal to 1.")
        if not functions_module.isidentifier():
            raise ValueError("Module name must be a valid Python identifier")
        self._timeout = timeout
        self._work_dir = None if work_dir is None else Path(work_dir)
        if self._work_dir is not None:
            self._work_dir.mkdir(parents=True, exist_ok=True)
        self._functions = list(functions)
        self._functions_module = functions_module
        self._cleanup_temp_files = cleanup_temp_files
        self._virtual_env_context = virtual_env_context
        self._temporary_directory: tempfile.TemporaryDirectory[str] | None = None
        self._functions_are_ready = not self._functions

    @property
    def timeout(self) -> int:
        """Seconds that one block may take."""
        return self._timeout

    @property
    def work_dir(self) -> Path:
        """Where the code runs; a temporary directory is made when first asked for."""
        if self._work_dir is not None:
            return self._work_dir
        if self._temporary_directory is None:
            self._temporary_directory = tempfile.TemporaryDirectory()
        return Path(self._temporary_directory.name)

    @property
    def functions(self) -> list[str]:
        """What the code may import, as stubs."""
        return [to_stub(function) for function in self._functions]

    @property
    def functions_module(self) -> str:
        """Where the code may import it from."""
        return self._functions_module

    @property
    def cleanup_temp_files(self) -> bool:
        """Whether the files of the blocks are deleted after they ran."""
        return self._cleanup_temp_files

    def format_functions_for_prompt(self, prompt_template: str = FUNCTION_PROMPT_TEMPLATE) -> str:
        """Tells a model which functions it may use.

        Args:
            prompt_template: A text with `$module_name` and `$functions`.
        """
        return Template(prompt_template).substitute(
            module_name=self._functions_module, functions="\n\n".join(self.functions)
        )

    async def execute_code_blocks(
        self, code_blocks: list[CodeBlock], cancellation_token: CancellationToken
    ) -> CommandLineCodeResult:
        """Runs the blocks in order, up to the first that fails.

        The exit code is 124 when a block took too long, 125 when the token was cancelled, and 1 for
        an unknown language; the output so far is there in any case.

        Raises:
            ValueError: The functions can't be installed or loaded, or there is no PowerShell.
        """
        if not self._functions_are_ready:
            await self._make_functions_ready(cancellation_token)
        return await self._execute(code_blocks, cancellation_token)

    async def start(self) -> None:
        """Makes the temporary directory, if one is needed."""
        _ = self.work_dir

    async def stop(self) -> None:
        """Removes the temporary directory and all in it."""
        if self._temporary_directory is not None:
            self._temporary_directory.cleanup()
            self._temporary_directory = None
            self._functions_are_ready = not self._functions

    async def restart(self) -> None:
        """Does nothing but warn: each block is a process of its own anyway."""
        warnings.warn(
            "Restarting local command line code executor is not supported. No action is taken.",
            stacklevel=2,
        )

    async def _execute(
        self, code_blocks: Sequence[CodeBlock], cancellation_token: CancellationToken
    ) -> CommandLineCodeResult:
        outcome, files = Outcome(0, ""), list[Path]()
        try:
            for block in code_blocks:
                ended = await self._run_block(block, files, cancellation_token)
                outcome = Outcome(ended.exit_code, outcome.output + ended.output)
                if outcome.exit_code != 0:
                    break
        except FilenameOutsideWorkspace as error:
            return CommandLineCodeResult(exit_code=1, output=str(error), code_file=None)
        finally:
            if self._cleanup_temp_files:
                await asyncio.to_thread(_delete, files)
        return CommandLineCodeResult(*outcome, code_file=str(files[0]) if files else None)

    async def _run_block(
        self, block: CodeBlock, files: list[Path], cancellation_token: CancellationToken
    ) -> Outcome:
        language = language_of(block.language)
        if language not in self.SUPPORTED_LANGUAGES:
            return Outcome(1, f"\nunknown language {language}")
        code = silence_pip(block.code, language)
        file = file_for(code, language, self.work_dir)
        program = [self._python()] if language == "python" else interpreter_of(language)
        files.append(file)
        await asyncio.to_thread(_write, file, code)
        return await self._run([*program, str(file)], cancellation_token)

    async def _run(
        self, arguments: Sequence[str], cancellation_token: CancellationToken
    ) -> Outcome:
        command = Command(arguments, self.work_dir, self._environment())
        return await run(command, self._timeout, cancellation_token)

    def _environment(self) -> dict[str, str]:
        # A killed process can't write out what it has held back.
        environment = {"PYTHONUNBUFFERED": "1", **os.environ}
        if self._virtual_env_context is not None:
            binaries = Path(self._virtual_env_context.bin_path).absolute()
            environment["PATH"] = f"{binaries}{os.pathsep}{environment.get('PATH', '')}"
        return environment

    def _python(self) -> str:
        if self._virtual_env_context is None:
            return sys.executable
        return str(Path(self._virtual_env_context.env_exe).absolute())

    async def _make_functions_ready(self, cancellation_token: CancellationToken) -> None:
        await self._install_packages(cancellation_token)
        source = build_python_functions_file(self._functions)
        module = self.work_dir / f"{self._functions_module}.py"
        await asyncio.to_thread(_write, module, source)
        loaded = await self._run([self._python(), str(module.absolute())], cancellation_token)
        if loaded.exit_code != 0:
            raise ValueError(f"Functions failed to load: {loaded.output}")
        self._functions_are_ready = True

    async def _install_packages(self, cancellation_token: CancellationToken) -> None:
        packages = {
            package: None
            for function in self._functions
            for package in getattr(function, "python_packages", ())
        }
        if not packages:
            return
        pip = [self._python(), "-m", "pip", "install", *packages]
        outcome = await self._run(pip, cancellation_token)
        if outcome.exit_code != 0:
            failures = {TIMED_OUT: "timed out", CANCELLED: "was cancelled"}
            how = failures.get(outcome.exit_code, "failed")
            raise ValueError(f"Pip install {how}. {outcome.output}")

    def _to_config(self) -> LocalCommandLineCodeExecutorConfig:
        return LocalCommandLineCodeExecutorConfig(
            timeout=self._timeout,
            work_dir=None if self._work_dir is None else str(self._work_dir),
            functions_module=self._functions_module,
            cleanup_temp_files=self._cleanup_temp_files,
        )

    @classmethod
    def _from_config(cls, config: LocalCommandLineCodeExecutorConfig) -> Self:
        return cls(**config.model_dump())


def _write(file: Path, code: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(code, encoding="utf-8")


def _delete(files: Sequence[Path]) -> None:
    for file in files:
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            logger.warning("Failed to delete temporary file %s: %s", file, error)


def _warn_of_danger(work_dir: Path | str | None) -> None:
    warnings.warn(
        "Using LocalCommandLineCodeExecutor may execute code on the local machine which can be "
        "unsafe. For security, it is recommended to use DockerCommandLineCodeExecutor instead. "
        "To install Docker, visit: https://docs.docker.com/get-docker/",
        UserWarning,
        stacklevel=3,
    )
    if work_dir is not None and Path(work_dir).resolve() == Path.cwd().resolve():
        warnings.warn(
            "Using the current directory as work_dir is deprecated.",
            DeprecationWarning,
            stacklevel=3,
        )
