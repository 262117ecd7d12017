"""The endpoint and the proxy, asked by the npm package `openai`."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from harness.proxy import Upstream, Upstreams, proxy_of
from harness.script import Reply, Script, When
from harness.server import listening, recorded, serving, serving_sessions
from harness.session import CassetteSession, RecordMode

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "node"
PROGRAM = Path(__file__).with_name("node") / "client.mjs"
SECONDS = 60
"""A program that takes longer hangs."""


def asked(url: str, *names: str, key: str = "test") -> Any:
    """What the program was told, by what it asked for."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node: it is not installed")
    if not (FOLDER / "node_modules" / "openai").exists():
        pytest.skip("needs node: `npm ci` was not run in build/node")
    done = subprocess.run(
        [node, "--input-type=module", "-"],
        input=PROGRAM.read_text(encoding="utf-8"),
        capture_output=True,
        encoding="utf-8",
        cwd=FOLDER,
        env={**os.environ, "OPENAI_BASE_URL": url, "OPENAI_API_KEY": key, "ASK": " ".join(names)},
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_script_answers_every_api() -> None:
    script = Script(replies=(Reply(say="Hello to you"),) * 4, models={"gpt-4o": "gpt-4o-2024"})

    with serving(script) as url:
        names = ("chat", "chat_stream", "responses", "responses_stream", "embeddings", "models")
        told = asked(url, *names)

    assert told == {
        "chat": "Hello to you",
        "chat_stream": "Hello to you",
        "responses": "Hello to you",
        "responses_stream": ["response.completed", "Hello to you"],
        "embeddings": 4,
        "models": ["gpt-4o"],
    }


def test_tools_are_called_and_answered() -> None:
    replies = (Reply(call={"add": {"a": 1, "b": 2}}), Reply(when=When(last="3"), say="It is 3"))

    with serving(Script(replies=replies)) as url:
        told = asked(url, "tools")

    assert told == {"tools": "It is 3"}


def test_what_a_proxy_recorded_is_served(tmp_path: Path) -> None:
    names = ("chat", "chat_stream", "responses_stream", "models")
    path = tmp_path / "talk.yaml"
    with (
        serving(Script(replies=(Reply(say="Hello to you"),) * 3)) as upstream,
        CassetteSession(path, mode=RecordMode.ONCE) as session,
        listening(proxy_of(Upstreams([Upstream("", upstream)]), session)) as address,
    ):
        live = asked(address, *names)

    with serving_sessions(recorded(path)) as endpoint:
        replayed = asked(endpoint.url, *names)

    assert replayed == live
    assert endpoint.sessions.report("test") == ((1, 2, 3, 4), (), ())


def test_a_miss_is_an_error_that_is_not_asked_again() -> None:
    with serving(Script()) as url:
        told = asked(url, "chat")

    assert (told["chat"]["status"], told["chat"]["code"]) == (404, "replay_miss")
    assert "The script has no reply for model call 1" in told["chat"]["message"]
