"""What docs/secrets.md says becomes of everything, against what does."""

import re
from pathlib import Path

import pytest

from harness.interactions import Request, Response
from harness.redaction import SECRET_HEADERS, Redactor, credentials_in, secrets_among
from harness.session import Cleaning

PAGE = Path(__file__).parents[2] / "docs" / "secrets.md"
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and line.count(" | ") == 2
]
KEY = "opaque/0123456789abc"


def names(where: str, fate: str) -> list[str]:
    """What the page says has a fate."""
    (what,) = (row[1] for row in ROWS if row[0] == where and row[2].startswith(fate))
    return re.findall(r"`([^`…]+)`", what)


SIDES = ["request headers", "response headers"]


def stored(side: str, header: str) -> tuple[tuple[str, str], ...]:
    """What of a header gets into a cassette."""
    headers, cleaning = ((header, "some words"),), Cleaning({}, {})
    if side == "request headers":
        return cleaning.request(Request("POST", "https://a.test/", headers, b"{}")).headers
    response = cleaning.response(Response(200, headers, b"{}", 0))
    assert isinstance(response, Response)
    return response.headers


@pytest.mark.parametrize("side", SIDES)
def test_headers_are_kept_replaced_or_dropped_as_the_page_says(side: str) -> None:
    kept, replaced = names(side, "kept"), names(side, "`<secret:")
    sent = sorted({*SECRET_HEADERS, *names(SIDES[0], "kept"), *names(SIDES[1], "kept"), "server"})

    fates = {header: stored(side, header) for header in sent}

    dropped = set(sent) - {*kept, *replaced}
    assert fates == {
        **{header: ((header, "some words"),) for header in kept},
        **{header: ((header, f"<secret:{header}>"),) for header in replaced},
        **dict.fromkeys(dropped, ()),
    }


@pytest.mark.parametrize("name", names("address", "`<secret:parameter>`"))
def test_a_parameter_is_replaced_as_the_page_says(name: str) -> None:
    assert Redactor().text(f"https://a.test/?{name}=x") == (
        f"https://a.test/?{name}=<secret:parameter>"
    )


@pytest.mark.parametrize("name", names("headers of a request", "`<secret:authorization>`"))
def test_a_header_tells_a_secret_as_the_page_says(name: str) -> None:
    assert credentials_in([(name, KEY)]) == {name: KEY}


@pytest.mark.parametrize("name", names("the environment", "`<secret:DB_PASSWORD>`"))
def test_a_variable_tells_a_secret_as_the_page_says(name: str) -> None:
    assert secrets_among({name: KEY}) == {name: KEY}


@pytest.mark.parametrize("name", names("address", "`<secret:login>`, "))
def test_what_an_address_lets_in_with_is_a_secret_as_the_page_says(name: str) -> None:
    redactor = Redactor()

    redactor.text(f"https://a.test/?{name}={KEY}")

    assert redactor.body(f"It is {KEY}.".encode()) == b"It is <secret:parameter>."


def test_the_page_names_every_header_that_is_known_to_hold_a_secret() -> None:
    told = names("headers of a request", "`<secret:authorization>`")

    assert {name for name in SECRET_HEADERS if credentials_in([(name, KEY)])} == set(told)
