"""Whether this machine has a Docker engine that answers."""

import os
import socket
from urllib.parse import urlsplit

import pytest


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
