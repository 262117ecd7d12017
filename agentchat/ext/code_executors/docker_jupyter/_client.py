"""JupyterClient: the kernels of a Jupyter server, by its REST interface."""

from dataclasses import dataclass
from typing import Any, Protocol, cast, runtime_checkable

import httpx2

from agentchat.ext.code_executors.docker_jupyter._errors import (
    JupyterRequestRefused,
    JupyterServerUnavailable,
)
from agentchat.ext.code_executors.docker_jupyter._kernel_client import JupyterKernelClient

_TIMEOUT_SECONDS = 60


@dataclass
class JupyterConnectionInfo:
    """Where a Jupyter server is."""

    host: str
    use_https: bool
    port: int | None = None
    """None: the one of the protocol."""

    token: str | None = None
    """None: the server asks for none."""


@runtime_checkable
class JupyterConnectable(Protocol):
    """A server that tells where it is."""

    @property
    def connection_info(self) -> JupyterConnectionInfo:
        """Where it is."""
        ...


class JupyterClient:
    """Starts, interrupts and ends the kernels of a server.

    Every method raises JupyterServerUnavailable when nobody answers, and JupyterRequestRefused when
    the server does not do what it is asked for.

    Args:
        connection_info: Where the server is.
    """

    def __init__(self, connection_info: JupyterConnectionInfo) -> None:
        self._connection_info = connection_info
        self._http: httpx2.AsyncClient | None = None

    async def list_kernel_specs(self) -> dict[str, Any]:
        """What the server says of the kernels that it can start, under `kernelspecs` by name."""
        return cast(dict[str, Any], await self._request("GET", "/api/kernelspecs"))

    async def list_kernels(self) -> list[dict[str, Any]]:
        """What the server says of the kernels that run."""
        return cast(list[dict[str, Any]], await self._request("GET", "/api/kernels"))

    async def start_kernel(self, kernel_spec_name: str) -> str:
        """Starts a kernel; the result is its id."""
        kernel = await self._request("POST", "/api/kernels", {"name": kernel_spec_name})
        return cast(str, kernel["id"])

    async def delete_kernel(self, kernel_id: str) -> None:
        """Ends a kernel."""
        await self._request("DELETE", f"/api/kernels/{kernel_id}")

    async def restart_kernel(self, kernel_id: str) -> None:
        """Starts a kernel afresh, under its id."""
        await self._request("POST", f"/api/kernels/{kernel_id}/restart")

    async def interrupt_kernel(self, kernel_id: str) -> None:
        """Interrupts what a kernel runs."""
        await self._request("POST", f"/api/kernels/{kernel_id}/interrupt")

    async def get_kernel_client(self, kernel_id: str) -> JupyterKernelClient:
        """A connection to a kernel; the caller stops it."""
        url = f"{self._url('ws')}/api/kernels/{kernel_id}/channels"
        return await JupyterKernelClient.connected(url, self._headers())

    async def close(self) -> None:
        """Closes the connections; the next request opens new ones."""
        http, self._http = self._http, None
        if http is not None:
            await http.aclose()

    async def _request(self, method: str, path: str, body: Any = None) -> Any:
        if self._http is None:
            self._http = httpx2.AsyncClient(timeout=_TIMEOUT_SECONDS)
        url = self._url("http") + path
        try:
            response = await self._http.request(method, url, json=body, headers=self._headers())
        except httpx2.TransportError as error:
            raise JupyterServerUnavailable(url, error) from error
        if not response.is_success:
            raise JupyterRequestRefused(f"{method} {url}", response.status_code, response.text)
        return response.json() if response.content else None

    def _url(self, protocol: str) -> str:
        info = self._connection_info
        secure = "s" if info.use_https else ""
        port = "" if info.port is None else f":{info.port}"
        return f"{protocol}{secure}://{info.host}{port}"

    def _headers(self) -> dict[str, str]:
        token = self._connection_info.token
        return {"Authorization": f"token {token}"} if token else {}
