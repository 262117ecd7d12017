"""DockerCommandLineCodeExecutor: code runs in a container, apart from this machine."""

import asyncio
import contextlib
import secrets
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final, Self

from pydantic import BaseModel

from agentchat.core._cancellation import CancellationToken
from agentchat.core._component import Component
from agentchat.core._function_source import Function
from agentchat.core.code_executor import CodeBlock, CodeExecutor
from agentchat.ext.code_executors import _docker_engine
from agentchat.ext.code_executors._command_line import (
    SUPPORTED_LANGUAGES,
    CommandLineCodeResult,
    language_of,
)
from agentchat.ext.code_executors._directory import prepared
from agentchat.ext.code_executors._docker_config import DockerCommandLineCodeExecutorConfig
from agentchat.ext.code_executors._docker_engine import (
    ContainerNotRunning,
    DockerUnavailable,
    naming_errors,
)
from agentchat.ext.code_executors._docker_exec import WORKSPACE, run
from agentchat.ext.code_executors._process import Outcome
from agentchat.ext.code_executors._workspace import (
    Run,
    make_functions_ready,
    run_in_order,
    write_block,
)

__all__ = ["DockerCommandLineCodeExecutor"]

_EMPTY_WORKSPACE: Final = f"cd {WORKSPACE} && rm -rf ..?* .[!.]* *"

# Its output goes to a file, so that a service it starts does not hold it up.
_RUN_INIT_COMMAND: Final = """
log=$(mktemp)
/bin/sh -c "$1" >"$log" 2>&1
code=$?
cat "$log"
exit $code
"""

_INIT_SECONDS: Final = 60
_BACKSTOP_SECONDS: Final = 5
"""What the code may take beyond its time when this process can't kill it, for it has died."""

_POWERSHELL: Final = ["pwsh", "-NoProfile", "-ExecutionPolicy", "Bypass", "-File"]
_PROGRAMS: Final = {
    "shell": ["sh"],
    "pwsh": _POWERSHELL,
    "powershell": _POWERSHELL,
    "ps1": _POWERSHELL,
}


class InitCommandFailed(ValueError):
    """The command that prepares a container did not succeed.

    Args:
        command: The `init_command`.
        outcome: Its exit code, and what it wrote.
    """

    def __init__(self, command: str, outcome: Outcome) -> None:
        self.command = command
        self.outcome = outcome
        super().__init__(
            f"The init command {command!r} ended with exit code {outcome.exit_code}.\n"
            f"{outcome.output}"
        )


