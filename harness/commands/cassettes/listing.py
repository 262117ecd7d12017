"""`harness cassettes list`: cassettes with what they hold, and what is to be seen to."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from harness.commands.cassettes._output import (
    AsJson,
    add_row,
    console,
    print_table,
    table_of,
    tame,
    tell,
    told,
)
from harness.upkeep import Listing, cassettes_in, listed


def list_cassettes(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files and folders; by default `cassettes`.")
    ] = None,
    expire_days: Annotated[
        int, typer.Option(min=0, help="Mark those that are older as expired.")
    ] = 90,
    as_json: AsJson = False,
) -> None:
    """List cassettes with what they hold; other recorders' files too.

    Marks: unreadable; journal (recorded exchanges wait beside it); unfinished (its recording was
    broken off); expired; orphan (the scenario or test that it mirrors is gone); unnamed (nothing in
    the project names it, but a program may put its name together).

    Exit codes: 0 listed, 2 usage.
    """
    files = cassettes_in(paths or [Path("cassettes")])
    listing = listed(told(files, "Reading"), expire_days)
    tell("cassettes list", listing, as_json, _show)


def _show(listing: Listing) -> None:
    columns = ("file", "interactions", "origin", "recorded", "models", "hosts", "size", "marks")
    table = table_of(columns, ("interactions", "size"))
    for entry in listing.cassettes:
        age = f" ({entry.days} d)" if entry.days else ""
        add_row(
            table,
            entry.file,
            str(entry.interactions),
            entry.origin,
            entry.recorded + age,
            ", ".join(entry.models),
            ", ".join(entry.hosts),
            f"{entry.size_bytes / 1024:,.1f} kB",
            ", ".join(entry.marks),
        )
    out = console()
    if listing.cassettes:
        print_table(table)
    else:
        out.print("There are no cassettes.")
    for entry in listing.cassettes:
        if entry.problem:
            out.print(Text(tame(entry.problem), style="red"))
