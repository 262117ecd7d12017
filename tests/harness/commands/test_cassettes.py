"""`harness cassettes list` and `show`."""

import json
import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from agentchat.core._world import SystemWorld
from harness.commands.cassettes import app
from harness.errors import UsageError
from harness.formats import save
from harness.interactions import Cassette, Chunk, Failure, Header, Interaction, Request, Response

URL = "https://api.openai.com/v1/chat/completions"
HI = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi [b]all[/b]"}]
TOOLS = [{"type": "function", "function": {"name": "add", "parameters": {}}}]
CALL = {"id": "c1", "type": "function", "function": {"name": "add", "arguments": '{"a": 1}'}}
USAGE = {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15}


def asked(messages: list[dict[str, Any]], **body: Any) -> Request:
    content = json.dumps({"model": "gpt-4o", "messages": messages, **body}).encode()
    return Request("POST", URL, (), content)


def answered(message: dict[str, Any], reason: str) -> Response:
    body = {"choices": [{"message": message, "finish_reason": reason}], "usage": USAGE}
    return Response(200, (), json.dumps(body).encode(), duration_ns=1_500_000_000)


def streamed(deltas: Iterable[dict[str, Any]]) -> Response:
    events = [{"choices": [{"index": 0, "delta": delta}]} for delta in deltas]
    last = {"choices": [{"delta": {}, "finish_reason": "stop"}], "usage": USAGE}
    lines = [f"data: {json.dumps(event)}\n\n" for event in (*events, last)]
    chunks = [Chunk(number, line.encode()) for number, line in enumerate([*lines, "data: [DONE]"])]
    return Response(200, (), tuple(chunks), duration_ns=0)


