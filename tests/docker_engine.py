"""Whether this machine has a Docker engine that answers, and the images that tests use."""

import os
import socket
from typing import Final
from urllib.parse import urlsplit

import pytest

PYTHON_IMAGE: Final = "python:3-slim"
JUPYTER_IMAGE: Final = "agentchat-jupyter:latest"

# Containers that start at once keep each other from starting.
one_at_a_time = pytest.mark.xdist_group("docker")


def need_engine() -> None:
    """Skips the test where no engine answers.

    The library's own client is not asked: it leaves a socket open when there is none.
    """
    address = urlsplit(os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock"))
    if address.scheme != "unix":
        return
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(address.path)
        except OSError:
            pytest.skip("needs docker: no engine answers")


def need_image(image: str) -> None:
    """Skips the test where there is no engine, or it has no such image."""
    docker = pytest.importorskip("docker", reason="needs docker: its library is not installed")
    need_engine()
    client = docker.from_env()
    try:
        client.images.get(image)
    except docker.errors.ImageNotFound:
        pytest.skip(f"needs docker: there is no image {image}")
    finally:
        client.close()