class DockerCommandLineCodeExecutor(CodeExecutor, Component[DockerCommandLineCodeExecutorConfig]):
    """Writes each block of code to a file and runs it in a container.

    When a block takes too long, or is cancelled, everything that it has started is killed with it;
    the container stays. Containers whose owner has crashed are removed by the next `start` of one
    on the same (Linux) machine.

    Args:
        image: What the container is made from; pulled when it is not there.
        container_name: Name of the container; one that has it is removed by `start`. None: a name
            that nobody else has.
        timeout: Seconds that one block may take, at least 1.
        work_dir: Where files are written. None: a temporary directory, from `start` to `stop`.
        bind_dir: The same directory as the Docker engine sees it, where that differs, as it does
            when this process runs in a container itself.
        auto_remove: Remove the container when it stops.
        stop_container: Stop the container when this process ends, too, or forgets the executor.
        device_requests: `docker.types.DeviceRequest`s, for GPUs.
        functions: What the code may import from `functions_module`; the packages they require are
            installed before the first block runs.
        functions_module: Name of that module.
        extra_volumes: Host paths with their `bind` and `mode`.
        extra_hosts: Host names with their addresses.
        init_command: A shell command that runs once in the new container, and again after a
            `restart`; `start` waits for it.
        delete_tmp_files: Delete the files of the blocks after they ran.
        network: The network to join: a name, `none` for no network, or `host`. None: the
            engine's default.
        mem_limit: Memory the container may use, in bytes or as in `512m`.
        cpus: Processors' worth of time it may use, such as 0.5.
        pids_limit: How many processes may run in it.

    Raises:
        ValueError: The timeout is too short, or the module's name no identifier.
    """

    component_config_schema: ClassVar[type[BaseModel]] = DockerCommandLineCodeExecutorConfig
    component_provider_override: ClassVar[str] = (
        "agentchat.ext.code_executors.docker.DockerCommandLineCodeExecutor"
    )

    def __init__(  # noqa: PLR0913
        self,
        image: str = "python:3-slim",
        container_name: str | None = None,
        *,
        timeout: int = 60,
        work_dir: Path | str | None = None,
        bind_dir: Path | str | None = None,
        auto_remove: bool = True,
        stop_container: bool = True,
        device_requests: Sequence[Mapping[str, Any]] | None = None,
        functions: Sequence[Function] = [],
        functions_module: str = "functions",
        extra_volumes: dict[str, dict[str, str]] | None = None,
        extra_hosts: dict[str, str] | None = None,
        init_command: str | None = None,
        delete_tmp_files: bool = False,
        network: str | None = None,
        mem_limit: str | int | None = None,
        cpus: float | None = None,
        pids_limit: int | None = None,
    ) -> None:
        if timeout < 1:
            raise ValueError("Timeout must be greater than or equal to 1.")
        if not functions_module.isidentifier():
            raise ValueError("Module name must be a valid Python identifier")
        self._config = DockerCommandLineCodeExecutorConfig(
            image=image,
            container_name=container_name,
            timeout=timeout,
            work_dir=_text_of(work_dir),
            bind_dir=_text_of(bind_dir),
            auto_remove=auto_remove,
            stop_container=stop_container,
            functions_module=functions_module,
            extra_volumes=extra_volumes or {},
            extra_hosts=extra_hosts or {},
            init_command=init_command,
            delete_tmp_files=delete_tmp_files,
            device_requests=None if device_requests is None else [*map(dict, device_requests)],
            network=network,
            mem_limit=mem_limit,
            cpus=cpus,
            pids_limit=pids_limit,
        )
        # Not out of the run's repeatable ids: another run may have a container on this engine.
        self.container_name: str = container_name or f"agentchat-code-exec-{secrets.token_hex(8)}"
        self._functions = list(functions)
        self._functions_are_ready = not self._functions
        self._temporary_directory: tempfile.TemporaryDirectory[str] | None = None
        self._container: Any = None
        self._ending: weakref.finalize[..., Any] | None = None
        if work_dir is not None:
            prepared(work_dir, "work_dir")

    @property
    def timeout(self) -> int:
        """Seconds that one block may take."""
        return self._config.timeout

    @property
    def work_dir(self) -> Path:
        """Where files are written.

        Raises:
            RuntimeError: It is a temporary one, and there is none until `start`.
        """
        if self._config.work_dir is not None:
            return Path(self._config.work_dir)
        if self._temporary_directory is None:
            raise RuntimeError("Working directory not properly initialized")
        return Path(self._temporary_directory.name)

    @property
    def bind_dir(self) -> Path:
        """The working directory as the Docker engine sees it."""
        return self.work_dir if self._config.bind_dir is None else Path(self._config.bind_dir)

    async def execute_code_blocks(
        self, code_blocks: list[CodeBlock], cancellation_token: CancellationToken
    ) -> CommandLineCodeResult:
        """Runs the blocks in order, up to the first that fails.

        The exit code is 124 when a block took too long, 137 when it was killed, alone or with the
        container, and 1 when the token was cancelled and for a file outside the workspace; the
        output then tells.

        Raises:
            ContainerNotRunning: The executor has not been started, or its container has ended.
            ValueError: There is no block, a language is unknown, or the functions can't be used.
            DockerUnavailable: The engine does not answer.
        """
        container = self._running_container()
        if not code_blocks:
            raise ValueError("No code blocks to execute.")

        async def run_here(arguments: Sequence[str]) -> Outcome:
            return await self._run(container, arguments, cancellation_token)

        if not self._functions_are_ready:
            module = self.work_dir / f"{self._config.functions_module}.py"
            await make_functions_ready(self._functions, module, run_here)
            self._functions_are_ready = True

        async def run_block(block: CodeBlock, files: list[Path]) -> Outcome:
            return await self._run_block(block, files, run_here)

        return await run_in_order(
            code_blocks, run_block, delete_files=self._config.delete_tmp_files
        )

    async def start(self) -> None:
        """Starts a container, in which the init command has run.

        Raises:
            DockerUnavailable: The engine does not answer.
            ContainerFailedToStart: The container ended at once.
            InitCommandFailed: The init command did not succeed.
        """
        if self._container is not None:
            return
        if self._config.work_dir is None and self._temporary_directory is None:
            # The code may leave files in it that are not ours to delete.
            self._temporary_directory = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        with naming_errors(self.container_name):
            await asyncio.to_thread(self._launch)
        try:
            await self._run_init_command()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Stops the container, and removes the temporary directory and all in it."""
        container, self._container = self._container, None
        if container is not None:
            await asyncio.to_thread(self._end, container)
        if self._temporary_directory is not None:
            self._temporary_directory.cleanup()
            self._temporary_directory = None
        self._functions_are_ready = not self._functions

    async def restart(self) -> None:
        """Restarts what runs in the container: its processes end, its files stay.

        Raises:
            ContainerNotRunning: The executor has not been started, or its container has ended.
            InitCommandFailed: The init command did not succeed.
        """
        container = self._running_container()
        with naming_errors(self.container_name):
            await asyncio.to_thread(_docker_engine.restart, container)
        await self._run_init_command()

    def _running_container(self) -> Any:
        if self._container is None:
            raise ContainerNotRunning(self.container_name, "has not been started")
        return self._container

    async def _run_block(self, block: CodeBlock, files: list[Path], run_here: Run) -> Outcome:
        language = language_of(block.language)
        if language not in SUPPORTED_LANGUAGES:
            raise ValueError(f"Unsupported language: {language}")
        file = await write_block(block.code, language, self.work_dir, files)
        name = file.relative_to(self.work_dir.resolve()).as_posix()
        return await run_here([*_PROGRAMS.get(language, [language]), name])

    async def _run(
        self, container: Any, arguments: Sequence[str], cancellation_token: CancellationToken
    ) -> Outcome:
        backstop = ["timeout", "-s", "KILL", str(self.timeout + _BACKSTOP_SECONDS)]
        return await run(container, [*backstop, *arguments], self.timeout, cancellation_token)

    async def _run_init_command(self) -> None:
        command = self._config.init_command
        if command is None:
            return
        arguments = ["/bin/sh", "-c", _RUN_INIT_COMMAND, "init", command]
        seconds = max(self.timeout, _INIT_SECONDS)
        outcome = await run(self._running_container(), arguments, seconds, CancellationToken())
        if outcome.exit_code != 0:
            raise InitCommandFailed(command, outcome)

    def _launch(self) -> None:
        config = self._config
        with _docker_engine.connected() as client:
            _docker_engine.end_abandoned(client)
            _docker_engine.ensure_image(client, config.image)
            _docker_engine.remove_namesake(client, self.container_name)
            settings = config.of_container(self.bind_dir)
            self._container = _docker_engine.launched(
                client, config.image, name=self.container_name, **settings
            )
        if config.stop_container:
            self._ending = weakref.finalize(self, _docker_engine.release, self._container)

    def _end(self, container: Any) -> None:
        if self._config.work_dir is None:
            # Files that the code has made belong to the container's user.
            with (
                contextlib.suppress(ContainerNotRunning, DockerUnavailable),
                naming_errors(self.container_name),
            ):
                container.exec_run(["/bin/sh", "-c", _EMPTY_WORKSPACE])
        if self._ending is not None:
            self._ending.detach()
        _docker_engine.release(container)

    def _to_config(self) -> DockerCommandLineCodeExecutorConfig:
        return self._config

    @classmethod
    def _from_config(cls, config: DockerCommandLineCodeExecutorConfig) -> Self:
        return cls(**dict(config))


def _text_of(path: Path | str | None) -> str | None:
    return None if path is None else str(path)
