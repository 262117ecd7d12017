"""EventLog: what has happened so far in the trial that is running."""

import json
from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile

from agentchat.base import TaskResult
from agentchat.core import _world
from agentchat.core.models import LLMMessage
from agentchat.messages import BaseAgentEvent, BaseChatMessage, ModelClientStreamingChunkEvent
from harness.redaction import Redactor
from harness.result import Failure
from harness.trace import Event, Failed, MessageSent, ModelCalled, Stopped, Usage

StreamItem = BaseAgentEvent | BaseChatMessage | TaskResult


class EventLog:
    """Numbers the events of a trial and puts its time on them, in the order they are told.

    Made inside the trial's world: its clock begins here.
    """

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._began = _world.monotonic()
        self._calls = 0
        self._last_prompt: dict[_world.Path, tuple[LLMMessage, ...]] = {}

    @property
    def number(self) -> int:
        """The number of the next event."""
        return len(self.events)

    @property
    def at_ns(self) -> int:
        """Nanoseconds of the world's time since the trial began."""
        return round((_world.monotonic() - self._began) * 1e9)

    def tell(self, item: StreamItem) -> None:
        """Notes what a subject streamed; pieces of a message that is still to come are left out."""
        match item:
            case ModelClientStreamingChunkEvent():
                return
            case TaskResult():
                self._stopped(item.stop_reason)
            case _:
                self.events.append(self._message(item))

    def next_call(self) -> int:
        """The number of a model call whose answer has just come, from 1."""
        self._calls += 1
        return self._calls

    def kept(self, path: _world.Path, prompt: Sequence[LLMMessage]) -> int:
        """How many messages at the head of a prompt are those of the same agent's previous one."""
        agent = tuple(part.partition("#")[0] for part in path)
        before = self._last_prompt.get(agent, ())
        self._last_prompt[agent] = tuple(prompt)
        pairs = zip(before, prompt, strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

    def end(self) -> None:
        """Notes the end of a run that did not tell of it itself."""
        if not self.events or not isinstance(self.events[-1], Stopped):
            self._stopped(None)

    def failed(self, failure: Failure) -> None:
        """Notes that the run ended with an exception."""
        self.events.append(Failed(number=self.number, at_ns=self.at_ns, **failure.model_dump()))

    def renumber(self, final: Callable[[str], str]) -> None:
        """Replaces what interactions were called while they were recorded by their final names."""
        for position, event in enumerate(self.events):
            if isinstance(event, ModelCalled):
                names = tuple(map(final, event.interactions))
                self.events[position] = event.model_copy(update={"interactions": names})

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
        self.events.append(Stopped(number=self.number, at_ns=self.at_ns, reason=reason))

    def _message(self, message: BaseAgentEvent | BaseChatMessage) -> MessageSent:
        usage = message.models_usage
        return MessageSent(
            number=self.number,
            at_ns=self.at_ns,
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


def _portable(event: Event, replacements: Mapping[str, str], redactor: Redactor) -> Event:
    original = text = event.model_dump_json()
    for found, stable in replacements.items():
        text = text.replace(_in_json(found), _in_json(stable))
    text = redactor.body(text.encode()).decode()
    return event if text == original else type(event).model_validate_json(text)


def _in_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]
