import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentchat.agents import AssistantAgent
from agentchat.base import Response, TerminationCondition
from agentchat.conditions import CostTermination, MaxMessageTermination, UnpricedModel
from agentchat.core import CancellationToken, ComponentModel
from agentchat.core._component_arguments import NotConfigurable
from agentchat.core._world import scope
from agentchat.core.models import CreateResult, RequestUsage
from agentchat.ext.models.replay import ReplayChatCompletionClient
from agentchat.messages import BaseAgentEvent, BaseChatMessage, StopMessage
from agentchat.teams import RoundRobinGroupChat, SelectorGroupChat
from agentchat.usage import ModelPrice, report_usage

# A dollar for each token of an answer.
PRICES = {"replay": ModelPrice(prompt=0, completion=1_000_000)}


def answer(text: str, tokens: int, *, cached: bool = False) -> CreateResult:
    usage = RequestUsage(prompt_tokens=0, completion_tokens=tokens)
    return CreateResult(finish_reason="stop", content=text, usage=usage, cached=cached)


def model(*answers: CreateResult) -> ReplayChatCompletionClient:
    return ReplayChatCompletionClient(answers)


def writer(*answers: CreateResult, name: str = "writer") -> AssistantAgent:
    return AssistantAgent(name, model(*answers))


def spend(tokens: int, model_name: str = "replay") -> None:
    report_usage(model_name, RequestUsage(prompt_tokens=0, completion_tokens=tokens))


async def heard(condition: TerminationCondition, spent: Sequence[int]) -> list[str | None]:
    """What a condition in a run says after each call, until it stops."""
    said: list[str | None] = []
    condition.on_run_start()
    with scope("writer#1"):
        for tokens in spent:
            spend(tokens)
            if not condition.terminated:
                stop = await condition([])
                said.append(None if stop is None else stop.content)
    condition.on_run_end()
    return said


async def test_stops_when_the_budget_is_spent() -> None:
    budget = CostTermination(5, PRICES)
    team = RoundRobinGroupChat([writer(*[answer("hm", 2)] * 4)], termination_condition=budget)

    result = await team.run(task="Think.")

    assert result.stop_reason == "Budget of $5 reached, spent: $6"
    assert len(result.messages) == 4


async def test_counts_the_choice_of_a_speaker() -> None:
    budget = CostTermination(5, PRICES)
    team = SelectorGroupChat(
        [writer(answer("hm", 1)), writer(name="critic")],
        model(answer("writer", 4)),
        termination_condition=budget,
    )

    result = await team.run(task="Think.")

    assert result.stop_reason == "Budget of $5 reached, spent: $5"


async def test_counts_the_calls_of_a_team_inside() -> None:
    inner = RoundRobinGroupChat([writer(answer("a", 2), answer("b", 2))], max_turns=2, name="inner")
    team = RoundRobinGroupChat([inner], termination_condition=CostTermination(4, PRICES))

    result = await team.run(task="Think.")

    assert result.stop_reason == "Budget of $4 reached, spent: $4"


async def test_answers_from_a_cache_are_free() -> None:
    agent = writer(answer("kept", 9, cached=True), answer("new", 1), answer("new", 1))
    budget = CostTermination(2, PRICES)
    team = RoundRobinGroupChat([agent], termination_condition=budget)

    result = await team.run(task="Think.")

    assert result.stop_reason == "Budget of $2 reached, spent: $2"


async def test_calls_of_whoever_reads_the_stream_are_their_own() -> None:
    team = RoundRobinGroupChat(
        [writer(answer("a", 1), answer("b", 1))],
        termination_condition=CostTermination(2, PRICES),
    )

    items = []
    async for item in team.run_stream(task="Think."):
        items.append(item)
        spend(100)

    assert items[-1].stop_reason == "Budget of $2 reached, spent: $2"


