"""What became of the secrets of a recording, told in a line."""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache

from harness.interactions import Cassette, Headers, Interaction, Response
from harness.redaction import ACCOUNT_HEADERS, names_replaced_in

Counts = Mapping[str, int]
"""In how many interactions, by the secret's name."""


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


def redaction_line(cassette: str, replaced: Counts, dropped: Counts) -> str:
    """A line for people; empty when there is nothing to tell.

    >>> redaction_line("a.yaml", {"MY_KEY": 1, "cookie": 2}, {"authorization": 2})
    'a.yaml: replaced MY_KEY (1), cookie (2); left out authorization (2)'
    """
    said = [
        f"{what} {', '.join(f'{name} ({count})' for name, count in sorted(counts.items()))}"
        for what, counts in (("replaced", replaced), ("left out", dropped))
        if counts
    ]
    return f"{cassette}: {'; '.join(said)}" if said else ""


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
