"""`harness serve` and `harness proxy`, as processes of their own."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from harness.cli import main
from harness.formats import load, save
from harness.interactions import Cassette, Interaction, Request, Response
from harness.script import Reply, Script
from harness.server import serving

SCRIPT = "harness: script\nreplies:\n  one: [{say: Hello}]\n  two: [{say: Bye}]\n"
CHAT = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}


class Process:
    """A server, and what it printed."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        assert process.stdout
        self.first = process.stdout.readline().strip()
        self.rest: list[str] = []

    def stopped(self, by: int) -> int:
        self._process.send_signal(by)
        out, _ = self._process.communicate(timeout=30)
        self.rest = out.splitlines()
        return self._process.returncode


@contextmanager
def process(*arguments: str) -> Iterator[Process]:
    command = [sys.executable, "-m", "harness", *arguments, "--port", "0"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, encoding="utf-8", env=environment
    ) as started:
        try:
            yield Process(started)
        finally:
            started.kill()


def refused(*arguments: str, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    return capsys.readouterr().err


def recorded(folder: Path, url: str = "https://api.openai.com/v1/chat/completions") -> Path:
    request = Request("POST", url, (), b'{"model":"m"}')
    response = Response(200, (("content-type", "application/json"),), b'{"say":"Hello"}', 0)
    save(folder / "talk.yaml", Cassette(interactions=(Interaction(request, response),)))
    return folder / "talk.yaml"


@pytest.mark.parametrize("option", [[], ["--script"]])
def test_a_part_of_a_script_is_served(tmp_path: Path, option: list[str]) -> None:
    script = tmp_path / "script.yaml"
    script.write_text(SCRIPT)

    with process("serve", *option, str(script), "--scenario", "two") as server:
        name, _, url = server.first.partition("=")
        answer = httpx2.post(f"{url}/chat/completions", json=CHAT).json()
        code = server.stopped(signal.SIGINT)

    assert (name, code) == ("OPENAI_BASE_URL", 0)
    assert answer["choices"][0]["message"]["content"] == "Bye"
    assert server.rest == ["session default: 1 played, 0 not asked for, 0 missing"]


def test_a_cassette_is_served_and_misses_are_told_in_the_end(tmp_path: Path) -> None:
    path = recorded(tmp_path, "https://openrouter.ai/api/v1/chat/completions")

    with process("serve", str(path)) as server:
        url = f"{server.first.removeprefix('OPENAI_BASE_URL=')}/chat/completions"
        played = httpx2.post(url, json={"model": "m"}, headers={"authorization": "Bearer one"})
        missed = httpx2.post(url, json={"model": "n"}, headers={"authorization": "Bearer two"})
        code = server.stopped(signal.SIGTERM)

    assert (played.json(), missed.status_code, code) == ({"say": "Hello"}, 404, 4)
    assert server.rest[:3] == [
        "session one: 1 played, 0 not asked for, 0 missing",
        "session two: 0 played, 1 not asked for, 1 missing",
        "  No recorded reply for model call 1 of 'two'.",
    ]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_proxy_that_is_stopped_leaves_a_whole_cassette(tmp_path: Path, number: int) -> None:
    path = tmp_path / "new" / "talk.yaml"

    with serving(Script(replies=(Reply(say="Hello"),))) as url:
        arguments = ["--upstream", f"openai={url}", "--output", str(path)]
        with process("proxy", *arguments) as server:
            address = server.first.partition(" ")[0]
            httpx2.post(f"{address}/chat/completions", json=CHAT)
            code = server.stopped(number)

    assert server.first == f"{address} stands for {url}"
    assert (code, server.rest) == (0, [f"{path} holds 1 interactions"])
    assert [each.name for each in path.parent.iterdir()] == ["talk.yaml"]
    with process("proxy", *arguments, "--record-mode", "none") as server:
        address = server.first.partition(" ")[0]
        replayed = httpx2.post(f"{address}/chat/completions", json=CHAT)
        missed = httpx2.post(f"{address}/chat/completions", json={**CHAT, "model": "n"})
        code = server.stopped(number)
    assert (replayed.status_code, missed.status_code, code) == (200, 404, 4)
    assert load(path).interactions[0].request.url == f"{url}/chat/completions"


def test_a_port_that_is_taken_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(recorded(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        serve = refused("serve", path, "--port", port, capsys=capsys)
        upstream = ("--upstream", "https://api.openai.com")
        proxy = refused("proxy", *upstream, "-o", path, "--port", port, capsys=capsys)

    for told in (serve, proxy):
        assert f"127.0.0.1:{port} can't be listened at: Address already in use" in told
        assert "--port 0 takes a free port" in told


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder for nobody's files")
def test_a_folder_that_can_not_be_written_to_is_told_before_anything_is_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["--upstream", "https://api.openai.com", "-o", "/proc/new/talk.yaml"]

    told = refused("proxy", *arguments, capsys=capsys)

    assert "/proc/new/talk.yaml can't be recorded: /proc: " in told


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([], "One file is served: `harness serve FILE`."),
        (["script.yaml", "--script", "script.yaml"], "One file is served"),
        (["missing.yaml"], "missing.yaml: No such file or directory"),
        (["broken.yaml"], "broken.yaml:1"),
        (["other.yaml"], "not a cassette in a format known here"),
        (["script.yaml"], "script.yaml has parts.\n  parts: one, two\n  fix:   --scenario one"),
        (["script.yaml", "--scenario", "tow"], "script.yaml has no part 'tow'."),
        (["bad_script.yaml"], "bad_script.yaml:2: replies: 0: "),
        (["script.yaml", "--host", "0.0.0.0"], "other machines could reach the server"),
        (["script.yaml", "--host", "everywhere"], "--host takes an address such as 127.0.0.1"),
    ],
)
def test_what_can_not_be_served_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[Any],
    why: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("script.yaml").write_text(SCRIPT)
    Path("bad_script.yaml").write_text("replies:\n- {sya: Hello}\n")
    Path("broken.yaml").write_text("{")
    Path("other.yaml").write_text("a: 1\n")

    assert why in refused("serve", *arguments, capsys=capsys)
