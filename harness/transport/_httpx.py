"""The transport for clients of httpx, which is no dependency: whoever has such a client has it."""

import httpx

from harness.session import CassetteSession
from harness.transport._transport import Transport


class HttpxCassetteTransport(
    Transport[httpx.Request, httpx.Response], httpx.AsyncBaseTransport, httpx.BaseTransport
):
    """As `CassetteTransport`, for httpx's clients of both kinds."""

    _module = httpx

    def __init__(
        self,
        session: CassetteSession,
        inner: httpx.AsyncBaseTransport | httpx.BaseTransport | None = None,
        pace: bool = False,
    ) -> None:
        super().__init__(session, inner, pace)
