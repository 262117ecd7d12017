"""`harness cassettes import`: recordings of other recorders as cassettes of our own."""

import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from harness.commands.cassettes._output import (
    FOUND,
    AsJson,
    Force,
    add_row,
    console,
    counted,
    print_table,
    table_of,
    tame,
    tell,
    told,
)
from harness.errors import UsageError
from harness.redacted import Redacted, redaction_lines
from harness.redaction import parse_rule, secrets_among
from harness.upkeep import (
    Imported,
    Importer,
    Importing,
    cassettes_in,
    check_targets,
    is_folder,
    targets_of,
)


def import_cassettes(
    sources: Annotated[list[Path], typer.Argument(help="Files and folders, in any known format.")],
    output: Annotated[
        Path,
        typer.Option("-o", "--output", help="A folder, for a cassette a file; or one cassette."),
    ],
    redact: Annotated[
        list[str] | None,
        typer.Option(help="What else is secret: 'pattern:[\\w.]+@[\\w.]+ -> email'."),
    ] = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Convert recordings of vcrpy, go-vcr, Ruby VCR, HAR, others.

    Secrets are replaced as in a recording of our own (docs/secrets.md). Into one cassette all files
    go, or none; into a folder, each that can be read.

    Exit codes: 0 all imported, 1 some could not be, 2 usage.
    """
    importer = Importer(secrets_among(os.environ), [parse_rule(each) for each in redact or ()])
    found = _files(sources)
    if is_folder(output):
        targets = targets_of(sources, output)
        check_targets(list(targets.values()), overwrite=force)
        imports = importer.import_each(targets)
        files = list(told(imports, "Importing", total=len(targets)))
    else:
        check_targets([output], overwrite=force)
        files = importer.import_all(found, output)
    tell("cassettes import", Importing(tuple(files)), as_json, _show)
    if any(each.problem for each in files):
        raise typer.Exit(FOUND)


def _files(sources: Sequence[Path]) -> list[Path]:
    files = cassettes_in(sources)
    if not files:
        raise UsageError(f"There is nothing to import in {', '.join(map(str, sources))}.")
    return files


def _show(importing: Importing) -> None:
    out, files = console(), importing.files
    table = table_of(("source", "format", "interactions", "redacted", "cassette"),
                     ("interactions", "redacted"))  # fmt: skip
    for each in files:
        numbers = (str(each.interactions), str(each.redacted))
        style = "red" if each.problem else ""
        where = each.problem or each.into
        add_row(table, each.source, each.format, *numbers, where, style=style)
    print_table(table)
    failed = sum(bool(each.problem) for each in files)
    out.print(f"{counted(len(files) - failed, 'file')} imported, {failed} could not be.")
    for line in redaction_lines(_redacted(files)):
        out.print(tame(line), markup=False)
    for name in dict.fromkeys(each.into for each in files if each.secrets_left):
        out.print(f"Something in it still looks like a secret: harness cassettes lint {name}")


def _redacted(files: Sequence[Imported]) -> Iterator[Redacted]:
    """What became of secrets, by cassette."""
    replaced: defaultdict[str, Counter[str]] = defaultdict(Counter)
    dropped: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for each in files:
        replaced[each.into].update(each.replaced)
        dropped[each.into].update(each.left_out)
    for into in replaced:
        yield Redacted(into, replaced[into], dropped[into])
