"""Answers from a cassette, whatever vendor and API it was recorded from."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from harness.interactions import Cassette
from harness.matching import AnyHost, KeyPart, json_of
from harness.server._answers import Answers, Report, of_server
from harness.server._carrying import carried, raw_path
from harness.server._sessions import KEY_HEADERS, SESSION_HEADER
from harness.session import CassetteSession
from harness.transport import CassetteTransport

# What only says who asks is no part of the question.
_WITHOUT = frozenset({*KEY_HEADERS, SESSION_HEADER})


class CassetteAnswers(Answers):
    """Plays a cassette from its start.

    Args:
        path: The cassette.
        name: What messages call the asker.
        key_parts: Exceptions to "everything in a request counts".
    """

    def __init__(self, path: Path, name: str, key_parts: Sequence[KeyPart]) -> None:
        self.session = CassetteSession(path, owner=name, key_parts=key_parts)
        self.recorded = [each.request for each in self.session.cassette.interactions]

    @property
    def report(self) -> Report:
        """What was played, and what not."""
        played = tuple(position + 1 for position in self.session.played)
        unplayed = tuple(position + 1 for position in self.session.unplayed)
        return Report(played, unplayed, tuple(self.session.misses))

    def of_server(self, request: Request) -> Response | None:
        """The answer to what is asked of the server, and of no model; None for anything else."""
        return of_server(request, self.session.path.as_posix(), self._models)

    def _models(self) -> list[str]:
        """Those that were asked."""
        bodies = (json_of(each.body) for each in self.recorded)
        named = (body.get("model") for body in bodies if isinstance(body, dict))
        return sorted({str(name) for name in named if name})


class RecordedAnswers(CassetteAnswers):
    """Plays a cassette from its start, from whatever host it was recorded.

    Args:
        path: The cassette.
        name: What messages call the asker.
        pace: Take the recorded time for every answer.
        key_parts: Exceptions to "everything in a request counts", besides the host.
    """

    def __init__(
        self, path: Path, name: str = "", pace: bool = False, key_parts: Sequence[KeyPart] = ()
    ) -> None:
        super().__init__(path, name, (AnyHost(), *key_parts))
        self.session.rerecord = _again(path, self.session.cassette)
        self._transport = CassetteTransport(self.session, pace=pace)

    async def answer(self, request: Request) -> Response:
        """What was recorded for it; a list of models is made where none was recorded."""
        made = self.of_server(request)
        if made is not None and not self._has(request):
            return made
        url = str(request.base_url).rstrip("/") + raw_path(request)
        return await carried(request, url, self._transport, self._here, _WITHOUT)

    def _here(self, url: str) -> str:
        """Whoever was recorded is not asked any more."""
        parts = urlsplit(url)
        was_recorded = any(urlsplit(each.url).netloc == parts.netloc for each in self.recorded)
        if not was_recorded:
            return url
        return parts._replace(scheme="", netloc="", path=parts.path or "/").geturl()

    def _has(self, request: Request) -> bool:
        asked = (request.method, request.url.path)
        return any((each.method, urlsplit(each.url).path or "/") == asked for each in self.recorded)


def _again(path: Path, cassette: Cassette) -> str:
    """How what is missing is recorded."""
    urls = (urlsplit(each.request.url) for each in cassette.interactions)
    upstream = next((f"{url.scheme}://{url.netloc}" for url in urls if url.netloc), "URL")
    return f"harness proxy --upstream {upstream} --output {shlex.quote(str(path))}\nand ask there"
