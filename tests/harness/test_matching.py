"""When two requests are the same, and how two that are not differ."""

import json
from typing import Any

import pytest

from harness.interactions import Request
from harness.matching import (
    Ignore,
    KeyPart,
    Matcher,
    Normalise,
    first_difference,
    nearest,
)

URL = "https://api.openai.com/v1/chat/completions"
BODY: dict[str, Any] = {
    "model": "gpt-4o",
    "messages": [
        {"role": "system", "content": "You are a helpful assistant. Say Hi to all people."},
        {"role": "user", "content": "Who are you?"},
    ],
    "tools": [{"type": "function", "function": {"name": "add", "parameters": {"type": "object"}}}],
    "temperature": 0.5,
}


def request(body: Any = BODY, url: str = URL, method: str = "POST", **changes: Any) -> Request:
    whole = {**body, **changes} if changes else body
    return Request(method, url, (), json.dumps(whole).encode())


def with_system(text: str) -> Request:
    return request(messages=[{"role": "system", "content": text}, *BODY["messages"][1:]])


def are_same(one: Request, other: Request, *parts: KeyPart) -> bool:
    matcher = Matcher(parts)
    return matcher.digest(one) == matcher.digest(other)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(request(dict(reversed(BODY.items()))), id="order of keys"),
        pytest.param(
            Request("POST", URL, (("authorization", "x"),), json.dumps(BODY, indent=2).encode()),
            id="white space and headers",
        ),
        pytest.param(request(method="post"), id="case of the method"),
        pytest.param(request(url="https://API.openai.com:443/v1/chat/completions#a"), id="address"),
    ],
)
def test_what_makes_no_difference_makes_no_other_key(other: Request) -> None:
    assert are_same(request(), other)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(request(model="gpt-4o-mini"), id="model"),
        pytest.param(request(temperature=0.6), id="setting"),
        pytest.param(request(tools=[]), id="tools"),
        pytest.param(request(tool_choice="none"), id="tool choice"),
        pytest.param(request(response_format={"type": "json_object"}), id="response format"),
        pytest.param(with_system("You are a helpful assistant. Say hi to all people."), id="case"),
        pytest.param(request(messages=BODY["messages"][::-1]), id="order of messages"),
        pytest.param(request(method="PUT"), id="method"),
        pytest.param(request(url="https://api.openai.com/v1/responses"), id="path"),
        pytest.param(request(url="https://eu.api.openai.com/v1/chat/completions"), id="host"),
        pytest.param(request(url=f"{URL}?a=1"), id="query"),
    ],
)
def test_every_part_of_a_request_is_in_its_key(other: Request) -> None:
    assert not are_same(request(), other)


def test_the_order_of_query_parameters_does_not_count() -> None:
    assert are_same(request(url=f"{URL}?a=1&b=2"), request(url=f"{URL}?b=2&a=1"))


def test_a_whole_number_is_the_same_however_it_is_written() -> None:
    assert are_same(request(temperature=1), request(temperature=1.0))
    assert not are_same(request(temperature=1), request(temperature=True))


@pytest.mark.parametrize(
    "body", [b"a = 1", b"\xff\x00", b'{"a": 1e999}', b'{"a": NaN}', b"{broken", b"[" * 5_000]
)
def test_a_body_that_is_no_json_counts_byte_by_byte(body: bytes) -> None:
    assert are_same(Request("POST", URL, (), body), Request("POST", URL, (), body))
    assert not are_same(Request("POST", URL, (), body), Request("POST", URL, (), body + b" "))


def test_a_part_can_be_ignored_by_its_pointer() -> None:
    named = [{**message, "name": "me"} for message in BODY["messages"]]

    assert are_same(request(), request(messages=named), Ignore("/messages/*/name"))
    assert are_same(request(), request(user="u-1"), Ignore("/user"))
    assert are_same(
        request(),
        request(
            {
                **BODY,
                "a/b": {"c~d": 1},
            }
        ),
        Ignore("/a~1b"),
    )
    assert not are_same(request(), request(user="u-1"), Ignore("/messages/0/user"))


def test_a_part_can_be_normalised_by_a_pattern() -> None:
    one, other = with_system("Today is 2026-01-01."), with_system("Today is 2026-08-22.")
    date = r"\d{4}-\d\d-\d\d"

    assert are_same(one, other, Normalise(date, "<date>"))
    assert are_same(one, other, Normalise(date, "<date>", "/messages/0"))
    assert not are_same(one, other, Normalise(date, "<date>", "/messages/1"))


def test_the_digest_is_the_same_in_every_version() -> None:
    # Whoever changes this makes every cassette that names digests miss.
    assert Matcher().digest(request()) == "cf81b8dec7c85adc1881b91b5a068019"


SYSTEM = "You are a helpful assistant. Say Hi to all people."
ADD_TO_X = {"type": "function", "function": {"name": "add", "parameters": {"type": "x"}}}
CHANGES = [
    (with_system(SYSTEM.replace("Hi", "Hello")), "messages[0].content",
     "'Hi' became 'Hello' in '…are a helpful assistant. Say Hello to all people.'",
     "a changed prompt"),
    (with_system(SYSTEM.replace("helpful ", "")), "messages[0].content",
     "'helpful ' was removed in 'You are a assistant. Say Hi to all people…'", "a changed prompt"),
    (with_system("Hello"), "messages[0].content",
     f"'{SYSTEM}' became 'Hello'", "a changed prompt"),
    (request(messages=[*BODY["messages"], {"role": "user", "content": "And?"}]),
     "messages[2]", "{'role': 'user', 'content': 'And?'} was added",
     "a changed number of messages: 2 became 3"),
    (request(messages=BODY["messages"][1:]), "messages[0]",
     f"{{'role': 'system', 'content': '{SYSTEM}'}} was removed",
     "a changed number of messages: 2 became 1"),
    (request(model="gpt-5"), "model", "'gpt-4o' became 'gpt-5'", "a changed model"),
    (request(temperature=0.7), "temperature", "0.5 became 0.7",
     "a changed sampling setting, temperature"),
    (request(seed=7), "seed", "was not set, is 7", "a changed sampling setting, seed"),
    (request({key: BODY[key] for key in ("model", "messages", "tools")}), "temperature",
     "was 0.5, is not set", "a changed sampling setting, temperature"),
    (request(tools=[ADD_TO_X]), "tools[0].function.parameters.type", "'object' became 'x'",
     "a changed tool schema"),
    (request(url="https://api.openai.com/v1/responses"), "path",
     "'/v1/chat/completions' became '/v1/responses'", "another path"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "path", "words", "cause"), CHANGES)
def test_the_first_difference_is_told_by_place_words_and_cause(
    asked: Request, path: str, words: str, cause: str
) -> None:
    difference = first_difference(request(), asked)

    assert difference is not None
    assert (difference.path, difference.words, difference.cause) == (path, words, cause)


def test_what_a_request_is_made_from_is_told_before_what_it_says() -> None:
    asked = request(messages=[], model="gpt-4o-mini", temperature=0.7)

    difference = first_difference(request(), asked)

    assert difference is not None
    assert (difference.path, difference.others) == ("model", ("temperature", "messages"))


def test_equal_requests_do_not_differ() -> None:
    assert first_difference(request(), request()) is None


def test_requests_are_alike_as_far_as_they_say_the_same() -> None:
    near, far = with_system("Say Hello."), request({"input": "Other words"})

    found = nearest(request(), [far, near])

    assert nearest(request(), [far, request()]) == (1, 1)
    assert found.position == 1
    assert 1 > found.likeness > nearest(request(), [far]).likeness > 0
