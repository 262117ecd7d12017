"""The Assistants API as plain JSON, through the SDK's client.

Not through the SDK's own methods for it: they warn with every call that they will be taken away.
"""

from collections.abc import AsyncGenerator, Mapping
from typing import TYPE_CHECKING, Any, cast

from openai import AsyncOpenAI

if TYPE_CHECKING:  # The SDK's own modules may move; only a type checker would miss this.
    from openai._types import RequestOptions

Json = dict[str, Any]

POLL_SECONDS = 0.5
"""How long to wait before asking again whether something is done."""

_HEADERS = {"OpenAI-Beta": "assistants=v2"}
_PAGE_SIZE = 100


class AssistantsApi:
    """Assistants, threads, runs, messages and vector stores, by their paths.

    Every method raises what the SDK raises: see `openai.OpenAIError`.

    Args:
        client: The SDK's client, which does the sending.
    """

    def __init__(self, client: AsyncOpenAI) -> None:
        self._client = client

    async def get(self, path: str, **query: Any) -> Json:
        """Reads a thing, or a page of a list."""
        options = cast("RequestOptions", {"headers": _HEADERS, "params": query})
        return await self._client.get(path, cast_to=_json(), options=options)

    async def post(self, path: str, body: Mapping[str, Any] | None = None) -> Json:
        """Makes a thing, changes one, or has something done; fields that are None are left out."""
        given = {name: value for name, value in (body or {}).items() if value is not None}
        options = cast("RequestOptions", {"headers": _HEADERS})
        return await self._client.post(path, cast_to=_json(), body=given, options=options)

    async def delete(self, path: str) -> Json:
        """Takes a thing away."""
        options = cast("RequestOptions", {"headers": _HEADERS})
        return await self._client.delete(path, cast_to=_json(), options=options)

    async def listed(self, path: str) -> AsyncGenerator[Json, None]:
        """All things of a list, oldest first."""
        query: Json = {"order": "asc", "limit": _PAGE_SIZE}
        while True:
            page = await self.get(path, **query)
            for thing in page["data"]:
                yield thing
            if not page.get("has_more"):
                return
            query["after"] = page["data"][-1]["id"]


def _json() -> type[Json]:
    # The SDK makes of it what JSON says, and no object of its own.
    return cast(type[Json], dict[str, Any])
