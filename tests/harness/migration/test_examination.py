import json
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.migration import Report, Unread, examine


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def examined(program: str, name: str = "app.py") -> Report:
    Path(name).write_text(dedent(program), encoding="utf-8")
    return examine([Path(name)])


def found(program: str) -> list[str]:
    return [f"{each.place} {each.verdict} {each.what}" for each in examined(program).findings]


def notebook(*cells: str | list[str]) -> str:
    told = [{"cell_type": "code", "source": source} for source in cells]
    return json.dumps({"nbformat": 4, "cells": [{"cell_type": "markdown", "source": "x"}, *told]})


def test_names_are_followed_through_every_form_of_import() -> None:
    program = """\
        import autogen, pyautogen as old
        import autogen.agentchat
        from autogen import Cache as Kept
        from autogen_agentchat import agents as people

        old.GroupChat(agents=[])
        autogen.agentchat.ConversableAgent("a")
        Kept.disk()
        people.UserProxyAgent("b")
    """

    assert found(program) == [
        "app.py:1:8 rewrite autogen",
        "app.py:1:17 rewrite pyautogen",
        "app.py:2:8 rewrite autogen.agentchat",
        "app.py:3:21 rewrite autogen.Cache",
        "app.py:4:31 supported autogen_agentchat.agents",
        "app.py:6:1 rewrite pyautogen.GroupChat",
        "app.py:7:1 rewrite autogen.agentchat.ConversableAgent",
        "app.py:9:1 supported autogen_agentchat.agents.UserProxyAgent",
    ]


def test_columns_count_characters() -> None:
    assert found("'für'; agent.initiate_chats([])") == ["app.py:1:14 rewrite .initiate_chats"]


def test_what_an_object_is_comes_from_its_making_and_its_annotation() -> None:
    program = """\
        def ask(bot: "AssistantAgent", socket):
            bot.send("Hi")
            socket.send("Hi")

        class Desk:
            def __init__(self):
                self.bot = AssistantAgent("bot")
                self.bot.chat_messages

        from autogen import AssistantAgent
        result = await Desk().bot.a_initiate_chat()
        result.summary, report.summary
        [each.cost for each in Desk().bot.initiate_chats([])]
    """

    assert found(program) == [
        "app.py:2:9 rewrite .send",
        "app.py:8:18 rewrite .chat_messages",
        "app.py:10:21 rewrite autogen.AssistantAgent",
        "app.py:11:27 rewrite .a_initiate_chat",
        "app.py:12:8 rewrite .summary",
        "app.py:13:7 rewrite .cost",
        "app.py:13:35 rewrite .initiate_chats",
    ]


def test_words_of_other_packages_are_left_alone() -> None:
    program = """\
        from crew import Agent, register_function
        from .ours import GroupChatManager

        Agent(llm_config={}).initiate_chat()
        register_function(print)
        GroupChat = Agent
        GroupChatManager()
        GroupChat(max_round=3)
    """

    assert found(program) == []


def test_a_name_without_import_is_taken_for_v02s_unless_v04_has_it() -> None:
    assert found("GroupChatManager(), AssistantAgent()") == ["app.py:1:1 rewrite GroupChatManager"]


def test_a_supported_name_comes_with_its_import() -> None:
    [finding] = examined("from autogen_core.models import UserMessage as Asked").findings

    assert (finding.verdict, finding.instead) == (
        "supported",
        "from agentchat.core.models import UserMessage",
    )


def test_a_name_that_lies_elsewhere_comes_with_the_nearest_one() -> None:
    findings = examined(
        """\
        from autogen_agentchat.teams._group_chat._base_group_chat import BaseGroupChat
        from autogen_agentchat.conditions import TextMentionTerminaton
        from autogen_agentchat.nothing import Zzzzz
        from autogen_ext.runtimes.grpc import GrpcWorkerAgentRuntime
        """
    ).findings

    assert [(each.verdict, each.instead) for each in findings] == [
        ("rewrite", "from agentchat.teams import BaseGroupChat"),
        ("rewrite", "from agentchat.conditions import TextMentionTermination"),
        ("rewrite", ""),
        ("rewrite", "from agentchat.core import SingleThreadedAgentRuntime"),
    ]
    assert findings[2].why == "agentchat has no nothing."
    assert findings[3].why == "agentchat.ext has no runtimes. Agents run in one process."


def test_an_argument_that_is_not_taken_is_told() -> None:
    findings = examined(
        """\
        from autogen_agentchat.agents import UserProxyAgent
        from autogen_ext.models.openai import OpenAIChatCompletionClient

        UserProxyAgent("user", human_input_mode="NEVER", description="Asks.")
        OpenAIChatCompletionClient(model="gpt-4o", anything="goes")
        """
    ).findings

    [argument] = [each for each in findings if each.verdict == "rewrite"]
    assert str(argument.place) == "app.py:4:24"
    assert argument.why == (
        "UserProxyAgent takes no 'human_input_mode'; it takes name, description, input_func."
    )


