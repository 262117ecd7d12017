"""What agentchat offers, read from its source: no vendor's library is needed to know it."""

import ast
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "agentchat"


@cache
def modules_by_name() -> Mapping[str, Sequence[str]]:
    """In which public modules each public name stands."""
    spec = find_spec(PACKAGE)
    assert spec is not None
    assert spec.origin is not None
    top = Path(spec.origin).parent
    found: dict[str, list[str]] = {}
    for file in sorted(top.rglob("*.py")):
        parts = file.relative_to(top.parent).with_suffix("").parts
        module = parts[:-1] if parts[-1] == "__init__" else parts
        if not any(part.startswith("_") for part in module):
            for name in declared(file):
                found.setdefault(name, []).append(".".join(module))
    return found


def declared(file: Path) -> Sequence[str]:
    """The names in a module's `__all__`."""
    for node in ast.parse(file.read_bytes()).body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=names)):
                return [str(each.value) for each in names if isinstance(each, ast.Constant)]
    return ()


def import_of(name: str) -> str:
    """The import of a public name, or of the one most like it; empty if none is."""
    names = modules_by_name()
    for nearest in [name] if name in names else get_close_matches(name, names, n=1, cutoff=0.9):
        return f"from {names[nearest][0]} import {nearest}"
    return ""
