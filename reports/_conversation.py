"""A trace as a conversation: turns of who said what, and how it ended."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Literal

from harness.trace import Event, Failed, MessageSent, ModelCalled, Stopped, Trace
from reports._message import Saying, output, saying, streamed
from reports._model_call import ModelCall, model_calls
from reports._prose import pieces
from reports._tools import ToolUses, tool_uses
from reports._voices import Voice, voices

Item = Saying | ToolUses | ModelCall

_SELECTION = frozenset({"SelectSpeakerEvent", "SelectorEvent"})


@dataclass(frozen=True, slots=True)
class Turn:
    """What one participant did before another one did something."""

    voice: Voice
    at_ns: int
    """When it began, on the run's clock."""

    is_task: bool
    items: tuple[Item, ...]
    kind: Literal["turn"] = "turn"


@dataclass(frozen=True, slots=True)
class Selection:
    """How the team came to whose turn it is."""

    team: str
    numbers: tuple[int, ...]
    """The events that announced it; none when only the model's answer says it."""

    chosen: tuple[Voice, ...]
    items: tuple[Item, ...]
    kind: Literal["selection"] = "selection"


@dataclass(frozen=True, slots=True)
class Ending:
    """The closing mark: why it stopped, or what went wrong."""

    event: Stopped | Failed
    kind: Literal["ending"] = "ending"


Entry = Turn | Selection | Ending


@dataclass(frozen=True, slots=True)
class Conversation:
    """A trial's story."""

    entries: tuple[Entry, ...]
    voices: tuple[Voice, ...]
    """Who took part, in the order of their first words."""

    shown_by: Mapping[int, int]
    """For each event, the number of the one under whose name the page shows it."""


def conversation(trace: Trace) -> Conversation:
    """Tells the trace."""
    story = _Story(trace)
    entries = tuple(story.entries())
    shown_by = {number: numbers[0] for numbers in _numbers(entries) for number in numbers}
    return Conversation(entries, tuple(story.voice_of_name.values()), shown_by)


def _numbers(entries: tuple[Entry, ...]) -> Iterator[tuple[int, ...]]:
    for entry in entries:
        if isinstance(entry, Ending):
            yield (entry.event.number,)
            continue
        if isinstance(entry, Selection) and entry.numbers:
            yield entry.numbers
        for item in entry.items:
            yield item.numbers


class _Story:
    """A trace with what must be known of the whole before one event of it can be told."""

    def __init__(self, trace: Trace) -> None:
        messages = trace.messages()
        speakers = [message.source for message in messages if message.type not in _SELECTION]
        self.events = trace.events
        self.voice_of_name = voices(speakers)
        self.selectors = _selectors(trace, self.voice_of_name.keys())
        self.tools = tool_uses(messages)
        self.outputs = _outputs(trace)
        self.calls = {call.event.number: call for call in model_calls(trace.model_calls())}

    def entries(self) -> Iterator[Entry]:
        task_may_come = True
        for (role, name), group in groupby(self.events, key=self._speaker):
            events = list(group)
            items = tuple(self._items(events))
            if role == "ending":
                yield from (Ending(end) for end in events if isinstance(end, Stopped | Failed))
            elif role == "selection":
                yield self._selection(name, events, items)
            elif items:
                is_task = task_may_come and name == "user"
                yield Turn(self._voice(name), events[0].at_ns, is_task, items)
                task_may_come = False

    def _speaker(self, event: Event) -> tuple[str, str]:
        """What the event is a part of, and who did it; equal neighbours are told together."""
        if isinstance(event, ModelCalled):
            role = "selection" if event.agent in self.selectors else "turn"
            # A model that no agent asks stands for itself.
            return role, event.agent or event.model
        if isinstance(event, MessageSent):
            return ("selection" if event.type in _SELECTION else "turn"), event.source
        return "ending", ""

    def _items(self, events: list[Event]) -> Iterator[Item]:
        for is_chunk, group in groupby(events, key=_is_chunk):
            if is_chunk:
                yield streamed([chunk for chunk in group if isinstance(chunk, MessageSent)])
            else:
                yield from filter(None, map(self._item, group))

    def _item(self, event: Event) -> Item | None:
        """How the event is shown; None when it is shown elsewhere."""
        if isinstance(event, ModelCalled):
            return self.calls[event.number]
        if not isinstance(event, MessageSent) or event.type == "SelectSpeakerEvent":
            return None
        if event.number in self.tools:
            return self.tools[event.number]
        return output(event) if event.number in self.outputs else saying(event)

    def _selection(self, team: str, events: list[Event], items: tuple[Item, ...]) -> Selection:
        announced = [
            event
            for event in events
            if isinstance(event, MessageSent) and event.type == "SelectSpeakerEvent"
        ]
        answers = [event.answer for event in events if isinstance(event, ModelCalled)]
        names = announced[-1].body.get("content") if announced else answers[-1:]
        chosen = [str(name).strip() for name in names] if isinstance(names, list) else []
        numbers = tuple(event.number for event in announced)
        return Selection(team, numbers, tuple(map(self._voice, chosen)), items)

    def _voice(self, name: str) -> Voice:
        return self.voice_of_name.get(name) or voices([name])[name]


def _is_chunk(event: Event) -> bool:
    return isinstance(event, MessageSent) and event.type == "ModelClientStreamingChunkEvent"


def _selectors(trace: Trace, speakers: Set[str]) -> frozenset[str]:
    """Who only ever chooses: says nothing itself, and its model answers with a speaker's name."""
    return frozenset(
        call.agent
        for call in trace.model_calls()
        if call.agent not in speakers
        and isinstance(call.answer, str)
        and call.answer.strip() in speakers
    )


def _outputs(trace: Trace) -> frozenset[int]:
    """The messages that say what running code printed.

    A code executor is known by what it does: it answers a message that holds code, and asks
    neither a model nor a person.
    """
    others = {"user"} | {call.agent for call in trace.model_calls()}
    others |= {m.source for m in trace.messages() if m.type == "UserInputRequestedEvent"}
    return frozenset(
        answer.number
        for question, answer in pairwise(trace.chat())
        if answer.type == "TextMessage"
        and answer.source not in others | {question.source}
        and any(piece.kind == "code" and piece.label for piece in pieces(question.text))
    )
