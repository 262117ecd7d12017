"""EventLog: what has happened so far in the trial that is running."""

import json
from collections.abc import Callable, Mapping, Sequence
from itertools import count, takewhile
from typing import NamedTuple

from agentchat.base import TaskResult
from agentchat.core import _world
from agentchat.core._strands import Moment, Place, strand, this_moment
from agentchat.core.models import LLMMessage
from agentchat.messages import BaseAgentEvent, BaseChatMessage, ModelClientStreamingChunkEvent
from harness.redaction import Redactor
from harness.result import Failure
from harness.trace import Event, Failed, MessageSent, ModelCalled, Stopped, Usage

StreamItem = BaseAgentEvent | BaseChatMessage | TaskResult


class _Told(NamedTuple):
    place: Place
    event: Event
    prompt: Sequence[LLMMessage]


class EventLog:
    """Puts the events of a trial in order, numbers them, and notes its time for each.

    What branches do side by side is told branch by branch, whichever of them is faster; a model
    call stands where it began. Made inside the trial's world: its clock begins here.
    """

    def __init__(self) -> None:
        self._told: list[_Told] = []
        self._began = _world.monotonic()

    @property
    def events(self) -> tuple[Event, ...]:
        """All that has been told, in order."""
        calls = count(1)
        last_prompt: dict[_world.Path, Sequence[LLMMessage]] = {}
        events: list[Event] = []
        for _, event, prompt in sorted(self._told, key=lambda told: told.place):
            changes: dict[str, object] = {"number": len(events)}
            if isinstance(event, ModelCalled):
                agent = tuple(part.partition("#")[0] for part in event.path)
                kept = _alike(last_prompt.get(agent, ()), prompt)
                last_prompt[agent] = prompt
                new = tuple(message.model_dump(mode="json") for message in prompt[kept:])
                changes |= {"call": next(calls), "kept": kept, "messages": new}
            events.append(event.model_copy(update=changes))
        return tuple(events)

    @property
    def at_ns(self) -> int:
        """Nanoseconds of the world's time since the trial began."""
        return self._since_began(_world.monotonic())

    def tell(self, item: StreamItem) -> None:
        """Notes what a subject streamed; pieces of a message that is still to come are left out."""
        match item:
            case ModelClientStreamingChunkEvent():
                return
            case TaskResult():
                self._stopped(item.stop_reason)
            case _:
                moment = this_moment()
                self._note(moment, self._message(item, self._since_began(moment.seconds)))

    def called(self, began: Moment, call: ModelCalled, prompt: Sequence[LLMMessage]) -> None:
        """Notes a model call whose answer has come.

        Args:
            began: When it began.
            call: What else is known of it; its place among the others is not.
            prompt: All that was asked.
        """
        self._note(began, call, prompt)

    def end(self) -> None:
        """Notes the end of a run that did not tell of it itself."""
        if not self._told or not isinstance(self._told[-1].event, Stopped):
            self._stopped(None)

    def failed(self, failure: Failure) -> None:
        """Notes that the run ended with an exception."""
        event = Failed(number=0, at_ns=self.at_ns, **failure.model_dump())
        self._note(strand.get().moment(), event)

    def renumber(self, final: Callable[[str], str]) -> None:
        """Replaces what interactions were called while they were recorded by their final names."""
        for position, told in enumerate(self._told):
            if isinstance(told.event, ModelCalled):
                names = tuple(map(final, told.event.interactions))
                event = told.event.model_copy(update={"interactions": names})
                self._told[position] = told._replace(event=event)

    def portable_events(
        self, replacements: Mapping[str, str], redactor: Redactor
    ) -> tuple[Event, ...]:
        """The events as others may see them.

        Args:
            replacements: Texts of this machine, such as paths, and what stands for them.
            redactor: Takes out what is secret.
        """
        return tuple(_portable(event, replacements, redactor) for event in self.events)

    def _stopped(self, reason: str | None) -> None:
        event = Stopped(number=0, at_ns=self.at_ns, reason=reason)
        self._note(strand.get().moment(), event)

    def _note(self, moment: Moment, event: Event, prompt: Sequence[LLMMessage] = ()) -> None:
        self._told.append(_Told(moment.place, event, prompt))

    def _since_began(self, seconds: float) -> int:
        return round((seconds - self._began) * 1e9)

    def _message(self, message: BaseAgentEvent | BaseChatMessage, at_ns: int) -> MessageSent:
        usage = message.models_usage
        return MessageSent(
            number=0,
            at_ns=at_ns,
            source=message.source,
            type=type(message).__name__,
            is_chat=isinstance(message, BaseChatMessage),
            text=message.to_text(),
            body=dict(message.dump()),
            usage=None
            if usage is None
            else Usage(
                prompt_tokens=usage.prompt_tokens, completion_tokens=usage.completion_tokens
            ),
        )


def _alike(before: Sequence[LLMMessage], prompt: Sequence[LLMMessage]) -> int:
    """How many messages at the head of a prompt are those of another one."""
    pairs = zip(before, prompt, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _portable(event: Event, replacements: Mapping[str, str], redactor: Redactor) -> Event:
    original = text = event.model_dump_json()
    for found, stable in replacements.items():
        text = text.replace(_in_json(found), _in_json(stable))
    text = redactor.body(text.encode()).decode()
    return event if text == original else type(event).model_validate_json(text)


def _in_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]
