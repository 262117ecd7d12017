import re

import pytest

from harness.expectations import (
    anything,
    contains,
    equals,
    matcher,
    matches,
    number,
    one_of,
)
from harness.expectations._matchers import accepts


@pytest.mark.parametrize(
    ("demand", "value"),
    [
        ("Hello", "Hello"),
        (None, None),
        (anything(), None),
        (equals({"a": 1}), {"a": 1}),
        (contains("Hello", "world"), "Hello, world!"),
        (contains("b"), ["a", "b"]),
        (matches(r"^\d+$"), "42"),
        (re.compile("wor"), "Hello, world!"),
        (one_of("yes", contains("sure")), "sure thing"),
        (number(near=3.14, tolerance=0.01), "pi is about 3.141"),
        (number(near=1234), "1,234 people"),
        (number(near=0.3), 0.3),
        (number(near=-2), "-2 degrees"),
        ({"city": contains("Par")}, {"city": "Paris", "days": 3}),
    ],
)
def test_accepts(demand: object, value: object) -> None:
    assert accepts(demand, value)


@pytest.mark.parametrize(
    ("demand", "value"),
    [
        ("Hello", "hello"),
        (equals({"a": 1}), {"a": 1, "b": 2}),
        (contains("a", "z"), "abc"),
        (contains("a"), 7),
        (matches(r"^\d+$"), "42nd"),
        (matches("a"), None),
        (one_of("yes", "no"), "maybe"),
        (number(near=3.14, tolerance=0.001), "pi is about 3.2"),
        (number(near=1), "no figure in it"),
        (number(near=1), None),
        ({"city": "Paris"}, {"days": 3}),
        ({"city": "Paris"}, "Paris"),
    ],
)
def test_refuses(demand: object, value: object) -> None:
    assert not accepts(demand, value)


def test_a_matcher_reads_as_it_is_written() -> None:
    assert repr(number(near=3, tolerance=0.5)) == "number(near=3, tolerance=0.5)"


def test_matchers_that_read_the_same_are_equal() -> None:
    assert contains("a") == contains("a") != contains("b")


def test_a_function_becomes_a_matcher() -> None:
    @matcher
    def longer_than(value: str, length: int) -> bool:
        return len(value) > length

    assert accepts(longer_than(3), "four")
    assert repr(longer_than(3)) == "longer_than(3)"
