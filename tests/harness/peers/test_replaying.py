"""What goes wrong with a peer when it replays, and not here."""

import asyncio
import json
import urllib.request
from pathlib import Path

import httpx2
import pytest

import harness
from agentchat.core._world import scope
from harness.errors import ReplayMiss
from harness.matching import Matcher
from tests.harness.patching.streaming import PIECES, streaming
from tests.harness.peers.stage import (
    Server,
    ask,
    needs_peers,
    pieces,
    recording,
    replaying,
    told,
)

STREAM = (b"data: 0\n\n", b"data: 1\n\n", b"data: 2\n\n")
EVENTS = {"content-type": "text/event-stream"}

pytestmark = needs_peers


async def test_equal_requests_of_two_agents_keep_their_answers(tmp_path: Path) -> None:
    """vcrpy plays equal requests in recorded order, to whoever comes first."""
    theirs = told(
        """
def both(*agents):
    return {agent: ask(url, prompt="Hello") for agent in agents}

print(json.dumps([recorded(act=lambda: both("ann", "bob"), **ON_BODY),
                  recorded(act=lambda: both("bob", "ann"), record_mode="none", **ON_BODY)]))
""",
        tmp_path,
    )
    assert theirs == [{"ann": 1, "bob": 2}, {"ann": 2, "bob": 1}]

    async def both(session, inner, *agents: str) -> dict[str, int]:
        said = {}
        for agent in agents:
            with scope(agent):
                said[agent] = await ask(session, inner, prompt="Hello")
        return said

    with recording(tmp_path) as session:
        first = await both(session, Server(), "ann", "bob")
    again = await both(replaying(tmp_path), None, "bob", "ann")

    assert first == again == {"ann": 1, "bob": 2}


async def test_a_changed_prompt_gets_no_old_answer(tmp_path: Path) -> None:
    """vcrpy, pytest-recording and cassetter match method and address, unless told otherwise."""
    theirs = told(
        """
said = []
for use, file in (vcr.use_cassette, "v.yaml"), (cassetter.use_cassette, "c.yaml"):
    recorded(use, file, lambda: ask(url, prompt="Say yes."))
    said.append(recorded(use, file, lambda: ask(url, prompt="Say no."), record_mode="none"))
print(json.dumps(said))
""",
        tmp_path,
    )
    assert theirs == [1, 2]

    with recording(tmp_path) as session:
        await ask(session, Server(), prompt="Say yes.")
    with pytest.raises(ReplayMiss):
        await ask(replaying(tmp_path), prompt="Say no.")


async def test_a_miss_says_what_differs(tmp_path: Path) -> None:
    """cassetter names the address alone."""
    theirs = told(
        """
on = {"match_on": ["method", "uri", "json_body"]}
recorded(cassetter.use_cassette, act=lambda: ask(url, prompt="Say yes."), **on)
print(json.dumps(failure(lambda: recorded(
    cassetter.use_cassette, act=lambda: ask(url, prompt="Say no."), record_mode="none", **on))))
""",
        tmp_path,
    )
    assert theirs.startswith("NoMatchError: no matching interaction for POST http")
    assert "Say" not in theirs

    with recording(tmp_path) as session:
        await ask(session, Server(), prompt="Say yes.")
    with pytest.raises(ReplayMiss, match=r"prompt: 'yes' became 'no' in 'Say no\.'"):
        await ask(replaying(tmp_path), prompt="Say no.")


async def test_an_answer_is_not_given_twice(tmp_path: Path) -> None:
    """cassetter gives the recorded answer again, however often it is asked: a loop passes."""
    theirs = told(
        """
on = {"match_on": ["method", "uri", "json_body"]}
recorded(cassetter.use_cassette, act=lambda: ask(url), **on)
print(json.dumps(recorded(cassetter.use_cassette, act=lambda: [ask(url) for _ in range(3)],
                          record_mode="none", **on)))
""",
        tmp_path,
    )
    assert theirs == [1, 1, 1]

    with recording(tmp_path) as session:
        await ask(session, Server())
    session = replaying(tmp_path)
    await ask(session)
    with pytest.raises(ReplayMiss, match="played"):
        await ask(session)


async def test_what_nobody_asked_for_is_told(tmp_path: Path) -> None:
    """pytest-recording passes a test that makes half of the recorded calls, without a word."""
    test = """
import os, httpx, pytest

@pytest.mark.vcr
def test_calls():
    for _ in range(int(os.environ["CALLS"])):
        httpx.post(os.environ["SERVER"], json={})
"""
    (tmp_path / "test_calls.py").write_text(test, encoding="utf-8")
    theirs = told(
        """
import subprocess, sys
def run(calls, mode):
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "pytest_recording.plugin",
         "-p", "no:cacheprovider", "--record-mode", mode],
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "SERVER": url, "CALLS": calls},
        capture_output=True, text=True).stdout
print(json.dumps([run("2", "once"), run("1", "none")]))
""",
        tmp_path,
    )
    assert all("1 passed" in output and "warning" not in output for output in theirs)
    (cassette,) = (tmp_path / "cassettes").rglob("*.yaml")
    assert cassette.read_text(encoding="utf-8").count("- request:") == 2

    with recording(tmp_path) as session:
        await ask(session, inner := Server())
        await ask(session, inner)
    session = replaying(tmp_path)
    await ask(session)
    assert session.unplayed == [1]


