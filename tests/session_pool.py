"""A session pool of Azure Container Apps on this machine, by its published protocol.

Each session is a Python process that keeps what earlier code has left in memory.
"""

import contextlib
import json
import signal
import subprocess
import sys
import tempfile
import threading
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qs, unquote, urlsplit

API_VERSION = "2024-02-02-preview"
SESSION_CODE = """
import ast, contextlib, io, json, os, sys, traceback

answers, files = os.fdopen(os.dup(1), "w"), os.getcwd()
go = os.chdir
os.chdir = lambda path: go(files if path == "/mnt/data" else path)
names = {}

def value_of(code):
    tree = ast.parse(code)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), names)
    if last is not None:
        return eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)

def answer_to(code):
    out, err, value, status = io.StringIO(), io.StringIO(), None, "Success"
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            sys.stdin = io.StringIO()
            value = value_of(code)
        except BaseException:
            traceback.print_exc()
            status = "Failure"
    shown = "" if value is None else repr(value)
    return {"status": status, "stdout": out.getvalue(), "stderr": err.getvalue(), "result": shown}

questions = sys.stdin
while line := questions.readline():
    try:
        print(json.dumps(answer_to(json.loads(line))), file=answers, flush=True)
    except KeyboardInterrupt:
        pass
"""


class Answer(NamedTuple):
    status: int
    body: bytes


def as_json(status: int, body: Any) -> Answer:
    return Answer(status, json.dumps(body).encode())


def refused(status: int, code: str) -> Answer:
    return as_json(status, {"error": {"code": code, "message": f"The pool says: {code}"}})


class Session:
    """One process, and the directory of its files."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir()
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-c", SESSION_CODE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=directory,
            text=True,
        )
        self._lock = threading.Lock()

    def execute(self, code: str, timeout_seconds: float) -> Any:
        """What the process says of the code; None if it died."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with self._lock:
            interrupt = threading.Timer(timeout_seconds, self.process.send_signal, [signal.SIGINT])
            interrupt.start()
            try:
                self.process.stdin.write(json.dumps(code) + "\n")
                self.process.stdin.flush()
                line = self.process.stdout.readline()
            finally:
                interrupt.cancel()
        return json.loads(line) if line else None

    def end(self) -> None:
        self.process.kill()
        with self._lock:
            self.process.wait()
            for pipe in (self.process.stdin, self.process.stdout):
                assert pipe is not None
                with contextlib.suppress(OSError):
                    pipe.close()


class SessionPool:
    """The pool; it answers within its `with` block, at `endpoint`."""

    def __init__(self) -> None:
        self.valid_token = "token-1"
        self.requests: list[str] = []
        """Method, path and session of each, in order."""

        self.broken_with: Answer | None = None
        """Given to all requests, if there is one."""

        self.sessions: dict[str, Session] = {}
        self._made = 0
        self._lock = threading.Lock()
        self._directory = tempfile.TemporaryDirectory()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}/pools/mine"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=[0.01]).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._server.shutdown()
        with self._lock:
            sessions, self.sessions = list(self.sessions.values()), {}
        for session in sessions:
            session.end()
        # It waits for the requests in hand, which have just lost their sessions.
        self._server.server_close()
        self._directory.cleanup()

    def answer(self, method: str, url: str, headers: Any, body: bytes) -> Answer:
        parts = urlsplit(url)
        query = parse_qs(parts.query)
        path = parts.path.removeprefix("/pools/mine/")
        identifier = query["identifier"][0]
        self.requests.append(f"{method} {path} {identifier}")
        if headers["Authorization"] != f"Bearer {self.valid_token}":
            return refused(401, "Unauthorized")
        if self.broken_with is not None:
            return self.broken_with
        if query["api-version"] != [API_VERSION]:
            return refused(400, "UnsupportedApiVersion")
        return self._served(method, path, identifier, headers, body)

    def _served(self, method: str, path: str, identifier: str, headers: Any, body: bytes) -> Answer:
        session = self._session(identifier)
        match method, path.split("/"):
            case "POST", ["code", "execute"]:
                return self._executed(identifier, json.loads(body)["properties"])
            case "GET", ["files"]:
                files = sorted(session.directory.iterdir())
                entries = [{"filename": file.name, "size": file.stat().st_size} for file in files]
                return as_json(200, {"value": [{"properties": entry} for entry in entries]})
            case "POST", ["files", "upload"]:
                name, content = uploaded(headers["Content-Type"], body)
                (session.directory / name).write_bytes(content)
                return as_json(200, {"value": [{"properties": {"filename": name}}]})
            case "GET", ["files", "content", name]:
                return Answer(200, (session.directory / unquote(name)).read_bytes())
        return refused(404, "NotFound")

    def _executed(self, identifier: str, properties: Any) -> Answer:
        assert properties["codeInputType"] == "inline"
        assert properties["executionType"] == "synchronous"
        session = self.sessions[identifier]
        answer = session.execute(properties["code"], properties["timeoutInSeconds"])
        if answer is None:
            session.end()
            with self._lock:
                self.sessions.pop(identifier, None)
            return refused(500, "SessionCrashed")
        return as_json(200, {"properties": answer})

    def _session(self, identifier: str) -> Session:
        # Several requests of one session may come at once; the session is made once.
        with self._lock:
            if identifier not in self.sessions:
                self._made += 1
                self.sessions[identifier] = Session(Path(self._directory.name) / str(self._made))
            return self.sessions[identifier]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        pool = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"] or 0))
                answer = pool.answer(self.command, self.path, self.headers, body)
                try:
                    self.send_response(answer.status)
                    self.send_header("Content-Length", str(len(answer.body)))
                    self.end_headers()
                    self.wfile.write(answer.body)
                except OSError:
                    return  # Nobody waits for it any longer.

            do_POST = do_GET  # noqa: N815 - the name is the method's

            def log_message(self, *_: Any) -> None:
                return

        return Handler


def uploaded(content_type: str, body: bytes) -> tuple[str, bytes]:
    """The name and content of the one file in a multipart form."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    (part,) = BytesParser(policy=HTTP).parsebytes(head + body).iter_parts()
    assert part.get_param("name", header="content-disposition") == "file"
    return str(part.get_filename()), part.get_content()
