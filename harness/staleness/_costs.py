"""What asking again costs: by the tokens that recorded answers took, at list price."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from harness.answers import answer_of, usage_of
from harness.comparison import model_of
from harness.interactions import Interaction
from harness.prices import price_of


@dataclass(frozen=True, slots=True)
class Cost:
    """What a number of requests took when they were recorded, at the prices of today."""

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    usd: Decimal = Decimal(0)
    """Of those requests whose price is known."""

    unpriced: tuple[str, ...] = ()
    """Models whose price is not known, sorted; empty text for requests that name none."""

    untold: int = 0
    """Requests whose answers don't say how many tokens they took."""

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.requests + other.requests,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.usd + other.usd,
            tuple(sorted({*self.unpriced, *other.unpriced})),
            self.untold + other.untold,
        )


NOTHING = Cost()


def cost_of(interactions: Sequence[Interaction], meant: Iterable[int], at: datetime) -> Cost:
    """What it costs to ask some of a cassette's requests again.

    Args:
        interactions: All of the cassette's.
        meant: Positions of those to ask, from 0. A call of a model client that lies above HTTP
            exchanges costs nothing beside them.
        at: When it is asked.
    """
    positions = set(meant)
    beneath = {at for at, each in enumerate(interactions) if each.is_client_call and each.beneath}
    costs = (_cost(interactions[each], at) for each in sorted(positions - beneath))
    return sum(costs, start=NOTHING)


def _cost(interaction: Interaction, at: datetime) -> Cost:
    usage = usage_of(answer_of(interaction))
    if usage is None:
        return Cost(requests=1, untold=1)
    model = model_of(interaction)
    price = price_of(model, usage, at) if model else None
    return Cost(
        1,
        usage.prompt_tokens,
        usage.completion_tokens,
        price or Decimal(0),
        (model,) if price is None else (),
    )
