"""The transport for clients of httpx2, which the OpenAI SDK and ours are."""

import httpx2

from harness.session import CassetteSession
from harness.transport._transport import Transport


class CassetteTransport(
    Transport[httpx2.Request, httpx2.Response], httpx2.AsyncBaseTransport, httpx2.BaseTransport
):
    """A transport for httpx2's clients of both kinds that answers from a cassette.

    What is recorded passes through unchanged, piece by piece.

    Args:
        session: The cassette in use.
        inner: Who really sends what is recorded; by default the network.
        pace: Take the recorded time for every answer, on the world's clock; a real clock really
            waits.
    """

    _module = httpx2

    def __init__(
        self,
        session: CassetteSession,
        inner: httpx2.AsyncBaseTransport | httpx2.BaseTransport | None = None,
        pace: bool = False,
    ) -> None:
        super().__init__(session, inner, pace)
