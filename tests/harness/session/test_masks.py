"""Addresses of which a recorder hid a part."""

from pathlib import Path

import httpx2
import pytest

from harness.errors import ReplayMiss
from harness.formats import save
from harness.interactions import Cassette, Interaction, Request, Response
from harness.session import CassetteSession
from harness.transport import CassetteTransport

BASE, REGION = "<API_BASE>/chat", "https://api.<REGION>.example/v1/{PROJECT}/chat"
ALL = "**REDACTED**"


def recorded(tmp_path: Path, *urls: str) -> CassetteSession:
    path = tmp_path / "chat.yaml"
    save(path, Cassette(interactions=tuple(
        Interaction(Request("POST", url, (), b"Hi"), Response(200, (), url.encode(), 0))
        for url in urls
    )))  # fmt: skip
    return CassetteSession(path)


def asked(session: CassetteSession, url: str, body: bytes = b"Hi") -> str:
    with httpx2.Client(transport=CassetteTransport(session)) as client:
        return client.post(url, content=body).text


ANSWERED = [
    ("http://localhost:8080/v1/chat", BASE),
    (BASE, BASE),
    ("https://api.eu-west-1.example/v1/mine/chat", REGION),
    (REGION, REGION),
    ("https://api.eu-west-1.example/v1/mine/chat?beta=true", ALL),
    (ALL, ALL),
]


@pytest.mark.parametrize(("url", "masked"), ANSWERED)
def test_a_mask_stands_for_any_text_and_for_itself(tmp_path: Path, url: str, masked: str) -> None:
    assert asked(recorded(tmp_path, masked), url) == masked


def test_an_address_that_is_recorded_as_it_is_comes_first(tmp_path: Path) -> None:
    url = "http://localhost:8080/v1/chat"
    session = recorded(tmp_path, BASE, url)

    assert [asked(session, url), asked(session, url)] == [url, BASE]


@pytest.mark.parametrize(
    ("masked", "url"), [(ALL, "https://api.example/v1"), (BASE, "http://localhost:8080/v1/chat")]
)
def test_a_miss_tells_what_changed_besides_what_is_hidden(
    tmp_path: Path, masked: str, url: str
) -> None:
    with pytest.raises(ReplayMiss, match="differs at body: 'Hi' became 'Hello'\n"):
        asked(recorded(tmp_path, masked), url, b"Hello")


def test_what_was_played_under_a_mask_is_told_to_be_asked_again(tmp_path: Path) -> None:
    session = recorded(tmp_path, ALL)
    asked(session, "https://api.example/v1")

    with pytest.raises(ReplayMiss, match="this very request was recorded once"):
        asked(session, "https://api.example/v1")


MISSED = [
    ("https://api..example/v1/mine/chat", b"Hi"),
    ("https://api.eu.example/v1/chat", b"Hi"),
    ("https://api.eu.example/v1/mine/chats", b"Hi"),
    ("https://other.eu.example/v1/mine/chat", b"Hi"),
    ("https://api.eu.example/v1/mine/chat", b"Hello"),
]


@pytest.mark.parametrize(("url", "body"), MISSED)
def test_all_that_is_not_hidden_still_counts(tmp_path: Path, url: str, body: bytes) -> None:
    with pytest.raises(ReplayMiss):
        asked(recorded(tmp_path, REGION), url, body)
