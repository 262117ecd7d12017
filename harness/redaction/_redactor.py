"""The redactor: every rule for what is secret, applied to headers, URLs and bodies."""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import unquote_plus

from harness.redaction._known import CREDENTIAL_HEADERS, KnownSecrets
from harness.redaction._patterns import PLACEHOLDER, find_patterns, placeholder
from harness.redaction._rewriting import Edit, outside, rewritten

SECRET_HEADERS = CREDENTIAL_HEADERS | {
    "set-cookie",
    "openai-organization",
    "openai-project",
    "anthropic-organization-id",
    "x-request-id",
    "request-id",
    "x-ms-request-id",
    "x-ms-client-request-id",
    "apim-request-id",
    "x-amzn-requestid",
    "x-amzn-trace-id",
    "x-cloud-trace-context",
    "x-correlation-id",
    "traceparent",
    "tracestate",
    "cf-ray",
}
"""Headers that let in whoever has them, say who asked, or link to a vendor's logs."""

_SECRET_PARAMETER = re.compile(
    r"(?:key|api[_-]?key|(?:access|auth|id|refresh)?_?token|secret|password|sig|signature"
    r"|x-(?:amz|goog)-(?:signature|credential|security-token))$",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"(?<=://)[^/?#@]+(?=@)")


class Redactor:
    """Replaces secrets by placeholders; what is clean already, it returns as it is.

    A placeholder is stable: the same secret gives the same one in every process, and a secret known
    by name gives one that does not depend on its value.

    Args:
        known: Secrets by the name of where they are known from.
    """

    def __init__(self, known: Mapping[str, str] | None = None) -> None:
        self.known = KnownSecrets(known or {})
        # Every request has the same few headers and addresses.
        self._texts: dict[str, str] = {}
        self._urls: dict[str, str] = {}

    def body(self, data: bytes) -> bytes:
        """A whole body, redacted."""
        return self.pieces([data])[0]

    def pieces(self, pieces: Sequence[bytes]) -> list[bytes]:
        """A body in pieces, redacted; the borders between them stay."""
        pieces, clean = list(pieces), rewritten(pieces, self._find)
        # A secret may only show once its neighbour is gone.
        while clean != pieces:
            pieces, clean = clean, rewritten(clean, self._find)
        return clean

    def text(self, text: str) -> str:
        """A text, redacted."""
        if text not in self._texts:
            data = self.body(text.encode(errors="surrogatepass"))
            self._texts[text] = data.decode(errors="surrogatepass")
        return self._texts[text]

    def url(self, url: str) -> str:
        """A URL, redacted: also its login, and the values of parameters such as `api_key`."""
        if url not in self._urls:
            hidden = placeholder("login").decode()
            self._urls[url] = self.text(_parameters_redacted(_LOGIN.sub(hidden, url)))
        return self._urls[url]

    def headers(self, headers: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Headers, redacted: the secret ones wholly, in the others what looks like a secret."""
        return tuple(
            (name, placeholder(name.lower()).decode())
            if name.lower() in SECRET_HEADERS
            else (name, self.text(value))
            for name, value in headers
        )

    def _find(self, data: bytes) -> list[Edit]:
        edits = [*self.known.find(data), *find_patterns(data)]
        if not edits or b"<secret:" not in data:
            return edits
        return outside(edits, [match.span() for match in PLACEHOLDER.finditer(data)])


def _parameters_redacted(url: str) -> str:
    address, mark, query = url.partition("?")
    if not mark:
        return url
    query, hash_mark, fragment = query.partition("#")
    parameters = "&".join(_parameter_redacted(part) for part in query.split("&"))
    return f"{address}?{parameters}{hash_mark}{fragment}"


def _parameter_redacted(parameter: str) -> str:
    name, mark, value = parameter.partition("=")
    if not value or not _SECRET_PARAMETER.fullmatch(unquote_plus(name)):
        return parameter
    return f"{name}{mark}{placeholder('parameter').decode()}"
