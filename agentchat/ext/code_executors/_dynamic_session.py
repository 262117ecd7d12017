"""A session of Azure Container Apps, by its HTTP interface, version 2024-02-02-preview."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Protocol, cast
from urllib.parse import quote

import httpx2

from agentchat.core._world import now

_API_VERSION: Final = "2024-02-02-preview"
_SCOPE: Final = "https://dynamicsessions.io/.default"
_EXPIRY_MARGIN_SECONDS: Final = 300
_UNAUTHORIZED: Final = 401


Answer = Mapping[str, Any]
"""What the session says of code that it ran: `status`, `stdout`, `stderr`, `result`."""


class AccessToken(Protocol):
    """What a credential gives; azure.core's AccessToken is one."""

    @property
    def token(self) -> str:
        """What a request carries."""
        ...

    @property
    def expires_on(self) -> int:
        """Until when, in seconds since 1970."""
        ...


class TokenProvider(Protocol):
    """What asks for tokens; the credentials of azure.identity do."""

    def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        **kwargs: Any,
    ) -> AccessToken:
        """A token for the scopes; it may block."""
        ...


class SessionUnavailable(ConnectionError):
    """The session pool does not answer.

    Args:
        what: What was being done, such as `uploading files`.
        reason: What the attempt ended with.
    """

    def __init__(self, what: str, reason: Exception) -> None:
        self.what = what
        self.reason = reason
        super().__init__(f"Error while {what}: {type(reason).__name__}: {reason}")


class SessionRequestFailed(ConnectionError):
    """The session pool answers, but does not do it.

    Args:
        what: What was being done, such as `uploading files`.
        status: Of the HTTP response.
        body: Of the response, as text.
    """

    def __init__(self, what: str, status: int, body: str) -> None:
        self.what = what
        self.status = status
        self.body = body
        super().__init__(f"Error while {what}: status {status}: {body}")


class DynamicSession:
    """One session of a pool; the pool makes it when it is first used.

    Args:
        endpoint: The pool's management endpoint.
        credential: Gives tokens; asked again when a token is about to expire, or is refused.
        identifier: Names the session.
        timeout_seconds: What one request may take.
    """

    def __init__(
        self, endpoint: str, credential: TokenProvider, identifier: str, timeout_seconds: float
    ) -> None:
        self._endpoint = endpoint.rstrip("/")
        self._credential = credential
        self.identifier = identifier
        self._timeout_seconds = timeout_seconds
        self._token: AccessToken | None = None

    async def execute(self, code: str) -> Answer:
        """Runs code in the session.

        Raises:
            SessionUnavailable, SessionRequestFailed, TimeoutError
        """
        properties = {
            "codeInputType": "inline",
            "executionType": "synchronous",
            "code": code,
            # Nobody waits for the code any longer than this.
            "timeoutInSeconds": int(self._timeout_seconds),
        }
        what = "sending code block to endpoint"
        body = {"properties": properties}
        answer = await self._request(what, "POST", "code/execute", json=body)
        return cast(Answer, answer.json()["properties"])

    async def files(self) -> list[str]:
        """Names of the files in the session.

        Raises:
            SessionUnavailable, SessionRequestFailed, TimeoutError
        """
        answer = await self._request("getting file list", "GET", "files")
        return [entry["properties"]["filename"] for entry in answer.json()["value"]]

    async def upload(self, file: Path) -> None:
        """Puts a copy of a file into the session, under its name.

        Raises:
            SessionUnavailable, SessionRequestFailed, TimeoutError
        """
        content = await asyncio.to_thread(file.read_bytes)
        parts = {"file": (file.name, content, "application/octet-stream")}
        await self._request("uploading files", "POST", "files/upload", files=parts)

    async def download(self, name: str) -> bytes:
        """The content of a file of the session.

        Raises:
            SessionUnavailable, SessionRequestFailed, TimeoutError
        """
        path = f"files/content/{quote(name, safe='')}"
        return (await self._request("downloading files", "GET", path)).content

    async def _request(self, what: str, method: str, path: str, **body: Any) -> httpx2.Response:
        async with asyncio.timeout(self._timeout_seconds), httpx2.AsyncClient(timeout=None) as http:
            response = await self._attempt(http, what, method, path, body)
            if response.status_code == _UNAUTHORIZED:
                # The token was withdrawn, or our clock is wrong.
                self._token = None
                response = await self._attempt(http, what, method, path, body)
        if not response.is_success:
            raise SessionRequestFailed(what, response.status_code, response.text)
        return response

    async def _attempt(
        self, http: httpx2.AsyncClient, what: str, method: str, path: str, body: dict[str, Any]
    ) -> httpx2.Response:
        token = await self._valid_token()
        try:
            return await http.request(
                method,
                f"{self._endpoint}/{path}",
                params={"api-version": _API_VERSION, "identifier": self.identifier},
                headers={"Authorization": f"Bearer {token}"},
                **body,
            )
        except httpx2.TransportError as error:
            raise SessionUnavailable(what, error) from error

    async def _valid_token(self) -> str:
        soon = now().timestamp() + _EXPIRY_MARGIN_SECONDS
        if self._token is None or self._token.expires_on <= soon:
            self._token = await asyncio.to_thread(self._credential.get_token, _SCOPE)
        return self._token.token
