"""The executor of those who name none: in Docker where a daemon answers, else on this machine."""

import warnings
from contextlib import closing
from importlib import import_module

from agentchat.core.code_executor import CodeExecutor
from agentchat.ext.code_executors.local import LocalCommandLineCodeExecutor

_DOCKER_ROOM = "agentchat.ext.code_executors.docker"


def create_default_code_executor(work_dir: str | None = None) -> CodeExecutor:
    """An executor in Docker, or one on this machine, with a warning, when no daemon answers.

    Args:
        work_dir: Where the code runs; a temporary directory by default.
    """
    executor = _docker_executor(work_dir)
    if executor is not None:
        return executor
    warnings.warn(
        "Docker is not available or not running. Using LocalCommandLineCodeExecutor instead of the "
        "recommended DockerCommandLineCodeExecutor. For security, it is recommended to install "
        "Docker and ensure it's running before using code executors. "
        "To install Docker, visit: https://docs.docker.com/get-docker/",
        UserWarning,
        stacklevel=2,
    )
    return LocalCommandLineCodeExecutor(work_dir=work_dir)


def _docker_executor(work_dir: str | None) -> CodeExecutor | None:
    try:
        # Optional, and not of this room.
        docker = import_module("docker")
        room = import_module(_DOCKER_ROOM)
    except ImportError:
        return None
    try:
        with closing(docker.from_env()) as client:
            client.ping()
    # requests' errors of a connection are OSErrors.
    except (docker.errors.DockerException, OSError):
        return None
    executor: CodeExecutor = room.DockerCommandLineCodeExecutor(work_dir=work_dir)
    return executor
