"""What is printed of a run when it is over: a table, what went wrong, and the sums."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from textwrap import indent

from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from harness.prices import dollars
from harness.redacted import redaction_lines
from harness.result import Outcome, TrialResult
from harness.runner import Trial

_STYLE: dict[Outcome, str] = {
    "passed": "green",
    "failed": "red",
    "error": "bold red",
    "miss": "magenta",
    "skipped": "dim",
}
_MARK: dict[Outcome, str] = {
    "passed": "✓",
    "failed": "✗",
    "error": "!",
    "miss": "?",
    "skipped": "-",
}
_PLURAL: dict[Outcome, str] = {"error": "errors", "miss": "misses"}


def outcome(of: Outcome) -> Text:
    """An outcome as it is shown everywhere: a mark, the word, a colour."""
    return Text(f"{_MARK[of]} {of}", style=_STYLE[of])


def counted(outcomes: Iterable[Outcome]) -> Text:
    """How many there are of each: `3 passed, 2 errors`."""
    number_of = Counter(outcomes)
    return Text(", ").join(
        Text(f"{number_of[of]} {_PLURAL.get(of, of) if number_of[of] > 1 else of}", style=style)
        for of, style in _STYLE.items()
        if number_of[of]
    )


def show(console: Console, trials: Sequence[Trial], seconds: float) -> None:
    """Prints all of it."""
    results = [trial.result for trial in trials]
    console.print()
    console.print(_table(results))
    for trial in trials:
        if trial.result.outcome != "passed":
            _explain(console, trial)
    _show_warnings(console, trials)
    _show_redacted(console, trials)
    console.print(Rule(style="dim"))
    console.print(_sums(results, seconds))


def _table(results: Sequence[TrialResult]) -> Table:
    table = Table(box=None, padding=(0, 1), header_style="dim", pad_edge=False, expand=False)
    table.add_column("scenario", overflow="fold")
    table.add_column("outcome", no_wrap=True)
    for name in ("turns", "calls", "tokens", "cost", "saved"):
        table.add_column(name, justify="right", no_wrap=True)
    for story, members in groupby(results, key=lambda each: each.scenario.partition("::")[0]):
        table.add_row(Text(story.removeprefix("scenarios/").removesuffix(".py"), style="bold"))
        for result in members:
            table.add_row(*_row(result))
    return table


def _row(result: TrialResult) -> Iterator[Text | str]:
    totals = result.totals
    yield Text(f"  {result.scenario.partition('::')[2]}")
    yield outcome(result.outcome)
    yield str(totals.turns)
    yield str(totals.model_calls)
    yield f"{totals.usage.prompt_tokens + totals.usage.completion_tokens:,}"
    for amount in (totals.usd_spent, totals.usd - totals.usd_spent):
        yield dollars(amount) if amount else "-"


def _explain(console: Console, trial: Trial) -> None:
    result = trial.result
    console.print()
    console.print(Text.assemble(outcome(result.outcome), "  ", (result.scenario, "bold")))
    # Not wrapped, so that a command in it can be copied.
    for line in explanation(result):
        console.print(Text(f"  {line}"), soft_wrap=True)
    if trial.printed.strip():
        console.print(Text("  what it printed:", style="dim"))
        console.print(Text(indent(trial.printed.rstrip(), "    "), style="dim"), soft_wrap=True)


def explanation(result: TrialResult) -> Iterator[str]:
    """Why a trial did not pass, in lines: what was raised, and each expectation that fails."""
    if result.failure is not None and result.outcome == "miss":
        yield from result.failure.text.splitlines()
    elif result.failure is not None:
        yield from f"{result.failure.error}: {result.failure.text}".splitlines()
        if result.failure.where is not None:
            yield f"at {result.failure.where}"
    # After an error they say little but that it came too early.
    for judgement in result.judgements if result.failure is None else ():
        if not judgement.holds:
            yield f"✗ {judgement.expectation}"
            if judgement.why:
                yield from (f"    {line}" for line in judgement.why.splitlines())


def _show_warnings(console: Console, trials: Sequence[Trial]) -> None:
    trials_with = Counter(warning for trial in trials for warning in trial.warnings)
    if trials_with:
        console.print()
    for warning, count in trials_with.items():
        line = Text(f"in {count} of {len(trials)} trials: {warning}", style="yellow")
        console.print(line, soft_wrap=True)


def _show_redacted(console: Console, trials: Sequence[Trial]) -> None:
    lines = redaction_lines(trial.redacted for trial in trials if trial.redacted)
    if lines:
        console.print()
    for line in lines:
        console.print(Text(line, style="dim"), soft_wrap=True)


def _sums(results: Sequence[TrialResult], seconds: float) -> Text:
    calls = sum(result.totals.model_calls for result in results)
    spent = sum((result.totals.usd_spent for result in results), start=Decimal(0))
    in_all = sum((result.totals.usd for result in results), start=Decimal(0))
    rest = f" in {seconds:.1f} s · {calls} model call{'' if calls == 1 else 's'}"
    if in_all:
        rest += f" · {dollars(spent)} spent, {dollars(in_all - spent)} saved by replay"
    return counted(result.outcome for result in results).append(rest, style="dim")
