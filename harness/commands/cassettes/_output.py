"""What the commands for cassettes share: how they print, ask, and show how far they are."""

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.measure import Measurement
from rich.progress import track
from rich.table import Table
from rich.text import Text

from harness.errors import UsageError
from harness.prices import dollars, price_table
from harness.staleness import Cost

VERSION = 1
"""Of the documents that `--json` prints."""

FOUND = 1
"""The exit code of a command that found what it looks for."""

UNREADABLE = 2
"""The same when there was a file that can't be read."""

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask before money is spent.")]
Write = Annotated[bool, typer.Option("--write", help="Do it; else it is only told.")]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that is there.")]

T = TypeVar("T")

# Escape sequences, what turns the reading direction, and halves of characters: a model's text must
# neither drive a terminal nor break it.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_ENDLESS = 100_000


def tame(text: str) -> str:
    """The text without characters that would drive a terminal."""
    return _UNPRINTABLE.sub("�", text.replace("\r\n", "\n"))


def console() -> Console:
    """Where results go; piped, lines are as long as they are, and have no colour."""
    is_piped = not sys.stdout.isatty() and "COLUMNS" not in os.environ
    width = _ENDLESS if is_piped else None
    return Console(width=width, soft_wrap=True, highlight=False, emoji=False, markup=False)


def tell(command: str, record: T, as_json: bool, show: Callable[[T], None]) -> None:
    """Tells what a command has found: as its one document, or for people."""
    if as_json:
        print_document(command, record)
    else:
        show(record)


def print_document(command: str, record: Any) -> None:
    """Prints a record as the one document of a command."""
    document = {"command": command, "version": VERSION, **asdict(record)}
    # ASCII alone: no character of a model's reaches the terminal as it is.
    typer.echo(json.dumps(document, indent=2, default=_plain))


def table_of(columns: Sequence[str], numbers: Sequence[str] = ()) -> Table:
    """An empty table without lines.

    Args:
        columns: Their names.
        numbers: Those among them that hold numbers.
    """
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in columns:
        if name in numbers:
            table.add_column(name, justify="right", no_wrap=True)
        else:
            table.add_column(name, overflow="fold")
    return table


def add_row(table: Table, *cells: str, style: str = "") -> None:
    """Adds a row of texts that may come from anywhere."""
    table.add_row(*(Text(tame(cell)) for cell in cells), style=style)


def print_table(table: Table) -> None:
    """Prints a table; where the terminal is too narrow for it, a paragraph a row."""
    out = console()
    endless = out.options.update(max_width=_ENDLESS)
    if Measurement.get(out, endless, table).maximum <= out.width:
        out.print(table)
        return
    others = table.columns[1:]
    for title, *cells in zip(*(column.cells for column in table.columns), strict=True):
        out.print(title)
        for column, cell in zip(others, cells, strict=True):
            if str(cell):
                out.print(Text(f"  {column.header}: ").append_text(cell))


def told(items: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
    """The items; on a terminal, with a line that shows how far they are."""
    watched = Console(stderr=True)
    is_watched = watched.is_terminal and not os.environ.get("CI")
    yield from track(
        items, what, total=total, console=watched, transient=True, disable=not is_watched
    )


def counted(number: int, what: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def cost_in_words(cost: Cost) -> str:
    """`3 requests, 1,200 + 340 tokens, $0.012 (prices of genai-prices 0.2.3)`."""
    tokens = f"{cost.prompt_tokens:,} + {cost.completion_tokens:,} tokens"
    price = f"{price_in_words(cost)} (prices of {price_table()})"
    return f"{counted(cost.requests, 'request')}, {tokens}, {price}"


def price_in_words(cost: Cost) -> str:
    """`$0.012`; with what is not known."""
    if not cost.requests:
        return "unknown: it was never recorded"
    gaps = []
    if cost.unpriced:
        models = ", ".join(each or "a nameless model" for each in cost.unpriced)
        gaps.append(f"no price is known of {models}")
    if cost.untold:
        gaps.append(f"{counted(cost.untold, 'request')} took tokens that are not recorded")
    if not gaps:
        return dollars(cost.usd)
    known = f"{dollars(cost.usd)} and more" if cost.usd else "unknown"
    return f"{known}: {'; '.join(gaps)}"


def make_sure(question: str, yes: bool) -> None:
    """Asks before money is spent.

    Raises:
        UsageError: Nobody is there to answer, and `--yes` is not given.
        Exit: The answer is no.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"{question} Nobody is there to answer: add --yes.")
    if not typer.confirm(question, err=True):
        raise typer.Exit(FOUND)


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"{value!r} has no place in a document")
