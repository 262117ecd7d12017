"""What a project declares to be secret of its own, one line a rule."""

import re
from dataclasses import dataclass
from difflib import get_close_matches

from harness.errors import UsageError

_NAME = re.compile(r"[A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class ByPattern:
    """Redacts what a pattern finds in texts, and JSON numbers that it matches wholly.

    Raises:
        UsageError: The pattern is not a regular expression, or the name has other characters than
            letters, digits, `_`, `-` and `.`.
    """

    pattern: str
    """A regular expression; of one with a group `secret`, that group is the secret."""

    name: str
    """What stands for it: `email` gives `<secret:email>`."""

    def __post_init__(self) -> None:
        _check_name(self.name)
        try:
            re.compile(self.pattern)
        except re.error as error:
            raise UsageError(f"{self.pattern!r} is not a regular expression: {error}.") from error


@dataclass(frozen=True, slots=True)
class ByPointer:
    """Redacts a part of JSON bodies and events, or a field of forms and uploads, whatever it is.

    Raises:
        UsageError: It is no pointer, or the name has other characters than letters, digits, `_`,
            `-` and `.`.
    """

    pointer: str
    """A JSON pointer, where `*` stands for every key or position: `/users/*/email`."""

    name: str

    def __post_init__(self) -> None:
        _check_name(self.name)
        if not self.pointer.startswith("/"):
            raise UsageError(
                f"{self.pointer!r} is not a JSON pointer; it begins with a slash, as in '/user'."
            )


@dataclass(frozen=True, slots=True)
class ByHeader:
    """Redacts a header's value, wherever else it stands too."""

    header: str


@dataclass(frozen=True, slots=True)
class ByParameter:
    """Redacts a parameter's value in addresses."""

    parameter: str


Rule = ByPattern | ByPointer | ByHeader | ByParameter

FORMS = (
    "pattern:[\\w.]+@[\\w.]+ -> email", "pointer:/user/name -> name", "header:x-tenant",
    "query:session",
)  # fmt: skip
"""An example of each."""


def parse_rule(text: str) -> Rule:
    """The rule that a line of text declares, as in a settings file.

    Raises:
        UsageError: It declares none; with the nearest thing, and examples.

    >>> parse_rule("pointer:/user/name -> name")
    ByPointer(pointer='/user/name', name='name')
    """
    kind, _, rest = (part.strip() for part in text.partition(":"))
    what, arrow, name = (part.strip() for part in rest.rpartition(" -> "))
    if kind == "header" and rest:
        return ByHeader(rest)
    if kind == "query" and rest:
        return ByParameter(rest)
    if kind in ("pattern", "pointer") and arrow and what:
        return (ByPattern if kind == "pattern" else ByPointer)(what, name)
    near = get_close_matches(kind, ("pattern", "pointer", "header", "query"), n=1)
    meant = f"Did you mean {near[0]!r}? " if near and near[0] != kind else ""
    raise UsageError(f"{text!r} is no rule for redaction. {meant}Written are: {', '.join(FORMS)}.")


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} can't name a secret; use letters, digits, `_`, `-` and `.`, as in 'email'."
        )
