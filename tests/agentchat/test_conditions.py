import json
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentchat.base import TerminatedException, TerminationCondition
from agentchat.conditions import (
    ExternalTermination,
    FunctionalTermination,
    FunctionCallTermination,
    HandoffTermination,
    MaxMessageTermination,
    SourceMatchTermination,
    StopMessageTermination,
    TextMentionTermination,
    TextMessageTermination,
    TimeoutTermination,
    TokenUsageTermination,
)
from agentchat.core import ComponentModel
from agentchat.core._world import SystemWorld, entered
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

Message = BaseAgentEvent | BaseChatMessage


class Clock(SystemWorld):
    """A world whose clock is set by hand."""

    def __init__(self, seconds: float = 0) -> None:
        self.seconds = seconds

    def monotonic(self) -> float:
        return self.seconds


def text(content: str = "hi", source: str = "writer", tokens: int = 0) -> TextMessage:
    usage = RequestUsage(prompt_tokens=tokens, completion_tokens=2 * tokens)
    return TextMessage(source=source, content=content, models_usage=usage)


def tool_ran(name: str) -> ToolCallExecutionEvent:
    result = FunctionExecutionResult(content="TERMINATE", name=name, call_id="1")
    return ToolCallExecutionEvent(source="writer", content=[result])


TASK = text("Say TERMINATE when done.", source="user")

sources = st.sampled_from(["user", "writer", "critic"])
messages: st.SearchStrategy[Message] = st.one_of(
    st.builds(
        text, content=st.sampled_from(["hi", "TERMINATE"]), source=sources, tokens=st.integers(0, 9)
    ),
    st.builds(ThoughtEvent, source=sources, content=st.just("hm")),
    st.builds(StopMessage, source=sources, content=st.just("enough")),
    st.builds(HandoffMessage, source=sources, content=st.just(""), target=sources),
    st.builds(tool_ran, st.sampled_from(["search", "buy"])),
)

makers: list[Callable[[], TerminationCondition]] = [
    lambda: MaxMessageTermination(3),
    lambda: MaxMessageTermination(3, include_agent_event=True),
    lambda: TokenUsageTermination(max_total_token=30),
    lambda: TokenUsageTermination(max_prompt_token=9, max_completion_token=99),
    lambda: TextMentionTermination("TERMINATE"),
    lambda: TextMentionTermination("TERMINATE", sources=["critic"], agents_only=True),
    lambda: StopMessageTermination(),
    lambda: TextMessageTermination("critic"),
    lambda: SourceMatchTermination(["critic"]),
    lambda: HandoffTermination("user"),
    lambda: FunctionCallTermination("buy"),
    lambda: ExternalTermination(),
    lambda: MaxMessageTermination(4) | TextMentionTermination("TERMINATE"),
    lambda: MaxMessageTermination(2) & HandoffTermination("user"),
    lambda: (StopMessageTermination() & SourceMatchTermination(["critic"])) | ExternalTermination(),
]
every_condition = pytest.mark.parametrize("make", makers, ids=lambda make: type(make()).__name__)
# Few examples, since there are many conditions.
few = settings(max_examples=25)


async def reason(condition: TerminationCondition, *new: Message) -> str | None:
    stop = await condition(new)
    return None if stop is None else stop.content


async def heard_after(condition: TerminationCondition, said: Sequence[Message]) -> list[str | None]:
    """What the condition answers to each message, until it stops."""
    answers: list[str | None] = []
    for message in said:
        if not condition.terminated:
            answers.append(await reason(condition, message))
    return answers


@every_condition
@few
@given(batches=st.lists(st.lists(messages)))
async def test_how_messages_are_batched_does_not_change_when_a_condition_stops(
    make: Callable[[], TerminationCondition], batches: list[list[Message]]
) -> None:
    one_by_one, batched, at_once = make(), make(), make()
    said = [message for batch in batches for message in batch]

    await heard_after(one_by_one, said)
    for batch in batches:
        if not batched.terminated:
            await batched(batch)
    await at_once(said)

    assert one_by_one.terminated == batched.terminated == at_once.terminated


