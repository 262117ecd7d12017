"""`harness cassettes` as it is called, and cassettes to call it on."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from typer.testing import CliRunner

from harness.commands.cassettes import app
from harness.formats import save
from harness.interactions import Cassette, Header, Interaction, Request, Response
from harness.session import CassetteSession, RecordMode

ROOT = Path(__file__).parents[3]
HELLO = ROOT / "cassettes" / "guide" / "two_agent_chat" / "hello_world.yaml"
"""A cassette of the project's own, with two interactions of an agent called `assistant`."""

URL = "https://api.openai.com/v1/chat/completions"
JSON = (("content-type", "application/json"),)


class Told(NamedTuple):
    code: int
    text: str


def told(*arguments: str | Path) -> Told:
    """The exit code of a command, and what it printed; errors are raised."""
    result = CliRunner().invoke(app, [str(each) for each in arguments], catch_exceptions=False)
    return Told(result.exit_code, "\n".join(line.rstrip() for line in result.stdout.splitlines()))


def document(*arguments: str | Path) -> dict[str, Any]:
    """The document that a command prints."""
    value: dict[str, Any] = json.loads(told(*arguments, "--json").text)
    return value


def interaction(asked: str, answer: str, agent: str = "writer#1", test: str = "") -> Interaction:
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": asked}]}
    said = {"role": "assistant", "content": answer}
    usage = {"prompt_tokens": 1000, "completion_tokens": 100}
    answered = {"choices": [{"message": said, "finish_reason": "stop"}], "usage": usage}
    path = (agent,) if agent else ()
    return Interaction(Request("POST", URL, JSON, _bytes(body)), answer_of(answered), path, test)


def answer_of(body: dict[str, Any]) -> Response:
    return Response(200, JSON, _bytes(body), duration_ns=7)


def cassette_file(path: Path, *interactions: Interaction, day: str = "2026-01-01") -> Path:
    save(path, Cassette(Header(day, "agentchat-harness 0.1.0"), interactions))
    return path


@contextmanager
def being_recorded(path: Path) -> Iterator[None]:
    """A block in which an exchange was recorded for a cassette, and is not in it yet."""
    with CassetteSession(path, mode=RecordMode.NEW_EPISODES) as session:
        recording = session.record(interaction("Before", "").request)
        recording.answered(200, ())
        recording.ended("complete")
        yield


def _bytes(body: dict[str, Any]) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()