def conversation() -> Cassette:
    called = {"role": "assistant", "content": None, "tool_calls": [CALL]}
    result = {"role": "tool", "tool_call_id": "c1", "content": "2\x1b[31m"}
    return Cassette(
        Header("2026-01-01", "tests", "scripted"),
        (
            Interaction(asked(HI, tools=TOOLS), answered(called, "tool_calls"), ("writer#1",)),
            Interaction(asked([*HI, called, result], stream=True),
                        streamed([{"content": "It "}, {"content": "is 2."}]), ("writer#1",)),
            Interaction(asked([{"role": "user", "content": "Bye"}]),
                        Response(500, (), b'{"error":{"message":"down"}}', 0,
                                 Failure("ReadError", "reset"))),
        ),
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    save(tmp_path / "cassettes" / "guide" / "chat.yaml", conversation())
    return tmp_path


def output(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return "\n".join(line.rstrip() for line in result.stdout.rstrip().splitlines())


SHOWN = """\
cassettes/guide/chat.yaml  3 interactions, scripted, 2026-01-01, tests

#1  writer  gpt-4o  200  tool_calls  1.500 s  12 + 3 tokens
  system: Be kind.
  user: Hi [b]all[/b]
  tools: add
  → call: add({"a": 1})

#2  writer  gpt-4o  200  stop  0.000 s  12 + 3 tokens
  … 2 messages as before
  call: add({"a": 1})
  tool: 2�[31m
  → assistant: It is 2.

#3  gpt-4o  500, ReadError: reset  0.000 s
  user: Bye
  → error: down"""


@pytest.mark.usefixtures("folder")
def test_a_cassette_is_shown_as_the_conversation_it_holds() -> None:
    assert output("show", "cassettes/guide/chat.yaml") == SHOWN


@pytest.mark.usefixtures("folder")
def test_a_conversation_is_told_as_json_too() -> None:
    told = json.loads(output("show", "cassettes/guide/chat.yaml", "--json"))

    assert (told["command"], told["version"], told["by"]) == ("cassettes show", 1, "tests")
    assert told["exchanges"][1] == {
        "agent": "writer",
        "model": "gpt-4o",
        "outcome": "200",
        "duration_ns": 0,
        "messages": [
            {"role": "call", "text": 'add({"a": 1})'},
            {"role": "tool", "text": "2\x1b[31m"},
        ],
        "kept": 2,
        "tools": [],
        "answer": [{"role": "assistant", "text": "It is 2."}],
        "finish_reason": "stop",
        "prompt_tokens": 12,
        "completion_tokens": 3,
    }


def test_cassettes_are_listed_with_what_they_hold(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "140")
    size = (folder / "cassettes" / "guide" / "chat.yaml").stat().st_size

    lines = output("list").splitlines()

    age = (SystemWorld().now().date() - date(2026, 1, 1)).days
    assert [line.split() for line in lines] == [
        ["file", "interactions", "origin", "recorded", "models", "hosts", "size", "marks"],
        ["cassettes/guide/chat.yaml", "3", "scripted", "2026-01-01", f"({age}", "d)", "gpt-4o",
         "api.openai.com", f"{size / 1024:.1f}", "kB", "expired,", "unnamed"],
    ]  # fmt: skip


def test_a_cassette_that_a_program_names_is_no_orphan(folder: Path) -> None:
    (folder / "pyproject.toml").touch()
    (folder / "app.py").write_text('harness.cassette("guide/chat")\n', encoding="utf-8")

    entries = json.loads(output("list", "--expire-days", "99999", "--json"))["cassettes"]

    assert [each["marks"] for each in entries] == [[]]


def test_other_recorders_files_and_damaged_ones_are_listed_too(folder: Path) -> None:
    (folder / "cassettes" / "a.yml").write_text("interactions: []\nversion: 1\n", encoding="utf-8")
    (folder / "cassettes" / "b.yaml").write_text("{", encoding="utf-8")

    entries = json.loads(output("list", "cassettes", "--json"))["cassettes"]

    assert [(each["file"], each["interactions"], each["origin"]) for each in entries] == [
        ("cassettes/a.yml", 0, "live"),
        ("cassettes/b.yaml", 0, "unknown"),
        ("cassettes/guide/chat.yaml", 3, "scripted"),
    ]
    assert entries[1]["marks"] == ["unreadable"]
    assert entries[1]["problem"].startswith("cassettes/b.yaml:1:2: not JSON: ")
    assert "cassettes/b.yaml:1:2: not JSON" in output("list")


@pytest.mark.usefixtures("folder")
def test_of_a_folder_without_cassettes_no_empty_table_is_shown() -> None:
    Path("empty").mkdir()

    assert output("list", "empty") == "There are no cassettes."


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("cassettes/guide/chatt.yaml", "Did you mean cassettes/guide/chat.yaml"),
        (
            "cassettes/guide",
            "cassettes/guide is a folder.*\n.*harness cassettes list cassettes/guide",
        ),
    ],
)
def test_one_cassette_is_shown(file: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        CliRunner().invoke(app, ["show", file], catch_exceptions=False)


@pytest.mark.usefixtures("folder")
def test_a_path_that_is_not_there_is_told() -> None:
    with pytest.raises(
        UsageError, match=r"There is no cassettes/gide\. Did you mean cassettes/guide"
    ):
        CliRunner().invoke(app, ["list", "cassettes/gide"], catch_exceptions=False)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", ["list", "doctor", "lint"])
def test_nobody_waits_for_a_pipe(command: str) -> None:
    os.mkfifo("pipe.yaml")

    with pytest.raises(UsageError, match=r"pipe\.yaml is a pipe or a device"):
        CliRunner().invoke(app, [command, "pipe.yaml"], catch_exceptions=False)


def test_the_responses_api_is_told_too(folder: Path) -> None:
    body = {"model": "gpt-5", "instructions": "Be kind.", "input": "Hi", "tools": [{"type": "mcp"}]}
    said = {"type": "message", "role": "assistant", "content": [{"text": "Hello"}]}
    call = {"type": "function_call", "name": "add", "arguments": "{}"}
    done = {"response": {"output": [said, call], "status": "completed",
                         "usage": {"input_tokens": 1, "output_tokens": 2}}}  # fmt: skip
    stream = (Chunk(0, f"event: response.completed\ndata: {json.dumps(done)}\n\n".encode()),)
    request = Request("POST", "https://api.openai.com/v1/responses", (), json.dumps(body).encode())
    path = folder / "responses.yaml"
    save(path, Cassette(Header(), (Interaction(request, Response(200, (), stream, 0)),)))

    assert output("show", "responses.yaml").splitlines()[2:] == [
        "#1  gpt-5  200  completed  0.000 s  1 + 2 tokens",
        "  system: Be kind.",
        "  user: Hi",
        "  tools: mcp",
        "  → assistant: Hello",
        "  → call: add({})",
    ]
