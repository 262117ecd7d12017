"""DockerJupyterServer: a Jupyter server in a container."""

import asyncio
import io
import secrets
import time
import weakref
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Final, Self

import httpx2

from agentchat.ext.code_executors import _docker_engine
from agentchat.ext.code_executors.docker_jupyter._client import (
    JupyterClient,
    JupyterConnectable,
    JupyterConnectionInfo,
)

_IMAGE: Final = "agentchat-jupyterkernelgateway"
_HOST: Final = "127.0.0.1"
_READY_SECONDS: Final = 60
_POLL_SECONDS: Final = 0.1


class DockerJupyterServer(JupyterConnectable):
    """A Jupyter kernel gateway in a container, which answers on this machine's loopback only.

    The constructor starts it, and blocks until it answers; the first time, it builds the image,
    too. A server whose owner has crashed is removed by the next start of something in Docker on the
    same (Linux) machine.

    Args:
        custom_image_name: An image that serves on `expose_port` and takes its token from the
            variable `TOKEN`. None: one of our own.
        container_name: Name of the container. None: a name that nobody else has.
        auto_remove: Remove the container when it stops.
        stop_container: Stop the container when this process ends, too, or forgets the server.
        docker_env: Further environment variables.
        expose_port: Where the server listens in its container.
        token: What a client must present; empty for nothing, None or `GenerateToken()` for a new
            one.
        work_dir: Where in the container the kernels start.
        bind_dir: A directory of this machine to be found there; made writable for everyone, since
            the container's user is not this one.
        network: The network to join. In the one named `host` the server listens on this machine's
            own `expose_port`. None: the engine's default.

    Raises:
        DockerUnavailable: The engine does not answer.
        ValueError: The custom image does not exist, or the container ended at once.
        TimeoutError: The server does not answer within a minute.
    """

    DEFAULT_DOCKERFILE: ClassVar[str] = """FROM quay.io/jupyter/docker-stacks-foundation
USER ${NB_UID}
RUN mamba install --yes jupyter_kernel_gateway ipykernel \\
    && mamba clean --all --force-pkgs-dirs --yes \\
    && fix-permissions "${CONDA_DIR}" \\
    && fix-permissions "/home/${NB_USER}"
ENV TOKEN=""
EXPOSE 8888
WORKDIR "${HOME}"
CMD exec jupyter kernelgateway --KernelGatewayApp.ip=0.0.0.0 --KernelGatewayApp.port=8888 \\
    --KernelGatewayApp.auth_token="${TOKEN}" --JupyterWebsocketPersonality.list_kernels=true
"""

    class GenerateToken:
        """In place of a token: make one."""

    def __init__(  # noqa: PLR0913
        self,
        *,
        custom_image_name: str | None = None,
        container_name: str | None = None,
        auto_remove: bool = True,
        stop_container: bool = True,
        docker_env: dict[str, str] | None = None,
        expose_port: int = 8888,
        token: str | GenerateToken | None = None,
        work_dir: Path | str = "/workspace",
        bind_dir: Path | str | None = None,
        network: str | None = None,
    ) -> None:
        self._token = token if isinstance(token, str) else secrets.token_hex(32)
        self.bind_dir: Path | None = None if bind_dir is None else _writable(Path(bind_dir))
        binding = {"bind": str(work_dir), "mode": "rw"}
        with _docker_engine.connected() as client:
            _docker_engine.end_abandoned(client)
            self._container = _docker_engine.launched(
                client,
                _image(client, custom_image_name),
                name=container_name or f"agentchat-jupyterkernelgateway-{secrets.token_hex(8)}",
                environment={"TOKEN": self._token, **(docker_env or {})},
                auto_remove=auto_remove,
                labels=_docker_engine.owned() if stop_container else {},
                ports={} if network == "host" else {f"{expose_port}/tcp": (_HOST, None)},
                network_mode=network,
                volumes={} if self.bind_dir is None else {str(self.bind_dir.resolve()): binding},
                working_dir=str(work_dir),
            )
        self._ending = weakref.finalize(self, _docker_engine.release, self._container)
        self._ending.atexit = stop_container
        self._port = expose_port if network == "host" else self._published(expose_port)
        self._wait_until_it_answers()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        await self.stop()

    @property
    def connection_info(self) -> JupyterConnectionInfo:
        """Where the server is."""
        return JupyterConnectionInfo(_HOST, use_https=False, port=self._port, token=self._token)

    async def get_client(self) -> JupyterClient:
        """A client of the server; the caller closes it."""
        return JupyterClient(self.connection_info)

    async def stop(self) -> None:
        """Stops the container."""
        await asyncio.to_thread(self._ending)

    def _published(self, port: int) -> int:
        (binding, *_) = self._container.ports[f"{port}/tcp"]
        return int(binding["HostPort"])

    def _wait_until_it_answers(self) -> None:
        for _ in range(int(_READY_SECONDS / _POLL_SECONDS)):
            try:
                httpx2.get(f"http://{_HOST}:{self._port}/api", timeout=_READY_SECONDS)
            except httpx2.TransportError:
                time.sleep(_POLL_SECONDS)
            else:
                return
        self._ending()
        raise TimeoutError(f"The Jupyter server did not answer within {_READY_SECONDS} s.")


def _image(client: Any, custom_image_name: str | None) -> str:
    if custom_image_name is None:
        if not _docker_engine.has_image(client, _IMAGE):
            dockerfile = io.BytesIO(DockerJupyterServer.DEFAULT_DOCKERFILE.encode())
            client.images.build(fileobj=dockerfile, tag=_IMAGE)
        return _IMAGE
    if not _docker_engine.has_image(client, custom_image_name):
        raise ValueError(f"Custom image {custom_image_name} does not exist")
    return custom_image_name


def _writable(directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o777)
    return directory
