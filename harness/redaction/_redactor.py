"""The redactor: every rule for what is secret, applied to headers, URLs and bodies."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from harness.redaction._addresses import credentials_in_addresses, find_in_addresses
from harness.redaction._edits import Edit, applied, outside
from harness.redaction._known import CREDENTIAL_HEADERS, KnownSecrets, credentials_in
from harness.redaction._patterns import Found, find_patterns
from harness.redaction._placeholders import PLACEHOLDER, Placeholders
from harness.redaction._rewriting import rewritten
from harness.redaction._rules import ByHeader, ByParameter, Rule
from harness.redaction._ruling import Ruling
from harness.redaction.disguises import EVERY, edits_below

ACCOUNT_HEADERS = CREDENTIAL_HEADERS | {
    "set-cookie",
    "openai-organization",
    "openai-project",
    "anthropic-organization-id",
}
"""Headers that let in whoever has them, or say who asked."""

SECRET_HEADERS = ACCOUNT_HEADERS | {
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
"""The same, and those that link to a vendor's logs."""


_LATEST = 8
"""Values of one name that stay known: signatures are others with each request."""


class Redactor:
    """Replaces secrets by placeholders; what is clean already, it returns as it is.

    A placeholder is stable: the same secret gives the same one in every process, and a secret known
    by name gives one that does not depend on its value. A placeholder with a short digest, as in
    older cassettes, goes on standing for its secret once one was met.

    Args:
        known: Secrets by the name of where they are known from.
        rules: What else is secret here.
        key: For digests of what the rules remove; without one, two such requests can be the same.
    """

    def __init__(
        self,
        known: Mapping[str, str] | None = None,
        rules: Sequence[Rule] = (),
        key: str = "",
    ) -> None:
        self._secrets = list((known or {}).items())
        self.known = KnownSecrets(self._secrets)
        self._placeholders = Placeholders(key.encode())
        self._ruling = Ruling(rules, self._placeholders)
        self._headers = {rule.header.lower() for rule in rules if isinstance(rule, ByHeader)}
        self._parameters = {
            rule.parameter.lower() for rule in rules if isinstance(rule, ByParameter)
        }
        self._sent: dict[str, KnownSecrets] = {}
        # Every request has the same few headers and addresses.
        self._texts: dict[str, str] = {}

    def learn(self, headers: Sequence[tuple[str, str]], url: str = "") -> None:
        """Takes the credentials that a request sends for secrets from now on."""
        credentials = [
            *credentials_in_addresses(url.encode(errors="surrogatepass")),
            *credentials_in(headers, CREDENTIAL_HEADERS | self._headers).items(),
        ]
        if not all(each in self._secrets for each in credentials):
            # The header's name comes first: it is the same on every machine.
            self._secrets = _latest(dict.fromkeys([*credentials, *self._secrets]))
            self.known = KnownSecrets(self._secrets)
            self._texts = {}

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
        """A text, redacted; also the logins and secret parameters of addresses in it."""
        if text not in self._texts:
            data = text.encode(errors="surrogatepass")
            self._learn_from(data)
            edits = [
                Edit(start, end, self._placeholders.named(name))
                for name, start, end in find_in_addresses(data, self._parameters)
            ]
            data = self.body(applied(edits, [data])[0])
            self._texts[text] = data.decode(errors="surrogatepass")
        return self._texts[text]

    def headers(self, headers: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Headers, redacted: the secret ones wholly, in the others what looks like a secret."""
        secret = SECRET_HEADERS | self._headers
        return tuple(
            (name, self._placeholders.named(name.lower()).decode())
            if name.lower() in secret
            else (name, self.text(value))
            for name, value in headers
        )

    def _learn_from(self, text: bytes) -> None:
        """What an address lets in with is a secret wherever else it stands, from now on."""
        for kind, value in credentials_in_addresses(text):
            if value not in self._sent:
                self._sent[value] = KnownSecrets([(kind, value)])
                self._texts = {}

    def _find(self, data: bytes) -> list[Edit]:
        known: list[Found] = []
        hidden = edits_below(data, partial(self._find_clear, known), EVERY)
        if not known:
            self.known.vouch_for(data)
        return _outside_of_placeholders([*hidden, *self._ruling.find(data)], data)

    def _find_clear(self, known: list[Found], data: bytes) -> list[Edit]:
        if b"<secret:" in data:
            self._placeholders.meet(data)
        named, told = self._placeholders.named, self._placeholders.told_apart
        met = list(self.known.find(data))
        for sent in self._sent.values():
            met += sent.find(data)
        known += met
        edits = [Edit(start, end, named(name)) for name, start, end in met]
        edits += [
            Edit(start, end, told(name, data[start:end]))
            for name, start, end in find_patterns(data)
        ]
        return _outside_of_placeholders(edits, data)


def _outside_of_placeholders(edits: list[Edit], data: bytes) -> list[Edit]:
    if not edits or b"<secret:" not in data:
        return edits
    return outside(edits, [match.span() for match in PLACEHOLDER.finditer(data)])


def _latest(secrets: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of each name the values that came last; they stand first."""
    times: Counter[str] = Counter()
    kept = []
    for name, value in secrets:
        times[name] += 1
        if times[name] <= _LATEST:
            kept.append((name, value))
    return kept
