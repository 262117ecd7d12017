"""Journals beside a cassette: whose they are, what becomes of them, and who is told."""

import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import harness
from harness.errors import SecretFound, UnfinishedRecording, UnreadableCassette
from harness.formats import load, save
from harness.interactions import (
    Cassette,
    Chunk,
    Failure,
    Header,
    Interaction,
    Request,
    Response,
    Unanswered,
)
from harness.journal import (
    Adopted,
    Entry,
    Finished,
    Opening,
    cassettes_with_journals,
    derive,
    pending,
)
from harness.journal._entries import Merging, Record, from_bytes, to_bytes
from harness.journal._frames import framed
from harness.session import CassetteSession, RecordMode

URL = "https://api.openai.com/v1/x"

KILLED = """
import os, signal, sys
from pathlib import Path
from harness.interactions import Request
from harness.session import CassetteSession, RecordMode
session = CassetteSession(Path(sys.argv[1]), mode=RecordMode(sys.argv[2]), test=sys.argv[3])
for said in sys.argv[4:]:
    recording = session.record(Request("POST", "https://api.openai.com/v1/x", (), said.encode()))
    recording.answered(200, ())
    recording.ended("complete")
print("recorded", flush=True)
sys.stdin.read()
os.abort()
"""


def interaction(said: str) -> Interaction:
    return Interaction(Request("POST", URL, (), said.encode()), Response(200, (), b"", 7))


def record(session: CassetteSession, said: str) -> None:
    recording = session.record(Request("POST", URL, (), said.encode()))
    recording.answered(200, ())
    recording.ended("complete")


