"""A server whose answers come in pieces: the next one when the caller has read the last."""

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Semaphore, Thread
from typing import Any

PIECES = [b"data: 1\n\n", b"data: 2\n\n: still here\r\n\r\n", b"data: [DONE]\n\n"]
_SECONDS_AT_MOST = 10


class Server(ThreadingHTTPServer):
    """Waits for `read` before each piece but the first."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self._read = Semaphore(0)
        self.asked: list[tuple[str, bytes]] = []
        self.told: Callable[[], object] = bool
        """Called when something was asked."""

    def read(self, piece: bytes = b"") -> None:
        """The caller has read a piece."""
        self._read.release()

    def wait_until_read(self) -> None:
        """Until the caller has the last piece; a caller that gets none fails its test."""
        self._read.acquire(timeout=_SECONDS_AT_MOST)


@contextmanager
def streaming() -> Iterator[Server]:
    """Such a server, for a block."""
    with Server() as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            for _ in range(100):
                server.read()
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        body = self._chunks() if "chunked" in self.headers.get("transfer-encoding", "") else b""
        body += self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.asked.append((self.path, body))
        self.server.told()
        answers: dict[str, Callable[[], None]] = {
            "/chunks": self._in_chunks,
            "/cut": lambda: self._in_chunks(PIECES[:2]),
            "/packed": lambda: self._in_chunks(_packed(), ("content-encoding", "gzip")),
            "/counted": self._counted,
            "/until-closed": self._until_closed,
            "/hangup": self._hang_up,
            "/silent": self.server.wait_until_read,
            "/nothing": lambda: self._head(204),
        }
        answers.get(self.path, self._counted)()

    do_GET = do_HEAD = do_POST  # noqa: N815 - http.server's names

    def _head(self, status: int = 200, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (("content-type", "text/event-stream"), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.flush()

    def _in_chunks(self, pieces: Any = PIECES, *headers: tuple[str, str]) -> None:
        self._head(200, ("transfer-encoding", "chunked"), *headers)
        self._write([b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces])
        if self.path == "/cut":
            self.close_connection = True
        else:
            self.wfile.write(b"0\r\nx-cost: 42\r\n\r\n")

    def _counted(self) -> None:
        self._head(200, ("content-length", str(len(b"".join(PIECES)))))
        if self.command != "HEAD":
            self._write(PIECES)

    def _until_closed(self) -> None:
        self._head(200, ("connection", "close"))
        self._write(PIECES)

    def _hang_up(self) -> None:
        self.close_connection = True

    def _write(self, pieces: list[bytes]) -> None:
        for number, piece in enumerate(pieces):
            if number:
                self.server.wait_until_read()
            self.wfile.write(piece)
            self.wfile.flush()
        self.server.wait_until_read()

    def _chunks(self) -> bytes:
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def log_message(self, *_: Any) -> None: ...

    def handle(self) -> None:
        # The caller may want no more.
        with suppress(ConnectionError):
            super().handle()


def _packed() -> list[bytes]:
    """The pieces compressed, each so that it can be read at once."""
    packing = zlib.compressobj(wbits=31)
    packed = [packing.compress(piece) + packing.flush(zlib.Z_SYNC_FLUSH) for piece in PIECES]
    return [*packed[:-1], packed[-1] + packing.flush()]
