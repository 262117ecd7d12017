"""The record modes through patched libraries: what is sent, and what becomes of the cassette."""

from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
import requests

import harness
from harness.formats import load
from harness.script import Reply, Script
from harness.server import serving

Ask = Callable[[str, str], str]


def by_requests(url: str, question: str) -> str:
    response = requests.post(f"{url}/chat/completions", json=asking(question), timeout=5)
    return str(response.json()["choices"][0]["message"]["content"])


def by_httpx2(url: str, question: str) -> str:
    response = httpx2.post(f"{url}/chat/completions", json=asking(question))
    return str(response.json()["choices"][0]["message"]["content"])


def asking(question: str) -> dict[str, object]:
    return {"model": "gpt-4o", "messages": [{"role": "user", "content": question}]}


@pytest.mark.parametrize("ask", [by_requests, by_httpx2])
@pytest.mark.parametrize(
    ("mode", "heard", "kept"),
    [
        ("new_episodes", ["old a", "new 1"], ["a", "b", "c"]),
        ("all", ["new 1", "new 2"], ["a", "b", "c"]),
        ("rewrite", ["new 1", "new 2"], ["a", "c"]),
        ("verify", ["new 1", "new 2"], ["a", "b"]),
        ("live", ["new 1", "new 2"], ["a", "b"]),
    ],
)
def test_a_second_run_in_another_mode(
    ask: Ask, mode: str, heard: list[str], kept: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "x.yaml"
    replies = tuple(Reply(say=text) for text in ("old a", "old b", "new 1", "new 2"))

    with serving(Script(replies=replies)) as url:
        with harness.cassette(path, record_mode="once"):
            ask(url, "a"), ask(url, "b")
        with harness.cassette(path, record_mode=mode) as use:
            again = [ask(url, "a"), ask(url, "c")]

    questions = [each.request.body.decode() for each in load(path).interactions]
    assert again == heard
    assert len(questions) == len(kept)
    assert all(f'"{name}"' in text for name, text in zip(kept, questions, strict=True))
    assert [drift.number for drift in use.session.drifts] == ([1, None] if mode == "verify" else [])
