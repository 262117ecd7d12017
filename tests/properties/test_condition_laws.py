"""Laws of termination conditions, for every conversation and every combination."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agentchat.base import TerminationCondition
from agentchat.conditions import (
    FunctionalTermination,
    FunctionCallTermination,
    HandoffTermination,
    MaxMessageTermination,
    SourceMatchTermination,
    StopMessageTermination,
    TextMentionTermination,
    TextMessageTermination,
    TokenUsageTermination,
)
from agentchat.core.models import FunctionExecutionResult, RequestUsage
from agentchat.messages import (
    BaseAgentEvent,
    BaseChatMessage,
    HandoffMessage,
    StopMessage,
    TextMessage,
    ThoughtEvent,
    ToolCallExecutionEvent,
)

Messages = Sequence[BaseAgentEvent | BaseChatMessage]
Make = Callable[[], TerminationCondition]

LAW = settings(max_examples=150, deadline=None)

names = st.sampled_from(["red", "blue", "user"])
words = st.sampled_from(["go on", "done", "almost done"])
tokens = st.integers(0, 9).map(lambda n: RequestUsage(prompt_tokens=n, completion_tokens=1))

messages = st.one_of(
    st.builds(TextMessage, content=words, source=names, models_usage=st.none() | tokens),
    st.builds(StopMessage, content=words, source=names),
    st.builds(HandoffMessage, content=words, source=names, target=names),
    st.builds(ThoughtEvent, content=words, source=names, models_usage=st.none() | tokens),
    st.builds(
        lambda source, name: ToolCallExecutionEvent(
            source=source, content=[FunctionExecutionResult(content="ok", name=name, call_id="1")]
        ),
        names,
        st.sampled_from(["look", "find"]),
    ),
)
batches = st.lists(st.lists(messages, max_size=3), max_size=5)


def mentions_almost(said: Messages) -> bool:
    return any(message.to_text() == "almost done" for message in said)


def later(kind: Callable[..., TerminationCondition], *arguments: Any, **options: Any) -> Make:
    return lambda: kind(*arguments, **options)


single = st.one_of(
    st.builds(later, st.just(MaxMessageTermination), st.integers(1, 6), st.booleans()),
    st.builds(later, st.just(TextMentionTermination), words),
    st.builds(later, st.just(TextMentionTermination), words, st.lists(names, min_size=1)),
    st.builds(later, st.just(TextMessageTermination), st.none() | names),
    st.builds(later, st.just(SourceMatchTermination), st.lists(names, min_size=1)),
    st.builds(later, st.just(HandoffTermination), names),
    st.builds(later, st.just(TokenUsageTermination), st.integers(1, 30)),
    st.just(later(FunctionCallTermination, "find")),
    st.just(later(FunctionalTermination, mentions_almost)),
    st.just(StopMessageTermination),
)


def both(one: Make, other: Make) -> Make:
    return lambda: one() & other()


def either(one: Make, other: Make) -> Make:
    return lambda: one() | other()


conditions = st.recursive(
    single,
    lambda inner: st.builds(both, inner, inner) | st.builds(either, inner, inner),
    max_leaves=4,
)


async def place_of_stop(make: Make, said: Messages) -> int | None:
    """At which message a condition stops that is told one at a time."""
    condition = make()
    for place, message in enumerate(said):
        if await condition([message]) is not None:
            return place
    return None


@LAW
@given(make=conditions, parts=batches)
async def test_how_messages_are_batched_does_not_change_when_a_condition_stops(
    make: Make, parts: list[Messages]
) -> None:
    place = await place_of_stop(make, [message for part in parts for message in part])
    condition = make()

    told = 0
    for part in parts:
        told += len(part)
        is_due = place is not None and place < told
        assert (await condition(part) is not None) == condition.terminated == is_due
        if is_due:
            break


@LAW
@given(make=conditions, parts=batches)
async def test_saving_and_loading_a_condition_changes_nothing(
    make: Make, parts: list[Messages]
) -> None:
    kept, moved = make(), make()

    for part in parts:
        said, said_too = await kept(part), await moved(part)
        assert (said and (said.source, said.content)) == (
            said_too and (said_too.source, said_too.content)
        )
        if said is not None:
            await kept.reset()
            await moved.reset()
        state = json.loads(json.dumps(await moved.save_state()))
        moved = make()
        await moved.load_state(state)
        assert moved.terminated == kept.terminated
