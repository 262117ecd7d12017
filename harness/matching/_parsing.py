"""Key parts as a line of text, for settings files and the command line."""

from collections.abc import Callable
from difflib import get_close_matches

from harness.errors import UsageError
from harness.matching._normalising import Normalise
from harness.matching._parts import AnyHost, Count, Ignore, KeyPart, MatchOn
from harness.matching._ready_made import ready_made

FORMS = (
    "ignore:/seed", "ignore:query:session", "ignore:host", "count:header:openai-beta",
    "normalise:uuid", "normalise:date:/messages/0", "normalise:\\d+ -> <number>", "any-host",
    "match_on:method,path,body",
)  # fmt: skip
"""An example of each."""


def parse_key_part(text: str) -> KeyPart:
    """The key part that a line of text declares.

    Raises:
        UsageError: It declares none; with the nearest thing, and examples.

    >>> parse_key_part("ignore:/seed")
    Ignore(part='/seed')
    """
    kind, _, rest = (part.strip() for part in text.partition(":"))
    if kind in ("any-host", "any_host") and not rest:
        return AnyHost()
    if kind in _MAKERS and rest:
        return _MAKERS[kind](rest)
    near = get_close_matches(kind, _MAKERS, n=1)
    meant = f"Did you mean {near[0]!r}? " if near and near[0] != kind else ""
    raise UsageError(f"{text!r} is no key part. {meant}Written are: {', '.join(FORMS)}.")


def _match_on(text: str) -> MatchOn:
    return MatchOn(tuple(text.replace(",", " ").split()))


def _normalise(text: str) -> KeyPart:
    pattern, arrow, replacement = text.partition(" -> ")
    if arrow:
        return Normalise(pattern.strip(), replacement.strip())
    name, _, pointer = text.partition(":")
    return ready_made(name, pointer)


_MAKERS: dict[str, Callable[[str], KeyPart]] = {
    "ignore": Ignore,
    "count": Count,
    "normalise": _normalise,
    "normalize": _normalise,
    "match_on": _match_on,
}
