"""DockerJupyterCodeExecutor: code runs in a kernel of a Jupyter server."""

import asyncio
import contextlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final, Self

from pydantic import BaseModel, SecretStr

from agentchat.core._cancellation import CancellationToken
from agentchat.core._component import Component
from agentchat.core.code_executor import CodeBlock, CodeExecutor, CodeResult
from agentchat.ext.code_executors._cell_output import DEAD_KERNEL, CellOutput, Failure, save
from agentchat.ext.code_executors._cell_time import cell_time
from agentchat.ext.code_executors._command_line import silence_pip
from agentchat.ext.code_executors.docker_jupyter._client import (
    JupyterClient,
    JupyterConnectable,
    JupyterConnectionInfo,
)
from agentchat.ext.code_executors.docker_jupyter._errors import (
    JupyterRequestRefused,
    JupyterServerUnavailable,
)
from agentchat.ext.code_executors.docker_jupyter._kernel_client import (
    TIMED_OUT,
    JupyterKernelClient,
    result_of,
)

_INTERRUPT_SECONDS: Final = 5.0
_READY_SECONDS: Final = 60
_RESTARTED: Final = "The kernel was restarted: what earlier code left in memory is lost."


class KernelNotReady(RuntimeError):
    """A kernel of the server does not answer.

    Args:
        name: The kernel's name.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"Kernel {name} did not get ready within {_READY_SECONDS} s.")


@dataclass
class DockerJupyterCodeResult(CodeResult):
    """What came of running cells."""

    output_files: list[Path]
    """Pictures, pages and JSON that the cells showed; their paths are in the output, too."""


class JupyterServerConfig(BaseModel):
    """Where a Jupyter server is, saved."""

    host: str
    use_https: bool
    port: int | None = None
    token: SecretStr | None = None


class DockerJupyterCodeExecutorConfig(BaseModel):
    """A saved executor; the server must be there when it is loaded."""

    jupyter_server: JupyterServerConfig
    kernel_name: str = "python3"
    timeout: int = 60
    output_dir: str | None = None


class DockerJupyterCodeExecutor(CodeExecutor, Component[DockerJupyterCodeExecutorConfig]):
    """Runs each block of code as a cell of one kernel of a Jupyter server.

    Whatever its label, a block is taken for the kernel's language. When a block takes too long, or
    is cancelled, it is interrupted; a kernel that does not listen is restarted.

    Args:
        jupyter_server: The server, such as a `DockerJupyterServer`, or where it is.
        kernel_name: Which kernel, as the server knows it.
        timeout: Seconds that one block may take once the kernel has begun it, at least 1.
        output_dir: Where pictures, pages and JSON are saved. None: the server's `bind_dir`, or else
            a new temporary directory, which is never removed, since results name the files in it.

    Raises:
        ValueError: The timeout is too short, or the server is none.
    """

    component_config_schema: ClassVar[type[BaseModel]] = DockerJupyterCodeExecutorConfig
    component_provider_override: ClassVar[str] = (
        "agentchat.ext.code_executors.docker_jupyter.DockerJupyterCodeExecutor"
    )

    def __init__(
        self,
        jupyter_server: JupyterConnectable | JupyterConnectionInfo,
        kernel_name: str = "python3",
        timeout: int = 60,
        output_dir: Path | None = None,
    ) -> None:
        if timeout < 1:
            raise ValueError("Timeout must be greater than or equal to 1.")
        self._connection_info = _connection_info_of(jupyter_server)
        self._client = JupyterClient(self._connection_info)
        self._kernel_name = kernel_name
        self._timeout = timeout
        self._given_output_dir = output_dir
        self._output_dir: Path | None = output_dir or getattr(jupyter_server, "bind_dir", None)
        self._kernel_id: str | None = None
        self._kernel: JupyterKernelClient | None = None
        self._one_at_a_time = asyncio.Lock()

    async def execute_code_blocks(
        self, code_blocks: list[CodeBlock], cancellation_token: CancellationToken
    ) -> DockerJupyterCodeResult:
        """Runs the blocks in order, up to the first that fails; starts if that has not been done.

        The exit code is 1 when a block raised an exception or took too long, or the kernel died
        under it; the output then ends with `ERROR:` and what it was.

        Raises:
            CancelledError: The token was cancelled.
            JupyterServerUnavailable: The server does not answer any more.
            JupyterRequestRefused: The server has lost the kernel; `restart` starts another.
        """
        result = DockerJupyterCodeResult(exit_code=0, output="", output_files=[])
        outputs: list[str] = []
        for block in code_blocks:
            cell = CellOutput()
            with cancellation_token.interrupting():
                async with self._one_at_a_time:
                    await self._run(silence_pip(block.code, "python"), cell)
            ended = result_of(cell)
            files = await asyncio.to_thread(save, ended.data_items, self._directory())
            outputs += [ended.output, *map(str, files)]
            result.output_files += files
            if not ended.is_ok:
                result.exit_code = 1
                break
        result.output = "\n".join(outputs)
        return result

    async def start(self) -> None:
        """Starts a kernel on the server.

        Raises:
            ValueError: The server has no kernel of this name.
            KernelNotReady: It does not answer.
            JupyterServerUnavailable: The server does not answer.
        """
        if self._kernel_id is not None:
            return
        available = await self._client.list_kernel_specs()
        if self._kernel_name not in available["kernelspecs"]:
            raise ValueError(f"Kernel {self._kernel_name} is not installed.")
        self._kernel_id = await self._client.start_kernel(self._kernel_name)
        await self._connect(self._kernel_id)

    async def stop(self) -> None:
        """Ends the kernel, if the server is still there."""
        kernel_id, self._kernel_id = self._kernel_id, None
        await self._disconnect()
        if kernel_id is not None:
            with contextlib.suppress(JupyterServerUnavailable, JupyterRequestRefused):
                await self._client.delete_kernel(kernel_id)
        await self._client.close()

    async def restart(self) -> None:
        """Starts a new kernel in place of the old one: what earlier code left in memory is gone."""
        await self.stop()
        await self.start()

    async def _run(self, code: str, cell: CellOutput) -> None:
        kernel_id, kernel = await self._started()
        try:
            async with cell_time(self._timeout) as begun:
                await kernel.run(code, cell, begun)
        except TimeoutError:
            await self._interrupt(kernel_id, kernel, cell)
            cell.failure = Failure(
                f"{TIMED_OUT} {_RESTARTED}" if cell.memory_is_lost else TIMED_OUT
            )
        except asyncio.CancelledError:
            await self._interrupt(kernel_id, kernel, cell)
            raise
        except JupyterServerUnavailable:
            await self._disconnect()
            raise
        if cell.failure is DEAD_KERNEL:
            # The server starts another; a new connection waits for it.
            await self._disconnect()

    async def _interrupt(
        self, kernel_id: str, kernel: JupyterKernelClient, cell: CellOutput
    ) -> None:
        """Ends what the kernel runs; by a restart, if it does not listen."""
        await self._client.interrupt_kernel(kernel_id)
        try:
            async with asyncio.timeout(_INTERRUPT_SECONDS):
                await kernel.finish(cell)
        except TimeoutError:
            cell.memory_is_lost = True
            await self._disconnect()
            await self._client.restart_kernel(kernel_id)

    async def _started(self) -> tuple[str, JupyterKernelClient]:
        if self._kernel_id is None:
            await self.start()
        assert self._kernel_id is not None
        if self._kernel is None:
            await self._connect(self._kernel_id)
        assert self._kernel is not None
        return self._kernel_id, self._kernel

    async def _connect(self, kernel_id: str) -> None:
        self._kernel = await self._client.get_kernel_client(kernel_id)
        if not await self._kernel.wait_for_ready(_READY_SECONDS):
            raise KernelNotReady(self._kernel_name)

    async def _disconnect(self) -> None:
        kernel, self._kernel = self._kernel, None
        if kernel is not None:
            await kernel.stop()

    def _directory(self) -> Path:
        if self._output_dir is None:
            self._output_dir = Path(tempfile.mkdtemp())
        return self._output_dir

    def _to_config(self) -> DockerJupyterCodeExecutorConfig:
        info = self._connection_info
        token = None if info.token is None else SecretStr(info.token)
        return DockerJupyterCodeExecutorConfig(
            jupyter_server=JupyterServerConfig(**(vars(info) | {"token": token})),
            kernel_name=self._kernel_name,
            timeout=self._timeout,
            output_dir=None if self._given_output_dir is None else str(self._given_output_dir),
        )

    @classmethod
    def _from_config(cls, config: DockerJupyterCodeExecutorConfig) -> Self:
        saved = config.jupyter_server
        token = None if saved.token is None else saved.token.get_secret_value()
        return cls(
            JupyterConnectionInfo(**(dict(saved) | {"token": token})),
            config.kernel_name,
            config.timeout,
            None if config.output_dir is None else Path(config.output_dir),
        )


def _connection_info_of(server: object) -> JupyterConnectionInfo:
    if isinstance(server, JupyterConnectionInfo):
        return server
    if isinstance(server, JupyterConnectable):
        return server.connection_info
    raise ValueError("jupyter_server must be a JupyterConnectable or JupyterConnectionInfo.")
