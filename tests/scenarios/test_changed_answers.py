"""Every story notices when a recorded answer is another one."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.discovery import discover
from harness.formats import load, save
from harness.interactions import Cassette, Chunk, Interaction, Response
from harness.result import TrialResult
from harness.run import Settings
from harness.runner import run_trial
from harness.scenario import Scenario

STORIES = [
    story
    for story in discover([Path(__file__).parents[2] / "scenarios"])
    if story.cassette.exists()
]

# Where the APIs have what a model says, or calls a tool with.
ANSWERS = ("content", "arguments", "text", "value", "refusal")

# Capitals stay: a team that waits for TERMINATE shall still come to its end.
OTHER_CHARACTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyz0123456789", "nopqrstuvwxyzabcdefghijklm5678901234"
)


def changed(said: Any) -> Any:
    """Another answer of the same form: sentences stay sentences, and JSON stays JSON."""
    match said:
        case bool():
            return not said
        case int() | float():
            return said + 1
        case str():
            return changed_text(said)
        case list():
            return [changed(each) for each in said]
        case dict():
            return {name: changed(value) for name, value in said.items()}
    return said


def changed_text(text: str) -> str:
    try:
        data = json.loads(text)
    except ValueError:
        data = None
    if isinstance(data, dict | list):
        return json.dumps(changed(data))
    other = re.sub("[^\x00-\x7f]", lambda found: chr(ord(found[0]) ^ 1), text)
    other = other.translate(OTHER_CHARACTERS)
    return other if other != text or not text.strip() else f"{text} indeed"


def changed_body(body: Any) -> Any:
    """The JSON of a response with another answer in it."""
    if isinstance(body, list):
        return [changed_body(each) for each in body]
    if not isinstance(body, dict) or body.get("role") == "user":
        return body  # What a user said, an API only repeats.
    # A call without arguments is changed by its name.
    answers = (*ANSWERS, "name") if body.get("arguments") == "{}" else ANSWERS
    return {
        name: changed(value) if name in answers and isinstance(value, str) else changed_body(value)
        for name, value in body.items()
    }


def changed_bytes(data: bytes) -> bytes:
    """A body, or a piece of an event stream, with another answer in it."""
    lines = data.decode().split("\n")
    return "\n".join(changed_line(line) for line in lines).encode()


def changed_line(line: str) -> str:
    head, body = ("data: ", line[6:]) if line.startswith("data: ") else ("", line)
    try:
        return head + json.dumps(changed_body(json.loads(body)), ensure_ascii=False)
    except ValueError:
        return line


def changed_response(response: Response) -> Response:
    body = response.body
    if isinstance(body, bytes):
        return replace(response, body=changed_bytes(body))
    pieces = tuple(Chunk(chunk.at_ns, changed_bytes(chunk.data)) for chunk in body)
    return replace(response, body=pieces)


def says(interaction: Interaction) -> Any:
    """What is answered, whatever white space the body has."""
    response = interaction.response
    if not isinstance(response, Response) or not isinstance(response.body, bytes):
        return response
    try:
        return json.loads(response.body)
    except ValueError:
        return response.body


def variants(cassette: Cassette) -> Iterator[Cassette]:
    """The cassette with one other answer, for each answer in it."""
    played = cassette.interactions
    for position, interaction in enumerate(played):
        if not isinstance(interaction.response, Response):
            continue
        other: Interaction = replace(interaction, response=changed_response(interaction.response))
        others = (*played[:position], other, *played[position + 1 :])
        if says(other) != says(interaction):
            yield replace(cassette, interactions=others)


def result_with(story: Scenario, cassette: Cassette, folder: Path) -> TrialResult:
    """What comes of a story that is played from another cassette."""
    moved = replace(story, root=folder, file=folder / story.file.relative_to(story.root))
    moved.cassette.parent.mkdir(parents=True, exist_ok=True)
    save(moved.cassette, cassette)
    return run_trial(moved, Settings()).result


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.id)
def test_the_recorded_answers_are_as_expected(story: Scenario, tmp_path: Path) -> None:
    result = result_with(story, load(story.cassette), tmp_path)

    assert [each for each in result.judgements if not each.holds] == []
    assert (result.outcome, result.unplayed) == ("passed", 0)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.id)
def test_a_changed_answer_is_noticed(story: Scenario, tmp_path: Path) -> None:
    cassette = load(story.cassette)

    outcomes = [result_with(story, each, tmp_path).outcome for each in variants(cassette)]

    # A change in the midst leads to a question that was never recorded: a miss.
    assert "failed" in outcomes
    assert "passed" not in outcomes
