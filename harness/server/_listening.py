"""Any ASGI application, served by a thread of this process."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

LOOPBACK = "127.0.0.1"
"""The address that this machine alone can reach."""

# Whoever still reads then has hung, and is cut off.
_FAREWELL_SECONDS = 2


@contextmanager
def listening(application: Any, port: int = 0, host: str = LOOPBACK) -> Iterator[str]:
    """Serves an application while the block lasts, and gives its address: `http://127.0.0.1:8808`.

    What is being answered when the block ends may come to its end, for two seconds.

    Args:
        application: An ASGI application.
        port: Where; 0 takes a free port.
        host: The address to listen at; by default no other machine can reach it.

    Raises:
        OSError: The port is taken, or there is no such address here.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as listener:
        # Else each answer waits 40 ms for the client to confirm its head. Connections inherit it.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server = uvicorn.Server(_configuration(application))
        thread = threading.Thread(
            target=lambda: asyncio.run(server.serve(sockets=[listener])), name="harness server"
        )
        thread.start()
        shown = f"[{host}]" if family == socket.AF_INET6 else host
        try:
            yield f"http://{shown}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def _configuration(application: Any) -> uvicorn.Config:
    # Nothing is added to an answer, and nothing printed: an answer that is broken off on purpose
    # would be told as an accident.
    return uvicorn.Config(
        application,
        http="h11",
        ws="none",
        log_config=None,
        log_level="critical",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=_FAREWELL_SECONDS,
    )
