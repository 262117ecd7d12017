"""`harness cassettes diff`: what became of the interactions of one cassette in another."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from rich.text import Text

from harness.commands.cassettes._output import (
    FOUND,
    UNREADABLE,
    AsJson,
    console,
    counted,
    tame,
    tell,
    told,
)
from harness.comparison import Change, ChangedInteraction, Comparison, Comparisons, compared
from harness.errors import CassetteError, UsageError
from harness.formats import load
from harness.interactions import Cassette
from harness.upkeep import cassettes_in, committed, committed_below, missing, named


class _Side(NamedTuple):
    """One of the two cassettes that are compared."""

    name: str
    read: Callable[[], Cassette]


_NOWHERE = _Side("", Cassette)


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

    Exit codes: 0 compared, 1 something differs (with --exit-code), 2 usage, and a file that can't
    be read.
    """
    pairs = _committed(old, revision) if new is None else _pairs(old, new)
    files = (_compared(*each) for each in told(list(pairs), "Comparing"))
    comparisons = Comparisons(tuple(files))
    tell("cassettes diff", comparisons, as_json, _show)
    if any(each.problem for each in comparisons.files):
        raise typer.Exit(UNREADABLE)
    if exit_code and comparisons.differ:
        raise typer.Exit(FOUND)


def _pairs(old: Path, new: Path) -> Iterator[tuple[_Side, _Side]]:
    for path in (old, new):
        if not path.exists():
            raise missing(path)
    if old.is_dir() != new.is_dir():
        raise UsageError(f"{old} and {new}: compare two files, or two folders.")
    if not old.is_dir():
        yield _file(old), _file(new)
        return
    before = {path.relative_to(old): _file(path) for path in cassettes_in([old])}
    now = {path.relative_to(new): _file(path) for path in cassettes_in([new])}
    for place in sorted({*before, *now}):
        yield before.get(place, _NOWHERE), now.get(place, _NOWHERE)


def _committed(path: Path, revision: str) -> Iterator[tuple[_Side, _Side]]:
    before = {
        each.resolve(): _Side(f"{revision}:{named(each)}", partial(committed, each, revision))
        for each in committed_below(path, revision)
    }
    files = cassettes_in([path]) if path.exists() else []
    now = {each.resolve(): _Side(named(each), partial(load, each)) for each in files}
    if not before and not path.exists():
        raise missing(path)
    for place in sorted({*before, *now}):
        yield before.get(place, _NOWHERE), now.get(place, _NOWHERE)


def _file(path: Path) -> _Side:
    return _Side(path.as_posix(), partial(load, path))


def _compared(old: _Side, new: _Side) -> Comparison:
    try:
        return compared(old.name, old.read(), new.name, new.read())
    except CassetteError as error:
        return Comparison(old.name, new.name, 0, 0, (), str(error))


def _show(comparisons: Comparisons) -> None:
    # Printed one by one, thousands of lines would take a third of the time.
    console().print(Text("\n").join(_lines(comparisons)))


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
    unread = [each for each in comparisons.files if each.problem]
    for comparison in unread:
        yield Text(tame(comparison.problem), style="red")
    same = len(comparisons.files) - len(differing) - len(unread)
    left = f", {len(unread)} not compared" if unread else ""
    yield Text(f"{counted(len(differing), 'cassette')} changed, {same} the same{left}.")


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
