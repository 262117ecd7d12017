from decimal import Decimal
from typing import Any

from harness.trace import Event, Failed, MessageSent, ModelCalled, Stopped, Trace, Usage
from reports._code import code, json_code, readable
from reports._conversation import Conversation, Ending, Selection, Turn, conversation
from reports._images import image
from reports._message import Note, Output, Speech, Thought
from reports._prose import pieces
from reports._tools import ToolResult, ToolUse, ToolUses


def message(source: str, text: str, kind: str = "TextMessage", **body: Any) -> MessageSent:
    is_chat = kind.partition("[")[0].endswith("Message")
    return MessageSent(
        number=0, at_ns=0, source=source, type=kind, is_chat=is_chat, text=text, body=body
    )


def asked(agent: str, answer: str | tuple[dict[str, Any], ...], **fields: Any) -> ModelCalled:
    return ModelCalled(
        **{"number": 0, "at_ns": 0, "agent": agent, "call": 1, "model": "gpt-4o", "kept": 0}
        | {"messages": (), "answer": answer, "finish_reason": "stop", "usage": Usage()}
        | {"usd": Decimal(0), "origin": "replayed"}
        | fields
    )


def stopped(reason: str | None) -> Stopped:
    return Stopped(number=0, at_ns=0, reason=reason)


def told(*events: Event) -> Conversation:
    """The conversation of these events, numbered from 0."""
    numbered = tuple(event.model_copy(update={"number": n}) for n, event in enumerate(events))
    return conversation(Trace(scenario="s", events=numbered))


def items(*events: Event) -> list[Any]:
    """What the turns of a conversation hold, without model calls."""
    turns = [entry for entry in told(*events).entries if isinstance(entry, Turn | Selection)]
    return [item for turn in turns for item in turn.items if item.kind != "call"]


def called(*ids: str) -> MessageSent:
    calls = [{"id": id_, "name": "add", "arguments": '{"a":1}'} for id_ in ids]
    return message("adder", str(calls), "ToolCallRequestEvent", content=calls)


def returned(**content_of_id: str) -> MessageSent:
    results = [
        {"content": content, "name": "add", "call_id": id_, "is_error": content == "bad"}
        for id_, content in content_of_id.items()
    ]
    return message("adder", str(results), "ToolCallExecutionEvent", content=results)


def use(number: int, content: str | None) -> ToolUse:
    result = content and ToolResult("add", number, readable(content), content == "bad")
    return ToolUse("add", readable('{"a":1}'), result or None)


def test_a_code_chat_is_task_code_output_and_end() -> None:
    script = "```python\nprint(1)\n```"

    shown = told(
        message("user", "Print 1"),
        asked("assistant", script),
        message("assistant", script),
        message("code_executor", "1\n"),
        stopped("Text 'TERMINATE' mentioned"),
    )

    task, coder, executor, end = shown.entries
    assert [task.is_task, coder.is_task, executor.is_task] == [True, False, False]
    assert [item.kind for item in coder.items] == ["call", "speech"]
    assert executor.items == (Output((3,), code("1\n"), None),)
    assert end == Ending(Stopped(number=4, at_ns=0, reason="Text 'TERMINATE' mentioned"))
    assert [voice.name for voice in shown.voices] == ["user", "assistant", "code_executor"]


def test_an_answer_to_code_by_a_person_or_a_model_is_speech() -> None:
    script = message("assistant", "```python\nprint(1)\n```")
    waits = message("reviewer", "", "UserInputRequestedEvent", request_id="1")
    review = message("reviewer", "Looks good")

    by_a_person = items(script, waits, review)
    by_a_model = items(script, asked("reviewer", "Looks good"), review)

    assert by_a_person[-1] == Speech((2,), "", pieces("Looks good"))
    assert by_a_model[-1] == Speech((2,), "", pieces("Looks good"))


def test_tool_calls_are_folded_with_their_results() -> None:
    shown = told(called("1", "2"), returned(**{"1": "3", "2": "bad"}))

    (turn,) = shown.entries
    assert turn.items == (ToolUses((0, 1), (use(1, "3"), use(1, "bad"))),)
    assert shown.shown_by == {0: 0, 1: 0}


def test_ids_of_tool_calls_may_come_again() -> None:
    shown = items(called("1"), returned(**{"1": "3"}), called("1"), returned(**{"1": "4"}))

    assert shown == [ToolUses((0, 1), (use(1, "3"),)), ToolUses((2, 3), (use(3, "4"),))]


def test_results_may_come_one_by_one_or_not_at_all() -> None:
    shown = items(called("1", "2", "3"), returned(**{"2": "4"}), returned(**{"1": "3"}))

    assert shown == [ToolUses((0, 1, 2), (use(2, "3"), use(1, "4"), use(0, None)))]


def test_a_result_that_nobody_asked_for_stands_alone() -> None:
    (shown,) = items(returned(**{"1": "sum"}))

    result = ToolResult("add", 0, code("sum"), False)
    assert shown == ToolUses((0,), (ToolUse("add", None, result),))


def test_a_selection_is_announced_by_the_team() -> None:
    shown = told(
        message("user", "Go"),
        asked("manager", "writer"),
        message("manager", "['writer']", "SelectSpeakerEvent", content=["writer"]),
        message("writer", "Once upon a time"),
    )

    _, selection, turn = shown.entries
    assert (selection.team, selection.numbers, selection.chosen) == ("manager", (2,), (turn.voice,))
    assert [item.kind for item in selection.items] == ["call"]
    assert [voice.name for voice in shown.voices] == ["user", "writer"]


