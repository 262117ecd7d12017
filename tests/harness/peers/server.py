"""What the peers are tried on: a server on loopback, and how to ask it and record it.

It runs under the peers' own interpreter, which knows nothing of this project.
"""

import gzip
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

KEY = "sk-proj-0123456789abcdefABCDEF"


class Answers(BaseHTTPRequestHandler):
    """Counts what it is asked; streams, packs and breaks off as the path says."""

    protocol_version = "HTTP/1.1"
    _asked = 0
    _lock = threading.Lock()

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        time.sleep(asked.get("seconds", 0))
        with Answers._lock:
            Answers._asked += 1
        if self.path in ("/stream", "/cut"):
            self._stream()
        else:
            self._answer(json.dumps({"answer": Answers._asked, "key": KEY}).encode())

    def _answer(self, data: bytes) -> None:
        self.send_response(200)
        self.send_header("content-type", "application/json")
        if self.path == "/packed":
            data = gzip.compress(data)
            self.send_header("content-encoding", "gzip")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for number in range(3):
            piece = b"data: %d\n\n" % number
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            self.wfile.flush()
            # Each is received before the next is sent.
            time.sleep(0.05)
            if self.path == "/cut" and number == 1:
                self.close_connection = True
                return
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_: object) -> None: ...


def serving() -> str:
    """Serves until the process ends; where."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def ask(url: str, **body: object) -> int:
    """The number of the answer."""
    answer: int = httpx.post(url, json=body).json()["answer"]
    return answer


def pieces(url: str, stop_after: int = 9) -> list[str]:
    """What comes of a stream, piece by piece, and how it ends."""
    got = []
    try:
        with httpx.stream("POST", url, json={}) as response:
            for piece in response.iter_raw():
                got.append(piece.decode())
                if len(got) == stop_after:
                    break
    except Exception as error:
        got.append(type(error).__name__)
    return got


def failure(act) -> str:
    """What an action fails with; empty if it does not."""
    try:
        act()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""
