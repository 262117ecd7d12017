"""Key parts: what of a request counts, against "all but the scheme and the headers"."""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any
from urllib.parse import unquote_plus

from harness.errors import UsageError
from harness.matching._content import Counted, Sent, header_lines, scheme_of
from harness.matching._values import LEFT_OUT, changed, steps_of

_EMPTY: dict[str, Any] = {
    "method": "",
    "host": "",
    "port": "",
    "path": "",
    "query": (),
    "body": b"",
}
BY_DEFAULT = tuple(_EMPTY)
"""What counts unless it is ignored."""

ON_DEMAND = ("scheme", "headers", "raw_body")
"""What counts only if it is declared to."""

NAMES = (*BY_DEFAULT, *ON_DEMAND, "uri")
"""Those of vcrpy's `match_on`."""


class KeyPart(ABC):
    """A declared exception to what counts."""

    __slots__ = ()

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers that count because of it, by name in lower case."""
        return ()

    @abstractmethod
    def applied(self, what: Counted, request: Sent) -> Counted:
        """What of the request counts after it, of what has counted before."""


@dataclass(frozen=True, slots=True)
class Ignore(KeyPart):
    """Leaves a part out of the key.

    Raises:
        UsageError: There is no such part.
    """

    part: str
    """A JSON pointer into the body, also to a form's field: `/seed`, where `*` stands for every key
    or position: `/messages/*/name`. Or `query:NAME`, where `*` stands for any letters. Or one of
    `method`, `host`, `port`, `path`, `query`, `body`."""

    def __post_init__(self) -> None:
        if not self.part.startswith(("/", "query:")):
            known_part(self.part, BY_DEFAULT, "a JSON pointer begins with a slash, as in '/seed'")

    def applied(self, what: Counted, request: Sent) -> Counted:
        """What of the request counts without the part."""
        if self.part.startswith("/"):
            body = changed(what.body, steps_of(self.part), lambda _: LEFT_OUT)
            return what._replace(body=body)
        _, is_parameter, name = self.part.partition("query:")
        if not is_parameter:
            return _without(what, self.part)
        left_out = re.compile(re.escape(name).replace(r"\*", ".*"), re.DOTALL)
        kept = (
            each
            for each in what.query
            if not left_out.fullmatch(unquote_plus(each.partition("=")[0]))
        )
        return what._replace(query=tuple(kept))


@dataclass(frozen=True, slots=True)
class AnyHost(KeyPart):
    """Lets what was recorded from one host be played for any other."""

    def applied(self, what: Counted, request: Sent) -> Counted:
        """What of the request counts wherever it is sent."""
        return what._replace(scheme="", host="", port="")


@dataclass(frozen=True, slots=True)
class Count(KeyPart):
    """Takes a part into the key that does not count by itself.

    Raises:
        UsageError: There is no such part.
    """

    part: str
    """`header:NAME`; or one of `scheme`, `headers` (all that a cassette keeps), `raw_body` (every
    byte, however the body could be read)."""

    def __post_init__(self) -> None:
        if not self._header:
            known_part(self.part, ON_DEMAND, "a header is named as in 'header:openai-beta'")

    @property
    def headers(self) -> tuple[str, ...]:
        """The header, if it is one."""
        return (self._header,) if self._header else ()

    @property
    def _header(self) -> str:
        return self.part.partition("header:")[2].strip().lower()

    def applied(self, what: Counted, request: Sent) -> Counted:
        """What of the request counts with the part."""
        if self.part == "scheme":
            return what._replace(scheme=scheme_of(request))
        if self.part == "raw_body":
            return what._replace(body=request.body, kind="")
        lines = (*what.headers, *header_lines(request, self._header))
        return what._replace(headers=tuple(dict.fromkeys(lines)))


@dataclass(frozen=True, slots=True)
class MatchOn(KeyPart):
    """Lets nothing count but what is named, as vcrpy's `match_on` does.

    Raises:
        UsageError: There is no such part.
    """

    names: tuple[str, ...]
    """Of `method`, `scheme`, `host`, `port`, `path`, `query`, `uri`, `headers`, `body`,
    `raw_body`."""

    def __post_init__(self) -> None:
        for name in self.names:
            known_part(name, NAMES, "the names are those of vcrpy")

    def applied(self, what: Counted, request: Sent) -> Counted:
        """What of the request counts of all that is named."""
        uri = ("scheme", "host", "port", "path", "query") if "uri" in self.names else ()
        names = (*self.names, *uri)
        for name in BY_DEFAULT:
            if name not in names:
                what = _without(what, name)
        for name in ON_DEMAND:
            if name in names:
                what = Count(name).applied(what, request)
        return what


def known_part(name: str, known: tuple[str, ...], hint: str) -> None:
    """Refuses a part that is none of those known.

    Raises:
        UsageError: It names the nearest one.
    """
    if name in known:
        return
    near = get_close_matches(name, known, n=1)
    meant = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}; {hint}."
    raise UsageError(f"A request has no part {name!r} to match on; {meant}")


def _without(what: Counted, name: str) -> Counted:
    what = what._replace(**{name: _EMPTY[name]})
    return what._replace(kind="") if name == "body" else what
