"""A cassette object over several uses, and several of them on one file."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

import harness
from harness.errors import ReplayMiss, StreamOutlivesBlock, UnfinishedRecording, UsageError
from harness.formats import load
from harness.interactions import Interaction, Request, Response
from harness.journal import Entry, Journal, Opening
from harness.script import Reply, Script
from harness.server import serving


@pytest.fixture
def url() -> Iterator[str]:
    with serving(Script(replies=tuple(Reply(say=f"answer {n}") for n in range(20)))) as url:
        yield url


def ask(url: str, question: str) -> str:
    response = httpx2.post(f"{url}/chat/completions", json=asking(question))
    return str(response.json()["choices"][0]["message"]["content"])


def asking(question: str, **more: object) -> dict[str, object]:
    return {"model": "gpt-4o", "messages": [{"role": "user", "content": question}], **more}


def questions_in(path: Path) -> list[str]:
    bodies = [each.request.body.decode() for each in load(path).interactions]
    return [body.partition('"content":')[2].split('"')[1] for body in bodies]


def old(path: Path, url: str) -> Path:
    with harness.cassette(path, record_mode="once"):
        ask(url, "old")
    return path


@pytest.mark.parametrize(("mode", "kept"), [
    ("rewrite", ["a", "b"]), ("all", ["old", "a", "b"]), ("new_episodes", ["old", "a", "b"]),
])  # fmt: skip
def test_calls_of_a_decorated_function_make_one_recording(
    mode: str, kept: list[str], url: str, tmp_path: Path
) -> None:
    path = old(tmp_path / "x.yaml", url)

    @harness.cassette(path, record_mode=mode)
    def asked(question: str) -> str:
        return ask(url, question)

    heard = [asked("a"), asked("b"), asked("a")]

    assert questions_in(path) == kept
    assert (heard[2] == heard[0]) is (mode != "all")


def test_under_all_each_call_of_a_decorated_function_asks_anew(url: str, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    with harness.cassette(path, record_mode="once"):
        before = [ask(url, "a"), ask(url, "b")]

    heard = list(map(harness.cassette(path, record_mode="all")(ask), [url] * 2, "ab"))

    assert not set(heard) & set(before)
    assert questions_in(path) == ["a", "b"]


@pytest.mark.parametrize(("mode", "kept"), [
    ("rewrite", ["a", "b"]), ("once", ["a", "b"]), ("all", ["old", "a", "b"]),
])  # fmt: skip
def test_objects_that_go_by_the_environment_make_one_recording_of_a_process(
    mode: str, kept: list[str], url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.yaml" if mode == "once" else old(tmp_path / "x.yaml", url)
    monkeypatch.setenv("HARNESS_RECORD_MODE", mode)

    for question in "ab":
        with harness.cassette(path):
            ask(url, question)

    assert questions_in(path) == kept


def test_an_object_with_a_mode_of_its_own_is_a_recording_of_its_own(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A run of xdist would be one recording.
    monkeypatch.delenv("PYTEST_XDIST_TESTRUNUID", raising=False)

    for question in "ab":
        with harness.cassette(tmp_path / "x.yaml", record_mode="rewrite"):
            ask(url, question)

    assert questions_in(tmp_path / "x.yaml") == ["b"]


def test_what_a_first_call_began_under_once_the_next_one_goes_on_with(
    url: str, tmp_path: Path
) -> None:
    @harness.cassette(tmp_path / "x.yaml", record_mode="once")
    async def asked(question: str) -> str:
        return await asyncio.to_thread(ask, url, question)

    asyncio.run(asked("a"))
    asyncio.run(asked("b"))

    assert questions_in(tmp_path / "x.yaml") == ["a", "b"]


def test_under_once_what_was_there_before_is_left_as_it_was(url: str, tmp_path: Path) -> None:
    path = old(tmp_path / "x.yaml", url)
    block = harness.cassette(path, record_mode="once")

    for question in ("a", "b"):
        with pytest.raises(ReplayMiss, match='record_mode="new_episodes"'), block:
            ask(url, question)

    assert questions_in(path) == ["old"]


def test_the_fix_of_a_miss_under_once_helps(url: str, tmp_path: Path) -> None:
    path = old(tmp_path / "x.yaml", url)
    with pytest.raises(ReplayMiss) as missed, harness.cassette(path, record_mode="once"):
        ask(url, "new")

    with eval(missed.value.fix, {"harness": harness, "Path": Path}):
        ask(url, "new")

    assert questions_in(path) == ["old", "new"]


def test_a_first_use_that_failed_has_wiped_nothing_and_the_next_one_begins_anew(
    url: str, tmp_path: Path
) -> None:
    path = old(tmp_path / "x.yaml", url)
    block = harness.cassette(path, record_mode="rewrite")

    def fail() -> None:
        with block:
            ask(url, "a")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    left = questions_in(path)
    with block:
        ask(url, "b")

    assert (left, questions_in(path)) == (["old"], ["b"])


def in_threads(asked: Callable[[str], object]) -> None:
    both = threading.Barrier(2, timeout=10)

    def run(question: str) -> None:
        both.wait()
        asked(question)

    threads = [threading.Thread(target=run, args=(each,)) for each in "ab"]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


async def in_tasks(asked: Callable[[str], object]) -> None:
    await asyncio.gather(*(asyncio.to_thread(asked, each) for each in "ab"))


@pytest.mark.parametrize("mode", ["once", "rewrite", "new_episodes", "all"])
@pytest.mark.parametrize("side_by_side", [in_threads, lambda asked: asyncio.run(in_tasks(asked))])
def test_concurrent_calls_of_a_decorated_function_lose_nothing(
    mode: str, side_by_side: Callable[..., None], url: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.yaml" if mode == "once" else old(tmp_path / "x.yaml", url)
    inside = threading.Barrier(2, timeout=10)

    @harness.cassette(path, record_mode=mode)
    def asked(question: str) -> None:
        if question != "c":
            inside.wait()
        ask(url, question)

    side_by_side(asked)
    asked("c")

    before = ["old"] if mode in ("new_episodes", "all") else []
    assert sorted(questions_in(path)) == sorted([*before, "a", "b", "c"])


@pytest.mark.parametrize("outer", ["once", "rewrite", "new_episodes", "all"])
@pytest.mark.parametrize("inner", ["once", "rewrite", "new_episodes", "all"])
def test_of_nested_blocks_on_one_file_none_takes_anything_from_the_other(
    outer: str, inner: str, url: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.yaml"
    if "once" not in (outer, inner):
        old(path, url)

    with harness.cassette(path, record_mode=outer):
        ask(url, "before")
        with harness.cassette(path, record_mode=inner):
            ask(url, "within")
        ask(url, "after")

    before = [] if {"once", "rewrite"} & {outer, inner} else ["old"]
    assert questions_in(path) == [*before, "before", "within", "after"]


def test_an_inner_block_is_kept_where_the_outer_one_fails(url: str, tmp_path: Path) -> None:
    path = old(tmp_path / "x.yaml", url)

    def fail() -> None:
        with harness.cassette(path, record_mode="rewrite"):
            with harness.cassette(path, record_mode="rewrite"):
                ask(url, "within")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert questions_in(path) == ["within"]


def test_an_answer_that_is_read_on_after_its_block_is_told_at_the_readers_line(
    url: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.yaml"
    with httpx2.Client() as client:
        with harness.cassette(path, record_mode="once"):
            body = asking("a", stream=True)
            request = client.build_request("POST", f"{url}/chat/completions", json=body)
            response = client.send(request, stream=True)
        with pytest.warns(StreamOutlivesBlock, match="read it to its end inside the") as told:
            response.read()

    assert (len(told), told[0].filename) == (1, __file__)
    with harness.cassette(path), pytest.raises(ReplayMiss, match="stopped waiting for the rest"):
        httpx2.post(f"{url}/chat/completions", json=asking("a", stream=True))


@pytest.mark.parametrize("is_decorator", [False, True])
def test_what_a_killed_process_left_is_told_at_the_users_line(
    is_decorator: bool, tmp_path: Path
) -> None:
    path = tmp_path / "x.yaml"
    journal = Journal(path, Opening("", "once", "", "live", "2026-01-01", "tests"), "process")
    request = Request("POST", "https://example.com/", (), b"")
    journal.append(Entry(1, ((1, 0),), Interaction(request, Response(200, (), b"", 0))))
    journal.close()
    block = harness.cassette(path)

    with pytest.warns(UnfinishedRecording, match="1 interaction was recorded and is not") as told:  # noqa: PT031
        if is_decorator:
            block(tmp_path.exists)()
        else:
            with block:
                pass

    assert told[0].filename == __file__


@pytest.mark.parametrize("name", ["x" * 300, "talk/" + "é" * 150, Path("x" * 250 + ".yaml")])
def test_a_name_that_is_too_long_says_how_long_it_may_be(name: str | Path) -> None:
    with pytest.raises(UsageError, match="at most 200 bytes between two slashes"):
        harness.cassette(name)


FOREIGN = [
    ({"match_on": ["method", "path"]}, 'say key_parts=["match_on:method,path"]'),
    ({"filter_headers": ["authorization"]}, "leave it out"),
    ({"filter_headers": [("x-tenant", None)]}, 'say redact=["header:x-tenant"]'),
    ({"filter_query_parameters": ["key", "sid"]}, 'say redact=["query:key", "query:sid"]'),
    ({"filter_post_data_parameters": ["user"]}, 'say redact=["pointer:/user -> user"]'),
    ({"mode": "any"}, 'say record_mode="new_episodes"'),
    ({"cassette_library_dir": "here"}, 'harness.cassette("here/name.yaml")'),
    ({"record_mod": "once"}, "Did you mean 'record_mode'?"),
    ({"drop_unused_requests": True}, 'record with record_mode="rewrite"'),
]  # fmt: skip


@pytest.mark.parametrize(("argument", "told"), FOREIGN)
def test_an_argument_of_vcrpy_says_what_it_is_called_here(
    argument: dict[str, Any], told: str
) -> None:
    with pytest.raises(UsageError) as refused:
        harness.cassette("x", **argument)

    assert str(refused.value).startswith(
        f"harness.cassette() has no argument {next(iter(argument))!r}"
    )
    assert told in str(refused.value)
