"""AutoGen's names before v0.4, and what stands in their place: a table in v02.yaml."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, Field

from harness.migration._findings import Finding
from harness.migration._public_names import import_of, modules_by_name
from harness.migration._usages import LOCAL, UNBOUND, Usage, called_last, package_of

PACKAGES = ("autogen", "pyautogen", "ag2")


class Advice(BaseModel):
    """An entry of the table: something of v0.2's, how it is met, and what to write instead."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    what: str
    names: tuple[str, ...] = ()
    """Of classes, functions and modules, wherever in the package they lie."""

    attributes: tuple[str, ...] = ()
    """Of an object; wherever they are met, unless `of` tells better."""

    keywords: tuple[str, ...] = ()
    """Names of arguments."""

    keys: tuple[str, ...] = ()
    """Of dictionaries."""

    of: tuple[str, ...] = ()
    """The functions or classes whose results have the attributes, and which take the keywords."""

    since: str
    """The AutoGen release that has what stands in its place; `here` if AutoGen has not."""

    why: str
    instead: str
    guide: str
    """The section of docs/guide.md."""

    def finding(self, usage: Usage, what: str) -> Finding:
        """The advice, given at a place."""
        return Finding(usage.place, what, "rewrite", self.why, self.instead, self.since, self.guide)


class Table(BaseModel):
    """The whole of v0.2."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    package: Advice
    """What is said of a name that no entry is about."""

    agents: tuple[str, ...]
    """Classes of agents; `of: [agents]` means these."""

    entries: tuple[Advice, ...] = Field(min_length=1)


@cache
def table() -> Table:
    """What is known of v0.2."""
    text = (files("harness.migration") / "v02.yaml").read_text(encoding="utf-8")
    return Table.model_validate(yaml.safe_load(text))


def findings(usage: Usage) -> Iterator[Finding]:
    """What there is to say about something of v0.2's."""
    match usage.kind:
        case "import" | "name" if package_of(usage.name) in PACKAGES:
            yield from _of_name(usage)
        case "name" if usage.name.startswith(UNBOUND):
            yield from _of_unbound(usage)
        case "attribute" | "keyword" if _may_be_v02(usage.owner):
            yield from _of_word(usage)
        case "key":
            yield from (each.finding(usage, f'"{usage.name}"') for each in _by("keys", usage.name))


def _of_name(usage: Usage) -> Iterator[Finding]:
    parts = usage.name.split(".")
    said = len(usage.owner.split(".")) if usage.owner else 0
    for position in reversed(range(1, len(parts))):
        for advice in _by("names", parts[position]):
            # What was imported by its own name has been reported there.
            if position >= said:
                yield advice.finding(usage, ".".join(parts[: position + 1]))
            return
    if usage.kind == "import" or len(parts) > said:
        yield _unknown(usage)


def _unknown(usage: Usage) -> Finding:
    """A name that the table does not hold: perhaps one like it is here."""
    advice = table().package
    nearest = import_of(usage.name.rpartition(".")[2]) if "." in usage.name else ""
    return advice.finding(usage, usage.name)._replace(instead=nearest or advice.instead)


def _of_unbound(usage: Usage) -> Iterator[Finding]:
    """A name without an import, as in a snippet: v0.2's only if v0.4 has none of that name."""
    name = usage.name.removeprefix(UNBOUND)
    if name not in modules_by_name():
        yield from (advice.finding(usage, name) for advice in _by("names", name))


def _of_word(usage: Usage) -> Iterator[Finding]:
    if usage.kind == "attribute":
        shown, owner = f".{usage.name}", called_last(usage.owner)
    else:
        shown, owner = f"{usage.name}=", usage.owner.rpartition(".")[2].lstrip(UNBOUND)
    for advice in _by(f"{usage.kind}s", usage.name):
        if not advice.of or owner in _owners(advice):
            yield advice.finding(usage, shown)


def _owners(advice: Advice) -> set[str]:
    agents = table().agents if "agents" in advice.of else ()
    return {*advice.of, *agents}


def _may_be_v02(origin: str) -> bool:
    """Not what is known to come from elsewhere."""
    package = package_of(origin)
    return package in PACKAGES or package == LOCAL or package.startswith(UNBOUND)


@cache
def _index(field: str) -> Mapping[str, list[Advice]]:
    index: dict[str, list[Advice]] = {}
    for advice in table().entries:
        for word in getattr(advice, field):
            index.setdefault(word, []).append(advice)
    return index


def _by(field: str, word: str) -> list[Advice]:
    return _index(field).get(word, [])
