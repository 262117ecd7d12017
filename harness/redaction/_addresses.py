"""What is secret in an address: its login, and the values of parameters such as `api_key`."""

import re
from collections.abc import Collection, Iterator
from urllib.parse import unquote, unquote_plus

from harness.redaction._known import is_telling
from harness.redaction._patterns import Found

_LOGIN = re.compile(rb"(?<=://)[^/?#@\s]+(?=@)")
_QUERY = re.compile(rb"(?<=\?)[^#\s\"']+")
_PARAMETER = re.compile(rb"([^&=]+)=([^&]+)")
_SECRET_PARAMETER = re.compile(
    r"(?:key|api[_-]?key|(?:access|auth|id|refresh)?_?token|client_secret|secret|password|sig"
    r"|signature|x-(?:amz|goog)-(?:signature|credential|security-token))"
)
_CREDENTIAL = re.compile(r"api[_-]?key|(?:access|auth)_?token|client_secret|secret|password")
_SHORTEST = 16
"""Characters of what is looked for elsewhere: nothing says that a parameter is no mere word."""


def credentials_in_addresses(text: bytes) -> Iterator[tuple[str, str]]:
    """The values, with their kind, that let in whoever has them, in the addresses in a text."""
    for kind, start, end in find_in_addresses(text):
        value = unquote(text[start:end].decode(errors="replace"))
        before = text[:start].rpartition(b"&")[2].rpartition(b"?")[2]
        name = unquote_plus(before.rstrip(b"=").decode(errors="replace")).lower()
        if kind == "login":
            value = value.partition(":")[2]
        elif not _CREDENTIAL.fullmatch(name):
            continue
        if len(value) >= _SHORTEST and is_telling(value):
            yield kind, value


def find_in_addresses(text: bytes, parameters: Collection[str] = ()) -> Iterator[Found]:
    """The secrets in the addresses in a text.

    Args:
        text: An address, or what may hold some.
        parameters: Further parameters that are secret, in lower case.
    """
    for login in _LOGIN.finditer(text):
        yield Found("login", *login.span())
    for query in _QUERY.finditer(text):
        for parameter in _PARAMETER.finditer(text, *query.span()):
            name = unquote_plus(parameter[1].decode(errors="replace")).lower()
            if name in parameters or _SECRET_PARAMETER.fullmatch(name):
                yield Found("parameter", *parameter.span(2))
