"""Files of older format versions: each step is a function, and the first version stays readable."""

from pathlib import Path
from typing import Any

import pytest

from harness.errors import UnreadableCassette
from harness.formats import Source, loaded
from harness.formats._own_shape import VERSION
from harness.formats._upgrades import UPGRADES, upgraded
from harness.interactions import Cassette, Header, Interaction, Request, Response

# As version 1 wrote it. It is never changed: such files lie in other people's projects.
OLD = b"""\
harness: cassette
version: 1
recorded: '2026-01-01'
by: agentchat-harness 0.1.0
origin: live
interactions:
- request:
    method: POST
    url: https://api.openai.com/v1/chat/completions
    json:
      model: gpt-4o
  response:
    status: 200
    duration_ns: 7
    text: hello
...
"""


def test_a_file_of_the_first_version_is_read() -> None:
    url = "https://api.openai.com/v1/chat/completions"
    interaction = Interaction(
        Request("POST", url, (), b'{"model":"gpt-4o"}'), Response(200, (), b"hello", 7)
    )

    cassette = loaded(Source(Path("old.yaml"), OLD))

    assert cassette == Cassette(Header("2026-01-01", "agentchat-harness 0.1.0"), (interaction,))


def test_there_is_a_step_from_every_version_to_the_next() -> None:
    assert list(UPGRADES) == list(range(1, VERSION))


def renamed(tree: dict[str, Any]) -> dict[str, Any]:
    return {"day": tree["recorded"]}


def emptied(tree: dict[str, Any]) -> dict[str, Any]:
    return {**tree, "interactions": []}


def test_an_old_tree_goes_through_every_step_in_turn() -> None:
    tree = {"version": 1, "recorded": "2026-01-01"}

    new = upgraded(tree, 3, {1: renamed, 2: emptied})

    assert new == {"version": 3, "day": "2026-01-01", "interactions": []}
    assert tree == {"version": 1, "recorded": "2026-01-01"}


def test_a_tree_of_the_wanted_version_stays_as_it_is() -> None:
    assert upgraded({"version": 3}, 3, {1: renamed, 2: emptied}) == {"version": 3}


@pytest.mark.parametrize("version", [b"0", b"-5"])
def test_a_version_that_never_was_is_told(version: bytes) -> None:
    data = OLD.replace(b"version: 1", b"version: " + version)

    with pytest.raises(UnreadableCassette, match=f"there is no format version {int(version)}"):
        loaded(Source(Path("old.yaml"), data))
