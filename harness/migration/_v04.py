"""AutoGen's names since v0.4: whether they are here, asked of the package itself."""

import inspect
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict

from agentchat._upstream import OURS_BY_UPSTREAM, our_name, upstream_name
from agentchat.compat._absent import absent_room
from harness.migration._findings import Finding
from harness.migration._public_names import PACKAGE, declared, import_of
from harness.migration._usages import Usage, package_of

_PACKAGES = (*OURS_BY_UPSTREAM, PACKAGE)


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Difference(_Record):
    """What a program may see otherwise here than under AutoGen 0.7.5."""

    names: tuple[str, ...]
    """Ours, dotted."""

    what: str
    why: str


class Table(_Record):
    """What the package itself can't tell."""

    differences: tuple[Difference, ...]

    def difference(self, name: str) -> Difference | None:
        """What differs with a name; None if nothing does."""
        return next((each for each in self.differences if name in each.names), None)


@cache
def table() -> Table:
    """What is known of v0.4 beside the package."""
    text = (files("harness.migration") / "v04.yaml").read_text(encoding="utf-8")
    return Table.model_validate(yaml.safe_load(text))


class Found(NamedTuple):
    """What stands behind a dotted name."""

    module: str
    name: str
    """In the module; empty for the module itself."""

    value: Any
    """None if it can't be loaded in this environment."""

    needs: str = ""
    """Why it can't: whose library is missing, and how it is installed."""


class Missing(NamedTuple):
    """A dotted name of which only the beginning is here."""

    module: str
    name: str


def findings(usage: Usage) -> Iterator[Finding]:
    """What there is to say about a name of v0.4, or about an argument of what it calls."""
    match usage.kind:
        case "import" | "name" | "provider" if package_of(usage.name) in _PACKAGES:
            if not _is_said_already(usage):
                yield _of_name(usage)
        case "keyword" if package_of(usage.owner) in _PACKAGES:
            yield from _of_keyword(usage)


@cache
def look_up(name: str) -> Found | Missing:
    """What is behind a dotted name, AutoGen's or ours; what lies in a class is not looked at."""
    parts = our_name(name).split(".")
    depth = _depth(parts)
    module = ".".join(parts[:depth])
    if depth == len(parts) or parts[depth] == "*":
        return Found(module, "", ModuleType(module))
    return _in(module, parts[depth])


def _depth(parts: Sequence[str]) -> int:
    """How many of the parts name a module; the first one always does."""
    for depth in range(2, len(parts) + 1):
        try:
            spec = find_spec(".".join(parts[:depth]))
        except ImportError:
            # The part before is no package, or one that can't be loaded in this environment.
            return depth - 1
        if spec is None:
            return depth - 1
    return len(parts)


def _in(module: str, name: str) -> Found | Missing:
    try:
        return Found(module, name, getattr(import_module(module), name))
    except AttributeError:
        return Missing(module, name)
    except ImportError as error:
        spec = find_spec(module)
        is_declared = spec and spec.origin and name in declared(Path(spec.origin))
        return Found(module, name, None, str(error)) if is_declared else Missing(module, name)


def _is_said_already(usage: Usage) -> bool:
    """Whether it is a member of something that was looked up where it was imported."""
    if usage.kind != "name":
        return False
    imported = look_up(usage.owner)
    return not (isinstance(imported, Found) and isinstance(imported.value, ModuleType))


def _of_name(usage: Usage) -> Finding:
    found = look_up(usage.name)
    if isinstance(found, Missing):
        return _missing(usage, found)
    instead = f"from {found.module} import {found.name}" if found.name else f"import {found.module}"
    difference = table().difference(f"{found.module}.{found.name}")
    if difference is not None:
        why = " ".join(filter(None, (difference.what, difference.why, found.needs)))
        return Finding(usage.place, usage.name, "differs", why, instead)
    return Finding(usage.place, usage.name, "supported", found.needs, instead)


def _missing(usage: Usage, missing: Missing) -> Finding:
    why = f"{missing.module} has no {missing.name}."
    nearest = import_of(usage.name.rpartition(".")[2])
    if not nearest:
        room = absent_room(upstream_name(our_name(usage.name)))
        if room is not None:
            return Finding(usage.place, usage.name, "rewrite", f"{why} {room.why}", room.instead)
    return Finding(usage.place, usage.name, "rewrite", why, nearest)


def _of_keyword(usage: Usage) -> Iterator[Finding]:
    found = look_up(usage.owner)
    if not isinstance(found, Found) or not found.name or not callable(found.value):
        return
    # Only a direct call: what a method takes is not known from its name.
    if our_name(usage.owner) != f"{found.module}.{found.name}":
        return
    try:
        parameters = inspect.signature(found.value).parameters
    except (TypeError, ValueError):
        return
    takes_any = any(each.kind is each.VAR_KEYWORD for each in parameters.values())
    if not takes_any and usage.name not in parameters:
        what = f"{usage.owner}({usage.name}=...)"
        nearest = get_close_matches(usage.name, parameters, n=1)
        why = f"{found.name} takes no {usage.name!r}; it takes {', '.join(nearest or parameters)}."
        yield Finding(usage.place, what, "rewrite", why)
