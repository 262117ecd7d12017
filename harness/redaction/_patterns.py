"""What the credentials and account names of common vendors look like."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from harness.redaction._edits import positions
from harness.redaction._runs import long_runs


class Pattern(NamedTuple):
    """A kind of secret."""

    name: str
    prefixes: tuple[bytes, ...]
    """How it begins; empty when its surroundings tell it."""

    mark: bytes
    """What stands in all data that holds one, in small letters, for a quick look."""

    secret: re.Pattern[bytes]
    """Its group `secret`, if it has one, is the part to remove."""


class Found(NamedTuple):
    """A secret, by its form."""

    name: str
    start: int
    end: int


# A token that only begins inside a longer word is none. After a backslash, `n`, `t` and the like
# are JSON's way to write white space, not part of the word.
_WORD_BEFORE = re.compile(rb"[A-Za-z0-9_-]$")
_ESCAPE_BEFORE = re.compile(rb"\\(?:[nrtbf]|u[0-9a-fA-F]{4})$")
# A digit tells a key from words that share its beginning: `user_preferences`, `sk-learn`.
_WITH_DIGIT = rb"(?=[A-Za-z_-]*[0-9])"


def _token(name: str, prefixes: str, rest: bytes) -> Pattern:
    beginnings = tuple(prefix.encode() for prefix in prefixes.split())
    either = b"|".join(re.escape(beginning) for beginning in beginnings)
    return Pattern(name, beginnings, b"", re.compile(b"(?:" + either + b")" + rest))


def _told_by(name: str, mark: bytes, surroundings: bytes) -> Pattern:
    return Pattern(name, (), mark, re.compile(surroundings))


PATTERNS = (
    _token("api-key", "sk- sk_ rk_live_ rk_test_ pk_live_ pk-lf- xai- pplx- tvly- nvapi- jina_ "
           "pcsk_ tgp_v1_ lsv2_pt_ lsv2_sk_ e2b_ ntn_ lin_api_ glsa_ phx_",
           _WITH_DIGIT + rb"[A-Za-z0-9_-]{16,}"),
    # Names begin so too, and go on in words: `hf_hub_download`, `fw_llama-v3p1-405b`.
    _token("api-key", "csk- fw_ gsk_ hf_ r8_ sess-", _WITH_DIGIT + rb"[A-Za-z0-9]{16,}"),
    _token("api-key", "pa-", rb"[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])"),
    _token("api-key", "dapi", rb"[0-9a-f]{32}(?![0-9A-Za-z])"),
    _token("api-key", "SG.", rb"[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    _token("webhook-secret", "whsec_", rb"[A-Za-z0-9+/]{24,}=*"),
    _token("aws-key", "AKIA ASIA", rb"[0-9A-Z]{16}(?![0-9A-Za-z])"),
    _token("github-token", "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_", rb"[A-Za-z0-9_]{20,}"),
    _token("gitlab-token", "glpat-", rb"[A-Za-z0-9_-]{20,}"),
    _token("google-key", "AIza", rb"[0-9A-Za-z_-]{35}"),
    _token("google-key", "AQ.", rb"[0-9A-Za-z_-]{35,}"),
    _token("google-token", "ya29. GOCSPX- 1//0", rb"[0-9A-Za-z_-]{20,}"),
    _token("slack-token", "xoxb- xoxp- xoxa- xoxr- xoxs- xapp-", rb"[A-Za-z0-9-]{11,}"),
    _token("slack-webhook", "hooks.slack.com/services/", rb"[A-Za-z0-9/]{20,}"),
    _token("registry-token", "npm_ pypi- dop_v1_ sbp_ hvs.", rb"[A-Za-z0-9_-]{30,}"),
    _token("jwt", "eyJ", rb"[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"),
    _token("organization", "org- org_", _WITH_DIGIT + rb"[A-Za-z0-9]{16,}"),
    _token("project", "proj_", _WITH_DIGIT + rb"[A-Za-z0-9]{16,}"),
    _token("user", "user- user_", _WITH_DIGIT + rb"[A-Za-z0-9]{16,}"),
    _token("cookie", "__cf_bm= _cfuvid= __cflb=", rb"(?P<secret>[A-Za-z0-9_.%+/=-]{16,})"),
    # Azure's keys begin with anything, and have their maker's mark in the middle.
    _told_by("azure-key", b"jqqj99", rb"[A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{26}(?![A-Za-z0-9])"),
    _told_by("bearer", b"bearer ", rb"(?:[Bb]earer|BEARER) +(?P<secret>(?=[A-Za-z._~+/-]*[0-9])"
                       rb"[A-Za-z0-9._~+/-]{16,}=*)"),
    _told_by("login", b"basic ", rb"(?:[Bb]asic|BASIC) +(?P<secret>(?=[A-Za-z+/]*[0-9=])"
                      rb"[A-Za-z0-9+/]{12,}={0,2})"),
    _told_by("aws-secret", b"access", rb"(?i:secret_?access_?key)[\"'\\ :=]{1,8}"
                           rb"(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])"),
    _told_by("token", b"_token", rb"(?:access|refresh|id)_token\\*\" ?: ?\\*\""
                      rb"(?P<secret>[^\"\\ <]{16,})"),
    _told_by("token", b"client_", rb"(?:client_secret|client_assertion)="
                      rb"(?P<secret>[^&\s\"'\\<]{8,})"),
    _told_by("private-key", b"private key", rb"PRIVATE KEY-----(?P<secret>[^-]{32,})-----END"),
)  # fmt: skip


def find_patterns(data: bytes) -> Iterator[Found]:
    """Every secret that can be told by its form."""
    runs = long_runs(data)
    if not runs:
        return
    small = data.lower()
    for pattern in PATTERNS:
        group = "secret" if "secret" in pattern.secret.groupindex else 0
        if pattern.mark and pattern.mark in small:
            matches = pattern.secret.finditer(data)
        else:
            prefixes = [prefix for prefix in pattern.prefixes if prefix in runs]
            matches = _at_boundaries(pattern, prefixes, data)
        for match in matches:
            yield Found(pattern.name, *match.span(group))


def _at_boundaries(
    pattern: Pattern, prefixes: Sequence[bytes], data: bytes
) -> Iterator[re.Match[bytes]]:
    for prefix in prefixes:
        for start in positions(prefix, data):
            before = data[max(0, start - 6) : start]
            if _WORD_BEFORE.search(before) and not _ESCAPE_BEFORE.search(before):
                continue
            if match := pattern.secret.match(data, start):
                yield match
