"""One message of the stream as the page shows it: speech, a thought, output or a note."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from harness.trace import MessageSent
from reports._code import Code, code, json_code, readable
from reports._content import Part, parts, records, word
from reports._prose import pieces


@dataclass(frozen=True, slots=True)
class Speech:
    """What an agent or the user said."""

    numbers: tuple[int, ...]
    """The trace's events that this shows; the first one names its place on the page."""

    label: str
    """What kind of speech it is, when it is not just that."""

    parts: tuple[Part, ...]
    kind: Literal["speech"] = "speech"


@dataclass(frozen=True, slots=True)
class Thought:
    """What an agent thought, and did not say to the others."""

    numbers: tuple[int, ...]
    parts: tuple[Part, ...]
    kind: Literal["thought"] = "thought"


@dataclass(frozen=True, slots=True)
class Output:
    """What running somebody's code printed."""

    numbers: tuple[int, ...]
    code: Code
    exit_code: int | None
    """None when the message does not say."""

    kind: Literal["output"] = "output"


@dataclass(frozen=True, slots=True)
class Note:
    """An event that only the observer hears of."""

    numbers: tuple[int, ...]
    label: str
    parts: tuple[Part, ...]
    kind: Literal["note"] = "note"


Saying = Speech | Thought | Output | Note


def saying(message: MessageSent) -> Saying:
    """The message by its type; an unknown type is named, and shown by its text."""
    return _SAYING_OF_TYPE.get(message.type, _other)(message)


def output(message: MessageSent) -> Output:
    """A text message of which it is known that running code printed it."""
    return Output((message.number,), code(message.text), None)


def streamed(chunks: list[MessageSent]) -> Note:
    """The pieces of a streamed answer, put together."""
    label = "streams a piece" if len(chunks) == 1 else f"streams {len(chunks)} pieces"
    text = "".join(chunk.text for chunk in chunks)
    return Note(tuple(chunk.number for chunk in chunks), label, pieces(text))


def _speech(label: str) -> Callable[[MessageSent], Saying]:
    return lambda message: Speech((message.number,), label, pieces(message.text))


def _note(label: str) -> Callable[[MessageSent], Saying]:
    return lambda message: Note((message.number,), label, pieces(message.text))


def _thought(message: MessageSent) -> Saying:
    return Thought((message.number,), pieces(message.text))


def _handoff(message: MessageSent) -> Saying:
    return _speech(f"hands over to {word(message.body, 'target')}")(message)


def _multi_modal(message: MessageSent) -> Saying:
    content = message.body.get("content")
    return Speech((message.number,), "", parts(content if content else message.text))


def _execution(message: MessageSent) -> Saying:
    result = message.body.get("result")
    exit_code = result.get("exit_code") if isinstance(result, dict) else None
    known = exit_code if isinstance(exit_code, int) else None
    return Output((message.number,), code(message.text), known)


def _memory(message: MessageSent) -> Saying:
    found = records(message.body.get("content"))
    shown = tuple(part for each in found for part in _remembered(each))
    return Note((message.number,), "remembers", shown or pieces(message.text))


def _remembered(record: Mapping[str, Any]) -> tuple[Part, ...]:
    if "content" not in record:
        return (json_code(record),)
    metadata = record.get("metadata")
    return (*parts([record["content"]]), *((json_code(metadata, "metadata"),) if metadata else ()))


def _other(message: MessageSent) -> Saying:
    if message.type.startswith("StructuredMessage"):
        return Speech((message.number,), message.type, (readable(message.text),))
    return (_speech if message.is_chat else _note)(message.type)(message)


_SAYING_OF_TYPE: Mapping[str, Callable[[MessageSent], Saying]] = {
    "TextMessage": _speech(""),
    "StopMessage": _speech("asks to stop"),
    "ToolCallSummaryMessage": _speech("tool results"),
    "MultiModalMessage": _multi_modal,
    "HandoffMessage": _handoff,
    "ThoughtEvent": _thought,
    "CodeGenerationEvent": _speech("writes code"),
    "CodeExecutionEvent": _execution,
    "MemoryQueryEvent": _memory,
    "UserInputRequestedEvent": _note("waits for the user"),
    "SelectorEvent": _note("considers"),
}
