"""A proxy that records what passes: from any program that speaks HTTP, in any language."""

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from harness.errors import UsageError, explained
from harness.server import application_of, carried, raw_path, refused
from harness.session import CassetteSession
from harness.transport import CassetteTransport

_NAMED = re.compile(r"(?:(?P<name>[\w.~-]+)=)?(?P<url>https?://.+)", re.IGNORECASE)


class Upstream(NamedTuple):
    """Where requests are sent on to."""

    name: str
    """The first part of the path of those that it is for; empty for all the rest."""

    url: str
    """What stands in the place of the proxy's own address, and of the name."""

    @property
    def prefix(self) -> str:
        """How the paths of its requests begin."""
        return f"/{self.name}" if self.name else ""

    @classmethod
    def parse(cls, text: str) -> "Upstream":
        """The upstream that a line of text names.

        Raises:
            UsageError: It names none.

        >>> Upstream.parse("openai=https://api.openai.com/v1/")
        Upstream(name='openai', url='https://api.openai.com/v1')
        """
        match = _NAMED.fullmatch(text.strip())
        if match is None:
            raise UsageError(
                f"{text!r} is no upstream. Written are: https://api.openai.com/v1, "
                "openai=https://api.openai.com/v1."
            )
        url = match["url"].rstrip("/")
        parts = urlsplit(url)
        if not parts.hostname or parts.query or parts.fragment or parts.username:
            raise UsageError(f"{url!r} is no upstream: it has a host and a path, and nothing else.")
        return cls(match["name"] or "", url)


class Upstreams:
    """Upstreams by the paths that they are for.

    Args:
        upstreams: Each with another name.

    Raises:
        UsageError: There are none, or two of one name.
    """

    def __init__(self, upstreams: Sequence[Upstream]) -> None:
        self._upstream_by_name = {each.name: each for each in upstreams}
        names = [each.name for each in upstreams]
        twice = sorted({name for name in names if names.count(name) > 1})
        if not upstreams or twice:
            which = f"is named {twice[0]!r}" if twice and twice[0] else "has no name"
            raise UsageError(
                explained(
                    f"More than one upstream {which}." if twice else "There is no upstream.",
                    fix="--upstream openai=https://api.openai.com/v1 "
                    "--upstream anthropic=https://api.anthropic.com",
                )
            )

    def url_of(self, path: str) -> str | None:
        """The address that a path of the proxy's leads to, with its query; None for nowhere."""
        name, slash, rest = path.removeprefix("/").partition("/")
        if name and name in self._upstream_by_name:
            return f"{self._upstream_by_name[name].url}{slash}{rest}"
        everything = self._upstream_by_name.get("")
        return None if everything is None else everything.url + path

    def here(self, url: str) -> str:
        """The path of the proxy's that leads to an address; the address, where none does."""
        for each in self._upstream_by_name.values():
            if url == each.url or url.startswith(f"{each.url}/"):
                return each.prefix + url.removeprefix(each.url) or "/"
        return url

    @property
    def prefixes(self) -> list[str]:
        """How a path may begin."""
        return [each.prefix or "/" for each in self._upstream_by_name.values()]


def proxy_of(
    upstreams: Upstreams,
    session: CassetteSession,
    inner: httpx2.AsyncBaseTransport | None = None,
) -> Starlette:
    """An application that answers from a session's cassette, or from upstream and records it.

    Args:
        upstreams: Where requests are sent; their addresses are what the cassette says was asked.
        session: The cassette in use; to be finished by its owner when the application has ended.
        inner: Who really sends; by default the network.
    """
    # A stream may be held open for long, and those who ask are no fewer for it.
    unlimited = httpx2.Limits(max_connections=None)
    transport = CassetteTransport(session, inner or httpx2.AsyncHTTPTransport(limits=unlimited))

    async def passed(request: Request) -> Response:
        url = upstreams.url_of(raw_path(request))
        if url is None:
            known = ", ".join(upstreams.prefixes)
            message = f"{request.url.path} leads to no upstream; paths here begin with {known}."
            return refused(404, message, "no_upstream")
        return await carried(request, url, transport, upstreams.here)

    return application_of(passed, close=transport.aclose)
