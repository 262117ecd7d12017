"""What a container for code is made of, as it is saved and as the Docker engine takes it."""

from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from agentchat.ext.code_executors import _docker_engine
from agentchat.ext.code_executors._docker_exec import WORKSPACE

_STAY: Final = "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done"
"""What the container itself does: nothing, but it takes in the orphans of the code."""


class DockerCommandLineCodeExecutorConfig(BaseModel):
    """A saved executor; functions can't be saved."""

    image: str = "python:3-slim"
    container_name: str | None = None
    timeout: int = 60
    work_dir: str | None = None
    bind_dir: str | None = None
    auto_remove: bool = True
    stop_container: bool = True
    functions_module: str = "functions"
    extra_volumes: dict[str, dict[str, str]] = {}
    extra_hosts: dict[str, str] = {}
    init_command: str | None = None
    delete_tmp_files: bool = False
    device_requests: list[dict[str, Any]] | None = None
    """As the engine's API has them."""

    network: str | None = None
    mem_limit: str | int | None = None
    cpus: float | None = None
    pids_limit: int | None = None

    def of_container(self, bind_dir: Path) -> dict[str, Any]:
        """The settings of the container.

        Args:
            bind_dir: Becomes its workspace.
        """
        workspace = {str(bind_dir.resolve()): {"bind": WORKSPACE, "mode": "rw"}}
        return {
            "entrypoint": "/bin/sh",
            "command": ["-c", _STAY],
            "working_dir": WORKSPACE,
            "auto_remove": self.auto_remove,
            "labels": _docker_engine.owned() if self.stop_container else {},
            "volumes": workspace | self.extra_volumes,
            "extra_hosts": self.extra_hosts,
            "device_requests": self.device_requests,
            "network_mode": self.network,
            "mem_limit": self.mem_limit,
            "nano_cpus": None if self.cpus is None else int(self.cpus * 1e9),
            "pids_limit": self.pids_limit,
        }
