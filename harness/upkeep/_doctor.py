"""The doctor: all that is wrong below a folder, and what of it can be mended with nothing lost."""

import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from harness.cassette_names import is_named_as_cassette
from harness.comparison import merged
from harness.errors import CassetteError
from harness.formats import Source, loaded, replace_bytes, save
from harness.interactions import Cassette, Interaction
from harness.journal import Pending, cassettes_with_journals, derive, pending
from harness.upkeep._ailments import (
    Ailment,
    ailments_of,
    mend_command,
    mended_spelling,
    sides_of,
)
from harness.upkeep._owners import Owners
from harness.upkeep._places import (
    doctor_command,
    files_in,
    project_around,
    quoted,
    rename_command,
)
from harness.upkeep._pruning import prune_command

_DRAFT = re.compile(r"\.(?P<cassette>.+\.ya?ml)\.(?P<process>\d+)")
_DAMAGED = ".journal-damaged"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What `harness cassettes doctor` tells."""

    examined: int
    """How many cassettes were looked into."""

    ailments: tuple[Ailment, ...]
    """What is wrong, in the order of the files."""

    mended: tuple[Ailment, ...] = ()
    """What was wrong, and is not any more."""


def examined(paths: Sequence[Path]) -> Diagnosis:
    """Looks into cassettes, and what lies beside them; changes nothing.

    Args:
        paths: Cassettes, which may be missing where they have journals, and folders of them.

    Raises:
        UsageError: There is no such path.
    """
    there = [path for path in paths if path.exists() or not pending(path)]
    files = files_in(there)
    shown = [each for each in files if not each.name.startswith(".")]
    visible = [each for each in shown if is_named_as_cassette(each.name)]
    found: list[Ailment] = []
    cassettes: dict[Path, Cassette] = {}
    for path in visible:
        ailments, cassette = ailments_of(path, path.read_bytes())
        found += map(_mendable_conflict, ailments)
        if cassette is not None:
            cassettes[path] = cassette
    found += _misplaced(cassettes)
    found += _of_one_name(visible)
    found += _journals(paths)
    found += _debris(each for each in files if each.name.startswith("."))
    found.sort(key=lambda each: (each.file, each.line or 0))
    return Diagnosis(len(visible), tuple(found))


def mended(diagnosis: Diagnosis) -> Diagnosis:
    """Mends what can be mended with nothing lost; a file is written whole, or stays as it was."""
    done = [each for each in diagnosis.ailments if each.mendable and _mend(each)]
    left = tuple(each for each in diagnosis.ailments if each not in done)
    return replace(diagnosis, ailments=left, mended=tuple(done))


def recovered(diagnosis: Diagnosis) -> Diagnosis:
    """Brings home what killed processes recorded, and nothing else."""
    journals = tuple(each for each in diagnosis.ailments if each.kind == "journal")
    others = tuple(each for each in diagnosis.ailments if each.kind != "journal")
    after = mended(replace(diagnosis, ailments=journals))
    return replace(after, ailments=(*others, *after.ailments))


def _mend(ailment: Ailment) -> bool:
    path = Path(ailment.file)
    match ailment.kind:
        case "journal":
            derive([path])
            return not _waiting(path)
        case "draft":
            path.unlink(missing_ok=True)
            return True
        case "merge-conflict":
            both = _both_sides(path)
            if both is not None:
                save(path, both)
            return both is not None
    data = mended_spelling(path.read_bytes())
    try:
        cassette = loaded(Source(path, data))
    except CassetteError:
        # The spelling is mended all the same: the rest is another ailment.
        replace_bytes(path, data)
        return True
    if ailment.kind == "old-version":
        save(path, cassette)
    else:
        replace_bytes(path, data)
    return True


def _mendable_conflict(ailment: Ailment) -> Ailment:
    path = Path(ailment.file)
    if ailment.kind != "merge-conflict" or _both_sides(path) is None:
        return ailment
    what = f"{ailment.what}, which go together"
    return replace(ailment, what=what, fix=mend_command(path), mendable=True)


def _both_sides(path: Path) -> Cassette | None:
    """The cassette with both sides of a merge; None where they don't go together."""
    with TemporaryDirectory() as folder:
        sources = [Path(folder, side) for side in ("ours.yaml", "theirs.yaml")]
        for source, data in zip(sources, sides_of(path.read_bytes()), strict=True):
            source.write_bytes(data)
        try:
            cassette, merging = merged(sources, None)
        except CassetteError:
            return None
    return None if merging.conflicts else cassette


