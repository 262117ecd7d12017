"""Projects for a pytest of their own, with an endpoint on this machine that says what was asked."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

import harness

# A run within this process forgets what it imports itself, and would import it each time.
import harness.cassettes
import harness.journal
import harness.upkeep
from tests.loopback import answering

CONFTEST = '''
import json, os, urllib.request
import httpx2, pytest

URL = os.environ["ENDPOINT"]

def ask(question):
    """Over the standard library."""
    request = urllib.request.Request(URL, json.dumps({"question": question}).encode())
    with urllib.request.urlopen(request) as response:
        return json.load(response)["answer"]

async def ask_async(question):
    async with httpx2.AsyncClient() as client:
        return (await client.post(URL, json={"question": question})).json()["answer"]
'''


class Endpoint:
    """Answers `{"answer": "HI"}` to `{"question": "hi"}`, and counts."""

    def __init__(self) -> None:
        self.questions: list[str] = []
        self.url = ""


@contextmanager
def endpoint() -> Iterator[Endpoint]:
    """An endpoint, in threads of this process."""
    told = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            told.questions.append(body["question"])
            answer = json.dumps({"answer": body["question"].upper()}).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    with answering(Handler) as url:
        told.url = f"{url}/v1/ask"
        yield told


class Project:
    """A project, and a pytest that loads the plugin by name, and others when they are named."""

    def __init__(self, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        monkeypatch.setenv("PYTHONPATH", str(Path(harness.__file__).parents[1]))
        # xdist's say who runs; with the others pytest tells all failures twice, in full.
        for name in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_TESTRUNUID", "CI", "BUILD_NUMBER"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("ENDPOINT", "http://127.0.0.1:9/v1/ask")
        self._pytester, self._monkeypatch = pytester, monkeypatch
        self.path = pytester.path
        self.configure()
        self.write("conftest.py", CONFTEST)

    def configure(self, *lines: str) -> None:
        """The configuration file."""
        text = "[tool.pytest.ini_options]\nfilterwarnings = ['error']\npythonpath = ['.']\n"
        text += "harness_match = ['any-host']\n"
        self.write("pyproject.toml", text + "".join(f"{line}\n" for line in lines))

    def write(self, name: str, text: str) -> Path:
        """A file of the project."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def run(self, *arguments: str, plugins: tuple[str, ...] = ()) -> pytest.RunResult:
        """pytest, with nobody to ask.

        It runs in this process, which takes half the time. Other people's plugins may leave
        something behind: with them it has a process of its own.
        """
        if plugins:
            return self.run_alone(*arguments, plugins=plugins)
        return self._pytester.runpytest_inprocess("-p", "harness.pytest_plugin", *arguments)

    def run_alone(self, *arguments: str, plugins: tuple[str, ...] = ()) -> pytest.RunResult:
        """pytest in a process of its own, where the network is not closed by the tests' own way."""
        names = ("harness.pytest_plugin", *plugins)
        options = [word for name in names for word in ("-p", name)]
        return self._pytester.runpytest_subprocess(*options, *arguments)

    def record(
        self, *arguments: str, mode: str = "once", plugins: tuple[str, ...] = ()
    ) -> tuple[pytest.RunResult, list[str]]:
        """pytest in a record mode, and what the endpoint was asked."""
        with endpoint() as asked:
            self.ask(asked)
            result = self.run("--record-mode", mode, *arguments, plugins=plugins)
        return result, asked.questions

    def ask(self, whom: Endpoint) -> None:
        """Makes the tests ask an endpoint."""
        self._monkeypatch.setenv("ENDPOINT", whom.url)

    @property
    def cassettes(self) -> dict[str, bytes]:
        """The files below the folder `cassettes`, hidden ones too, by their names."""
        folder = self.path / "cassettes"
        files = (path for path in sorted(folder.rglob("*")) if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
