"""`harness cassettes show`: a cassette as the conversation it holds."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from harness.commands.cassettes._output import AsJson, console, counted, print_document, tame
from harness.comparison import Exchange, Said, shown
from harness.formats import load
from harness.interactions import Cassette
from harness.redacted import Redacted, redaction_lines
from harness.upkeep import check_file

_COLOURS = {"assistant": "green", "call": "magenta", "system": "yellow", "error": "red"}
_LONGEST = 2000


def show_cassette(
    file: Annotated[Path, typer.Argument(help="The cassette.")], as_json: AsJson = False
) -> None:
    """Show a cassette as a conversation. What was new in each request, and the answer.

    Exit codes: 0 shown, 2 usage, and a file that can't be read.
    """
    check_file(file)
    cassette = load(file)
    told = shown(file, cassette)
    if as_json:
        print_document("cassettes show", told)
        return
    out = console()
    out.print(_title(file, cassette))
    for secrets in redaction_lines([Redacted(file.as_posix(), told.replaced)]):
        out.print(Text(tame(secrets), style="dim"))
    for number, exchange in enumerate(told.exchanges, start=1):
        out.print()
        for line in lines_of(number, exchange):
            out.print(line)


def _title(file: Path, cassette: Cassette) -> Text:
    header = cassette.header
    count = counted(len(cassette.interactions), "interaction")
    facts = ", ".join(filter(None, (count, header.origin, header.recorded, header.by)))
    return Text.assemble((tame(file.as_posix()), "bold"), "  ", tame(facts))


def lines_of(number: int, exchange: Exchange) -> Iterator[Text]:
    """An exchange as lines for a terminal."""
    facts = (exchange.agent, exchange.model, exchange.outcome, exchange.finish_reason,
             f"{exchange.duration_ns / 1e9:.3f} s", _tokens(exchange))  # fmt: skip
    yield Text(tame(f"#{number}  " + "  ".join(filter(None, facts))), style="bold cyan")
    if exchange.kept:
        yield Text(f"  … {counted(exchange.kept, 'message')} as before", style="dim")
    for said in exchange.messages:
        yield _message("  ", said)
    if exchange.tools:
        yield Text(tame(f"  tools: {', '.join(exchange.tools)}"), style="dim")
    for said in exchange.answer:
        yield _message("  → ", said)


def _tokens(exchange: Exchange) -> str:
    if exchange.prompt_tokens is None:
        return ""
    return f"{exchange.prompt_tokens} + {exchange.completion_tokens or 0} tokens"


def _message(lead: str, said: Said) -> Text:
    text = said.text if len(said.text) <= _LONGEST else f"{said.text[:_LONGEST]}…"
    indented = tame(text).replace("\n", "\n" + " " * (len(lead) + 2))
    role = (f"{lead}{tame(said.role)}: ", _COLOURS.get(said.role, "blue"))
    return Text.assemble(role, indented)