@contextmanager
def recorder(path: Path, mode: str, test: str, *said: str) -> Iterator[None]:
    """A process that has recorded, and then waits; at the end of the block it dies."""
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path), mode, test, *said],
        cwd=Path(harness.__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"recorded\n"
        yield
        process.kill()


def asked_in(path: Path) -> list[str]:
    return [each.request.body.decode() for each in load(path).interactions]


RECORDS: list[Record] = [
    Opening("run", "rewrite", "tests/a.py::b", "scripted", "2026-01-01T00:00:00", "us"),
    Finished(),
    Merging("abc"),
    Adopted((("one", interaction("two\nlines\n")), ("other", interaction("\n")))),
    Entry(1, ((1, 0),), interaction("a")),
    Entry(
        2,
        ((1, 1, 1, (2, 3), ("team", "writer"), 7), (1, 0)),
        Interaction(
            Request("POST", URL, (("a", "b"),), b"\xff\x00 \xc3\xa4"),
            Response(
                429, (("retry-after", "7"),), (Chunk(5, b"\xff"), Chunk(6, b"x")), 7, "stopped"
            ),
            ("team#1", "writer#2"),
            "tests/a.py::b",
        ),
        (1, "abc"),
        "def",
    ),
    Entry(
        3, ((1, 0),), Interaction(Request("GET", URL, (), b""), Unanswered(Failure("E", "ä"), 7))
    ),
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_comes_back_as_it_was(record: Record) -> None:
    assert from_bytes(to_bytes(record)) == record


def test_while_its_owner_lives_a_journal_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "chat.yaml"
    with recorder(path, "once", "test_a", "a"):
        [journal] = pending(path)
        with CassetteSession(path, mode=RecordMode.NEW_EPISODES) as session:
            record(session, "b")

        assert journal.is_in_use
        assert asked_in(path) == ["b"]
        assert [each.journal for each in pending(path)] == [journal.journal]
    assert derive([path]) == [path]
    assert asked_in(path) == ["b", "a"]
    assert load(path).header.unfinished == ("test_a",)


def test_the_name_of_a_journal_tells_cassette_worker_and_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw3")
    path = tmp_path / "some.chat.yaml"
    session = CassetteSession(path, mode=RecordMode.ONCE)
    record(session, "a")

    [journal] = pending(path)

    assert journal.journal.name == f".some.chat.yaml.gw3.{os.getpid()}-1.journal"
    assert cassettes_with_journals(tmp_path) == [path]
    session.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_replay_writes_nothing_but_tells_of_what_is_not_in_the_cassette(tmp_path: Path) -> None:
    path = tmp_path / "chat.yaml"
    save(path, Cassette(Header(), (interaction("old"),)))
    with recorder(path, "rewrite", "", "a", "b"):
        # A recording that goes on is no news.
        CassetteSession(path)
    before = sorted(tmp_path.iterdir())

    with pytest.warns(UnfinishedRecording) as told:
        CassetteSession(path)

    assert [str(each.message) for each in told] == [
        f"{path}: 2 interactions were recorded and are not in it: a process was killed\n"
        f"  fix: harness cassettes doctor {path}"
    ]
    assert sorted(tmp_path.iterdir()) == before
    assert asked_in(path) == ["old"]


def test_what_a_killed_rewriting_recorded_is_added_to_the_old(tmp_path: Path) -> None:
    path = tmp_path / "chat.yaml"
    save(path, Cassette(Header(), (interaction("old"),)))
    with recorder(path, "rewrite", "", "a", "b"):
        pass

    CassetteSession(path, mode=RecordMode.ONCE)

    assert asked_in(path) == ["old", "a", "b"]
    assert load(path).header.unfinished == ("",)
    assert list(tmp_path.iterdir()) == [path]


def test_damage_is_told_and_what_stands_before_it_is_merged(tmp_path: Path) -> None:
    path = tmp_path / "chat.yaml"
    with recorder(path, "once", "", "first", "second"):
        pass
    [journal] = pending(path)
    damaged = bytearray(journal.journal.read_bytes())
    damaged[-10] ^= 1
    journal.journal.write_bytes(damaged)

    with pytest.warns(UnfinishedRecording, match="damaged at byte") as told:
        assert derive([path]) == [path]

    kept = journal.journal.name + "-damaged"
    what = "what stands before that place is in the cassette (1 interaction), the rest stays in"
    assert f"{what} {kept}" in str(told[0].message)
    assert asked_in(path) == ["first"]
    assert sorted(each.name for each in tmp_path.iterdir()) == [kept, "chat.yaml"]


def test_a_journal_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "chat.yaml"
    with recorder(path, "once", "", "a"):
        pass
    [journal] = pending(path)
    journal.journal.write_bytes(framed(b'["opening",99]'))

    assert pending(path)[0].damage == "a journal of version 99, 3 is known here"
    with pytest.warns(UnfinishedRecording, match="left alone: a journal of version 99"):
        assert derive([path]) == []
    assert journal.journal.exists()


def test_nothing_is_written_over_a_damaged_cassette_and_the_journal_stays(tmp_path: Path) -> None:
    path = tmp_path / "chat.yaml"
    with recorder(path, "once", "", "a"):
        pass
    path.write_text("harness: cassette\nversion: 1\n", encoding="utf-8")

    with pytest.raises(UnreadableCassette, match="truncated"):
        derive([path])

    assert pending(path)[0].recorded == 1


def test_a_secret_that_is_known_when_the_cassette_is_made_stops_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "chat.yaml"
    with recorder(path, "once", "", "my s3cr3t-of-mine"):
        pass
    monkeypatch.setenv("VAULT_TOKEN", "s3cr3t-of-mine")

    with pytest.raises(SecretFound, match="VAULT_TOKEN"):
        derive([path])

    assert not path.exists()
    assert pending(path)[0].recorded == 1


def test_a_credential_that_is_sent_later_is_taken_out_of_what_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "chat.yaml"
    session = CassetteSession(path, mode=RecordMode.ONCE)
    login = session.record(Request("POST", URL, (), b"log me in"))
    login.answered(200, ())
    login.received(b"your token is mellon-1234567890")
    login.ended("complete")
    assert b"mellon" in pending(path)[0].journal.read_bytes()

    headers = (("authorization", "Bearer mellon-1234567890"),)
    session.record(Request("POST", URL, headers, b"now")).ended("stopped")

    [journal] = pending(path)
    assert b"mellon" not in journal.journal.read_bytes()
    session.finish()
    first = load(path).interactions[0].response
    assert isinstance(first, Response)
    assert first.content == b"your token is <secret:authorization>"


def test_a_recording_that_outlives_the_power_is_the_same_recording(tmp_path: Path) -> None:
    path = tmp_path / "chat.yaml"

    with CassetteSession(path, mode=RecordMode.ONCE, durability="power") as session:
        record(session, "a")

    assert asked_in(path) == ["a"]


def test_what_killed_processes_left_behind_is_cleared_away(tmp_path: Path) -> None:
    path = tmp_path / "chat.yaml"
    (tmp_path / ".chat.yaml.4711").write_bytes(b"a draft")
    (tmp_path / ".chat.yaml.main.4711-1.journal").touch()
    (tmp_path / ".chat.yaml.lock").touch()

    with warnings.catch_warnings(), CassetteSession(path, mode=RecordMode.ONCE) as session:
        warnings.simplefilter("error")
        record(session, "a")

    assert list(tmp_path.iterdir()) == [path]
