"""What the credentials and account names of common vendors look like."""

import hashlib
import re
from typing import NamedTuple

from harness.redaction._rewriting import Edit
from harness.redaction._runs import long_runs


class Pattern(NamedTuple):
    """A kind of secret."""

    name: str
    prefixes: tuple[bytes, ...]
    """How it begins; empty when its surroundings tell it."""

    secret: re.Pattern[bytes]
    """Its group `secret`, if it has one, is the part to remove."""


# A digit tells a key from words that share its beginning: `user_preferences`, `sk-learn`.
_WITH_DIGIT = rb"(?=[A-Za-z_-]*[0-9])"
_SHORTEST = 16
"""No secret has fewer characters."""


def _token(name: str, prefixes: str, rest: bytes) -> Pattern:
    beginnings = tuple(prefix.encode() for prefix in prefixes.split())
    either = b"|".join(re.escape(beginning) for beginning in beginnings)
    return Pattern(name, beginnings, re.compile(b"(?:" + either + b")" + rest))


PATTERNS = (
    _token("api-key", "sk- sk_ rk_live_ rk_test_ pk_live_ gsk_ xai- pplx- tvly- nvapi- r8_ hf_",
           _WITH_DIGIT + rb"[A-Za-z0-9_-]{16,}"),
    _token("aws-key", "AKIA ASIA", rb"[0-9A-Z]{16}(?![0-9A-Za-z])"),
    _token("github-token", "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_", rb"[A-Za-z0-9_]{20,}"),
    _token("gitlab-token", "glpat-", rb"[A-Za-z0-9_-]{20,}"),
    _token("google-key", "AIza", rb"[0-9A-Za-z_-]{35}"),
    _token("google-token", "ya29.", rb"[0-9A-Za-z_-]{20,}"),
    _token("slack-token", "xoxb- xoxp- xoxa- xoxr- xoxs- xapp-", rb"[A-Za-z0-9-]{11,}"),
    _token("jwt", "eyJ", rb"[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"),
    _token("organization", "org- org_", _WITH_DIGIT + rb"[A-Za-z0-9]{16,}"),
    _token("project", "proj_", _WITH_DIGIT + rb"[A-Za-z0-9]{16,}"),
    _token("user", "user- user_", _WITH_DIGIT + rb"[A-Za-z0-9]{16,}"),
    Pattern("bearer", (),
            re.compile(rb"(?:[Bb]earer|BEARER) +(?P<secret>(?=[A-Za-z._~+/-]*[0-9])"
                       rb"[A-Za-z0-9._~+/-]{16,}=*)")),
    Pattern("private-key", (),
            re.compile(rb"PRIVATE KEY-----(?P<secret>[^-]{32,})-----END")),
)  # fmt: skip

PLACEHOLDER = re.compile(rb"<secret:[A-Za-z0-9_.-]+(?::[0-9a-f]{4})?>")

# Both sides of a boundary: a token that only begins inside a longer word is none. After a
# backslash `n`, `t` and the like are JSON's way to write white space, not part of the word.
_WORD_BEFORE = re.compile(rb"[A-Za-z0-9_-]$")
_ESCAPE_BEFORE = re.compile(rb"\\(?:[nrtbf]|u[0-9a-fA-F]{4})$")


def placeholder(name: str, secret: bytes = b"") -> bytes:
    """What stands for a secret; with the secret, two of a kind get different ones.

    The digest has 16 bits: enough to tell requests apart, far too few to guess a secret from.
    """
    if not secret:
        return f"<secret:{name}>".encode()
    digest = hashlib.blake2b(secret, key=b"agentchat-harness", digest_size=2).hexdigest()
    return f"<secret:{name}:{digest}>".encode()


def find_patterns(data: bytes) -> list[Edit]:
    """Every secret that can be told by its form."""
    runs = long_runs(data, _SHORTEST)
    if not runs:
        return []
    return [
        edit
        for pattern in PATTERNS
        if not pattern.prefixes or any(prefix in runs for prefix in pattern.prefixes)
        for edit in _find(pattern, data)
    ]


def _find(pattern: Pattern, data: bytes) -> list[Edit]:
    group = "secret" if "secret" in pattern.secret.groupindex else 0
    return [
        Edit(*match.span(group), placeholder(pattern.name, match[group]))
        for match in pattern.secret.finditer(data)
        if _at_boundary(data, match.start())
    ]


def _at_boundary(data: bytes, start: int) -> bool:
    before = data[max(0, start - 6) : start]
    return not _WORD_BEFORE.search(before) or bool(_ESCAPE_BEFORE.search(before))
