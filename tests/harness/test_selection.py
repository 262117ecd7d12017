from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.scenario import Scenario
from harness.selection import select


def story(name: str, *tags: str) -> Scenario:
    root = Path("/project")
    return Scenario(
        name=name,
        file=root / "scenarios" / "guide" / "chat.py",
        line=1,
        root=root,
        function=lambda run: None,
        title=name,
        tags=tags,
    )


STORIES = [story("hello_world"), story("hello_tools", "slow"), story("goodbye", "live")]


@pytest.mark.parametrize(
    ("expression", "picked"),
    [
        ("hello", ["hello_world", "hello_tools"]),
        ("HELLO", ["hello_world", "hello_tools"]),
        ("hello and not slow", ["hello_world"]),
        ("world or live", ["hello_world", "goodbye"]),
        ("not (slow or live)", ["hello_world"]),
        ("not slow and not live", ["hello_world"]),
        ("world or tools and slow", ["hello_world", "hello_tools"]),
        ("guide/chat.py::goodbye", ["goodbye"]),
        ("nothing", []),
    ],
)
def test_picks_by_name_and_tag(expression: str, picked: list[str]) -> None:
    assert [each.name for each in select(STORIES, expression)] == picked


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("", "its end"),
        ("hello and", "its end"),
        ("or hello", "'or'"),
        ("(hello", "its end"),
        ("hello)", r"'\)'"),
        ("hello world", "'world'"),
        ("not", "its end"),
    ],
)
def test_refuses_a_malformed_expression(expression: str, found: str) -> None:
    with pytest.raises(UsageError, match=f"expected before {found}"):
        select(STORIES, expression)
