"""Recording on into a cassette of vcrpy's, which keeps all headers and keys."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import vcr

import harness
from harness.errors import SecretFound
from harness.formats import load
from harness.interactions import Request
from harness.journal import derive
from harness.script import Reply, Script
from harness.server import serving
from harness.session import CassetteSession
from tests.harness.commands._running import told

KEY = "sk-proj-4f9a8b7c6d5e4f3a2b1c"


@pytest.fixture
def url() -> Iterator[str]:
    with serving(Script(replies=tuple(Reply(say=f"answer {n}") for n in range(9)))) as url:
        yield url


def ask(url: str, question: str, key: str = KEY) -> str:
    response = requests.post(
        f"{url}/chat/completions",
        json={"model": "gpt-4o", "messages": [{"role": "user", "content": question}]},
        headers={"authorization": f"Bearer {key}", "x-tenant": "acme", "cookie": f"session={key}"},
        timeout=5,
    )
    return str(response.json()["choices"][0]["message"]["content"])


@pytest.fixture
def path(url: str, tmp_path: Path) -> Path:
    """A cassette of vcrpy's."""
    path = tmp_path / "x.yaml"
    with vcr.use_cassette(str(path)):
        ask(url, f"What is {KEY}?")
        ask(url, "old")
    assert KEY in path.read_text(encoding="utf-8")
    return path


@pytest.mark.parametrize("mode", ["new_episodes", "all"])
@pytest.mark.parametrize("key", [KEY, "sk-proj-another0key0of0today"])
def test_what_was_there_stays_without_its_secrets(
    mode: str, key: str, url: str, path: Path
) -> None:
    with harness.cassette(path, record_mode=mode):
        heard = [ask(url, "old", key), ask(url, "new", key)]

    assert KEY not in path.read_text(encoding="utf-8")
    assert all(dict(each.request.headers).keys() == {"content-type", "cookie"}
               for each in load(path).interactions)  # fmt: skip
    with harness.cassette(path) as use:
        assert [ask(url, "old"), ask(url, "new")] == heard
    assert len(use.unplayed) == 1


def test_it_is_cleaned_of_the_key_it_was_recorded_with_and_of_all_that_are_sent_now(
    url: str, tmp_path: Path
) -> None:
    old, *now = keys = [f"{number}-correct-horse-battery" for number in range(3)]
    path = tmp_path / "x.yaml"
    with vcr.use_cassette(str(path)):
        ask(url, f"Are {', '.join(keys)} keys?", old)

    with harness.cassette(path, record_mode="new_episodes"):
        for key in now:
            ask(url, f"Is {key} one?", key)

    assert [path.read_text(encoding="utf-8").count(key) for key in keys] == [0, 0, 0]


def test_it_is_as_if_it_had_been_imported_first(url: str, path: Path) -> None:
    with harness.cassette(path, record_mode="new_episodes", redact=["pattern:What -> asking"]):
        ask(url, "new")

    first = load(path).interactions[0]
    assert first.request.headers[-1] == ("cookie", "<secret:cookie>")
    assert b"<secret:asking> is <secret:authorization>?" in first.request.body


def test_what_is_only_played_stays_byte_for_byte(url: str, path: Path) -> None:
    before = path.read_bytes()

    with harness.cassette(path, record_mode="new_episodes"):
        ask(url, "old")

    assert path.read_bytes() == before


def test_the_end_of_a_test_run_cleans_it_too(url: str, path: Path) -> None:
    for test in ("a", "b"):
        with harness.cassette(path, record_mode="new_episodes", test=test, run="run 1"):
            ask(url, f"new {test}")
    derive([path], "run 1")

    assert KEY not in path.read_text(encoding="utf-8")
    assert [each.test for each in load(path).interactions] == ["", "", "a", "b"]


def test_a_rewrite_that_is_broken_off_leaves_it_without_secrets(url: str, path: Path) -> None:
    def fail() -> None:
        with harness.cassette(path, record_mode="rewrite", record_on_exception=True):
            ask(url, "new")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert KEY not in path.read_text(encoding="utf-8")
    assert len(load(path).interactions) == 3


def test_a_secret_in_an_old_recording_of_ours_is_told_with_what_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.yaml"

    def record(body: bytes) -> None:
        with CassetteSession(path, mode="new_episodes") as session:
            recording = session.record(Request("POST", "https://example.com/", (), body))
            recording.answered(200, ())
            recording.ended("complete")

    record(KEY.replace("sk-", "pk-").encode())
    monkeypatch.setenv("PLAIN_KEY", KEY.replace("sk-", "pk-"))

    with pytest.raises(SecretFound) as found:
        record(b"new")

    assert str(found.value).splitlines() == [
        f"The value of PLAIN_KEY stands in {path}; nothing was written.",
        "  where: interaction 1, request body, recorded before",
        f"  fix:   harness cassettes import {path} -o {path} --force",
    ]
    assert told(*str(found.value).partition("harness cassettes ")[2].split()).code == 0
    record(b"new")
    assert [each.request.body for each in load(path).interactions] == [
        b"<secret:PLAIN_KEY>", b"new",
    ]  # fmt: skip


def test_a_secret_of_an_address_is_looked_for_before_anything_is_written(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    session = CassetteSession(path, mode="once", test=f"test_it[{KEY}]")
    recording = session.record(Request("GET", f"https://user:{KEY}@example.com/", (), b""))
    recording.answered(200, ())

    recording.ended("complete")

    with pytest.raises(SecretFound, match="value of login would be written"):
        session.finish()