async def test_calls_between_two_runs_are_not_the_teams() -> None:
    budget = CostTermination(3, PRICES)
    team = RoundRobinGroupChat(
        [writer(answer("a", 1), answer("b", 1))],
        termination_condition=budget | MaxMessageTermination(2),
    )
    await team.run(task="Think.")

    await writer(answer("other", 100)).run(task="Think of something else.")
    again = await team.run(task="Think.")

    assert again.stop_reason == "Maximum number of messages 2 reached, current message count: 2"


class FailingOnce(AssistantAgent):
    """Asks its model, and then fails the first time."""

    has_failed = False

    async def on_messages_stream(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> AsyncGenerator[BaseAgentEvent | BaseChatMessage | Response, None]:
        async for item in super().on_messages_stream(messages, cancellation_token):
            if isinstance(item, Response) and not self.has_failed:
                self.has_failed = True
                raise OSError("The line is cut.")
            yield item


async def test_what_a_failed_turn_has_spent_is_spent() -> None:
    agent = FailingOnce("writer", model(answer("lost", 2), answer("said", 2)))
    team = RoundRobinGroupChat([agent], termination_condition=CostTermination(4, PRICES))

    with pytest.raises(RuntimeError, match="The line is cut"):
        await team.run(task="Think.")
    result = await team.run()

    assert result.stop_reason == "Budget of $4 reached, spent: $4"


async def test_teams_that_run_at_the_same_time_have_budgets_of_their_own() -> None:
    async def reason(answers: int) -> str | None:
        team = RoundRobinGroupChat(
            [writer(*[answer("hm", 1)] * answers)],
            termination_condition=CostTermination(answers, PRICES),
        )
        return (await team.run(task="Think.")).stop_reason

    assert await asyncio.gather(reason(1), reason(3)) == [
        "Budget of $1 reached, spent: $1",
        "Budget of $3 reached, spent: $3",
    ]


async def test_a_model_without_a_price_breaks_the_run() -> None:
    condition = CostTermination(1, {})
    condition.on_run_start()
    with scope("writer#1"):
        spend(1, "mine")
        spend(1, "mine")

    with pytest.raises(UnpricedModel, match="without a price of 'mine'") as caught:
        await condition([])

    assert caught.value.models == ("mine",)


amounts = st.lists(st.integers(0, 9))


@given(before=amounts, after=amounts)
async def test_saving_and_loading_changes_nothing_after(
    before: list[int], after: list[int]
) -> None:
    condition, restored = CostTermination(20, PRICES), CostTermination(20, PRICES)
    await heard(condition, before)

    await restored.load_state(json.loads(json.dumps(await condition.save_state())))

    assert await heard(restored, after) == await heard(condition, after)


@given(before=amounts, after=amounts)
async def test_a_reset_makes_a_condition_new(before: list[int], after: list[int]) -> None:
    condition = CostTermination(20, PRICES)
    await heard(condition, before)

    await condition.reset()

    assert await heard(condition, after) == await heard(CostTermination(20, PRICES), after)


async def test_says_what_was_spent_as_people_write_it() -> None:
    prices = {"replay": ModelPrice(prompt=0, completion=Decimal("0.4"))}

    said = await heard(CostTermination(0.1, prices), [200_000, 50_001])

    assert said == [None, "Budget of $0.1 reached, spent: $0.1000004"]


def test_is_made_again_from_its_component() -> None:
    condition = CostTermination(0.5, {"large": ModelPrice(2.5, 10, cached=Decimal("1.25"))})
    described = condition.dump_component()

    loaded = TerminationCondition.load_component(
        ComponentModel.model_validate_json(described.model_dump_json())
    )

    assert loaded.dump_component() == described


def test_prices_that_are_a_function_have_no_configuration() -> None:
    condition = CostTermination(1, lambda call: None)

    with pytest.raises(NotConfigurable, match=r"CostTermination\(prices=...\)"):
        condition.dump_component()


async def test_once_met_it_stays_met() -> None:
    condition = CostTermination(0, {})

    stop = await condition([])

    assert isinstance(stop, StopMessage)
    assert stop.source == "CostTermination"
    assert condition.terminated
