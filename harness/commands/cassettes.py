"""`harness cassettes`: what was recorded, as a table and as a conversation."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from harness.cassette import Cassette
from harness.commands._exchange import Exchange, Said, exchanges
from harness.errors import CassetteError, UsageError
from harness.formats import load

app = typer.Typer(no_args_is_help=True, help="Look into cassettes.", rich_markup_mode=None)

_SUFFIXES = (".yaml", ".yml", ".json")
# Escape sequences, what turns the reading direction, and halves of characters: a model's text must
# neither drive a terminal nor break it.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_COLOURS = {"assistant": "green", "call": "magenta", "system": "yellow", "error": "red"}
_LONGEST = 2000

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class Entry(NamedTuple):
    """A row of the table."""

    file: str
    interactions: int
    origin: str
    recorded: str
    models: list[str]
    size_bytes: int
    problem: str = ""
    """Why it can't be read."""


@app.command("list")
def list_cassettes(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files and folders; by default `cassettes`.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List cassettes with what they hold; other recorders' files too."""
    entries = [_entry(path) for path in _files(paths or [Path("cassettes")])]
    if as_json:
        _print_json([entry._asdict() for entry in entries])
        return
    console = _console()
    console.print(_table(entries))
    for entry in entries:
        if entry.problem:
            console.print(Text(_tame(entry.problem), style="red"))


@app.command("show")
def show_cassette(
    file: Annotated[Path, typer.Argument(help="The cassette.")], as_json: AsJson = False
) -> None:
    """Show a cassette as a conversation: what was new in each request, and the answer."""
    cassette = load(file)
    told = list(exchanges(cassette.interactions))
    if as_json:
        _print_json([_plain(exchange) for exchange in told])
        return
    console = _console()
    console.print(_title(file, cassette))
    for number, exchange in enumerate(told, start=1):
        console.print()
        for line in lines_of(number, exchange):
            console.print(line)


def _files(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            found = path.rglob("*")
            yield from sorted(each for each in found if each.suffix in _SUFFIXES)
        elif path.exists():
            yield path
        else:
            raise UsageError(f"There is no {path}.")


def _entry(path: Path) -> Entry:
    size = path.stat().st_size
    try:
        cassette = load(path)
    except CassetteError as error:
        return Entry(path.as_posix(), 0, "unreadable", "", [], size, str(error))
    models = {exchange.model for exchange in exchanges(cassette.interactions)} - {""}
    header = cassette.header
    count = len(cassette.interactions)
    return Entry(path.as_posix(), count, header.origin, header.recorded, sorted(models), size)


def _table(entries: list[Entry]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("file", overflow="fold")
    table.add_column("interactions", justify="right")
    for name in ("origin", "recorded", "models"):
        table.add_column(name, overflow="fold")
    table.add_column("size", justify="right", no_wrap=True)
    for entry in entries:
        row = (entry.file, str(entry.interactions), entry.origin, entry.recorded)
        models, size = ", ".join(entry.models), f"{entry.size_bytes / 1024:,.1f} kB"
        table.add_row(*(Text(_tame(cell)) for cell in (*row, models, size)))
    return table


def _title(file: Path, cassette: Cassette) -> Text:
    header, count = cassette.header, len(cassette.interactions)
    counted = "1 interaction" if count == 1 else f"{count} interactions"
    facts = ", ".join(filter(None, (counted, header.origin, header.recorded, header.by)))
    return Text.assemble((_tame(file.as_posix()), "bold"), "  ", _tame(facts))


def lines_of(number: int, exchange: Exchange) -> Iterator[Text]:
    """An exchange as lines for a terminal."""
    facts = (exchange.agent, exchange.model, exchange.outcome, exchange.finish_reason,
             f"{exchange.duration_ns / 1e9:.3f} s", _tokens(exchange))  # fmt: skip
    yield Text(_tame(f"#{number}  " + "  ".join(filter(None, facts))), style="bold cyan")
    if exchange.kept:
        yield Text(f"  … {exchange.kept} messages as before", style="dim")
    for said in exchange.messages:
        yield _message("  ", said)
    if exchange.tools:
        yield Text(_tame(f"  tools: {', '.join(exchange.tools)}"), style="dim")
    for said in exchange.answer:
        yield _message("  → ", said)


def _tokens(exchange: Exchange) -> str:
    if exchange.prompt_tokens is None:
        return ""
    return f"{exchange.prompt_tokens} + {exchange.completion_tokens or 0} tokens"


def _message(lead: str, said: Said) -> Text:
    text = said.text if len(said.text) <= _LONGEST else f"{said.text[:_LONGEST]}…"
    indented = _tame(text).replace("\n", "\n" + " " * (len(lead) + 2))
    role = (f"{lead}{_tame(said.role)}: ", _COLOURS.get(said.role, "blue"))
    return Text.assemble(role, indented)


def _tame(text: str) -> str:
    """The text without characters that would drive a terminal."""
    return _UNPRINTABLE.sub("�", text.replace("\r\n", "\n"))


def _plain(exchange: Exchange) -> dict[str, Any]:
    said = {
        "messages": [message._asdict() for message in exchange.messages],
        "answer": [message._asdict() for message in exchange.answer],
    }
    return {**exchange._asdict(), **said}


def _print_json(value: Any) -> None:
    # ASCII alone: no character of a model's reaches the terminal as it is.
    typer.echo(json.dumps(value, indent=2))


def _console() -> Console:
    return Console(soft_wrap=True, highlight=False, emoji=False, markup=False)
