"""The last look before anything is written: whether a secret that is known still stands in it."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from harness.interactions import Ending, Headers, Interaction, Response
from harness.redaction import KnownSecrets, event_texts


def secret_in(interaction: Interaction, known: KnownSecrets) -> tuple[str, str] | None:
    """The name of a secret that the interaction still holds, and where.

    It searches all that is stored, not only what is redacted.
    """
    request, response = interaction.request, interaction.response
    small = _Small(
        interaction.test,
        interaction.agent_path,
        request.method,
        request.url,
        request.headers,
        response.ending,
        response.headers if isinstance(response, Response) else (),
    )
    return _in_small(small, known) or _first(_bodies(interaction), known)


class _Small(NamedTuple):
    """All of an interaction but its bodies."""

    test: str
    agent_path: tuple[str, ...]
    method: str
    url: str
    headers: Headers
    ending: Ending
    answered_headers: Headers


# Nearly all exchanges of a client have the same address and headers.
@lru_cache(maxsize=64)
def _in_small(small: _Small, known: KnownSecrets) -> tuple[str, str] | None:
    texts = {
        "test": small.test,
        "agent path": "\n".join(small.agent_path),
        "request line": f"{small.method} {small.url}",
        "request headers": repr(small.headers),
        "failure": repr(small.ending),
        "response headers": repr(small.answered_headers),
    }
    return _first(((where, text.encode(errors="replace")) for where, text in texts.items()), known)


def _first(places: Iterable[tuple[str, bytes]], known: KnownSecrets) -> tuple[str, str] | None:
    found = ((known.name_in(data), place) for place, data in places)
    return next(((name, place) for name, place in found if name), None)


def _bodies(interaction: Interaction) -> Iterator[tuple[str, bytes]]:
    yield "request body", interaction.request.body
    if isinstance(interaction.response, Response):
        content = interaction.response.content
        yield "response body", content
        for text in event_texts(content):
            yield "response body, put together from its events", text
