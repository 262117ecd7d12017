"""`harness migrate`: what it prints, and how it ends."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from harness.cli import app

PROGRAM = """\
from autogen_agentchat.conditions import TextMentionTermination
from autogen_core import Image

def chat(user, bot):
    user.initiate_chats([])
    bot.initiate_chats([])
"""

TOLD = """\
app.py:1:42: differs   autogen_agentchat.conditions.TextMentionTermination
    It keeps its sources when it is dumped. There the loaded condition listens to everybody.
    | from agentchat.conditions import TextMentionTermination
app.py:2:26: supported autogen_core.Image
    | from agentchat.core import Image
app.py:5:10: rewrite   .initiate_chats
    Steps are joined by plain Python, or by agents on the core that publish to each other.
    | from agentchat.messages import TextMessage
    |
    | draft = await writer.run(task="Write.")
    | review = await critic.run(
    |     task=TextMessage(content=f"Review: {draft.messages[-1].to_text()}", source="user")
    | )
    (since AutoGen 0.4; docs/guide.md#sequential-chat)
app.py:6:9: rewrite   .initiate_chats
    as at app.py:5:10
broken.py: unread    broken.py:1:2: not Python 3: '(' was never closed

1 supported, 1 differ, 2 to rewrite, in 1 file.
2 files not read, not being Python: .csv 1, no suffix 1.
When that is rewritten, it runs with: python -m agentchat.compat app.py
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.py").write_text(PROGRAM, encoding="utf-8")
    return tmp_path


def migrate(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["migrate", *arguments], catch_exceptions=False)


def test_tells_what_was_found_where_and_what_to_write() -> None:
    Path("broken.py").write_text("f(", encoding="utf-8")
    Path("data.csv").touch()
    Path("Makefile").touch()

    done = migrate(".")

    assert (done.exit_code, done.stdout) == (0, TOLD)


def test_tells_it_as_json_too() -> None:
    told = json.loads(migrate("app.py", "--json").stdout)

    assert told["summary"] == {
        "files": 1, "supported": 1, "differ": 1, "rewrite": 2, "unread": 0, "not_python": 0,
    }  # fmt: skip
    assert told["command"] == "python -m agentchat.compat app.py"
    assert told["findings"][1] == {
        "file": "app.py", "cell": 0, "line": 2, "column": 26, "place": "app.py:2:26",
        "what": "autogen_core.Image", "verdict": "supported", "why": "",
        "instead": "from agentchat.core import Image", "since": "", "guide": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("program", "code"), [(PROGRAM, 1), ("import autogen_core", 0), ("import (", 1), ("", 0)]
)
def test_a_check_fails_unless_everything_is_supported(program: str, code: int) -> None:
    Path("app.py").write_text(program, encoding="utf-8")

    assert migrate("app.py").exit_code == 0
    assert migrate("app.py", "--check").exit_code == code


def test_a_program_that_needs_nothing_else_can_be_run_as_it_is() -> None:
    Path("app.py").write_text("import autogen_core", encoding="utf-8")

    assert migrate("app.py").stdout.splitlines()[-2:] == [
        "1 supported, 0 differ, 0 to rewrite, in 1 file.",
        "As it is, it runs with: python -m agentchat.compat app.py",
    ]
