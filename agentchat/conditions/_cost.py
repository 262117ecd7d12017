"""The condition that counts money."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from agentchat.conditions._condition import Condition
from agentchat.core import Component
from agentchat.core._usage import Prices, UsageEntries, UsageLedger, exact
from agentchat.core._world import path
from agentchat.messages import BaseAgentEvent, BaseChatMessage


class UnpricedModel(ValueError):
    """A budget can't be kept, since a model was asked that has no price.

    Args:
        models: Their names.
    """

    def __init__(self, models: Sequence[str]) -> None:
        self.models: tuple[str, ...] = tuple(models)
        super().__init__(
            f"A budget can't be kept without a price of {', '.join(map(repr, models))}.\n"
            "  where:    CostTermination(prices=...)\n"
            "  fix:      add the price; ModelPrice(0, 0) for a model that costs nothing"
        )


class CostTermination(Condition, Component[BaseModel]):
    """Stops when model calls have cost so much since the last reset.

    All calls of the team's runs count: those of its participants, of teams within it, and its own,
    such as the choice of a speaker. It looks when a turn is over, so that the last turn may spend
    more than is left. What a failed turn has spent is spent. Answers from a cache cost nothing.

    Other agents that the same task runs between two items of the team's stream count as well.

    Args:
        max_usd: The budget, in US dollars.
        prices: By the model's name, or a function, which can't be written to a configuration.

    Raises:
        UnpricedModel: At a check, when a model was asked that has no price.
    """

    def __init__(self, max_usd: Decimal | float, prices: Prices) -> None:
        self._max_usd = exact(max_usd)
        self._prices = prices
        self._spent_usd = Decimal(0)
        self._unpriced: tuple[str, ...] = ()
        # Each run has its own, so that one that was never ended adds nothing to the next.
        self._ledger: UsageLedger | None = None
        self._depth = 0

    def on_run_start(self) -> None:
        self._close()
        self._depth = len(path())
        self._ledger = UsageLedger()
        self._ledger.__enter__()

    def on_run_end(self) -> None:
        self._close()

    async def _reason_to_stop(
        self, messages: Sequence[BaseAgentEvent | BaseChatMessage]
    ) -> str | None:
        self._settle()
        if self._unpriced:
            raise UnpricedModel(self._unpriced)
        if self._spent_usd < self._max_usd:
            return None
        return f"Budget of ${self._max_usd:f} reached, spent: ${self._spent_usd:f}"

    async def reset(self) -> None:
        await super().reset()
        self._settle()
        self._spent_usd = Decimal(0)
        self._unpriced = ()

    async def save_state(self) -> Mapping[str, Any]:
        self._settle()
        return {**await super().save_state(), "spent_usd": str(self._spent_usd)}

    async def load_state(self, state: Mapping[str, Any]) -> None:
        await super().load_state(state)
        self._settle()
        self._spent_usd = Decimal(state["spent_usd"])
        self._unpriced = ()

    def _close(self) -> None:
        if self._ledger is not None:
            self._settle()
            self._ledger.__exit__()
            self._ledger = None

    def _settle(self) -> None:
        """Adds what has been spent since the last time."""
        if self._ledger is None:
            return
        calls = self._ledger.drain().calls
        # Whoever reads the team's stream makes calls of its own from where the run was begun.
        cost = UsageEntries(call for call in calls if len(call.path) > self._depth).cost(
            self._prices
        )
        self._spent_usd += cost.usd
        self._unpriced = tuple(dict.fromkeys((*self._unpriced, *cost.unpriced)))
