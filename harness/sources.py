"""Where answers come from while they are recorded: the vendor, or a script in its place."""

import os
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Literal

import httpx2

from harness.errors import UsageError, explained
from harness.scenario import Scenario
from harness.script import Script
from harness.server import serving
from harness.session import RecordMode, may_go_live

KEY = "OPENAI_API_KEY"

NO_KEY = "a-replay-needs-no-key"
"""Stands for a key wherever no vendor looks at it."""

OPENAI = "https://api.openai.com/v1"
"""What cassettes say was asked, whoever answered, unless a story names another address."""


@dataclass(frozen=True)
class Source:
    """Who answers, and how it is reached."""

    origin: Literal["live", "scripted"]
    api_key: str

    endpoint: str | None = None
    """Who answers in OpenAI's place, as a base URL; None for OpenAI itself."""

    def transport(self, base_url: str) -> httpx2.AsyncBaseTransport | None:
        """A fresh carrier of what is asked below this URL; None for the network's own."""
        return None if self.endpoint is None else _Redirected(base_url, self.endpoint)


def is_recording(scenario: Scenario, mode: RecordMode) -> bool:
    """Whether what the scenario asks may go further than to its cassette."""
    return may_go_live(scenario.cassette, mode)


def is_live() -> bool:
    """Whether the vendor answers what is recorded."""
    return bool(os.environ.get(KEY))


def source_for(scenario: Scenario, resources: ExitStack) -> Source:
    """The vendor when there is a key for it, else the script beside the story.

    Args:
        scenario: What shall be recorded.
        resources: Keeps the scripted endpoint up until it is closed.

    Raises:
        UsageError: There is neither key nor script.
        UnreadableScript: The script is malformed.
    """
    if is_live():
        return Source("live", os.environ[KEY])
    if not scenario.script.exists():
        raise UsageError(
            explained(
                f"{scenario.id} can't be recorded: nobody would answer its model calls.",
                live=f"set {KEY}",
                scripted=f"write the replies to {scenario.script.relative_to(scenario.root)}",
            )
        )
    script = Script.load(scenario.script).part(scenario.name)
    return Source("scripted", NO_KEY, resources.enter_context(serving(script)))


class _Redirected(httpx2.AsyncBaseTransport):
    """Carries what is meant for the base URL to the endpoint; anything else does not leave."""

    def __init__(self, base_url: str, endpoint: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._endpoint = endpoint
        self._carrier = httpx2.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        asked = str(request.url)
        if not asked.startswith(f"{self._base_url}/"):
            raise UsageError(f"A script answers for {self._base_url}, and not for {asked}.")
        redirected = httpx2.URL(self._endpoint + asked.removeprefix(self._base_url))
        headers = httpx2.Headers(request.headers)
        headers["host"] = redirected.netloc.decode()
        return await self._carrier.handle_async_request(
            httpx2.Request(
                request.method,
                redirected,
                headers=headers,
                stream=request.stream,
                extensions=request.extensions,
            )
        )

    async def aclose(self) -> None:
        await self._carrier.aclose()
