"""Interactions made fit for a file that others read, and for comparison with one."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from harness.cassette import (
    Cassette,
    Chunk,
    Ending,
    Failure,
    Headers,
    Interaction,
    Request,
    Response,
    Unanswered,
)
from harness.formats import reviewable
from harness.redaction import KnownSecrets, Redactor, Replacing, credentials_in, event_texts

# What else a message says in its headers is about the connection, the machine or the account.
_REQUEST_HEADERS = frozenset({"content-type", "openai-beta", "anthropic-version", "anthropic-beta"})
_RESPONSE_HEADERS = frozenset(
    {"content-type", "content-encoding", "location", "retry-after", "retry-after-ms",
     "x-should-retry"}
)  # fmt: skip


class Cleaning:
    """Replaces volatile texts and secrets.

    Args:
        stable_by_volatile: Texts that differ from run to run, and what stands for them.
        secrets: Those that the process knows, by name.
    """

    def __init__(self, stable_by_volatile: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        self._replacing = Replacing(stable_by_volatile)
        volatile_by_stable: dict[str, str] = {}
        for volatile, stable in stable_by_volatile.items():
            volatile_by_stable.setdefault(stable, volatile)
        self._restoring = Replacing(volatile_by_stable)
        self._secrets = dict(secrets)
        self._redactor = Redactor(secrets)

    def learn(self, headers: Headers) -> None:
        """Takes the credentials that a request sends for secrets from now on."""
        credentials = credentials_in(headers)
        if not credentials.items() <= self._secrets.items():
            # The header's name comes first: it is the same on every machine.
            self._secrets = {**credentials, **self._secrets, **credentials}
            self._redactor = Redactor(self._secrets)

    @property
    def known(self) -> KnownSecrets:
        """The secrets that the process knows."""
        return self._redactor.known

    def request(self, request: Request) -> Request:
        """The request as it is compared and stored."""
        return Request(
            request.method,
            self._redactor.url(self._replacing.text(request.url)),
            self._headers(request.headers, _REQUEST_HEADERS),
            self._redactor.body(self._replacing.body(request.body)),
        )

    def interaction(self, interaction: Interaction) -> Interaction:
        """The interaction as it is stored."""
        request = self.request(interaction.request)
        return Interaction(
            replace(request, body=reviewable(request.body)),
            self._response(interaction.response),
            interaction.agent_path,
        )

    def restored(self, response: Response | Unanswered) -> Response | Unanswered:
        """The response with this run's volatile texts in place of the stored ones."""
        if isinstance(response, Unanswered):
            return response
        return replace(response, body=_rewritten(response.body, self._restoring))

    def _response(self, response: Response | Unanswered) -> Response | Unanswered:
        ending = self._ending(response.ending)
        if isinstance(response, Unanswered):
            return Unanswered("stopped" if ending == "complete" else ending, response.duration_ns)
        body = _rewritten(_rewritten(response.body, self._replacing), self._redactor)
        return Response(
            response.status,
            self._headers(response.headers, _RESPONSE_HEADERS),
            reviewable(body) if isinstance(body, bytes) else body,
            response.duration_ns,
            ending,
        )

    def _ending(self, ending: Ending) -> Ending:
        if not isinstance(ending, Failure):
            return ending
        message = ending.message.encode(errors="backslashreplace").decode()
        return Failure(ending.error, self._redactor.text(self._replacing.text(message)))

    def _headers(self, headers: Headers, kept: frozenset[str]) -> Headers:
        return self._redactor.headers(
            [(name.lower(), self._replacing.text(value)) for name, value in headers
             if name.lower() in kept]
        )  # fmt: skip


def secret_in(cassette: Cassette, known: KnownSecrets) -> tuple[str, str] | None:
    """The name of a secret that the cassette still holds, and where; the last look before a write.

    It searches all that is stored, not only what is redacted.
    """
    for number, interaction in enumerate(cassette.interactions, start=1):
        for place, data in _parts(interaction):
            if name := known.name_in(data):
                return name, f"interaction {number}, {place}"
    return None


def _parts(interaction: Interaction) -> Iterator[tuple[str, bytes]]:
    request, response = interaction.request, interaction.response
    yield "agent path", "\n".join(interaction.agent_path).encode(errors="replace")
    yield "request line", f"{request.method} {request.url}".encode(errors="replace")
    yield "request headers", repr(request.headers).encode(errors="replace")
    yield "request body", request.body
    yield "failure", repr(response.ending).encode(errors="replace")
    if isinstance(response, Response):
        yield "response headers", repr(response.headers).encode(errors="replace")
        yield "response body", response.content
        for text in event_texts(response.content):
            yield "response body, put together from its events", text


def _rewritten(
    body: bytes | tuple[Chunk, ...], rewriter: Replacing | Redactor
) -> bytes | tuple[Chunk, ...]:
    if isinstance(body, bytes):
        return rewriter.body(body)
    pieces = rewriter.pieces([chunk.data for chunk in body])
    return tuple(Chunk(chunk.at_ns, data) for chunk, data in zip(body, pieces, strict=True))
