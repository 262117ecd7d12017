"""Usage: which model calls were made, by whom, and what they cost.

A model client reports each answer; ledgers that are open where it was asked write it down. Prices
are the application's: there is no table here, and nothing is looked up.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, Self, TypeAlias

from agentchat.core._world import Path, path
from agentchat.core.models import RequestUsage

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class ModelUsage:
    """One answer of a model, and the tokens it took."""

    model: str
    """The name under which it was asked."""

    agent: str
    """Who asked: the innermost participant, or the manager of a team; empty outside of any."""

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    """Those of the prompt that the vendor had cached."""

    reasoning_tokens: int = 0
    """Those of the completion that were thought and not said."""

    from_cache: bool = False
    """Whether the whole answer came out of a cache of our own, so that nothing was spent."""

    path: Path = ()
    """Who asked, from the outermost team inwards, each with its turn: `("writer#3",)`."""


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """How many calls were made, and the tokens they took."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    """Those of the prompts that the vendor had cached."""

    reasoning_tokens: int = 0
    """Those of the completions that were thought and not said."""

    def __add__(self, other: "TokenUsage") -> "TokenUsage":
        return TokenUsage(
            self.calls + other.calls,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.cached_tokens + other.cached_tokens,
            self.reasoning_tokens + other.reasoning_tokens,
        )


@dataclass(frozen=True, slots=True)
class ModelPrice:
    """What a model costs, in US dollars for a million tokens."""

    prompt: Decimal | float
    completion: Decimal | float
    """Reasoning is part of the completion."""

    cached: Decimal | float | None = None
    """For the part of a prompt that the vendor had cached; None takes the price of the rest."""

    def of(self, usage: ModelUsage) -> Decimal:
        """US dollars for the tokens of a call."""
        cached = self.prompt if self.cached is None else self.cached
        total = (
            exact(self.prompt) * (usage.prompt_tokens - usage.cached_tokens)
            + exact(cached) * usage.cached_tokens
            + exact(self.completion) * usage.completion_tokens
        )
        return total / _MILLION


Prices: TypeAlias = Mapping[str, ModelPrice] | Callable[[ModelUsage], Decimal | None]
"""Prices by the model's name, or a function that tells what a call cost: None if it can't."""


class Cost(NamedTuple):
    """What model calls cost."""

    usd: Decimal
    """US dollars for the calls that have a price; answers from a cache cost nothing."""

    unpriced: tuple[str, ...]
    """The models whose calls are missing from it for want of a price, each once, as they came."""


class UsageEntries:
    """Model calls, and what they add up to.

    Args:
        calls: In the order of their answers.
    """

    def __init__(self, calls: Iterable[ModelUsage] = ()) -> None:
        self._calls = list(calls)

    @property
    def calls(self) -> Sequence[ModelUsage]:
        """The calls, in the order of their answers."""
        return tuple(self._calls)

    def actual_usage(self) -> TokenUsage:
        """What was spent: answers from a cache don't count."""
        return _sum_of(call for call in self._calls if not call.from_cache)

    def total_usage(self) -> TokenUsage:
        """What all answers amount to, those from a cache included."""
        return _sum_of(self._calls)

    def by_agent(self) -> dict[str, "UsageEntries"]:
        """The calls of each agent, under its name, in the order of their first calls."""
        return _grouped((call.agent, call) for call in self._calls)

    def by_model(self) -> dict[str, "UsageEntries"]:
        """The calls of each model, under its name, in the order of their first calls."""
        return _grouped((call.model, call) for call in self._calls)

    def cost(self, prices: Prices) -> Cost:
        """What was spent, at these prices."""
        usd = Decimal(0)
        unpriced: dict[str, None] = {}
        for call in self._calls:
            if call.from_cache:
                continue
            price = _price_of(call, prices)
            if price is None:
                unpriced[call.model] = None
            else:
                usd += price
        return Cost(usd, tuple(unpriced))


class UsageLedger(UsageEntries):
    """Writes down every model call made while it is open: `with UsageLedger() as ledger: ...`.

    The calls of tasks and runtime messages that the block starts are among them, those of other
    tasks are not. A call inside several ledgers is written into each. Selections, reflections and
    summaries count as much as answers do. Clients of your own take part by `report_usage`.

    Never keep one open across a `yield` of an async generator: the consumer's calls would be
    written down too.
    """

    def __enter__(self) -> Self:
        _open_ledgers.set((*_open_ledgers.get(), self))
        return self

    def __exit__(self, *_: object) -> None:
        # Not by a token: a generator may be closed in another context than it was started in.
        ledgers = list(_open_ledgers.get())
        if self in ledgers:
            # One entry only: the inner of two blocks of a ledger leaves it open for the outer.
            ledgers.remove(self)
            _open_ledgers.set(tuple(ledgers))

    def add(self, call: ModelUsage) -> None:
        """Writes a call down, wherever it was made."""
        self._calls.append(call)

    def drain(self) -> UsageEntries:
        """Takes out all that has been written down."""
        drained = UsageEntries(self._calls)
        self._calls.clear()
        return drained


_open_ledgers: ContextVar[tuple[UsageLedger, ...]] = ContextVar("open_ledgers", default=())


def report_usage(
    model: str,
    usage: RequestUsage,
    *,
    cached_tokens: int = 0,
    reasoning_tokens: int = 0,
    from_cache: bool = False,
) -> None:
    """Tells the open ledgers of an answer; for model clients, once an answer.

    Who asked is known from where the code stands. Costs next to nothing when no ledger is open.

    Args:
        model: The name under which the model was asked.
        usage: All tokens, those that are counted apart below included.
        cached_tokens: Those of the prompt that the vendor had cached.
        reasoning_tokens: Those of the completion that were thought and not said.
        from_cache: Whether nobody was asked, since a cache had the answer.
    """
    ledgers = _open_ledgers.get()
    if not ledgers:
        return
    asked_at = path()
    call = ModelUsage(
        model=model,
        agent=asked_at[-1].partition("#")[0] if asked_at else "",
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        cached_tokens=cached_tokens,
        reasoning_tokens=reasoning_tokens,
        from_cache=from_cache,
        path=asked_at,
    )
    for ledger in dict.fromkeys(ledgers):
        ledger.add(call)


def exact(amount: Decimal | float) -> Decimal:
    """The amount as it was written: 0.1 is a tenth."""
    return amount if isinstance(amount, Decimal) else Decimal(str(amount))


def _price_of(call: ModelUsage, prices: Prices) -> Decimal | None:
    if callable(prices):
        return prices(call)
    price = prices.get(call.model)
    return None if price is None else price.of(call)


def _sum_of(calls: Iterable[ModelUsage]) -> TokenUsage:
    counts = (
        TokenUsage(
            1,
            call.prompt_tokens,
            call.completion_tokens,
            call.cached_tokens,
            call.reasoning_tokens,
        )
        for call in calls
    )
    return sum(counts, TokenUsage())


def _grouped(named: Iterable[tuple[str, ModelUsage]]) -> dict[str, UsageEntries]:
    groups: dict[str, list[ModelUsage]] = {}
    for name, call in named:
        groups.setdefault(name, []).append(call)
    return {name: UsageEntries(calls) for name, calls in groups.items()}
