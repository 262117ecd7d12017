"""An assistant's turn: ask the model, make the calls it asks for, and so on until it answers."""

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import TypeVar

from agentchat import EVENT_LOGGER_NAME
from agentchat.agents._handoff import handoff_of
from agentchat.agents._model_call import Asker
from agentchat.agents._steps import AnswerStream
from agentchat.agents._tool_round import ToolRound
from agentchat.agents._tool_summary import SummaryStyle
from agentchat.agents._toolbox import Toolbox
from agentchat.base import Handoff, Response
from agentchat.core import FunctionCall
from agentchat.core._world import new_id
from agentchat.core.models import CreateResult, FunctionExecutionResultMessage
from agentchat.messages import (
    BaseAgentEvent,
    BaseChatMessage,
    StructuredMessageFactory,
    TextMessage,
    ThoughtEvent,
    ToolCallExecutionEvent,
    ToolCallRequestEvent,
)

_event_log = logging.getLogger(EVENT_LOGGER_NAME)


EventT = TypeVar("EventT", bound=BaseAgentEvent)

_IterationStream = AsyncGenerator[BaseAgentEvent | BaseChatMessage | Response | ToolRound, None]


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn needs; the conversation is in the asker's context."""

    asker: Asker
    toolbox: Toolbox
    handoff_by_name: Mapping[str, Handoff]
    max_tool_iterations: int
    reflects: bool
    """Whether the model is asked to put the tools' results into words."""

    summary: SummaryStyle
    structured: StructuredMessageFactory | None
    """Makes the answer of the model's JSON; None for a TextMessage."""

    ready: Callable[[], Awaitable[None]]
    """Holds the turn, while it has to wait, before each question to the model."""


def check_max_tool_iterations(given: int) -> None:
    """Refuses, by ValueError, that a turn may not even ask once."""
    if given < 1:
        raise ValueError(
            f"Maximum number of tool iterations must be greater than or equal to 1, got {given}"
        )


async def take_turn(turn: Turn) -> AnswerStream:
    """Goes on with the conversation until there is an answer, and ends with it.

    The context never holds calls without their results: both are added when the round is over,
    or is given up.
    """
    answer_id = new_id("message")
    rounds: list[ToolRound] = []
    while len(rounds) < turn.max_tool_iterations:
        await turn.ready()
        async with aclosing(_iteration(turn, answer_id)) as iteration:
            async for item in iteration:
                if isinstance(item, ToolRound):
                    rounds.append(item)
                    continue
                yield item
                if isinstance(item, Response):
                    return
    if turn.max_tool_iterations > 1:
        yield _limit_reached(turn)
    if not turn.reflects:
        yield Response(chat_message=turn.summary.message(turn.asker.source, rounds))
        return
    async with aclosing(_reflection(turn)) as reflection:
        async for event in reflection:
            yield event


async def _iteration(turn: Turn, answer_id: str) -> _IterationStream:
    """One question to the model; ends with the response, or with the round of calls it led to."""
    async with aclosing(turn.asker.ask(answer_id, tools=turn.toolbox.schemas)) as reply:
        async for item in reply:
            if not isinstance(item, CreateResult):
                yield item
            elif isinstance(item.content, str):
                yield await _answered(turn, item, item.content, answer_id)
            else:
                async with aclosing(_round(turn, item, item.content)) as events:
                    async for event in events:
                        yield event


async def _round(
    turn: Turn, reply: CreateResult, calls: Sequence[FunctionCall]
) -> _IterationStream:
    asker = turn.asker
    yield _logged(
        ToolCallRequestEvent(content=[*calls], source=asker.source, models_usage=reply.usage)
    )
    tool_round = ToolRound(calls)
    try:
        async with aclosing(tool_round.perform(turn.toolbox, asker.token)) as events:
            async for event in events:
                yield event
    finally:
        results = tool_round.results
        await asker.remember(reply)
        await asker.context.add_message(FunctionExecutionResultMessage(content=results))
    yield _logged(ToolCallExecutionEvent(content=results, source=asker.source))
    handoff = handoff_of(asker.source, tool_round.outcomes, reply.thought, turn.handoff_by_name)
    yield tool_round if handoff is None else Response(chat_message=handoff)


async def _reflection(turn: Turn) -> AnswerStream:
    await turn.ready()
    answer_id = new_id("message")
    async with aclosing(turn.asker.ask(answer_id, tool_choice="none")) as reply:
        async for item in reply:
            if not isinstance(item, CreateResult):
                yield item
            elif isinstance(item.content, str):
                yield await _answered(turn, item, item.content, answer_id)
            else:
                raise RuntimeError(  # noqa: TRY004 - upstream's class
                    "Reflect on tool use produced no valid text response."
                )


async def _answered(turn: Turn, reply: CreateResult, text: str, answer_id: str) -> Response:
    await turn.asker.remember(reply)
    source, factory = turn.asker.source, turn.structured
    if factory is None:
        return Response(
            chat_message=TextMessage(
                id=answer_id, content=text, source=source, models_usage=reply.usage
            )
        )
    return Response(
        chat_message=factory.StructuredMessage(
            id=answer_id,
            content=factory.ContentModel.model_validate_json(text),
            format_string=factory.format_string,
            source=source,
            models_usage=reply.usage,
        )
    )


def _limit_reached(turn: Turn) -> ThoughtEvent:
    return ThoughtEvent(
        content=f"Stopped calling tools after {turn.max_tool_iterations} rounds, the limit.",
        source=turn.asker.source,
        metadata={"stopped_by": "max_tool_iterations"},
    )


def _logged(event: EventT) -> EventT:
    _event_log.debug(event)
    return event
