"""The Docker engine: how it is reached, and how its containers come and go."""

import contextlib
from collections.abc import Iterator
from typing import Any, Final

from agentchat.ext.code_executors import _container_owner as owner

try:
    import docker
    from docker.errors import APIError, DockerException, ImageNotFound, NotFound
except ImportError as _missing:
    raise ImportError(
        'Running code in Docker needs docker: pip install "agentchat-harness[docker]"'
    ) from _missing


_NOT_RUNNING: Final = 409
"""Status of an answer about a container that the engine knows, but that is stopped or paused."""


class DockerUnavailable(RuntimeError):
    """The Docker engine does not answer.

    Args:
        reason: What the attempt ended with.
    """

    def __init__(self, reason: Exception) -> None:
        self.reason = reason
        super().__init__(
            "Failed to connect to Docker. Please ensure Docker is installed and running. "
            f"({reason})"
        )


class ContainerNotRunning(ValueError):
    """There is no running container for code to run in.

    Args:
        name: The container's name.
        state: What became of it.
    """

    def __init__(self, name: str, state: str) -> None:
        self.name = name
        self.state = state
        super().__init__(
            "Container is not running. Must first be started with either start or a context "
            f"manager. ({name!r} {state})"
        )


class ContainerFailedToStart(ValueError):
    """A container ended before any code could run in it.

    Args:
        image: What it was made from.
        logs: What it wrote, as far as it can be had.
    """

    def __init__(self, image: str, logs: str) -> None:
        self.image = image
        self.logs = logs
        super().__init__(f"Failed to start container from image {image}. Logs: {logs}")


@contextlib.contextmanager
def connected() -> Iterator[Any]:
    """A `docker.DockerClient` of the engine that the environment names.

    Whoever takes a container out of the block releases it; the client is closed when the block
    fails.

    Raises:
        DockerUnavailable: Nobody answers.
    """
    try:
        client = docker.from_env()
    # requests' errors of a connection are OSErrors.
    except (DockerException, OSError) as error:
        raise DockerUnavailable(error) from error
    try:
        yield client
    except BaseException:
        client.close()
        raise


@contextlib.contextmanager
def naming_errors(container_name: str) -> Iterator[None]:
    """Names what goes wrong in the block for what it is: no engine, or no container.

    Raises:
        DockerUnavailable: The engine does not answer.
        ContainerNotRunning: The container is gone, or has ended.
    """
    try:
        yield
    except NotFound as error:
        raise ContainerNotRunning(container_name, "is gone") from error
    except APIError as error:
        if error.status_code != _NOT_RUNNING:
            raise
        raise ContainerNotRunning(container_name, f"has ended: {error.explanation}") from error
    except OSError as error:
        raise DockerUnavailable(error) from error


def owned() -> dict[str, str]:
    """The label of a container that is of no use without this process."""
    return {owner.LABEL: owner.this_process()}


def has_image(client: Any, image: str) -> bool:
    """Whether the engine has an image."""
    try:
        client.images.get(image)
    except ImageNotFound:
        return False
    return True


def ensure_image(client: Any, image: str) -> None:
    """Pulls an image that is not there."""
    if not has_image(client, image):
        client.images.pull(image)


def launched(client: Any, image: str, **settings: Any) -> Any:
    """A running container, made from an image that is there.

    Raises:
        ContainerFailedToStart: It ended at once.
    """
    container = client.containers.create(image, detach=True, **settings)
    try:
        container.start()
        container.reload()
    except NotFound as error:
        raise ContainerFailedToStart(image, "none, it is gone") from error
    except BaseException:
        remove(container)
        raise
    if container.status != "running":
        logs = container.logs().decode("utf-8", "replace")
        remove(container)
        raise ContainerFailedToStart(image, logs)
    return container


def remove(container: Any) -> None:
    """Removes a container, running or not; it may be gone already, or out of reach."""
    with contextlib.suppress(DockerException, OSError):
        container.remove(force=True)


def end(container: Any) -> None:
    """Stops a container at once, and removes it if it was made to be; never an error."""
    if container.attrs["HostConfig"]["AutoRemove"]:
        remove(container)
        return
    with contextlib.suppress(DockerException, OSError):
        container.stop(timeout=0)


def release(container: Any) -> None:
    """Ends a container, and closes the client that it came from."""
    end(container)
    container.client.close()


def restart(container: Any) -> None:
    """Ends every process of a container but its first; what can't be reached so, the engine ends.

    An engine may still be cleaning up after the stop when it starts the container again. On a
    busy machine it then kills the new processes for the old ones, and goes on calling the container
    running: seen with containerd 1.6. So the container is stopped only where nothing else helps.
    """
    if not _has_ended_processes(container):
        container.restart(timeout=0)


def _has_ended_processes(container: Any) -> bool:
    try:
        # A signal to all spares the first process of the container, and the one that sends it.
        return bool(container.exec_run(["/bin/sh", "-c", "kill -9 -1"], user="0").exit_code == 0)
    except APIError as error:
        if error.status_code != _NOT_RUNNING:
            raise
        return False


def end_abandoned(client: Any) -> None:
    """Ends the containers whose owner has died without ending them."""
    for container in client.containers.list(filters={"label": owner.LABEL}, ignore_removed=True):
        if owner.is_gone(container.labels[owner.LABEL]):
            end(container)


def remove_namesake(client: Any, name: str) -> None:
    """Removes the container that has a name, if there is one."""
    with contextlib.suppress(NotFound):
        remove(client.containers.get(name))
