import asyncio
from collections.abc import Iterable
from contextvars import copy_context
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentchat.core._world import scope
from agentchat.core.models import RequestUsage
from agentchat.usage import (
    Cost,
    ModelPrice,
    ModelUsage,
    TokenUsage,
    UsageEntries,
    UsageLedger,
    report_usage,
)

PRICES = {"large": ModelPrice(2.5, 10, cached=1.25), "small": ModelPrice(0.1, 0.4)}

calls = st.builds(
    ModelUsage,
    model=st.sampled_from(["large", "small", "unknown"]),
    agent=st.sampled_from(["writer", "critic", ""]),
    prompt_tokens=st.integers(100, 10_000),
    completion_tokens=st.integers(0, 10_000),
    cached_tokens=st.integers(0, 100),
    from_cache=st.booleans(),
)
# What a program does: one call, things inside a ledger, things one after the other or at once.
programs = st.recursive(
    calls.map(lambda call: ("call", call)),
    lambda parts: st.tuples(
        st.sampled_from(["ledger", "in order", "at once"]), st.lists(parts, max_size=4)
    ),
    max_leaves=12,
)
Program = tuple[str, object]


def ask(model: str = "large", prompt: int = 1000, completion: int = 100, **more: object) -> None:
    report_usage(model, RequestUsage(prompt, completion), **more)  # type: ignore[arg-type]


def calls_in(program: Program) -> list[ModelUsage]:
    kind, content = program
    return [content] if kind == "call" else [c for part in content for c in calls_in(part)]


async def perform(program: Program, written: list[tuple[UsageLedger, Program]]) -> None:
    kind, content = program
    if kind == "call":
        await asyncio.sleep(0)
        with scope(f"{content.agent}#1"):
            ask(
                content.model,
                content.prompt_tokens,
                content.completion_tokens,
                cached_tokens=content.cached_tokens,
                from_cache=content.from_cache,
            )
    elif kind == "ledger":
        with UsageLedger() as ledger:
            await perform(("in order", content), written)
        written.append((ledger, program))
    elif kind == "at once":
        await asyncio.gather(*(perform(part, written) for part in content))
    else:
        for part in content:
            await perform(part, written)


def in_some_order(calls: Iterable[ModelUsage]) -> list[str]:
    return sorted(str((c.model, c.agent, c.prompt_tokens, c.completion_tokens)) for c in calls)


@given(parts=st.lists(programs, max_size=4))
async def test_a_ledger_holds_just_the_calls_inside_it_however_they_are_nested_and_mixed(
    parts: list[Program],
) -> None:
    written: list[tuple[UsageLedger, Program]] = []

    await perform(("ledger", parts), written)

    assert [in_some_order(ledger.calls) for ledger, _ in written] == [
        in_some_order(calls_in(program)) for _, program in written
    ]


@given(made=st.lists(calls))
def test_the_parts_add_up_to_the_whole(made: list[ModelUsage]) -> None:
    entries = UsageEntries(made)
    whole = (entries.total_usage(), entries.actual_usage(), entries.cost(PRICES).usd)

    for groups in (entries.by_agent(), entries.by_model()):
        parts = groups.values()
        assert whole == (
            sum((part.total_usage() for part in parts), TokenUsage()),
            sum((part.actual_usage() for part in parts), TokenUsage()),
            sum((part.cost(PRICES).usd for part in parts), Decimal(0)),
        )


def test_a_call_is_the_innermost_participants() -> None:
    with UsageLedger() as ledger, scope("editors#2"), scope("writer#3"):
        ask("large", 7, 5, cached_tokens=4, reasoning_tokens=3)

    assert ledger.calls == (
        ModelUsage("large", "writer", 7, 5, 4, 3, path=("editors#2", "writer#3")),
    )


def test_answers_from_a_cache_are_counted_and_cost_nothing() -> None:
    with UsageLedger() as ledger:
        ask(from_cache=True)
        ask("unknown", from_cache=True)
        ask()

    assert ledger.total_usage() == TokenUsage(3, 3000, 300)
    assert ledger.actual_usage() == TokenUsage(1, 1000, 100)
    assert ledger.cost(PRICES) == Cost(Decimal("0.0035"), ())


def test_a_model_without_a_price_is_named_once() -> None:
    with UsageLedger() as ledger:
        for model in ("mine", "small", "mine", "yours"):
            ask(model)

    assert ledger.cost(PRICES) == Cost(Decimal("0.00014"), ("mine", "yours"))


@pytest.mark.parametrize(
    ("price", "usd"),
    [(ModelPrice(2, 8), "0.0028"), (ModelPrice(2, 8, cached=Decimal("0.5")), "0.0022")],
)
def test_cached_tokens_have_a_price_of_their_own_if_one_is_given(
    price: ModelPrice, usd: str
) -> None:
    usage = ModelUsage("m", "a", prompt_tokens=1000, completion_tokens=100, cached_tokens=400)

    assert price.of(usage) == Decimal(usd)


def test_a_function_may_tell_what_a_call_costs() -> None:
    entries = UsageEntries([ModelUsage("a", "", 3, 0), ModelUsage("b", "", 5, 0)])

    cost = entries.cost(lambda call: Decimal(call.prompt_tokens) if call.model == "a" else None)

    assert cost == Cost(Decimal(3), ("b",))


def test_a_ledger_may_be_opened_inside_itself() -> None:
    with UsageLedger() as ledger:
        with ledger:
            ask()
        ask()
    ask()

    assert len(ledger.calls) == 2


def test_a_ledger_may_be_closed_in_another_context_than_it_was_opened_in() -> None:
    ledger = UsageLedger()
    copy_context().run(ledger.__enter__)

    ledger.__exit__()
    ask()

    assert ledger.calls == ()


def test_drained_calls_are_in_the_ledger_no_more() -> None:
    with UsageLedger() as ledger:
        ask()

    assert len(ledger.drain().calls) == 1
    assert ledger.calls == ()
