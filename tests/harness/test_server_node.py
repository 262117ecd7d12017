"""The endpoint and the proxy, asked by the npm package `openai` as it is set by default."""

import json
import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import openai
import pytest

from harness.formats import save
from harness.interactions import Cassette, Interaction, Request, Response
from harness.proxy import Upstream, Upstreams, proxy_of
from harness.script import Reply, Script, When
from harness.server import listening, recorded, scripted, serving, serving_sessions
from harness.session import CassetteSession, RecordMode
from tests.harness.pytest_projects import Project

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "node"
PROGRAM = Path(__file__).with_name("node") / "client.mjs"
SECONDS = 60
"""A program that takes longer hangs."""

OWNER = """
import json, os, subprocess

def asked(server):
    with open({program!r}) as program:
        command = ["node", "--input-type=module", "-"]
        environment = {{**os.environ, **server.environment, "ASK": "chat"}}
        told = subprocess.check_output(command, stdin=program, cwd={folder!r}, env=environment)
    return json.loads(told)["chat"]

def test_ends_well(harness_server):
    assert asked(harness_server("talk"))["code"] == "replay_miss"

def test_ends_badly(harness_server):
    assert asked(harness_server("talk")) == "Hello"

def test_asks_nothing(harness_server):
    harness_server("talk")
"""
"""Tests of a project whose cassette holds another question than the program's."""


def node() -> str:
    """The interpreter; the test is skipped where it, or its package, is not there."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("needs node: it is not installed")
    if not (FOLDER / "node_modules" / "openai").exists():
        pytest.skip("needs node: `npm ci` was not run in build/node")
    return found


def asked(url: str, *names: str, key: str = "test") -> Any:
    """What the program was told, by what it asked for."""
    done = subprocess.run(
        [node(), "--input-type=module", "-"],
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


def test_programs_and_threads_at_once_do_not_mix() -> None:
    def in_a_thread(url: str, key: str) -> Any:
        with openai.OpenAI(base_url=url, api_key=key) as sdk:
            chunks = sdk.chat.completions.create(model="m", messages=[], stream=True)
            said = "".join(each.choices[0].delta.content or "" for each in chunks)
            return {"chat_stream": said, "responses": sdk.responses.create(input="Hi").output_text}

    script = Script(replies=(Reply(say="the first"), Reply(say="the second")))
    with serving_sessions(scripted(script)) as endpoint, ThreadPoolExecutor(4) as threads:
        names = ("chat_stream", "responses")
        programs = [threads.submit(asked, endpoint.url, *names, key=key) for key in ("one", "two")]
        beside = [threads.submit(in_a_thread, endpoint.url, key) for key in ("three", "four")]
        told = [each.result() for each in (*programs, *beside)]

    assert told == [{"chat_stream": "the first", "responses": "the second"}] * 4
    assert sorted(endpoint.sessions.names) == ["four", "one", "three", "two"]


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
    with serving_sessions(scripted(Script())) as endpoint:
        told = asked(endpoint.url, "chat")

    (miss,) = endpoint.sessions.report("test").misses
    assert told["chat"] == {"status": 404, "code": "replay_miss", "message": f"404 {miss}"}
    assert "The script has no reply for model call 1" in str(miss)


def test_a_miss_fails_the_pytest_test_that_owns_the_session(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    node()
    project = Project(pytester, monkeypatch)
    sent = b'{"model":"gpt-4o","messages":[{"role":"user","content":"Ho"}]}'
    request = Request("POST", "https://api.openai.com/v1/chat/completions", (), sent)
    talk = Cassette(interactions=(Interaction(request, Response(200, (), b"{}", 0)),))
    save(project.write("cassettes/talk.yaml", ""), talk)
    project.write("test_a.py", OWNER.format(program=str(PROGRAM), folder=str(FOLDER)))

    result = project.run()

    result.assert_outcomes(passed=1, failed=2)
    explained = "*'Ho' became 'Hi'*"
    swallowed = "It was swallowed. Then came: AssertionError: assert *"
    result.stdout.fnmatch_lines(
        ["*_ test_ends_well _*", explained, "*_ test_ends_badly _*", explained, swallowed]
    )
    result.stdout.no_fnmatch_line("*more request* not recorded.")
