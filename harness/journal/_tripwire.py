"""The last look before anything is written: whether a secret that is known still stands in it."""

from collections.abc import Iterator
from functools import lru_cache

from harness.interactions import Interaction, Response
from harness.redaction import KnownSecrets, event_texts


def secret_in(interaction: Interaction, known: KnownSecrets) -> tuple[str, str] | None:
    """The name of a secret that the interaction still holds, and where.

    It searches all that is stored, not only what is redacted.
    """
    places = list(_small_places(interaction))
    # Nearly always there is nothing: one search costs less than many.
    if _is_clean(b"\n".join(data for _, data in places), known):
        places.clear()
    for place, data in (*places, *_bodies(interaction)):
        if name := known.name_in(data):
            return name, place
    return None


# Nearly all exchanges of a client have the same address and headers.
@lru_cache(maxsize=64)
def _is_clean(data: bytes, known: KnownSecrets) -> bool:
    return known.name_in(data) is None


def _small_places(interaction: Interaction) -> Iterator[tuple[str, bytes]]:
    request, response = interaction.request, interaction.response
    yield "test", interaction.test.encode(errors="replace")
    yield "agent path", "\n".join(interaction.agent_path).encode(errors="replace")
    yield "request line", f"{request.method} {request.url}".encode(errors="replace")
    yield "request headers", repr(request.headers).encode(errors="replace")
    yield "failure", repr(response.ending).encode(errors="replace")
    if isinstance(response, Response):
        yield "response headers", repr(response.headers).encode(errors="replace")


def _bodies(interaction: Interaction) -> Iterator[tuple[str, bytes]]:
    yield "request body", interaction.request.body
    if isinstance(interaction.response, Response):
        content = interaction.response.content
        yield "response body", content
        for text in event_texts(content):
            yield "response body, put together from its events", text
