"""What goes wrong with a peer when it records, and not here."""

import asyncio
import gzip
import json
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest

from agentchat.core._world import scope
from harness.errors import UnreadableCassette
from harness.formats import load
from harness.session import CassetteSession, RecordMode
from tests.harness.peers.stage import (
    ROOT,
    Server,
    ask,
    needs_peers,
    recording,
    replaying,
    told,
)

KEY = "sk-proj-0123456789abcdefABCDEF"

pytestmark = needs_peers


async def test_what_a_killed_process_recorded_is_there(tmp_path: Path) -> None:
    """vcrpy and cassetter write when all is over: after a kill there is not even a file."""
    for peer in ("vcr", "cassetter"):
        program = f"""
def three():
    for _ in range(3):
        ask(url)
    os.kill(os.getpid(), 9)
recorded({peer}.use_cassette, "{peer}.yaml", three)
"""
        told(program, tmp_path, status=-signal.SIGKILL)
        assert not (tmp_path / f"{peer}.yaml").exists()

    program = f"""
import asyncio, os
from pathlib import Path
from tests.harness.peers.stage import Server, ask, recording

async def three():
    session, server = recording(Path({str(tmp_path)!r})), Server()
    for number in range(3):
        await ask(session, server, number=number)
    os.kill(os.getpid(), 9)
asyncio.run(three())
"""
    assert _status(program) == -signal.SIGKILL
    session = CassetteSession(tmp_path / "ours.yaml", mode=RecordMode.NEW_EPISODES)
    assert [await ask(session, number=number) for number in range(3)] == [1, 2, 3]


def _status(program: str) -> int:
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode


async def test_a_recording_that_was_broken_off_does_not_pass_for_a_whole_one(
    tmp_path: Path,
) -> None:
    """vcrpy keeps what a failed test recorded, and nothing tells that the rest is missing."""
    theirs = told(
        """
def fails():
    ask(url)
    raise RuntimeError
failure(lambda: recorded(act=fails))
print(json.dumps(open("file.yaml").read()))
""",
        tmp_path,
    )
    assert theirs.count("- request:") == 1
    assert theirs.endswith("version: 1\n")

    async def fails(keeps: bool) -> CassetteSession:
        path = tmp_path / f"{keeps}.yaml"
        session = CassetteSession(path, mode=RecordMode.ONCE, record_on_exception=keeps, test="it")
        with suppress(RuntimeError), session:
            await ask(session, Server())
            raise RuntimeError
        return session

    assert load((await fails(keeps=True)).path).header.unfinished == ("it",)
    assert not (await fails(keeps=False)).path.exists()


async def test_two_recorders_of_one_cassette_lose_nothing(tmp_path: Path) -> None:
    """vcrpy and cassetter write the whole file when they end: the last one's is all there is."""
    theirs = told(
        """
kept = []
for name, use in ("v.yaml", vcr.use_cassette), ("c.yaml", cassetter.use_cassette):
    with use(name, record_mode="new_episodes"):
        ask(url, name="first")
        with use(name, record_mode="new_episodes"):
            ask(url, name="second")
    kept.append(open(name).read())
print(json.dumps([[name in text for name in ("first", "second")] for text in kept]))
""",
        tmp_path,
    )
    assert theirs == [[True, False], [True, False]]

    path, server = tmp_path / "ours.yaml", Server()
    with CassetteSession(path, mode=RecordMode.NEW_EPISODES) as first:
        await ask(first, server, name="first")
        with CassetteSession(path, mode=RecordMode.NEW_EPISODES) as second:
            await ask(second, server, name="second")
    asked = [json.loads(each.request.body)["name"] for each in load(path).interactions]
    assert sorted(asked) == ["first", "second"]