def test_a_selection_that_is_not_announced_is_known_by_the_model_s_answer() -> None:
    shown = told(message("user", "Go"), asked("", " writer\n"), message("writer", "Once"))

    _, selection, turn = shown.entries
    assert (selection.kind, selection.numbers) == ("selection", ())
    assert selection.chosen == (turn.voice,)


def test_whoever_is_chosen_and_never_speaks_is_named_all_the_same() -> None:
    (selection,) = told(message("m", "", "SelectSpeakerEvent", content=["mute"])).entries

    assert [voice.name for voice in selection.chosen] == ["mute"]


def test_shows_each_kind_of_message() -> None:
    picture = {"data": "iVBORw0KGgo="}
    memory = [{"content": "likes tea", "mime_type": "text/plain", "metadata": {"score": 0.5}}]

    shown = items(
        message("a", "hm", "ThoughtEvent"),
        message("a", "Over", "HandoffMessage", target="b"),
        message("a", "See\n<image>", "MultiModalMessage", content=["See", picture]),
        message("a", '{"x":1}', "StructuredMessage[Answer]"),
        message("a", "done", "StopMessage"),
        message("a", "x", "CodeExecutionEvent", result={"exit_code": 1, "output": "x"}),
        message("a", "[...]", "MemoryQueryEvent", content=memory),
        message("a", "beep", "PagerEvent"),
    )

    assert shown == [
        Thought((0,), pieces("hm")),
        Speech((1,), "hands over to b", pieces("Over")),
        Speech((2,), "", (*pieces("See"), image("iVBORw0KGgo="))),
        Speech((3,), "StructuredMessage[Answer]", (readable('{"x":1}'),)),
        Speech((4,), "asks to stop", pieces("done")),
        Output((5,), code("x"), 1),
        Note((6,), "remembers", (*pieces("likes tea"), json_code({"score": 0.5}, "metadata"))),
        Note((7,), "PagerEvent", pieces("beep")),
    ]


def test_a_memory_is_shown_by_its_content_whatever_that_is() -> None:
    content = [
        {"content": {"data": "iVBORw0KGgo="}, "mime_type": "image/png", "metadata": None},
        {"content": {"drinks": "tea"}, "mime_type": "application/json"},
        {"odd": 1},
    ]

    [shown] = items(message("a", "[...]", "MemoryQueryEvent", content=content))

    expected = (image("iVBORw0KGgo="), json_code({"drinks": "tea"}), json_code({"odd": 1}))
    assert shown == Note((0,), "remembers", expected)


def test_a_model_that_no_agent_asks_stands_for_itself() -> None:
    _, turn, _ = told(message("user", "Hi"), asked("", "Hello"), stopped(None)).entries

    assert isinstance(turn, Turn)
    assert turn.voice.name == "gpt-4o"
    assert [item.kind for item in turn.items] == ["call"]


def test_a_streamed_answer_is_one_note() -> None:
    chunks = [message("a", text, "ModelClientStreamingChunkEvent") for text in ("Once ", "upon")]

    shown = told(*chunks, message("a", "Once upon"))

    assert shown.entries[0].items[0] == Note((0, 1), "streams 2 pieces", pieces("Once upon"))
    assert shown.shown_by == {0: 0, 1: 0, 2: 2}


def test_bodies_of_unexpected_shape_are_shown_by_their_text() -> None:
    strange = [
        message("a", "request", "ToolCallRequestEvent", content="none"),
        message("a", "result", "ToolCallExecutionEvent", content=[1, 2]),
        message("a", "picture", "MultiModalMessage"),
        message("a", "ran", "CodeExecutionEvent", result="fine"),
    ]

    assert [item.kind for item in items(*strange)] == ["note", "note", "speech", "output"]


def test_a_model_call_leads_to_the_same_agent_s_previous_one() -> None:
    paths = [("one#1", "a#1"), ("two#1", "a#1"), ("one#2", "a#2")]

    shown = told(*(asked("a", "x", path=path) for path in paths))

    (turn,) = shown.entries
    assert [call.previous for call in turn.items] == [None, None, 0]


def test_a_prompt_is_shown_whatever_its_messages_look_like() -> None:
    calls = [{"id": "1", "name": "add", "arguments": "{}"}]
    prompt = (
        {"type": "SystemMessage", "content": "Be kind."},
        {"type": "UserMessage", "source": "user", "content": ["See", {"data": "iVBORw0KGgo="}]},
        {"role": "assistant", "content": None, "tool_calls": calls},
        {"role": "user", "content": [{"type": "text", "text": "Hi"}, {"type": "audio"}]},
    )

    (turn,) = told(asked("a", "x", messages=prompt)).entries

    assert [(m.role, m.source, m.parts) for m in turn.items[0].prompt] == [
        ("System", "", pieces("Be kind.")),
        ("User", "user", (*pieces("See"), image("iVBORw0KGgo="))),
        ("assistant", "", (json_code({"tool_calls": calls}),)),
        ("user", "", (*pieces("Hi"), json_code({"type": "audio"}))),
    ]


def test_an_error_is_the_end() -> None:
    failed = Failed(number=0, at_ns=0, error="ValueError", text="no", where="chat.py:3")

    assert told(failed).entries == (Ending(failed),)
