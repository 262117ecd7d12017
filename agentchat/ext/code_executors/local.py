"""LocalCommandLineCodeExecutor: code runs on this very machine, with all its user may do."""

import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from string import Template
from types import SimpleNamespace
from typing import ClassVar, Self

from pydantic import BaseModel

from agentchat.core._cancellation import CancellationToken
from agentchat.core._component import Component
from agentchat.core._function_source import Function, to_stub
from agentchat.core.code_executor import CodeBlock, CodeExecutor
from agentchat.ext.code_executors._command_line import (
    FUNCTION_PROMPT_TEMPLATE,
    SUPPORTED_LANGUAGES,
    CommandLineCodeResult,
    interpreter_of,
    language_of,
)
from agentchat.ext.code_executors._directory import WorkingDirectory, prepared
from agentchat.ext.code_executors._process import Command, Outcome, run
from agentchat.ext.code_executors._workspace import (
    Run,
    make_functions_ready,
    run_in_order,
    write_block,
)

__all__ = ["LocalCommandLineCodeExecutor"]


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
        _warn_of_danger()
        if timeout < 1:
            raise ValueError("Timeout must be greater than or equal to 1.")
        if not functions_module.isidentifier():
            raise ValueError("Module name must be a valid Python identifier")
        self._timeout = timeout
        self._directory = WorkingDirectory(
            None if work_dir is None else prepared(work_dir, "work_dir")
        )
        self._functions = list(functions)
        self._functions_module = functions_module
        self._cleanup_temp_files = cleanup_temp_files
        self._virtual_env_context = virtual_env_context
        self._functions_are_ready = not self._functions

    @property
    def timeout(self) -> int:
        """Seconds that one block may take."""
        return self._timeout

    @property
    def work_dir(self) -> Path:
        """Where the code runs; a temporary directory is made when first asked for."""
        return self._directory.path

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

        async def run_here(arguments: Sequence[str]) -> Outcome:
            command = Command(arguments, self.work_dir, self._environment())
            return await run(command, self._timeout, cancellation_token)

        async def run_block(block: CodeBlock, files: list[Path]) -> Outcome:
            return await self._run_block(block, files, run_here)

        if not self._functions_are_ready:
            module = self.work_dir / f"{self._functions_module}.py"
            await make_functions_ready(self._functions, module, run_here, self._python())
            self._functions_are_ready = True
        return await run_in_order(code_blocks, run_block, delete_files=self._cleanup_temp_files)

    async def start(self) -> None:
        """Makes the temporary directory, if one is needed."""
        _ = self.work_dir

    async def stop(self) -> None:
        """Removes the temporary directory and all in it."""
        if self._directory.remove():
            self._functions_are_ready = not self._functions

    async def restart(self) -> None:
        """Does nothing but warn: each block is a process of its own anyway."""
        warnings.warn(
            "Restarting local command line code executor is not supported. No action is taken.",
            stacklevel=2,
        )

    async def _run_block(self, block: CodeBlock, files: list[Path], run_here: Run) -> Outcome:
        language = language_of(block.language)
        if language not in self.SUPPORTED_LANGUAGES:
            return Outcome(1, f"\nunknown language {language}")
        program = [self._python()] if language == "python" else interpreter_of(language)
        file = await write_block(block.code, language, self.work_dir, files)
        return await run_here([*program, str(file)])

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

    def _to_config(self) -> LocalCommandLineCodeExecutorConfig:
        return LocalCommandLineCodeExecutorConfig(
            timeout=self._timeout,
            work_dir=None if self._directory.given is None else str(self._directory.given),
            functions_module=self._functions_module,
            cleanup_temp_files=self._cleanup_temp_files,
        )

    @classmethod
    def _from_config(cls, config: LocalCommandLineCodeExecutorConfig) -> Self:
        return cls(**config.model_dump())


def _warn_of_danger() -> None:
    warnings.warn(
        "Using LocalCommandLineCodeExecutor may execute code on the local machine which can be "
        "unsafe. For security, it is recommended to use DockerCommandLineCodeExecutor instead. "
        "To install Docker, visit: https://docs.docker.com/get-docker/",
        UserWarning,
        stacklevel=3,
    )