async def test_a_stream_keeps_its_pieces(tmp_path: Path) -> None:
    """vcrpy reads all of a stream before it hands over any: recorded or played, it is one piece."""
    theirs = told(
        """
said = [recorded(act=lambda: pieces(url + "/stream"), **mode)
        for mode in ({}, {"record_mode": "none"})]
print(json.dumps([pieces(url + "/stream"), *said]))
""",
        tmp_path,
    )
    unrecorded = [piece.decode() for piece in STREAM]
    assert theirs == [unrecorded, ["".join(unrecorded)], ["".join(unrecorded)]]

    with recording(tmp_path) as session:
        first = await pieces(session, Server(*STREAM, headers=EVENTS))
    assert first == await pieces(replaying(tmp_path)) == unrecorded


async def test_a_stream_that_breaks_off_breaks_off_again(tmp_path: Path) -> None:
    """vcrpy and cassetter record nothing of it: the failure can't be replayed."""
    theirs = told(
        """
said = []
for use, file in (vcr.use_cassette, "v.yaml"), (cassetter.use_cassette, "c.yaml"):
    recorded(use, file, lambda: pieces(url + "/cut"))
    said.append(failure(lambda: recorded(use, file, lambda: ask(url + "/cut"), record_mode="none")))
    said.append(os.path.exists(file))
print(json.dumps(said))
""",
        tmp_path,
    )
    assert theirs[1] is theirs[3] is False
    assert theirs[0].startswith("CannotOverwriteExistingCassetteException")
    assert theirs[2].startswith("NoMatchError")

    broken = Server(STREAM[0], httpx2.ReadError("gone"), headers=EVENTS)
    with recording(tmp_path) as session:
        first = await pieces(session, broken)
    assert first == await pieces(replaying(tmp_path)) == ["data: 0\n\n", "ReadError"]


async def test_who_stopped_listening_is_replayed_as_who_stopped(tmp_path: Path) -> None:
    """vcrpy records what the caller never saw, so a caller that goes on goes on unnoticed."""
    theirs = told(
        """
recorded(act=lambda: pieces(url + "/stream", stop_after=1))
print(json.dumps(recorded(act=lambda: pieces(url + "/stream"), record_mode="none")))
""",
        tmp_path,
    )
    assert theirs == ["".join(piece.decode() for piece in STREAM)]

    with recording(tmp_path) as session:
        first = await pieces(session, Server(*STREAM, headers=EVENTS), stop_after=1)
    assert first == await pieces(replaying(tmp_path), stop_after=1)
    with pytest.raises(ReplayMiss, match="stopped waiting for the rest"):
        await pieces(replaying(tmp_path))


async def test_a_growing_conversation_is_looked_for_once_a_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """vcrpy compares each request with each recorded one, in full."""
    theirs = told(
        """
import vcr.matchers
compared, body = [], vcr.matchers.body
def counted(one, other):
    compared.append(one)
    return body(one, other)
def talk():
    for turn in range(20):
        ask(url, messages=[f"message {n}" for n in range(turn)])
recorded(act=talk, **ON_BODY)
mine = vcr.VCR()
mine.register_matcher("counted", counted)
recorded(mine.use_cassette, act=talk, record_mode="none", match_on=["method", "uri", "counted"])
print(json.dumps(len(compared)))
""",
        tmp_path,
    )
    assert theirs >= 20 * 20

    async def talk(session, inner=None) -> None:
        for turn in range(20):
            await ask(session, inner, messages=[f"message {n}" for n in range(turn)])

    with recording(tmp_path) as session:
        await talk(session, Server())
    session, digested = replaying(tmp_path), []
    digest = Matcher.digest
    monkeypatch.setattr(
        Matcher, "digest", lambda self, request: digested.append(1) or digest(self, request)
    )
    await talk(session)
    assert len(digested) <= 20


async def test_tasks_with_cassettes_of_their_own_do_not_mix(tmp_path: Path) -> None:
    """vcrpy's cassette is the process's: the one opened last gets what everybody asks."""
    theirs = told(
        """
both_open = threading.Barrier(2)
def record(name):
    if name == "b": time.sleep(0.2)
    with vcr.use_cassette(name + ".yaml") as cassette:
        both_open.wait()
        ask(url, name=name)
        both_open.wait()
        counts[name] = len(cassette)
counts = {}
threads = [threading.Thread(target=record, args=name) for name in "ab"]
for each in threads: each.start()
for each in threads: each.join()
print(json.dumps(counts))
""",
        tmp_path,
    )
    assert theirs != {"a": 1, "b": 1}

    async def record(name: str) -> None:
        with recording(tmp_path, name) as session:
            await ask(session, Server(), name=name)

    await asyncio.gather(record("a"), record("b"))
    recorded = [replaying(tmp_path, name).cassette.interactions for name in "ab"]
    assert [[json.loads(each.request.body) for each in it] for it in recorded] == [
        [{"name": "a"}],
        [{"name": "b"}],
    ]


def test_a_synchronous_caller_gets_a_stream_while_it_is_recorded(tmp_path: Path) -> None:
    """vcrpy reads an answer to its end before its caller gets a byte, and joins the pieces."""
    program = """
import urllib.request
def lines():
    asked = urllib.request.Request(url + "/stream", b"{}")
    began = time.monotonic()
    with urllib.request.urlopen(asked) as response:
        first = response.read1()
        return [first.decode(), time.monotonic() - began > 0.1]
print(json.dumps([recorded(act=lines), recorded(act=lines, record_mode="none")]))
"""
    [[recorded_piece, waited_for_all], [played_piece, _]] = told(program, tmp_path)
    whole = b"".join(STREAM).decode()
    assert (recorded_piece, waited_for_all, played_piece) == (whole, True, whole)

    heard = []
    with streaming() as server:
        for mode in ("once", "none"):
            with (
                harness.cassette(tmp_path / "x.yaml", record_mode=mode),
                urllib.request.urlopen(f"{server.url}/chunks", b"") as response,
            ):
                # The server sends the next piece when this one was read.
                heard.append(response.read1())
    assert heard == [PIECES[0], PIECES[0]]
