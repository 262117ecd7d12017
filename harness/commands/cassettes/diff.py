"""`harness cassettes diff`: what became of the interactions of one cassette in another."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from harness.commands.cassettes._output import (
    FOUND,
    AsJson,
    console,
    counted,
    tame,
    tell,
    told,
)
from harness.errors import UsageError
from harness.formats import load
from harness.interactions import Cassette
from harness.upkeep import (
    Change,
    ChangedInteraction,
    Comparison,
    Comparisons,
    cassettes_in,
    committed,
    committed_below,
    compared,
    missing,
    named,
)

_NOTHING = Cassette()


def diff_cassettes(
    old: Annotated[Path, typer.Argument(help="A cassette, or a folder of them.")],
    new: Annotated[
        Path | None,
        typer.Argument(help="What it is compared with; without it, OLD as it is committed is."),
    ] = None,
    revision: Annotated[str, typer.Option(help="The commit to compare with.")] = "HEAD",
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="End with 1 if something differs.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compare cassettes: interaction by interaction, word by word.

    Interactions are matched by what was asked, then by likeness. Ids, times and the borders of a
    stream's pieces don't count. `harness cassettes diff PATH` shows what changed since the commit.

    Exit codes: 0 compared, 1 something differs (with --exit-code), 2 usage.
    """
    pairs = _committed(old, revision) if new is None else _pairs(old, new)
    comparisons = Comparisons(tuple(told(pairs, "Comparing")))
    tell("cassettes diff", comparisons, as_json, _show)
    if exit_code and comparisons.differ:
        raise typer.Exit(FOUND)


def _pairs(old: Path, new: Path) -> Iterator[Comparison]:
    for path in (old, new):
        if not path.exists():
            raise missing(path)
    if old.is_dir() != new.is_dir():
        raise UsageError(f"{old} and {new}: compare two files, or two folders.")
    if not old.is_dir():
        yield compared(old.as_posix(), load(old), new.as_posix(), load(new))
        return
    before = {path.relative_to(old): path for path in cassettes_in([old])}
    now = {path.relative_to(new): path for path in cassettes_in([new])}
    for place in sorted({*before, *now}):
        yield _compared(before.get(place), now.get(place))


def _compared(old: Path | None, new: Path | None) -> Comparison:
    return compared(
        "" if old is None else old.as_posix(),
        _NOTHING if old is None else load(old),
        "" if new is None else new.as_posix(),
        _NOTHING if new is None else load(new),
    )


def _committed(path: Path, revision: str) -> Iterator[Comparison]:
    before = {each.resolve() for each in committed_below(path, revision)}
    now = {each.resolve(): each for each in (cassettes_in([path]) if path.exists() else [])}
    if not before and not now:
        raise missing(path)
    for place in sorted({*before, *now}):
        name = named(place)
        old = committed(place, revision) if place in before else _NOTHING
        new = load(now[place]) if place in now else _NOTHING
        yield compared(
            f"{revision}:{name}" if place in before else "", old, name if place in now else "", new
        )


def _show(comparisons: Comparisons) -> None:
    out = console()
    for line in _lines(comparisons):
        out.print(line)


def _lines(comparisons: Comparisons) -> Iterator[Text]:
    differing = [each for each in comparisons.files if each.interactions]
    for comparison in differing:
        yield Text(tame(_title(comparison)), style="bold")
        for interaction in comparison.interactions:
            yield Text(tame(_heading(interaction)), style="cyan")
            for change in interaction.changes:
                yield _line(change)
        yield Text(f"  {_summary(comparison)}", style="dim")
        yield Text("")
    same = len(comparisons.files) - len(differing)
    yield Text(f"{counted(len(differing), 'cassette')} changed, {same} the same.")


def _title(comparison: Comparison) -> str:
    if not comparison.old:
        return f"{comparison.new} (new)"
    return f"{comparison.old} → {comparison.new}" if comparison.new else f"{comparison.old} (gone)"


def _heading(interaction: ChangedInteraction) -> str:
    who = f" ({interaction.agent})" if interaction.agent else ""
    if interaction.old is None:
        return f"  + interaction {interaction.new}{who} is new"
    if interaction.new is None:
        return f"  - interaction {interaction.old}{who} is gone"
    became = "" if interaction.old == interaction.new else f" → {interaction.new}"
    return f"  ~ interaction {interaction.old}{became}{who}"


def _line(change: Change) -> Text:
    line = Text(f"      {tame(change.path)}: ")
    for piece in change.pieces:
        if piece.old == piece.new:
            line.append(_on_a_line(piece.old))
            continue
        if piece.old:
            line.append(f"[-{_on_a_line(piece.old)}-]", style="red")
        if piece.new:
            line.append(f"{{+{_on_a_line(piece.new)}+}}", style="green")
    return line


def _on_a_line(text: str) -> str:
    return tame(text).replace("\n", "⏎")


def _summary(comparison: Comparison) -> str:
    parts = [
        f"{comparison.same} the same",
        f"{comparison.changed} changed",
        f"{comparison.added} new",
        f"{comparison.removed} gone",
    ]
    others = f"; {comparison.other_ids} with other ids or times" if comparison.other_ids else ""
    return f"{', '.join(parts)}{others}"
