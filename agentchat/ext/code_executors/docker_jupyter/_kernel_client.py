"""JupyterKernelClient: a kernel of a Jupyter server, by its websocket."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self, cast

from agentchat.core._world import new_id, now
from agentchat.ext.code_executors._cell_output import (
    DEAD_KERNEL,
    CellOutput,
    DataItem,
    Failure,
)
from agentchat.ext.code_executors.docker_jupyter._errors import (
    JupyterRequestRefused,
    JupyterServerUnavailable,
)

try:
    import websockets
except ImportError as _missing:
    raise ImportError(
        'JupyterKernelClient needs websockets: pip install "agentchat-harness[docker-jupyter]"'
    ) from _missing

TIMED_OUT: Final = "Timeout waiting for output from code block."

_PROTOCOL_VERSION: Final = "5.0"
_ASK_AGAIN_SECONDS: Final = 1.0


@dataclass
class ExecutionResult:
    """What came of a cell."""

    is_ok: bool
    output: str
    """Text; what failed stands at the end, behind `ERROR:`."""

    data_items: list[DataItem]


class JupyterKernelClient:
    """Runs cells in a kernel, one at a time.

    Args:
        websocket: An open connection to the kernel's channels.
    """

    def __init__(self, websocket: websockets.ClientConnection) -> None:
        self._websocket = websocket
        self._session = new_id("jupyter-session")
        self._request = ""

    @classmethod
    async def connected(cls, url: str, headers: Mapping[str, str]) -> Self:
        """A connection to a kernel's channels, whatever the size of what it sends.

        Raises:
            JupyterServerUnavailable: Nobody answers.
            JupyterRequestRefused: The server has no such kernel, or the headers lack its token.
        """
        try:
            return cls(await websockets.connect(url, additional_headers=headers, max_size=None))
        except websockets.InvalidStatus as error:
            response = error.response
            body = response.body.decode("utf-8", "replace")
            raise JupyterRequestRefused(f"GET {url}", response.status_code, body) from error
        except (OSError, websockets.WebSocketException) as error:
            raise JupyterServerUnavailable(url, error) from error

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        await self.stop()

    async def stop(self) -> None:
        """Closes the connection; the kernel runs on."""
        await self._websocket.close()

    async def wait_for_ready(self, timeout_seconds: float | None = None) -> bool:
        """Whether the kernel answers within the time, and tells what it does.

        Raises:
            JupyterServerUnavailable: The connection broke.
        """
        try:
            async with asyncio.timeout(timeout_seconds):
                while not await self._is_heard():
                    pass
        except TimeoutError:
            return False
        return True

    async def execute(self, code: str, timeout_seconds: float | None = None) -> ExecutionResult:
        """Runs a cell, and stops listening when the time is up; the cell itself runs on.

        Raises:
            JupyterServerUnavailable: The connection broke.
        """
        cell = CellOutput()
        try:
            async with asyncio.timeout(timeout_seconds):
                await self.run(code, cell)
        except TimeoutError:
            cell.failure = Failure(TIMED_OUT)
        return result_of(cell)

    async def run(
        self, code: str, cell: CellOutput, begun: Callable[[], None] = lambda: None
    ) -> None:
        """Runs a cell to its end.

        Args:
            code: The cell.
            cell: Takes its output, as it comes.
            begun: Called when the kernel begins the cell.

        Raises:
            JupyterServerUnavailable: The connection broke.
        """
        content = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            # A cell that comes right behind one that failed must not be dropped with it.
            "stop_on_error": False,
        }
        self._request = await self._send("execute_request", content)
        await self.finish(cell, begun)

    async def finish(self, cell: CellOutput, begun: Callable[[], None] = lambda: None) -> None:
        """Waits for the end of the last cell, whose `run` was cut short.

        Args:
            cell: Takes the rest of its output.
            begun: Called when the kernel begins the cell.

        Raises:
            JupyterServerUnavailable: The connection broke.
        """
        while True:
            message = await self._receive()
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] in ("restarting", "dead"):
                cell.failure = DEAD_KERNEL
                return
            if not _answers(message, self._request, kind):
                continue
            if kind == "status" and content["execution_state"] == "idle":
                return
            if kind == "status":
                begun()
            cell.take(kind, content)

    async def _is_heard(self) -> bool:
        # The server passes on answers and output by different ways. While a kernel starts, it may
        # lose output though the answers come: a cell would then seem never to begin, or to end.
        request = await self._send("kernel_info_request", {})
        awaited = ["kernel_info_reply", "status"]
        try:
            async with asyncio.timeout(_ASK_AGAIN_SECONDS):
                while awaited:
                    message = await self._receive()
                    awaited = [kind for kind in awaited if not _answers(message, request, kind)]
        except TimeoutError:
            return False
        return True

    async def _send(self, kind: str, content: Mapping[str, Any]) -> str:
        header = {
            "username": "agentchat",
            "version": _PROTOCOL_VERSION,
            "session": self._session,
            "msg_id": new_id("jupyter-message"),
            "msg_type": kind,
            "date": now().isoformat(),
        }
        message = {
            "header": header,
            "parent_header": {},
            "channel": "shell",
            "content": content,
            "metadata": {},
            "buffers": [],
        }
        try:
            await self._websocket.send(json.dumps(message))
        except websockets.ConnectionClosed as error:
            raise self._gone(error) from error
        return header["msg_id"]

    async def _receive(self) -> dict[str, Any]:
        try:
            return _message_of(await self._websocket.recv())
        except websockets.ConnectionClosed as error:
            raise self._gone(error) from error

    def _gone(self, error: Exception) -> JupyterServerUnavailable:
        host, port = self._websocket.remote_address[:2]
        return JupyterServerUnavailable(f"{host}:{port}", error)


def result_of(cell: CellOutput) -> ExecutionResult:
    """What came of a cell that has ended."""
    if cell.failure is None:
        return ExecutionResult(True, cell.text(), cell.items)
    error = "\n".join(filter(None, cell.failure))
    return ExecutionResult(False, "\n".join([*cell.texts, f"ERROR: {error}"]), cell.items)


def _answers(message: Mapping[str, Any], request: str, kind: str) -> bool:
    parent = message.get("parent_header") or {}
    return parent.get("msg_id") == request and message["msg_type"] == kind


def _message_of(frame: str | bytes) -> dict[str, Any]:
    if isinstance(frame, bytes):
        # With buffers, which no text needs: a count, the offset of each part, and first the JSON.
        start = int.from_bytes(frame[4:8])
        end = int.from_bytes(frame[8:12]) if int.from_bytes(frame[:4]) > 1 else len(frame)
        frame = frame[start:end]
    return cast(dict[str, Any], json.loads(frame))
