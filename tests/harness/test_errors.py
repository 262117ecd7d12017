"""The drawn tree of errors is the tree that there is."""

import re

import harness.errors
from harness.errors import ReplayMiss

DRAWN = re.compile(r"^((?:[│├└─] *)*)(\w+)(?:  |$)", re.MULTILINE)


def drawn() -> dict[str, str]:
    """The name of what each error is drawn below; empty for those that stand alone."""
    above: list[str] = []
    found: dict[str, str] = {}
    for branches, name in DRAWN.findall(harness.errors.__doc__ or ""):
        depth = len(branches) // 4
        found[name] = above[depth - 1] if depth else ""
        above[depth:] = [name]
    return found


def test_every_error_is_drawn_below_its_own_base() -> None:
    kinds = [getattr(harness.errors, name) for name in harness.errors.__all__]

    bases = {each.__name__: each.__bases__[0] for each in kinds if isinstance(each, type)}

    assert drawn() == {
        name: base.__name__ if issubclass(base, harness.errors.HarnessError) else ""
        for name, base in bases.items()
    }


def test_an_error_is_called_as_it_is_imported() -> None:
    assert f"{ReplayMiss.__module__}.{ReplayMiss.__qualname__}" == "harness.errors.ReplayMiss"
