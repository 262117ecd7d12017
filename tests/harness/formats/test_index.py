"""What reading a cassette gave is kept by its content, and is never believed without a look."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.errors import UnreadableCassette
from harness.formats import _index, load, save
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

JSON = (("content-type", "application/json"),)
REQUEST = Request("POST", "https://api.openai.com/v1/chat/completions", JSON, b'{"n":1}')
RECORDED = Cassette(
    Header("2026-01-01", "by hand", "scripted", ("test_a",)),
    (
        Interaction(REQUEST, Response(200, JSON, b"\xff\x00" * 9000, 7), ("team#1", "a#2"), "t"),
        Interaction(REQUEST, Response(200, (), (Chunk(1, b"\xf0\x9f"), Chunk(2, b"")), 7)),
        Interaction(REQUEST, Response(200, (), (), 7, Failure("ReadError", "reset"))),
        Interaction(REQUEST, Response(200, (), b"", 7, "stopped"), (), "", (1, 2)),
        Interaction(REQUEST, Unanswered(Failure("ConnectTimeout", "é\u2028"), 9)),
        Interaction(REQUEST, Unanswered("stopped", 9)),
    ),
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where indexes are kept during a test."""
    _index._make_room.cache_clear()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    return tmp_path / "user" / "agentchat-harness"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A cassette that no process has read."""
    save(tmp_path / "chat.yaml", RECORDED)
    return tmp_path / "chat.yaml"


def index_of(path: Path, folder: Path) -> Path:
    """The index of a cassette, which is read for it."""
    load(path)
    [index] = folder.iterdir()
    return index


def names_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_what_was_read_before_is_not_read_again(
    path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = load(path)
    monkeypatch.setattr("harness.formats.FORMATS", ())

    second = load(path)

    assert first == second == RECORDED
    assert len(names_in(folder)) == 1


def test_another_content_is_read_anew(path: Path, folder: Path) -> None:
    load(path)
    path.write_bytes(path.read_bytes().replace(b"by hand", b"another"))

    assert load(path).header.by == "another"
    assert len(names_in(folder)) == 2


def test_a_damaged_cassette_is_refused_each_time(path: Path, folder: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"method: POST", b"metod: POST"))

    for _ in range(2):
        with pytest.raises(UnreadableCassette, match="did you mean 'method'"):
            load(path)

    assert names_in(folder) == []


def forged(data: bytes) -> bytes:
    """Another answer, under the checksum of the real one."""
    return data.replace(b'"status":200', b'"status":201')


def without_checksum(data: bytes) -> bytes:
    return data.partition(b"\n")[2]


@pytest.mark.parametrize(
    "damage",
    [forged, without_checksum, lambda data: data[:-1], lambda _: b"", lambda data: data + b" "],
    ids=["forged", "without its checksum", "cut off", "empty", "longer"],
)
def test_a_damaged_index_is_not_believed(
    path: Path, folder: Path, damage: Callable[[bytes], bytes]
) -> None:
    index = index_of(path, folder)
    whole = index.read_bytes()
    index.write_bytes(damage(whole))

    assert load(path) == RECORDED
    assert index.read_bytes() == whole


def test_an_index_with_any_bit_flipped_is_not_believed(path: Path, folder: Path) -> None:
    index = index_of(path, folder)
    whole = index.read_bytes()

    for place in range(0, len(whole), 97):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << place % 8
        index.write_bytes(flipped)
        assert load(path) == RECORDED


def test_the_index_of_another_cassette_is_not_believed(path: Path, folder: Path) -> None:
    index = index_of(path, folder)
    save(path, Cassette(Header(by="another"), RECORDED.interactions))
    load(path)
    [other] = [each for each in folder.iterdir() if each != index]

    other.write_bytes(index.read_bytes())

    assert load(path).header.by == "another"


def test_what_other_code_read_is_read_anew(
    path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(path)
    monkeypatch.setattr(_index, "_READERS", b"a newer version")

    assert load(path) == RECORDED
    assert len(names_in(folder)) == 2


def test_code_that_is_not_to_be_seen_keeps_nothing(
    path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_index, "_READERS", b"")

    assert load(path) == RECORDED
    assert not folder.exists()


def test_who_wants_no_index_gets_none(
    path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_NO_INDEX", "1")

    assert load(path) == RECORDED
    assert not folder.exists()


def test_a_folder_that_others_can_enter_is_not_used(path: Path, folder: Path) -> None:
    folder.mkdir(parents=True, mode=0o755)

    assert load(path) == RECORDED
    assert names_in(folder) == []


def test_a_link_is_not_used_for_the_folder(path: Path, folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    folder.parent.mkdir()
    folder.symlink_to(elsewhere)

    assert load(path) == RECORDED
    assert names_in(elsewhere) == []


def test_a_file_where_the_folder_should_be_costs_the_speed_alone(path: Path, folder: Path) -> None:
    folder.parent.mkdir()
    folder.touch()

    assert load(path) == RECORDED


def test_a_full_disk_costs_the_speed_alone(
    path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, data: bytes) -> int:
        self.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)

    assert load(path) == RECORDED
    assert names_in(folder) == []


def test_no_home_costs_the_speed_alone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setenv("XDG_CACHE_HOME", "relative/is/not/allowed")
    monkeypatch.setattr(Path, "home", homeless)

    assert load(path) == RECORDED


def test_the_oldest_go_where_there_are_too_many(
    path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.mkdir(parents=True, mode=0o700)
    for age in range(4):
        old = folder / f"old-{age}"
        old.write_bytes(bytes(30_000))
        os.utime(old, (1000 - age, 1000 - age))
    monkeypatch.setattr(_index, "MOST", 100_000)

    load(path)

    assert [name for name in names_in(folder) if "old" in name] == ["old-0", "old-1"]


def test_a_small_cassette_is_read_without(tmp_path: Path, folder: Path) -> None:
    small = Cassette(RECORDED.header, RECORDED.interactions[1:])
    save(tmp_path / "small.yaml", small)

    assert load(tmp_path / "small.yaml") == small
    assert not folder.exists()


EXCHANGE = json.dumps(
    {"request": {"url": "https://a.example/"}, "response": {"text": "x" * 20_000}}
)
TOML = f"""\
[[interactions]]
request = {{method = "GET", uri = "https://a.example/"}}
response = {{status = 200, body_type = "text", body_content = "{"x" * 20_000}"}}
"""
STREAM = 'data: {"object": "chat.completion.chunk", "model": "m"}\n\n' * 500


@pytest.mark.parametrize(
    ("name", "text"), [("a.json", EXCHANGE), ("a.sse", STREAM), ("a.toml", TOML)]
)
def test_nothing_is_kept_of_another_recorder_s_file(
    tmp_path: Path, folder: Path, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")

    assert len(load(tmp_path / name).interactions) == 1
    assert names_in(folder) == []


def test_threads_that_read_at_once_leave_one_sound_index(path: Path, folder: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        read = list(pool.map(load, [path] * 32))

    assert read == [RECORDED] * 32
    assert len(names_in(folder)) == 1


def test_the_index_is_the_same_under_any_hash_seed(path: Path, folder: Path) -> None:
    program = (
        "import sys, pathlib; from harness.formats import load; load(pathlib.Path(sys.argv[1]))"
    )
    index = index_of(path, folder)
    expected = index.read_bytes()
    index.unlink()

    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", program, path], check=True, env=environment)

        assert index_of(path, folder).read_bytes() == expected
        index.unlink()
