from datetime import UTC, datetime
from decimal import Decimal

import pytest

from harness.prices import price_of
from harness.trace import Usage

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("usage", "usd"),
    [
        (Usage(prompt_tokens=1_000_000), "2.5"),
        (Usage(completion_tokens=1_000_000), "10"),
        (Usage(prompt_tokens=1_000_000, cached_tokens=1_000_000), "1.25"),
        (Usage(prompt_tokens=100, completion_tokens=20), "0.00045"),
    ],
)
def test_a_call_costs_the_list_price(usage: Usage, usd: str) -> None:
    assert price_of("gpt-4o", usage, NEW_YEAR) == Decimal(usd)


def test_tokens_of_a_cache_that_are_counted_beside_the_prompt_have_their_own_price() -> None:
    beside = Usage(prompt_tokens=1_000, cached_tokens=1_000_000, completion_tokens=1_000)

    assert price_of("claude-3-5-haiku-latest", beside, NEW_YEAR) == Decimal("0.0848")


def test_an_unknown_model_has_no_price() -> None:
    assert price_of("my-own-model", Usage(prompt_tokens=5), NEW_YEAR) is None