async def test_who_is_answered_first_does_not_change_the_file(tmp_path: Path) -> None:
    """vcrpy writes down what happened in the order in which answers came."""
    theirs = told(
        """
import asyncio
import gzip
async def both(*seconds):
    async with httpx.AsyncClient() as client:
        asked = [client.post(url, json={"agent": name, "seconds": each})
                 for name, each in zip("ab", seconds)]
        await asyncio.gather(*asked)
def order(file, *seconds):
    recorded(file=file, act=lambda: asyncio.run(both(*seconds)))
    text = open(file).read()
    return text.find('"agent":"a"') < text.find('"agent":"b"')
print(json.dumps([order("one.yaml", 0, 0.2), order("other.yaml", 0.2, 0)]))
""",
        tmp_path,
    )
    assert theirs == [True, False]

    class Answering(httpx2.AsyncBaseTransport):
        def __init__(self, first: str) -> None:
            self._first, self._is_over = first, asyncio.Event()

        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            name = json.loads(request.content)["agent"]
            if name != self._first:
                await self._is_over.wait()
            self._is_over.set()
            return httpx2.Response(200, json={"answer": name})

    async def one(session: CassetteSession, name: str, server: Answering) -> None:
        with scope(name):
            await ask(session, server, agent=name)

    async def order(first: str) -> list[str]:
        with recording(tmp_path, first) as session:
            server = Answering(first)
            await asyncio.gather(one(session, "a", server), one(session, "b", server))
        interactions = load(tmp_path / f"{first}.yaml").interactions
        return [each.agent_path[0] for each in interactions]

    assert await order("a") == await order("b") == ["a", "b"]


async def test_a_refused_connection_is_refused_again(tmp_path: Path) -> None:
    """vcrpy and cassetter record answers alone: how code meets a failure can't be replayed."""
    theirs = told(
        """
refused = "http://127.0.0.1:9/"
said = []
for use, file in (vcr.use_cassette, "v.yaml"), (cassetter.use_cassette, "c.yaml"):
    for mode in "once", "none":
        said.append(failure(lambda: recorded(
            use, file, lambda: ask(refused), record_mode=mode)).partition(":")[0])
print(json.dumps(said))
""",
        tmp_path,
    )
    once, none, again, never = theirs
    assert once == again == "ConnectError"
    assert [none, never] == ["CannotOverwriteExistingCassetteException", "NoMatchError"]

    class Refusing(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            raise httpx2.ConnectError("refused")

    with recording(tmp_path) as session, pytest.raises(httpx2.ConnectError, match="refused"):
        await ask(session, Refusing())
    with pytest.raises(httpx2.ConnectError, match="refused"):
        await ask(replaying(tmp_path))


async def test_a_key_in_a_packed_answer_is_not_kept(tmp_path: Path) -> None:
    """vcrpy stores the packed bytes as they are; cassetter unpacks them, and stores the key."""
    theirs = told(
        """
import gzip, yaml
recorded(file="v.yaml", act=lambda: ask(url + "/packed"))
recorded(cassetter.use_cassette, "c.yaml", lambda: ask(url + "/packed"))
body = yaml.safe_load(open("v.yaml"))["interactions"][0]["response"]["body"]["string"]
print(json.dumps([KEY in gzip.decompress(body).decode(), KEY in open("c.yaml").read()]))
""",
        tmp_path,
    )
    assert theirs == [True, True]

    packed = gzip.compress(json.dumps({"answer": 1, "key": KEY}).encode())
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    with recording(tmp_path) as session:
        assert await ask(session, Server(packed, headers=headers)) == 1
    (interaction,) = load(tmp_path / "ours.yaml").interactions
    assert json.loads(interaction.response.content)["key"].startswith("<secret:api-key:")


async def test_a_key_in_json_in_json_is_not_kept(tmp_path: Path) -> None:
    """vcrpy and cassetter clean headers, and fields by name: not what a tool was called with."""
    theirs = told(
        """
said = []
for use, file in (vcr.use_cassette, "v.yaml"), (cassetter.use_cassette, "c.yaml"):
    recorded(use, file, lambda: ask(url, arguments=json.dumps({"api_key": KEY})))
    said.append(KEY in open(file).read())
print(json.dumps(said))
""",
        tmp_path,
    )
    assert theirs == [True, True]

    with recording(tmp_path) as session:
        await ask(session, Server(), arguments=json.dumps({"api_key": KEY}))
    assert KEY not in (tmp_path / "ours.yaml").read_text(encoding="utf-8")


async def test_a_hostile_file_is_named_with_the_line(tmp_path: Path) -> None:
    """vcrpy refuses it too, but names no file, and advises to delete what may be an attack."""
    hostile = "interactions:\n- request: !!python/object/apply:os.mkdir [hacked]\nversion: 1\n"
    path = tmp_path / "file.yaml"
    path.write_text(hostile, encoding="utf-8")
    theirs = told(
        """
print(json.dumps(failure(lambda: recorded(act=lambda: ask(url), record_mode="none"))))
""",
        tmp_path,
    )
    assert "file.yaml" not in theirs
    assert "delete it and re-record" in theirs

    with pytest.raises(UnreadableCassette, match=r"file\.yaml:2"):
        load(path)
    assert not (tmp_path / "hacked").exists()
