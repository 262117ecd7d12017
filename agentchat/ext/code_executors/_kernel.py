"""A Jupyter kernel of our own, on this machine."""

import asyncio
import contextlib
from collections.abc import Callable
from queue import Empty
from typing import Any, Final

from agentchat.ext.code_executors._cell_output import DEAD_KERNEL, CellOutput

try:
    from jupyter_client.asynchronous.client import AsyncKernelClient
    from jupyter_client.kernelspec import NoSuchKernel
    from jupyter_client.manager import AsyncKernelManager
except ImportError as _missing:
    raise ImportError(
        'JupyterCodeExecutor needs jupyter_client: pip install "agentchat-harness[jupyter]"'
    ) from _missing

_READY_SECONDS: Final = 60
_LOOK_AFTER_SECONDS: Final = 0.25
_INTERRUPT_SECONDS: Final = 5.0
"""For the traceback of the interruption, which takes its time on a busy machine."""


class KernelNotInstalled(ValueError):
    """There is no kernel of a name.

    Args:
        name: The name.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"Kernel {name} is not installed.\n  fix:  `jupyter kernelspec list` shows which are; "
            "python3 comes with ipykernel"
        )


class _KernelDied(Exception):
    """The kernel's process has ended."""


class Kernel:
    """A running kernel, which runs one cell at a time."""

    def __init__(self, manager: AsyncKernelManager, client: AsyncKernelClient) -> None:
        self._manager = manager
        self._client = client

    @classmethod
    async def started(cls, name: str) -> "Kernel":
        """A new kernel, ready to run cells.

        Raises:
            KernelNotInstalled: There is none of this name.
            RuntimeError: It did not get ready within a minute.
        """
        manager = AsyncKernelManager(kernel_name=name, transport_encryption="auto")
        try:
            await manager.start_kernel()
        except NoSuchKernel as error:
            raise KernelNotInstalled(name) from error
        kernel = cls(manager, manager.client())
        try:
            await kernel._connect()
        except BaseException:
            await kernel.stop()
            raise
        return kernel

    async def run(self, code: str, cell: CellOutput, begun: Callable[[], None]) -> None:
        """Runs a cell to its end.

        Args:
            code: The cell.
            cell: Takes its output, as it comes.
            begun: Called when the kernel begins the cell.

        A kernel that dies is restarted, and so is one that goes on when the awaiting task is
        cancelled.
        """
        # A cell that comes right behind one that failed must not be dropped with it.
        request = self._client.execute(code, allow_stdin=False, stop_on_error=False)
        try:
            await self._collect(request, cell, begun)
        except _KernelDied:
            cell.failure = DEAD_KERNEL
            await self._restart(cell)
        except asyncio.CancelledError:
            await self._interrupt(request, cell)
            raise

    async def stop(self) -> None:
        """Kills the kernel, with all it has started."""
        self._client.stop_channels()
        await self._manager.shutdown_kernel(now=True)

    async def _connect(self) -> None:
        self._client.start_channels()
        await self._client.wait_for_ready(timeout=_READY_SECONDS)

    async def _collect(
        self, request: str, cell: CellOutput, begun: Callable[[], None] = lambda: None
    ) -> None:
        while True:
            message = await self._next_message()
            if message["parent_header"].get("msg_id") != request:
                continue
            kind, content = message["header"]["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                return
            if kind == "status":
                begun()
            cell.take(kind, content)

    async def _next_message(self) -> Any:
        while True:
            with contextlib.suppress(Empty):
                return await self._client.get_iopub_msg(timeout=_LOOK_AFTER_SECONDS)
            if not await self._manager.is_alive():
                raise _KernelDied

    async def _interrupt(self, request: str, cell: CellOutput) -> None:
        """Ends the cell; by a restart, if it does not listen."""
        try:
            await self._manager.interrupt_kernel()
            async with asyncio.timeout(_INTERRUPT_SECONDS):
                await self._collect(request, cell)
        except (TimeoutError, _KernelDied):
            await self._restart(cell)

    async def _restart(self, cell: CellOutput) -> None:
        """Kills the kernel, with all it has started, and starts it again."""
        cell.memory_is_lost = True
        self._client.stop_channels()
        await self._manager.restart_kernel(now=True)
        self._client = self._manager.client()
        await self._connect()