def test_the_provider_of_a_component_is_a_name_too() -> None:
    program = '{"provider": "autogen_agentchat.teams.Swarm"}; {"provider": "anything"}'

    assert found(program) == ["app.py:1:14 differs autogen_agentchat.teams.Swarm"]


def test_what_differs_comes_with_the_reason() -> None:
    [finding] = examined("from autogen_agentchat.conditions import TextMentionTermination").findings

    assert finding.verdict == "differs"
    assert finding.why == (
        "It keeps its sources when it is dumped. There the loaded condition listens to everybody."
    )


def test_a_notebooks_cells_share_their_names_and_may_hold_commands() -> None:
    cells = notebook(
        ["%pip install pyautogen\n", "from autogen import UserProxyAgent as U\n"],
        "%%bash\necho initiate_chat",
        'text = """\n%s"""\nU("u").send(\n  text\n)',
        "x = !ls\nU?\nawait U('u').a_initiate_chat()",
        "this isn't",
    )

    report = examined(cells, "note.ipynb")

    assert [str(each.place) for each in report.findings] == [
        "note.ipynb:cell 2:2:21",
        "note.ipynb:cell 4:3:8",
        "note.ipynb:cell 5:3:14",
    ]
    assert report.unread == (
        Unread(
            "note.ipynb",
            "note.ipynb:cell 6:1:9: not Python 3: unterminated string literal (detected at line 1)",
            True,
        ),
    )


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.py", b"print 'x'", "a.py:1:1: not Python 3: Missing parentheses in call to 'print'."),
        ("b.py", b"x = '\xff'", "can't be read: "),
        ("c.py", b"x = '\0'", "null bytes"),
        ("d.ipynb", b"{", "can't be read: Expecting property name"),
        ("e.ipynb", b'{"worksheets": []}', "can't be read: it is no notebook of format 4"),
        ("f.py", b"a" + b".b()" * 700, "nested too deeply to be followed"),
    ],
)
def test_what_cant_be_read_is_told_and_hides_nothing_else(
    name: str, content: bytes, why: str
) -> None:
    Path(name).write_bytes(content)
    Path("z.py").write_text("import autogen", encoding="utf-8")

    report = examine([Path()])

    [unread] = report.unread
    assert (unread.file, unread.is_python) == (name, True)
    assert why in unread.why
    assert [str(each.place) for each in report.findings] == ["z.py:1:8"]
    assert not report.is_supported


def test_only_the_projects_own_files_are_read() -> None:
    for folder in (".git", "env", "node_modules", "src"):
        Path(folder).mkdir()
        (Path(folder) / "app.py").write_text("import autogen", encoding="utf-8")
    (Path("env") / "pyvenv.cfg").touch()
    Path("data.csv").touch()
    Path("empty.ipynb").write_text(notebook(), encoding="utf-8")
    Path("script").write_text("#!/usr/bin/env python3\nimport autogen", encoding="utf-8")

    report = examine([Path(), Path("src/app.py")])

    assert report.files == 3
    assert [str(each.place) for each in report.findings] == ["script:2:8", "src/app.py:1:8"]
    assert report.unread == (Unread("data.csv", "not Python", False),)


def test_the_program_is_never_run() -> None:
    report = examined("import autogen_core\nopen('ran', 'w')\nraise SystemExit(1)")

    assert report.count("supported") == 1
    assert not Path("ran").exists()


def test_the_command_names_the_program() -> None:
    Path("parts.py").write_text("import autogen_core", encoding="utf-8")
    Path("the run.py").write_text(
        "import autogen_core\nif __name__ == '__main__':\n    pass", encoding="utf-8"
    )

    assert examine([Path()]).command == "python -m agentchat.compat 'the run.py'"
    assert examine([Path("parts.py")]).command == "python -m agentchat.compat parts.py"
    assert examined("import autogen").command == ""


def test_a_path_that_is_not_there_is_told() -> None:
    with pytest.raises(UsageError, match=r"nowhere: there is no such file or folder\."):
        examine([Path("nowhere")])


@given(text=st.text(st.sampled_from("autogen. =()\n'import:[]{}@#\\\x0c\r\t\"é"), max_size=60))
def test_any_text_is_found_in_or_told_to_be_unreadable(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("text") / "app.py"
    file.write_bytes(text.encode())

    report = examine([file])

    assert report.files + len(report.unread) == 1
    lines = text.count("\n") + text.count("\r") + 1
    assert all(1 <= each.place.line <= lines for each in report.findings)
