"""What a scenario's function may return, and how each of it is run."""

import inspect
from collections.abc import AsyncGenerator, AsyncIterable, Sequence
from typing import Any

from agentchat.base import TaskResult
from agentchat.messages import BaseAgentEvent, BaseChatMessage, TextMessage
from harness.errors import NotAScenario
from harness.event_log import StreamItem
from harness.run import Run
from harness.scenario import Scenario

_MESSAGES = (BaseChatMessage, BaseAgentEvent)


async def performed(scenario: Scenario, run: Run) -> AsyncGenerator[StreamItem, None]:
    """Builds the subject and runs it with the task; yields what comes out.

    Raises:
        NotAScenario: The function returned something that can't be run.
    """
    subject = scenario.function(run)
    if inspect.isawaitable(subject):
        subject = await subject
    stream = _stream_of(subject, scenario.name, run.task)
    if stream is None:
        raise NotAScenario(scenario.id, _described(subject))
    try:
        async for item in stream:
            yield item
    finally:
        # A run that is given up must not go on behind our back.
        if isinstance(stream, AsyncGenerator):
            await stream.aclose()


def _stream_of(subject: Any, name: str, task: Any) -> AsyncIterable[StreamItem] | None:
    match subject:
        case _ if hasattr(subject, "run_stream"):
            stream: AsyncIterable[StreamItem] = subject.run_stream(task=task)
            return stream
        case AsyncIterable():
            return subject
        case TaskResult():
            return _told(subject.messages, subject.stop_reason)
        case str():
            answer = TextMessage(content=subject, source=name)
            return _told([*_asked(task), answer])
        case BaseChatMessage():
            return _told([*_asked(task), subject])
        case [*messages] if messages and all(isinstance(each, _MESSAGES) for each in messages):
            return _told(messages)
        case _:
            return None


async def _told(
    messages: Sequence[BaseAgentEvent | BaseChatMessage], reason: str | None = None
) -> AsyncGenerator[StreamItem, None]:
    """A story that has been told already, as a stream."""
    for message in messages:
        yield message
    yield TaskResult(messages=messages, stop_reason=reason)


def _asked(task: Any) -> list[BaseChatMessage]:
    """The task as a subject that is no team would not repeat it."""
    match task:
        case None:
            return []
        case str():
            return [TextMessage(content=task, source="user")]
        case BaseChatMessage():
            return [task]
        case _:
            return list(task)


def _described(subject: Any) -> str:
    return "nothing" if subject is None else f"an object of class {type(subject).__name__}"
