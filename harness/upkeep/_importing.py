"""Recordings of other recorders as cassettes of our own, redacted."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from harness.errors import CassetteError, SecretFound, UsageError, explained
from harness.formats import format_of, joined, loaded, opened, save
from harness.interactions import Cassette, Interaction
from harness.journal import secret_in
from harness.linting import findings
from harness.redacted import left_out, replaced_in
from harness.redaction import SECRET_HEADERS, KnownSecrets, Rule
from harness.session import Cleaning
from harness.upkeep._places import ROOT, cassettes_in

_MARK = "<secret:"


@dataclass(frozen=True, slots=True)
class Imported:
    """A file, imported; or why it was not."""

    source: str
    into: str
    """Empty if it was not imported."""

    format: str
    """Whose format it has: `vcrpy`."""

    interactions: int
    redacted: int
    """In how many of them something secret was replaced or left out."""

    secrets_left: int
    """What `harness cassettes lint` still finds in the result."""

    problem: str = ""

    replaced: Mapping[str, int] = field(default_factory=dict)
    """In how many of them something stands for a secret, by the secret's name."""

    left_out: Mapping[str, int] = field(default_factory=dict)
    """How many had a header with a credential of which nothing is kept, by its name."""


@dataclass(frozen=True, slots=True)
class Importing:
    """What `harness cassettes import` has done."""

    files: tuple[Imported, ...]


class Importer:
    """Turns files of other recorders into cassettes.

    Args:
        secrets: Those that the process knows, by name.
        rules: Of the project, for what else is secret.
    """

    def __init__(self, secrets: Mapping[str, str], rules: Sequence[Rule] = ()) -> None:
        self._secrets, self._rules = secrets, rules

    def import_each(self, targets: Mapping[Path, Path]) -> Iterator[Imported]:
        """Imports each file into a cassette of its own; one that fails doesn't keep the others.

        Args:
            targets: The cassettes to write, by source.
        """
        for source, target in targets.items():
            try:
                yield self.import_all([source], target)[0]
            except CassetteError as error:
                why = str(error).partition("\n")[0]
                yield Imported(source.as_posix(), "", _format_of(source), 0, 0, 0, why)

    def import_all(self, sources: Sequence[Path], target: Path) -> list[Imported]:
        """Imports files into one cassette, in their order: all of them, or nothing is written.

        Raises:
            UnreadableCassette: A source can't be read.
            SecretFound: A secret that the process knows would still be written.
        """
        cleaning = Cleaning({}, self._secrets, self._rules)
        read = [_read(source) for source in sources]
        cassettes = [cassette for _, cassette in read]
        for cassette in cassettes:
            # All before the first is cleaned: a credential may be quoted before it is sent.
            for each in cassette.interactions:
                cleaning.learn(each.request)
        result = joined(cassettes, cleaning.interaction)
        _check(target, result, cleaning.known)
        save(target, result)
        left = len(findings(target, self._secrets))
        told = []
        start = 0
        for source, (form, cassette) in zip(sources, read, strict=True):
            count = len(cassette.interactions)
            clean = result.interactions[start : start + count]
            start += count
            told.append(
                Imported(
                    source.as_posix(),
                    target.as_posix(),
                    form,
                    count,
                    sum(map(_was_redacted, cassette.interactions, clean)),
                    left,
                    replaced=replaced_in(replace(result, interactions=clean)),
                    left_out=_left_out(cassette.interactions, clean),
                )
            )
        return told


def targets_of(sources: Sequence[Path], folder: Path) -> dict[Path, Path]:
    """Where each file goes, in a folder: as it lies below the source that was named.

    Raises:
        UsageError: Two of them would go to the same place.
    """
    targets: dict[Path, Path] = {}
    for source in sources:
        base = source if source.is_dir() else source.parent
        for file in cassettes_in([source]):
            # What is packed becomes a cassette that is not: `a.yaml.gz` is `a.yaml`.
            plain = file.with_suffix("") if file.suffix == ".gz" else file
            targets[file] = (folder / plain.relative_to(base)).with_suffix(".yaml")
    known: dict[Path, Path] = {}
    for file, target in targets.items():
        other = known.setdefault(target, file)
        if other != file:
            raise UsageError(f"{other} and {file} would both become {target}; import one alone.")
    return targets


def check_targets(targets: Sequence[Path], *, overwrite: bool) -> None:
    """Refuses to write over a file, unless that is wanted.

    Raises:
        UsageError: A file is there.
    """
    taken = [each for each in targets if each.exists()]
    if taken and not overwrite:
        more = f", and {len(taken) - 1} more" if len(taken) > 1 else ""
        raise UsageError(
            explained(
                f"There is a {taken[0]} already{more}.",
                fix="name another destination, or add --force",
            )
        )


def is_folder(target: Path) -> bool:
    """Whether a destination is meant to be a folder: it is one, or has no suffix."""
    return target.is_dir() or not target.suffix or target.name == ROOT


def _check(target: Path, cassette: Cassette, known: KnownSecrets) -> None:
    for number, interaction in enumerate(cassette.interactions, start=1):
        if found := secret_in(interaction, known):
            name, place = found
            raise SecretFound(target, name, f"interaction {number}, {place}")


def _left_out(raw: Sequence[Interaction], clean: Sequence[Interaction]) -> dict[str, int]:
    pairs = zip(raw, clean, strict=True)
    return dict(sorted(Counter(name for pair in pairs for name in left_out(*pair)).items()))


def _was_redacted(raw: Interaction, clean: Interaction) -> bool:
    response = getattr(raw.response, "headers", ())
    sent = {name.lower() for name, _ in (*raw.request.headers, *response)}
    return bool(sent & SECRET_HEADERS) or repr(clean).count(_MARK) > repr(raw).count(_MARK)


def _read(path: Path) -> tuple[str, Cassette]:
    """The name of a file's format, and what the file says."""
    source = opened(path)
    cassette = loaded(source)
    return format_of(source).name, cassette


def _format_of(path: Path) -> str:
    try:
        return format_of(opened(path)).name
    except (CassetteError, RecursionError):
        return ""
