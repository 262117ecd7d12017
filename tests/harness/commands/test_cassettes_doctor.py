"""`harness cassettes doctor`: each ailment with the command that mends it; and mended."""

import gzip
import os
import shlex
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.formats import load, save
from harness.interactions import Cassette, Header
from harness.upkeep import Playback, write_playbacks
from tests.harness.commands._running import (
    HELLO,
    Told,
    cassette_file,
    document,
    interaction,
    told,
)

STORY = Path("scenarios/guide/chat.py")
CASSETTE = Path("cassettes/guide/chat/hello.yaml")
RERECORD = "harness run scenarios/guide/chat.py::hello --record-mode rewrite"
FIX = "harness cassettes doctor cassettes/guide/chat/hello.yaml --fix"
WELL = "1 cassette examined. All well."

KILLED = """
import os, signal
from pathlib import Path
from harness.interactions import Request
from harness.session import CassetteSession, RecordMode

session = CassetteSession(Path("cassettes/guide/chat/hello.yaml"), mode=RecordMode.NEW_EPISODES)
recording = session.record(Request("POST", "https://api.openai.com/v1/models", (), b""))
recording.answered(200, ())
recording.received(b"{}")
recording.ended("complete")
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    Path("pyproject.toml").touch()
    STORY.parent.mkdir(parents=True)
    STORY.write_text("def hello(run): ...", encoding="utf-8")
    CASSETTE.parent.mkdir(parents=True)
    shutil.copy(HELLO, CASSETTE)
    return tmp_path


def ailment(path: Path = CASSETTE) -> tuple[str, str, str, bool]:
    """Kind, words, command, and whether it can be mended, of the only one there is."""
    (found,) = [each for each in document("doctor")["ailments"] if each["file"] == path.as_posix()]
    return found["kind"], found["what"], found["fix"], found["mendable"]


def damaged(data: bytes) -> tuple[str, str, str, bool]:
    CASSETTE.write_bytes(data)
    return ailment()


def test_cassettes_in_good_order_are_well() -> None:
    assert told("doctor") == Told(0, WELL)


def test_a_truncated_cassette_is_to_be_recorded_again() -> None:
    kind, what, fix, mendable = damaged(HELLO.read_bytes()[:900])

    assert (kind, fix, mendable) == ("truncated", RERECORD, False)
    assert what == "truncated here or below: the last line, `...`, is missing"


def test_a_cassette_that_is_committed_is_brought_back_from_there() -> None:
    committer = ["-c", "user.name=a", "-c", "user.email=a@b"]
    for arguments in (["init", "-q"], ["add", "."], [*committer, "commit", "-qm", "a"]):
        subprocess.run(["git", *arguments], check=True)

    assert damaged(b"")[2] == f"git restore {CASSETTE}"
    subprocess.run(["git", "restore", str(CASSETTE)], check=True)
    assert told("doctor") == Told(0, WELL)


def test_an_unfetched_file_of_git_lfs_is_known() -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n"

    assert damaged(pointer) == (
        "lfs-pointer",
        "git has not fetched it",
        f"git lfs pull --include {CASSETTE}",
        False,
    )


def test_a_newer_version_asks_for_a_newer_harness() -> None:
    kind, _, fix, _ = damaged(HELLO.read_bytes().replace(b"version: 1", b"version: 99"))

    assert (kind, fix) == ("newer-version", "pip install --upgrade agentchat-harness")


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("line-ends", HELLO.read_bytes().replace(b"\n", b"\r\n")),
        ("byte-order-mark", b"\xef\xbb\xbf" + HELLO.read_bytes()),
        ("byte-order-mark", HELLO.read_text(encoding="utf-8").encode("utf-16")),
    ],
)
def test_the_spelling_is_mended_with_nothing_lost(kind: str, data: bytes) -> None:
    found = damaged(data)

    assert (found[0], found[2:]) == (kind, (FIX, True))
    assert told("doctor", "--fix").code == 0
    assert CASSETTE.read_bytes() == HELLO.read_bytes()


@pytest.mark.parametrize("name", ["a.sse", "a.yaml"])
def test_line_ends_that_may_mean_something_are_left_alone(name: str) -> None:
    data = b'data: {"a": 1}\r\n\r\n' if name == "a.sse" else gzip.compress(b"\r\n" * 9, mtime=0)
    file = CASSETTE.with_name(name)
    file.write_bytes(data)

    kinds = [each["kind"] for each in document("doctor", "--fix")["ailments"]]

    assert "line-ends" not in kinds
    assert file.read_bytes() == data


def in_conflict(ours: bytes, theirs: bytes) -> bytes:
    """Two versions that differ in their middle, as git leaves them."""
    start = next(at for at, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b)
    start = ours.rfind(b"\n", 0, start) + 1
    parts = (ours[:start], b"<<<<<<< HEAD\n", ours[start:], b"=======\n", theirs[start:],
             b">>>>>>> branch\n")  # fmt: skip
    return b"".join(parts)


def two_sides(first: str, second: str) -> bytes:
    common = interaction("Hi", "Hello")
    sides = []
    for asked, answer in (("One", first), ("Two" if first == second else "One", second)):
        path = cassette_file(Path("side.yaml"), common, interaction(asked, answer))
        sides.append(path.read_bytes())
        path.unlink()
    return in_conflict(*sides)


def test_both_sides_of_a_merge_go_together_where_they_can() -> None:
    assert damaged(two_sides("1", "1")) == (
        "merge-conflict", "it holds both sides of a merge, which go together", FIX, True
    )  # fmt: skip

    assert told("doctor", "--fix").text == (
        "cassettes/guide/chat/hello.yaml:45: mended: merge-conflict: it holds both sides of a "
        "merge, which go together\n1 cassette examined. 1 ailment mended. All well."
    )
    assert len(load(CASSETTE).interactions) == 3


def test_sides_that_answer_differently_are_to_be_chosen_from() -> None:
    kind, _, fix, mendable = damaged(two_sides("1", "2"))

    assert (kind, mendable) == ("merge-conflict", False)
    assert fix == f"git checkout --ours {CASSETTE}, or --theirs"


def test_a_recording_that_was_broken_off_is_told() -> None:
    cassette = load(HELLO)
    save(CASSETTE, replace(cassette, header=replace(cassette.header, unfinished=("",))))

    assert ailment() == (
        "unfinished",
        "its recording was broken off",
        "harness run scenarios/guide/chat.py::hello --record-mode once",
        False,
    )


def test_the_tests_whose_recording_was_broken_off_are_asked_to_go_on() -> None:
    tests = ("tests/test_a.py::test_b", "tests/test_a.py::test_c[1 2]")
    path = Path("cassettes/common.yaml")
    save(path, replace(load(HELLO), header=replace(load(HELLO).header, unfinished=tests)))

    (fix,) = [
        each["fix"] for each in document("doctor")["ailments"] if each["kind"] == "unfinished"
    ]
    assert fix == (
        "pytest tests/test_a.py::test_b 'tests/test_a.py::test_c[1 2]' --record-mode once"
    )


@pytest.mark.parametrize(
    ("cassette", "fix"),
    [
        ("tests/test_a/test_b[x.1]", "pytest tests/test_a.py::test_b --record-mode rewrite"),
        (
            "tests/test_a/TestC.test_d",
            "pytest tests/test_a.py::TestC::test_d --record-mode rewrite",
        ),
        ("tests/test_a", "pytest tests/test_a.py --record-mode rewrite"),
        ("tests/__init__", "pytest tests --record-mode rewrite"),
        ("talk/gpt-4.1", 'harness.cassette("talk/gpt-4.1", record_mode="rewrite")'),
    ],
)
def test_a_damaged_cassette_is_recorded_by_who_uses_it_alone(cassette: str, fix: str) -> None:
    Path("tests").mkdir()
    Path("tests/test_a.py").touch()
    path = Path("cassettes", f"{cassette}.yaml")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()

    assert ailment(path)[2] == fix


def test_what_a_killed_process_recorded_is_recovered() -> None:
    done = subprocess.run([sys.executable, "-c", KILLED], check=False)
    assert done.returncode == -signal.SIGKILL

    assert ailment() == (
        "journal",
        "1 exchange was recorded and is not in it",
        f"harness cassettes doctor {CASSETTE} --recover",
        True,
    )
    recovered = document("doctor", "--recover")
    assert [each["kind"] for each in recovered["mended"]] == ["journal"]
    assert len(load(CASSETTE).interactions) == 3


def test_what_was_recorded_before_there_was_a_cassette_is_recovered_too() -> None:
    CASSETTE.unlink()
    subprocess.run([sys.executable, "-c", KILLED], check=False)

    assert told("doctor", CASSETTE).code == 1
    # What was broken off stays so, until it is recorded to its end.
    assert [each["kind"] for each in document("doctor", CASSETTE, "--recover")["ailments"]] == []
    assert ailment()[0] == "unfinished"
    assert len(load(CASSETTE).interactions) == 1


def test_what_a_killed_writer_left_is_cleared_away() -> None:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    draft = CASSETTE.with_name(f".hello.yaml.{done.pid}")
    living = CASSETTE.with_name(f".hello.yaml.{os.getppid()}")
    draft.touch()
    living.touch()

    assert told("doctor", "--fix").code == 0
    assert (draft.exists(), living.exists()) == (False, True)


def test_a_cassette_that_nothing_asks_for_is_told() -> None:
    cassette_file(CASSETTE.with_name("gone.yaml"), interaction("Hi", "Hello"))

    found = ailment(CASSETTE.with_name("gone.yaml"))
    assert found == (
        "orphan",
        "the scenario or test that it belongs to is gone",
        "harness cassettes prune --write",
        False,
    )


def test_a_double_that_nothing_asks_for_is_told_with_its_twin() -> None:
    shutil.copy(CASSETTE, CASSETTE.with_name("copy.yaml"))

    assert ailment(CASSETTE.with_name("copy.yaml"))[:2] == (
        "duplicate",
        "nothing asks for it, and cassettes/guide/chat/hello.yaml holds the same",
    )


def test_of_doubles_that_nothing_asks_for_one_stays() -> None:
    for name in ("a", "b", "c"):
        cassette_file(Path(f"cassettes/{name}.yaml"), interaction("Hi", "Hello"))

    ailments = document("doctor")["ailments"]

    assert [(each["file"], each["what"]) for each in ailments] == [
        ("cassettes/b.yaml", "nothing asks for it, and cassettes/a.yaml holds the same"),
        ("cassettes/c.yaml", "nothing asks for it, and cassettes/a.yaml holds the same"),
    ]


def test_a_double_of_what_a_program_asks_for_is_told_wherever_it_stands() -> None:
    shutil.copy(CASSETTE, "cassettes/a.yaml")
    shutil.copy(CASSETTE, "cassettes/z.yaml")

    ailments = document("doctor")["ailments"]

    assert [each["file"] for each in ailments] == ["cassettes/a.yaml", "cassettes/z.yaml"]
    assert {each["what"] for each in ailments} == {
        f"nothing asks for it, and {CASSETTE} holds the same"
    }


def test_a_cassette_in_the_wrong_place_is_told_where_it_belongs() -> None:
    lost = Path("cassettes/guide/hello.yaml")
    CASSETTE.rename(lost)

    kind, what, fix, _ = ailment(lost)

    assert (kind, what) == ("misplaced", f"its scenario or test looks for {CASSETTE}")
    assert fix == f"harness cassettes rename {lost} {CASSETTE} --write"
    assert told(*fix.split()[2:]).code == 0
    assert told("doctor") == Told(0, WELL)


@pytest.mark.parametrize("place", ["test_it/test_new[1]", "tests/test_it/test_old[1]"])
def test_the_cassette_of_a_test_that_was_renamed_or_moved_is_told_its_place(place: str) -> None:
    Path("tests").mkdir()
    Path("tests/test_it.py").write_text("def test_old(case): ...", encoding="utf-8")
    lost, sought = Path("cassettes/test_it/test_old[1].yaml"), Path(f"cassettes/{place}.yaml")
    cassette_file(lost, interaction("Hi", "Hello"))
    left = Path(".pytest_cache/d/harness/playbacks.json")
    left.parent.mkdir(parents=True)
    write_playbacks(left, [Playback(sought.as_posix(), "test_it.py::test", "pytest", "", ())])

    kind, what, fix, _ = ailment(lost)

    assert (kind, what) == ("misplaced", f"its scenario or test looks for {sought}")
    assert told(*shlex.split(fix)[2:]).code == 0
    assert sought.exists()


def test_names_that_some_systems_take_for_one_are_told() -> None:
    STORY.write_text("def hello(run): ...\ndef Hello(run): ...", encoding="utf-8")
    shutil.copy(CASSETTE, CASSETTE.with_name("Hello.yaml"))

    assert ailment()[:2] == ("same-name", "some systems take it and Hello.yaml for one file")


def test_each_ailment_is_shown_with_its_command() -> None:
    CASSETTE.write_bytes(b"")
    cassette = Cassette(Header("2026-01-01"), (interaction("Hi", "Hello"),))
    save(CASSETTE.with_name("gone.yaml"), cassette)

    assert told("doctor").text.splitlines() == [
        "cassettes/guide/chat/gone.yaml: orphan: the scenario or test that it belongs to is gone",
        "    harness cassettes prune --write",
        "cassettes/guide/chat/hello.yaml: empty: it is empty",
        f"    {RERECORD}",
        "2 cassettes examined. 2 ailments.",
    ]


def test_a_folder_that_is_missing_is_told() -> None:
    with pytest.raises(UsageError, match=r"There is no casettes\. Did you mean cassettes\?"):
        told("doctor", "casettes")