@every_condition
@few
@given(before=st.lists(messages), after=st.lists(messages))
async def test_saving_and_loading_changes_nothing_after(
    make: Callable[[], TerminationCondition], before: list[Message], after: list[Message]
) -> None:
    condition, restored = make(), make()
    await heard_after(condition, before)

    await restored.load_state(json.loads(json.dumps(await condition.save_state())))

    assert restored.terminated == condition.terminated
    assert await heard_after(restored, after) == await heard_after(condition, after)


@every_condition
@few
@given(before=st.lists(messages), after=st.lists(messages))
async def test_a_reset_makes_a_condition_new(
    make: Callable[[], TerminationCondition], before: list[Message], after: list[Message]
) -> None:
    condition = make()
    await heard_after(condition, before)

    await condition.reset()

    assert await heard_after(condition, after) == await heard_after(make(), after)


@every_condition
def test_a_condition_is_made_again_from_its_component(
    make: Callable[[], TerminationCondition],
) -> None:
    described = make().dump_component()

    loaded = TerminationCondition.load_component(
        ComponentModel.model_validate_json(described.model_dump_json())
    )

    assert loaded.dump_component() == described
    assert described.component_type == "termination"


@pytest.mark.parametrize(
    ("condition", "config"),
    [
        (MaxMessageTermination(3), {"max_messages": 3, "include_agent_event": False}),
        (TokenUsageTermination(max_total_token=9), {"max_total_token": 9}),
        (
            TextMentionTermination("x", sources=["a"]),
            {"text": "x", "sources": ["a"], "agents_only": False},
        ),
        (StopMessageTermination(), {}),
        (TextMessageTermination(), {}),
        (SourceMatchTermination(["a"]), {"sources": ["a"]}),
        (HandoffTermination("user"), {"target": "user"}),
        (TimeoutTermination(2.5), {"timeout_seconds": 2.5}),
        (ExternalTermination(), {}),
        (FunctionCallTermination("f"), {"function_name": "f"}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_configuration_has_upstreams_fields(
    condition: TerminationCondition, config: dict[str, object]
) -> None:
    described = condition.dump_component()

    assert described.provider == f"agentchat.conditions.{type(condition).__name__}"
    assert described.config == config


async def test_a_condition_is_asked_again_only_after_a_reset() -> None:
    condition = StopMessageTermination()
    await condition([StopMessage(source="a", content="")])

    with pytest.raises(TerminatedException, match="has already been reached"):
        await condition([])
    await condition.reset()

    assert await condition([]) is None


async def test_a_condition_refuses_the_state_of_another() -> None:
    state = await StopMessageTermination().save_state()

    with pytest.raises(ValueError, match="ExternalTermination can't load a state of 'StopMessage"):
        await ExternalTermination().load_state(state)


async def test_max_messages_counts_chat_messages_and_on_request_events() -> None:
    said = [text(), ThoughtEvent(source="a", content="hm")]

    of_messages = await reason(MaxMessageTermination(2), *said)
    of_all = await reason(MaxMessageTermination(2, include_agent_event=True), *said)

    assert of_messages is None
    assert of_all == "Maximum number of messages 2 reached, current message count: 2"


async def test_tokens_are_counted_of_messages_and_events() -> None:
    usage = RequestUsage(prompt_tokens=1, completion_tokens=2)
    thought = ThoughtEvent(source="a", content="hm", models_usage=usage)
    by_completion = TokenUsageTermination(max_prompt_token=99, max_completion_token=6)

    stops = [await reason(by_completion, each) for each in (thought, text(tokens=2))]

    assert stops[0] is None
    assert stops[1] == (
        "Token usage limit reached, total token count: 9, prompt token count: 3, "
        "completion token count: 6."
    )


def test_a_token_limit_is_needed() -> None:
    with pytest.raises(ValueError, match="At least one of max_total_token, max_prompt_token, or"):
        TokenUsageTermination()


@pytest.mark.parametrize(
    "message", [TASK, ThoughtEvent(source="a", content="TERMINATE?"), tool_ran("search")]
)
async def test_a_mention_anywhere_stops_unless_only_agents_count(message: Message) -> None:
    anywhere = TextMentionTermination("TERMINATE")
    by_agents = TextMentionTermination("TERMINATE", agents_only=True)

    assert await reason(anywhere, message) == "Text 'TERMINATE' mentioned"
    assert await reason(by_agents, message) is None
    assert await reason(by_agents, text("TERMINATE")) == "Text 'TERMINATE' mentioned"


async def test_a_mention_counts_only_from_its_sources() -> None:
    condition = TextMentionTermination("TERMINATE", sources=["critic"])

    stops = [await reason(condition, text("TERMINATE", source=s)) for s in ("writer", "critic")]

    assert stops == [None, "Text 'TERMINATE' mentioned"]


async def test_the_clock_starts_with_the_run() -> None:
    with entered(Clock()) as clock:
        condition = TimeoutTermination(10)

        clock.seconds = 100
        condition.on_run_start()
        clock.seconds = 109
        early = await reason(condition, text())
        clock.seconds = 110
        late = await reason(condition, text())

    assert (early, late) == (None, "Timeout of 10 seconds reached")


async def test_without_a_run_the_clock_starts_at_the_first_check() -> None:
    with entered(Clock()) as clock:
        condition = TimeoutTermination(10) | StopMessageTermination()

        stops = []
        for clock.seconds in (100, 109, 110):
            stops.append(await reason(condition, text()))

    assert stops == [None, None, "Timeout of 10 seconds reached"]


async def test_a_saved_clock_stands_still_until_it_is_loaded() -> None:
    with entered(Clock(100)) as clock:
        condition, restored = TimeoutTermination(10), TimeoutTermination(10)
        condition.on_run_start()
        clock.seconds = 104
        state = await condition.save_state()
    with entered(Clock(7000)) as clock:
        await restored.load_state(state)

        stops = []
        for clock.seconds in (7005, 7006):
            stops.append(await reason(restored, text()))

    assert stops == [None, "Timeout of 10 seconds reached"]


async def test_setting_an_external_condition_stops_at_the_next_check() -> None:
    condition = ExternalTermination()

    condition.set()

    assert not condition.terminated
    assert await reason(condition) == "External termination requested"
    assert condition.terminated


def test_setting_an_external_condition_tells_the_listeners_of_what_it_is_part_of() -> None:
    external = ExternalTermination()
    combined = (StopMessageTermination() & TextMessageTermination()) | external
    told: list[str] = []

    def listener() -> None:
        told.append("stop")

    combined.add_listener(listener)
    external.set()
    combined.remove_listener(listener)
    external.set()

    assert told == ["stop"]


async def test_or_is_due_when_one_member_is() -> None:
    external = ExternalTermination()
    either = external | StopMessageTermination()

    due = [either.is_due]
    external.set()
    due.append(either.is_due)

    assert due == [False, True]


async def test_and_is_due_when_no_member_is_left_that_is_not() -> None:
    external = ExternalTermination()
    both = external & StopMessageTermination()

    external.set()
    due = [both.is_due]
    await both([])
    due.append(both.is_due)
    await both([StopMessage(source="a", content="")])
    due.append(both.is_due)

    assert due == [False, False, True]


def test_a_late_listener_is_told_at_once() -> None:
    external = ExternalTermination()
    told: list[str] = []

    external.set()
    external.add_listener(lambda: told.append("stop"))

    assert told == ["stop"]


@pytest.mark.parametrize(
    ("answer", "stops"), [(True, True), (False, False), (1, False), ("yes", False)]
)
async def test_only_true_itself_meets_a_functional_condition(answer: bool, stops: bool) -> None:
    async def later(_: Sequence[Message]) -> bool:
        return answer

    found = [
        await FunctionalTermination(lambda _: answer)([]),
        await FunctionalTermination(later)([]),
    ]

    assert [stop is not None for stop in found] == [stops, stops]


async def test_a_functional_condition_is_given_what_is_new() -> None:
    given: list[Sequence[Message]] = []
    condition = FunctionalTermination(lambda new: given.append(new) is not None)

    await condition([TASK])
    await condition([])

    assert given == [[TASK], []]


def test_a_functional_condition_has_no_configuration() -> None:
    with pytest.raises(NotImplementedError, match="does not support dumping to config"):
        FunctionalTermination(lambda _: True).dump_component()
