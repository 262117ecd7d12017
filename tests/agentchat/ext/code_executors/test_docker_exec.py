import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest

from agentchat.core import CancellationToken
from agentchat.ext.code_executors._process import Outcome

docker = pytest.importorskip("docker", reason="needs docker: its library is not installed")

from agentchat.ext.code_executors._docker_engine import DockerUnavailable  # noqa: E402
from agentchat.ext.code_executors._docker_exec import run  # noqa: E402

HEAD = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
STATES = {"create": b'{"Id": "1"}', "json": b'{"Running": false, "ExitCode": 0}'}


def frame(text: bytes, stream: bytes = b"\x01") -> bytes:
    return stream + b"\0\0\0" + len(text).to_bytes(4) + text


@contextmanager
def container_of(started: bytes) -> Iterator[Any]:
    """A container of an engine that answers to the start of every program with some bytes."""

    class Engine(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            if self.path.endswith("/start"):
                self.wfile.write(started)
            else:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(STATES["json" if self.command == "GET" else "create"])
            self.close_connection = True

        do_POST = do_GET  # noqa: N815 - the name is the method's

        def log_message(self, *_: Any) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Engine) as server:
        threading.Thread(target=server.serve_forever, args=[0.01]).start()
        api = docker.APIClient(f"tcp://127.0.0.1:{server.server_port}", version="1.43")
        yield SimpleNamespace(id="7", name="mine", client=SimpleNamespace(api=api))
        api.close()
        server.shutdown()


@pytest.mark.parametrize(
    ("frames", "output"),
    [
        (frame(b"\n") + frame(b"one") + frame(b"two\n"), "onetwo\n"),
        (frame(b"\none\n"), "one\n"),
        (frame(b"oops\n", stream=b"\x02") + frame(b"\n\none"), "oops\n\none"),
        (frame(b"OCI runtime exec failed"), "OCI runtime exec failed"),
        (b"", ""),
    ],
    ids=["frames", "one frame", "errors first", "the engine's own words", "nothing"],
)
async def test_output_that_comes_with_the_head_of_the_answer_is_not_lost(
    frames: bytes, output: str
) -> None:
    with container_of(HEAD + frames) as container:
        outcome = await run(container, ["true"], 60, CancellationToken())

    assert outcome == Outcome(0, output)


async def test_an_engine_that_hangs_up_is_named() -> None:
    with (
        container_of(b"") as container,
        pytest.raises(DockerUnavailable, match="ensure Docker is installed and running"),
    ):
        await run(container, ["true"], 60, CancellationToken())