def _misplaced(cassettes: dict[Path, Cassette]) -> Iterator[Ailment]:
    owners_in = cache(Owners)
    owners = {path: owners_in(project_around(path)) for path in cassettes}
    is_owned = {path: known.has_owner(path) for path, known in owners.items()}
    # Of doubles, one stays: what something asks for, or else the first.
    first_by_content: dict[tuple[Interaction, ...], Path] = {}
    for path in sorted(cassettes, key=lambda each: not is_owned[each]):
        first_by_content.setdefault(cassettes[path].interactions, path)
    for path, cassette in cassettes.items():
        if not is_owned[path]:
            yield from _unowned(path, first_by_content[cassette.interactions], owners[path])


def _unowned(path: Path, twin: Path, owners: Owners) -> Iterator[Ailment]:
    """What is wrong with a cassette that nothing is seen to ask for.

    Args:
        path: The cassette.
        twin: The one that stays of those which hold the same; it may be this one.
        owners: Of its project.
    """
    name = path.as_posix()
    places = owners.stories_with(path.stem) or owners.sought_like(path)
    if len(places) == 1 and not places[0].exists():
        there = places[0].relative_to(owners.project)
        what = f"its scenario or test looks for {there}"
        yield Ailment(name, None, "misplaced", what, rename_command(path, there))
    elif twin != path:
        what = f"nothing asks for it, and {twin.as_posix()} holds the same"
        yield Ailment(name, None, "duplicate", what, prune_command(path))
    elif owners.is_orphan(path):
        what = "the scenario or test that it belongs to is gone"
        yield Ailment(name, None, "orphan", what, "harness cassettes prune --write")


def _of_one_name(files: Iterable[Path]) -> Iterator[Ailment]:
    known: dict[str, Path] = {}
    for path in files:
        other = known.setdefault(path.as_posix().casefold(), path)
        if other != path:
            what = f"some systems take it and {other.name} for one file"
            new = path.with_name(f"{path.stem}-2{path.suffix}")
            yield Ailment(path.as_posix(), None, "same-name", what, rename_command(path, new))


def _journals(paths: Sequence[Path]) -> Iterator[Ailment]:
    for path in dict.fromkeys(_recorded(paths)):
        waiting = _waiting(path)
        if not waiting:
            continue
        count = sum(each.recorded for each in waiting)
        damage = next((each.damage for each in waiting if each.damage), "")
        told = "exchange was" if count == 1 else "exchanges were"
        what = f"{count} {told} recorded and {'is' if count == 1 else 'are'} not in it"
        what += f"; a journal is {damage}" if damage else ""
        fix = f"{doctor_command(path)} --recover"
        yield Ailment(path.as_posix(), None, "journal", what, fix, True)


def _recorded(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        yield from cassettes_with_journals(path) if path.is_dir() else [path]


def _waiting(cassette: Path) -> list[Pending]:
    return [each for each in pending(cassette) if not each.is_in_use]


def _debris(files: Iterable[Path]) -> Iterator[Ailment]:
    for path in files:
        name = path.as_posix()
        if path.name.endswith(_DAMAGED):
            what = "what could not be read of a journal, kept for you to look at"
            yield Ailment(name, None, "damaged-journal", what, f"rm {quoted(path)}")
        draft = _DRAFT.fullmatch(path.name)
        if draft and not _is_running(int(draft["process"])):
            what = f"a process was killed while it wrote {draft['cassette']}"
            yield Ailment(name, None, "draft", what, mend_command(path.parent), True)


def _is_running(process: int) -> bool:
    if sys.platform == "win32":
        # Asking there would end it.
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
