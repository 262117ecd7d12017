"""What is told of the secrets that a recording met."""

import base64
from pathlib import Path

import pytest

from harness.formats import load
from harness.interactions import Cassette, Header, Headers, Interaction, Request, Response
from harness.redacted import Redacted, left_out, redaction_lines, replaced_in
from harness.session import CassetteSession, RecordMode

URL = "https://api.openai.com/v1/chat/completions"
SECRET = "Zx9quite/Secret+Value<77>&co"


def interaction(body: bytes = b"{}", headers: Headers = (), answer: bytes = b"{}") -> Interaction:
    return Interaction(Request("POST", URL, headers, body), Response(200, (), answer, 0))


def cassette(*interactions: Interaction) -> Cassette:
    return Cassette(Header(), interactions)


def test_a_secret_counts_once_in_each_interaction_that_it_was_replaced_in() -> None:
    twice = interaction(b"<secret:MY_KEY> <secret:MY_KEY>", answer=b"<secret:MY_KEY>")
    cookie = interaction(headers=(("cookie", "<secret:cookie>"),))

    counts = replaced_in(cassette(twice, cookie, interaction(), twice))

    assert counts == {"MY_KEY": 2, "cookie": 1}


def test_what_a_digest_tells_apart_counts_by_its_kind() -> None:
    two = b"<secret:api-key:0123456789ab> <secret:api-key:ba9876543210>"

    assert replaced_in(cassette(interaction(two))) == {"api-key": 1}


def test_what_stands_there_is_seen_in_base64_and_word_by_word() -> None:
    coded = base64.b64encode(b"It is <secret:MY_KEY> .")
    words = b'data: {"text":"<secret:YO"}\n\ndata: {"text":"UR_KEY>"}\n\n'

    assert replaced_in(cassette(interaction(coded, answer=words))) == {"MY_KEY": 1, "YOUR_KEY": 1}


def test_headers_of_which_nothing_is_kept_are_named() -> None:
    sent = interaction(headers=(("Authorization", "x"), ("Cookie", "y"), ("user-agent", "z")))
    kept = interaction(headers=(("cookie", "<secret:cookie>"),))

    assert left_out(sent, kept) == {"authorization"}


@pytest.mark.parametrize(
    ("replaced", "dropped", "lines"),
    [
        ({}, {}, []),
        ({"cookie": 1}, {}, ["a.yaml: replaced cookie (1)"]),
        ({}, {"authorization": 3}, ["a.yaml: left out authorization (3)"]),
    ],
)
def test_only_what_there_was_is_told(
    replaced: dict[str, int], dropped: dict[str, int], lines: list[str]
) -> None:
    assert redaction_lines([Redacted("a.yaml", replaced, dropped)]) == lines


def test_cassettes_of_which_the_same_is_told_share_a_line() -> None:
    same = [Redacted(f"{number}.yaml", {}, {"authorization": number}) for number in range(1, 5)]
    other = [Redacted(name, {"MY_KEY": 1}, {"authorization": 2}) for name in ("a.yaml", "b.yaml")]

    assert redaction_lines([same[0], *other, *same[1:]]) == [
        "4 cassettes: left out authorization (10)",
        "a.yaml, b.yaml: replaced MY_KEY (2); left out authorization (4)",
    ]


def test_a_cassette_that_is_recorded_twice_counts_once() -> None:
    told = [Redacted("a.yaml", {"MY_KEY": count}, {}) for count in (7, 1)]

    assert redaction_lines(told) == ["a.yaml: replaced MY_KEY (1)"]


def test_a_session_knows_what_it_left_out_and_the_cassette_what_was_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVICE_KEY", SECRET)
    session = CassetteSession(tmp_path / "a.yaml", mode=RecordMode.REWRITE)
    for number in range(2):
        headers = (("authorization", "Bearer abc"), ("cookie", "sid=1"))
        recording = session.record(Request("POST", URL, headers, f"{number} {SECRET}".encode()))
        recording.answered(200, (("openai-organization", "acme"),))
        recording.ended("complete")
    session.finish()

    assert session.left_out == {"authorization": 2, "openai-organization": 2}
    assert replaced_in(load(tmp_path / "a.yaml")) == {"SERVICE_KEY": 2, "cookie": 2}
