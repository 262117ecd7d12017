"""`harness cassettes verify`: whether what was recorded still holds."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from agentchat.core._world import SystemWorld
from harness.commands.cassettes._output import (
    FOUND,
    UNREADABLE,
    AsJson,
    Yes,
    add_row,
    console,
    cost_in_words,
    counted,
    make_sure,
    print_table,
    table_of,
    tame,
    tell,
    told,
)
from harness.errors import CassetteError
from harness.formats import load
from harness.staleness import Cost, cost_of
from harness.upkeep import cassettes_in
from harness.verifying import (
    Credentials,
    Verification,
    Verified,
    to_ask,
    verification_of,
    verified_levels,
    verified_live,
)


def verify_cassettes(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files and folders; by default `cassettes`.")
    ] = None,
    live: Annotated[
        bool, typer.Option("--live", help="Ask every request live again, and compare.")
    ] = False,
    levels: Annotated[
        bool,
        typer.Option(
            "--levels", help="Compare calls of model clients with the HTTP beneath; the default."
        ),
    ] = False,
    header: Annotated[
        list[str] | None,
        typer.Option(help="Sent with every request: 'x-api-key: $MY_KEY' (variables are filled)."),
    ] = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Check what was recorded. Each level against the other, or against the live answers.

    --live takes keys from the environment (OPENAI_API_KEY, ANTHROPIC_API_KEY and the like, by
    host), says first what it costs, and writes nothing. Ids and times don't count as drift.

    Exit codes: 0 nothing drifted, 1 something did, 2 usage, and a file that can't be read.
    """
    readable, unreadable = _looked_into(cassettes_in(paths or [Path("cassettes")]))
    checked: list[Verified] = []
    if levels or not live:
        checked += [
            asyncio.run(verified_levels(each)) for each in told(readable, "Comparing levels")
        ]
    if live:
        checked += _asked_live(readable, Credentials(header or ()), yes)
    verification = verification_of([*checked, *unreadable])
    tell("cassettes verify", verification, as_json, _show)
    if unreadable or verification.paths:
        raise typer.Exit(UNREADABLE if unreadable else FOUND)


def _looked_into(files: Sequence[Path]) -> tuple[list[Path], list[Verified]]:
    """The files that can be read; and what is to say of the others."""
    readable, unreadable = [], []
    for file in told(files, "Reading"):
        try:
            load(file)
            readable.append(file)
        except CassetteError as error:
            unreadable.append(Verified(file.as_posix(), "unreadable", 0, (), (), str(error)))
    return readable, unreadable


def _asked_live(files: Sequence[Path], credentials: Credentials, yes: bool) -> list[Verified]:
    cost = Cost()
    for file in files:
        interactions = load(file).interactions
        positions = to_ask(interactions)
        for position in positions:
            # Before the first is asked, every key must be there.
            credentials.headers_for(interactions[position].request.url)
        cost += cost_of(interactions, positions, SystemWorld().now())
    make_sure(f"This asks {cost_in_words(cost)}. Go on?", yes)
    return [
        asyncio.run(verified_live(each, credentials.headers_for)) for each in told(files, "Asking")
    ]


def _show(verification: Verification) -> None:
    out = console()
    table = table_of(("cassette", "how", "checked", "drifted", "skipped"),
                     ("checked", "drifted", "skipped"))  # fmt: skip
    for each in verification.cassettes:
        numbers = (each.checked, len(each.drifted), len(each.skipped))
        if any(numbers):
            add_row(table, each.cassette, each.how, *map(str, numbers))
    if table.row_count:
        print_table(table)
    _show_drifts(verification)
    checked = sum(each.checked for each in verification.cassettes)
    drifted = sum(each.count for each in verification.paths)
    _show_skipped(verification)
    out.print(f"{counted(checked, 'interaction')} checked, {drifted} drifted.")
    if not checked and all(each.how == "levels" for each in verification.cassettes):
        out.print("Only what was recorded at both levels is compared; --live asks the model again.")


def _show_skipped(verification: Verification) -> None:
    out = console()
    for each in verification.cassettes:
        if each.problem:
            out.print(Text(tame(each.problem), style="red"))
        for why, count in Counter(skipped.why for skipped in each.skipped).items():
            out.print(
                Text(tame(f"{each.cassette}: {counted(count, 'interaction')} skipped: {why}"))
            )


def _show_drifts(verification: Verification) -> None:
    out = console()
    if not verification.paths:
        return
    table = table_of(("cassette", "interaction", "agent", "path", "drift"), ("interaction",))
    for each in verification.cassettes:
        for drift in each.drifted:
            cells = (str(drift.number), drift.agent, drift.path, drift.words)
            add_row(table, each.cassette, *cells)
    out.print()
    print_table(table)
    out.print()
