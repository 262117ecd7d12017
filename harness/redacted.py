"""What became of the secrets of recordings, told in lines."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from harness.interactions import Cassette, Headers, Interaction, Response
from harness.redaction import ACCOUNT_HEADERS, names_replaced_in

Counts = Mapping[str, int]
"""In how many interactions, by the secret's name."""

_MOST_NAMED = 3
"""Cassettes of which the same is told; of more, only the number is."""


class Redacted(NamedTuple):
    """What became of the secrets of a cassette."""

    cassette: str
    replaced: Counts
    left_out: Counts = {}


def replaced_in(cassette: Cassette) -> dict[str, int]:
    """What placeholders stand for, and in how many interactions each stands."""
    found = Counter(name for each in cassette.interactions for name in _replaced(each))
    return dict(sorted(found.items()))


def left_out(sent: Interaction, kept: Interaction) -> frozenset[str]:
    """The headers that let in whoever has them, or say who asked, of which nothing is kept.

    Args:
        sent: An interaction as it was.
        kept: As it stands in a cassette.
    """
    return _account_headers(sent) - _account_headers(kept)


def redaction_lines(told: Iterable[Redacted]) -> list[str]:
    """Lines for people; cassettes in which the same became of secrets share one.

    Args:
        told: Of several for one cassette, the last counts.

    >>> redaction_lines([Redacted("a.yaml", {"MY_KEY": 1, "cookie": 2}, {"authorization": 2})])
    ['a.yaml: replaced MY_KEY (1), cookie (2); left out authorization (2)']
    """
    alike: defaultdict[tuple[frozenset[str], ...], list[Redacted]] = defaultdict(list)
    for each in {each.cassette: each for each in told}.values():
        if each.replaced or each.left_out:
            alike[frozenset(each.replaced), frozenset(each.left_out)].append(each)
    return [_line(same) for same in alike.values()]


def _line(same: list[Redacted]) -> str:
    names = [each.cassette for each in same]
    where = ", ".join(names) if len(names) <= _MOST_NAMED else f"{len(names)} cassettes"
    replaced = _sums("replaced", [each.replaced for each in same])
    left_out = _sums("left out", [each.left_out for each in same])
    return f"{where}: {'; '.join(filter(None, (replaced, left_out)))}"


def _sums(what: str, several: list[Counts]) -> str:
    sums = sum(map(Counter, several), Counter[str]())
    said = ", ".join(f"{name} ({count})" for name, count in sorted(sums.items()))
    return f"{what} {said}" if said else ""


def _replaced(interaction: Interaction) -> set[str]:
    return {name for text in _texts(interaction) for name in names_replaced_in(text)}


def _texts(interaction: Interaction) -> Iterator[bytes]:
    request, response = interaction.request, interaction.response
    small = [request.url, repr(request.headers), repr(response.ending)]
    yield request.body
    if isinstance(response, Response):
        small.append(repr(response.headers))
        yield response.content
    yield "\n".join(small).encode(errors="replace")


def _account_headers(interaction: Interaction) -> frozenset[str]:
    request, response = interaction.request, interaction.response
    answered = response.headers if isinstance(response, Response) else ()
    return _accounts_in(tuple(request.headers)) | _accounts_in(tuple(answered))


# Nearly all exchanges of a client have the same headers.
@lru_cache(maxsize=64)
def _accounts_in(headers: Headers) -> frozenset[str]:
    return frozenset(name.lower() for name, _ in headers) & ACCOUNT_HEADERS
