"""What a model call costs at list price, from the table that genai-prices ships; and in words."""

from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from importlib.metadata import version

from harness.trace import Usage


@lru_cache(maxsize=1024)
def price_of(model: str, usage: Usage, at: datetime) -> Decimal | None:
    """US dollars for a call made at that time; None when the model's price is not known.

    The table is that of the installed release: nothing is fetched. Where a vendor counts what it
    had cached beside the prompt, and not as a part of it, both are paid for.
    """
    # Loading the table takes a quarter of a second; scenarios that ask no model do without.
    from genai_prices import Usage as Amount
    from genai_prices import calc_price

    is_beside = usage.cached_tokens > usage.prompt_tokens
    amount = Amount(
        input_tokens=usage.prompt_tokens + (usage.cached_tokens if is_beside else 0),
        cache_read_tokens=usage.cached_tokens,
        output_tokens=usage.completion_tokens,
    )
    try:
        return calc_price(amount, model, genai_request_timestamp=at).total_price
    except LookupError:
        return None


def price_table() -> str:
    """The table of which prices come, with its version: `genai-prices 0.2.3`."""
    return f"genai-prices {version('genai-prices')}"


def dollars(amount: Decimal) -> str:
    """An amount, as exact as it is small.

    >>> [dollars(Decimal(text)) for text in ("0", "0.000212", "0.0312", "3.5")]
    ['$0', '$0.0002', '$0.031', '$3.50']
    """
    if not amount:
        return "$0"
    if amount >= 1:
        return f"${amount:.2f}"
    return f"${amount:.3f}" if amount >= Decimal("0.01") else f"${amount:.4f}"
