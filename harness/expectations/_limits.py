"""within: what a run may take."""

from decimal import Decimal

from harness.expectations._judging import Verdict, expectation
from harness.result import totals_of
from harness.trace import Trace


@expectation
def within(
    trace: Trace,
    *,
    turns: int | None = None,
    model_calls: int | None = None,
    tool_calls: int | None = None,
    tokens: int | None = None,
    usd: float | str | Decimal | None = None,
) -> Verdict:
    """The run takes no more than this; what is None is free.

    Args:
        trace: What happened.
        turns: Chat messages, the task not included.
        model_calls: Calls of any model.
        tool_calls: Calls of any tool.
        tokens: Of all prompts and completions.
        usd: At list price. It can't be kept while a model's price is unknown.
    """
    totals = totals_of(trace)
    spent: dict[str, tuple[int | Decimal | None, int | Decimal]] = {
        "turns": (turns, totals.turns),
        "model_calls": (model_calls, totals.model_calls),
        "tool_calls": (tool_calls, totals.tool_calls),
        "tokens": (tokens, totals.usage.prompt_tokens + totals.usage.completion_tokens),
        "usd": (None if usd is None else Decimal(str(usd)), totals.usd),
    }
    over = [
        f"{name}: {amount} is more than {limit}"
        for name, (limit, amount) in spent.items()
        if limit is not None and amount > limit
    ]
    if usd is not None and totals.unpriced_calls:
        over.append(f"usd: the price of {totals.unpriced_calls} model calls is not known")
    return Verdict(not over, "; ".join(over))
