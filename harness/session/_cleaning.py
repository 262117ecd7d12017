"""Interactions made fit for a file that others read, and for comparison with one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from harness.fields import with_lasting_border
from harness.formats import decompressed
from harness.interactions import (
    Chunk,
    Ending,
    Failure,
    Headers,
    Interaction,
    Request,
    Response,
    Unanswered,
    grouped,
)
from harness.journal import laid_out
from harness.redaction import KnownSecrets, Redactor, Replacing, Rule, parse_rule

# What else a message says in its headers is about the connection, the machine or the account. Of
# cookies it is told that there were some.
REQUEST_HEADERS = frozenset(
    {"content-type", "openai-beta", "anthropic-version", "anthropic-beta", "cookie"}
)
RESPONSE_HEADERS = frozenset(
    {"content-type", "content-encoding", "location", "retry-after", "retry-after-ms",
     "x-should-retry", "set-cookie"}
)  # fmt: skip
_NO_COOKIE = ("set-cookie", "<secret:set-cookie>")
_KEY = "HARNESS_REDACTION_KEY"


class Cleaning:
    """Replaces volatile texts and secrets.

    Args:
        stable_by_volatile: Texts that differ from run to run, and what stands for them.
        secrets: Those that the process knows, by name. One called `HARNESS_REDACTION_KEY` is also
            the key for digests of what the rules remove.
        redact: Rules of the project for what else is secret; a text is read by `parse_rule`.
        kept_headers: Headers of a request that a cassette keeps besides the usual ones, in lower
            case: those that count when it is matched.

    Raises:
        UsageError: A text is no rule.
    """

    def __init__(
        self,
        stable_by_volatile: Mapping[str, str],
        secrets: Mapping[str, str],
        redact: Sequence[Rule | str] = (),
        kept_headers: Collection[str] = (),
    ) -> None:
        self._replacing = Replacing(stable_by_volatile)
        volatile_by_stable: dict[str, str] = {}
        for volatile, stable in stable_by_volatile.items():
            volatile_by_stable.setdefault(stable, volatile)
        self._restoring = Replacing(volatile_by_stable)
        self._has_volatile = bool(volatile_by_stable)
        self._redactor = Redactor(secrets, _rules(redact), secrets.get(_KEY, ""))
        # Nearly all requests of a client have the same.
        self._learned: tuple[Headers, str] = (), ""
        self._kept = REQUEST_HEADERS.union(kept_headers)

    def learn(self, request: Request) -> bool:
        """Takes the credentials that a request sends for secrets from now on.

        Returns:
            Whether any of them is new.
        """
        sent = request.headers, request.url
        if sent == self._learned:
            return False
        before = self._redactor.known
        self._redactor.learn(*sent)
        self._learned = sent
        return self._redactor.known is not before

    @property
    def redactor(self) -> Redactor:
        """Takes out what is secret."""
        return self._redactor

    @property
    def known(self) -> KnownSecrets:
        """The secrets that the process knows."""
        return self._redactor.known

    def request(self, request: Request) -> Request:
        """The request as it is compared and stored."""
        headers, body = with_lasting_border(request.headers, _decompressed(request))
        return Request(
            request.method,
            self._redactor.text(self._replacing.text(request.url)),
            self._headers(headers, self._kept),
            self._redactor.body(self._replacing.body(body)),
        )

    def interaction(self, interaction: Interaction) -> Interaction:
        """The interaction as it stands in a cassette."""
        request, response = self.request(interaction.request), self.response(interaction.response)
        return laid_out(replace(interaction, request=request, response=response))

    def restored(self, response: Response | Unanswered) -> Response | Unanswered:
        """The response with this run's volatile texts in place of the stored ones."""
        if isinstance(response, Unanswered):
            return response
        if _NO_COOKIE in response.headers:
            # A client would take it for a cookie, and send it.
            kept = tuple(header for header in response.headers if header != _NO_COOKIE)
            response = replace(response, headers=kept)
        if not self._has_volatile:
            return response
        return replace(response, body=_rewritten(response.body, self._restoring))

    def response(self, response: Response | Unanswered) -> Response | Unanswered:
        """The response as it is compared and stored."""
        ending = self._ending(response.ending)
        if isinstance(response, Unanswered):
            return Unanswered("stopped" if ending == "complete" else ending, response.duration_ns)
        body = _rewritten(_rewritten(response.body, self._replacing), self._redactor)
        return Response(
            response.status,
            self._headers(response.headers, RESPONSE_HEADERS),
            body,
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
            grouped((name.lower(), self._replacing.text(value)) for name, value in headers
                    if name.lower() in kept)
        )  # fmt: skip


def _decompressed(request: Request) -> bytes:
    """The body as it can be read and compared: two compressions of it seldom have equal bytes."""
    if not any(name.lower() == "content-encoding" for name, _ in request.headers):
        return request.body
    _, chunks = decompressed(request.headers, [Chunk(0, request.body)])
    return b"".join(chunk.data for chunk in chunks)


def _rewritten(
    body: bytes | tuple[Chunk, ...], rewriter: Replacing | Redactor
) -> bytes | tuple[Chunk, ...]:
    if isinstance(body, bytes):
        return rewriter.body(body)
    pieces = rewriter.pieces([chunk.data for chunk in body])
    return tuple(Chunk(chunk.at_ns, data) for chunk, data in zip(body, pieces, strict=True))


def _rules(redact: Sequence[Rule | str]) -> list[Rule]:
    several = [redact] if isinstance(redact, str) else redact
    return [parse_rule(rule) if isinstance(rule, str) else rule for rule in several]
