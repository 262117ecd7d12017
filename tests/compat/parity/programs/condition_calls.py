"""Conditions asked directly, message by message."""

from agentchat.conditions import (
    ExternalTermination,
    FunctionalTermination,
    HandoffTermination,
    MaxMessageTermination,
    SourceMatchTermination,
    StopMessageTermination,
    TextMentionTermination,
    TimeoutTermination,
    TokenUsageTermination,
)
from agentchat.messages import StopMessage, TextMessage, ThoughtEvent, ToolCallRequestEvent
from tests.compat.parity.observation import attempt, outcome_of, show

SAID = TextMessage(content="over", source="a")
STOP = StopMessage(content="over", source="b")
THOUGHT = ThoughtEvent(content="over", source="a")
CALL = ToolCallRequestEvent(content=[], source="a")


async def asked(condition, *deltas):
    answers = [await outcome_of(condition(list(delta))) for delta in deltas]
    seen = [condition.terminated, *answers, condition.terminated]
    await condition.reset()
    return [*seen, condition.terminated, await outcome_of(condition(list(deltas[0])))]


async def counting():
    return await asked(MaxMessageTermination(2), [SAID, THOUGHT], [SAID], [SAID])


async def counting_events():
    return await asked(MaxMessageTermination(2, include_agent_event=True), [SAID, THOUGHT], [SAID])


async def a_mention_in_a_thought():
    return await asked(TextMentionTermination("over"), [THOUGHT], [SAID])


async def a_stop_message():
    return await asked(StopMessageTermination(), [SAID], [STOP], [STOP])


async def a_source():
    return await asked(SourceMatchTermination(["b"]), [SAID, CALL], [], [STOP], [SAID])


async def a_function():
    return await asked(
        FunctionalTermination(lambda messages: len(messages) > 1), [SAID], [SAID, SAID], [SAID]
    )


async def a_function_that_says_one():
    return await asked(FunctionalTermination(lambda messages: 1), [SAID])


async def from_outside():
    condition = ExternalTermination()
    before = await outcome_of(condition([SAID]))
    condition.set()
    return [before, *(await asked(condition, [SAID], [SAID]))]


async def both():
    condition = MaxMessageTermination(2) & TextMentionTermination("over")
    return await asked(condition, [STOP], [SAID], [SAID])


async def either():
    condition = MaxMessageTermination(2) | StopMessageTermination()
    return await asked(condition, [SAID], [STOP], [SAID])


async def nothing_said():
    return await asked(MaxMessageTermination(1) | TimeoutTermination(60), [])


async def limits_of_nothing():
    return attempt(lambda: TokenUsageTermination())


async def no_messages_at_all():
    return [
        await outcome_of(condition([]))
        for condition in (
            MaxMessageTermination(1),
            TimeoutTermination(0),
            HandoffTermination("x"),
        )
    ]


async def main():
    await show(
        counting,
        counting_events,
        a_mention_in_a_thought,
        a_stop_message,
        a_source,
        a_function,
        a_function_that_says_one,
        from_outside,
        both,
        either,
        nothing_said,
        limits_of_nothing,
        no_messages_at_all,
    )
