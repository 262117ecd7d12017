"""JupyterCodeExecutor: code runs in a notebook kernel, which remembers what earlier code did."""

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

from pydantic import BaseModel

from agentchat.core._cancellation import CancellationToken
from agentchat.core._component import Component
from agentchat.core.code_executor import CodeBlock, CodeExecutor, CodeResult
from agentchat.ext.code_executors._cell_output import CellOutput, save
from agentchat.ext.code_executors._cell_time import cell_time
from agentchat.ext.code_executors._command_line import silence_pip
from agentchat.ext.code_executors._directory import prepared
from agentchat.ext.code_executors._kernel import Kernel

__all__ = ["JupyterCodeExecutor", "JupyterCodeResult"]


class CellTimedOut(asyncio.TimeoutError):
    """A cell took too long, and was ended.

    Args:
        seconds: What it was given.
        output: What it, and the blocks before it, had put out.
        memory_is_lost: Whether it took a new kernel to end it.
    """

    def __init__(self, seconds: int, output: str, memory_is_lost: bool) -> None:
        self.seconds = seconds
        self.output = output
        self.memory_is_lost = memory_is_lost
        memory = "restarted, its memory is lost" if memory_is_lost else "interrupted"
        super().__init__(
            f"Timeout: the code took longer than {seconds} s. The kernel was {memory}.\n"
            f"  output so far:  {output!r}"
        )


@dataclass
class JupyterCodeResult(CodeResult):
    """What came of running cells."""

    output_files: list[Path]
    """Pictures, pages and JSON that the cells showed."""


class JupyterCodeExecutorConfig(BaseModel):
    """A saved executor."""

    kernel_name: str = "python3"
    timeout: int = 60
    output_dir: str | None = None


class JupyterCodeExecutor(CodeExecutor, Component[JupyterCodeExecutorConfig]):
    """Runs each block of code as a cell of one Jupyter kernel on this machine.

    Nothing keeps the code from harming the machine. Whatever its label, a block is taken for the
    kernel's language. When a block takes too long, or is cancelled, it is interrupted; a kernel
    that does not listen is restarted. A kernel that dies is restarted, too.

    Args:
        kernel_name: Which kernel, as Jupyter knows it.
        timeout: Seconds that one block may take once the kernel has begun it, at least 1.
        output_dir: Where pictures, pages and JSON are saved. None: a new temporary directory,
            which is never removed, since results name the files in it.

    Raises:
        ValueError: The timeout is too short.
    """

    component_config_schema: ClassVar[type[BaseModel]] = JupyterCodeExecutorConfig
    component_provider_override: ClassVar[str] = (
        "agentchat.ext.code_executors.jupyter.JupyterCodeExecutor"
    )

    def __init__(
        self,
        kernel_name: str = "python3",
        timeout: int = 60,
        output_dir: Path | str | None = None,
    ) -> None:
        if timeout < 1:
            raise ValueError("Timeout must be greater than or equal to 1.")
        self._kernel_name = kernel_name
        self._timeout = timeout
        self._given_output_dir = output_dir
        self._output_dir = None if output_dir is None else prepared(output_dir, "output_dir")
        self._kernel: Kernel | None = None
        self._one_cell_at_a_time = asyncio.Lock()

    @property
    def output_dir(self) -> Path:
        """Where pictures, pages and JSON are saved."""
        if self._output_dir is None:
            self._output_dir = Path(tempfile.mkdtemp())
        return self._output_dir

    async def execute_code_blocks(
        self, code_blocks: list[CodeBlock], cancellation_token: CancellationToken
    ) -> JupyterCodeResult:
        """Runs the blocks in order, up to the first that fails.

        The exit code is 1 when a block raised an exception, or the kernel died under it.

        Raises:
            RuntimeError: The executor has not been started.
            CellTimedOut: A block took too long; the error has the output so far.
            CancelledError: The token was cancelled.
        """
        if self._kernel is None:
            raise RuntimeError("Executor must be started before executing cells")
        result = JupyterCodeResult(exit_code=0, output="", output_files=[])
        outputs: list[str] = []
        for block in code_blocks:
            cell = CellOutput()
            try:
                with cancellation_token.interrupting():
                    await self._run(self._kernel, silence_pip(block.code, "python"), cell)
            except TimeoutError as error:
                output = "\n".join([*outputs, _text_of(cell)])
                raise CellTimedOut(self._timeout, output, cell.memory_is_lost) from error
            outputs.append(_text_of(cell))
            result.output_files += await asyncio.to_thread(save, cell.items, self.output_dir)
            if cell.failure is not None:
                result.exit_code = 1
                break
        result.output = "\n".join(outputs)
        return result

    async def start(self) -> None:
        """Starts the kernel.

        Raises:
            KernelNotInstalled: There is none of this name.
        """
        if self._kernel is None:
            self._kernel = await Kernel.started(self._kernel_name)

    async def stop(self) -> None:
        """Kills the kernel, with all it has started."""
        kernel, self._kernel = self._kernel, None
        if kernel is not None:
            await kernel.stop()

    async def restart(self) -> None:
        """Starts a new kernel in place of the old one: what earlier code left in memory is gone."""
        await self.stop()
        await self.start()

    async def _run(self, kernel: Kernel, code: str, cell: CellOutput) -> None:
        async with self._one_cell_at_a_time, cell_time(self._timeout) as begun:
            await kernel.run(code, cell, begun)

    def _to_config(self) -> JupyterCodeExecutorConfig:
        directory = self._given_output_dir
        return JupyterCodeExecutorConfig(
            kernel_name=self._kernel_name,
            timeout=self._timeout,
            output_dir=None if directory is None else str(directory),
        )

    @classmethod
    def _from_config(cls, config: JupyterCodeExecutorConfig) -> Self:
        return cls(**dict(config))


def _text_of(cell: CellOutput) -> str:
    if cell.failure is None:
        return cell.text()
    return "\n".join([*cell.texts, cell.failure.traceback or cell.failure.summary])
