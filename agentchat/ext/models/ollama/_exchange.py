"""Ollama's chat over HTTP.

Ollama's own Python package would leave out what it does not know of a tool's parameters, nested
objects and alternatives among them, and of a refusal all but its text. The API is one address and
two shapes of JSON, so it is asked directly, through a client that a cassette can stand in for.
"""

import json
import os
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx2

from agentchat.core._cancellation import CancellationToken
from agentchat.ext.models._errors import UnreadableReply
from agentchat.ext.models._interruption import interrupting
from agentchat.ext.models._reading import Json, as_object, run_out
from agentchat.ext.models._requests import Request

PATH = "/api/chat"
_HOST = "127.0.0.1"
_PORT = 11434
_PORT_BY_SCHEME = {"http": 80, "https": 443}


class OllamaRefused(Exception):
    """Ollama answered with an error.

    Args:
        message: Ollama's own words.
        response: The answer; its status is 200 when the error came in the middle of a stream.
    """

    def __init__(self, message: str, response: httpx2.Response) -> None:
        self.error = message
        self.response = response
        self.status_code: int = response.status_code
        super().__init__(
            f"Ollama refused: {message} (status code: {response.status_code})\n"
            f"  where:    {response.request.url}\n"
            f"  fix:      for a model that is not found: ollama pull NAME"
        )


def base_url(host: str | None) -> str:
    """Where Ollama is, out of as little as a name: a port, or a scheme, may be missing.

    >>> base_url("example.com"), base_url("https://example.com/path/"), base_url(":56789")
    ('http://example.com:11434', 'https://example.com:443/path', 'http://127.0.0.1:56789')
    """
    host = host or os.environ.get("OLLAMA_HOST") or _HOST
    scheme, separator, rest = host.partition("://")
    if not separator:
        scheme, rest = "http", host
    parts = urlsplit(f"//{rest}")
    name = parts.hostname or _HOST
    name = f"[{name}]" if ":" in name else name
    port = parts.port or (_PORT_BY_SCHEME.get(scheme, _PORT) if separator else _PORT)
    return f"{scheme}://{name}:{port}{parts.path.rstrip('/')}"


def http_headers(given: Mapping[str, str] | None) -> dict[str, str]:
    """The headers of every request; the key in `OLLAMA_API_KEY` is for Ollama's cloud."""
    headers = {name.lower(): value for name, value in (given or {}).items()}
    key = os.environ.get("OLLAMA_API_KEY")
    authorization = {"authorization": f"Bearer {key}"} if key else {}
    return {"accept": "application/json"} | authorization | headers


async def chat(
    client: httpx2.AsyncClient, request: Request, token: CancellationToken | None
) -> Json:
    """Sends a request and waits for the whole reply.

    Raises:
        UnreadableReply: The body is not a JSON object.
        OllamaRefused: Ollama answered with an error.
        ConnectionError: There is no Ollama at the address.
        httpx2.TransportError: The connection broke, or took too long.
    """
    with _connecting(), interrupting(token):
        response = await client.post(
            request.options["url"], json=request.body, headers=request.options["headers"]
        )
    _raise_if_refused(response)
    return _object(request.model, response.text, response)


async def chat_events(
    client: httpx2.AsyncClient, request: Request, token: CancellationToken | None
) -> AsyncGenerator[Json, None]:
    """Sends a request, and gives the lines of the reply; closing this closes the connection.

    Raises:
        UnreadableReply: A line is not a JSON object.
        OllamaRefused: Ollama answered with an error, perhaps after some lines.
        ConnectionError: There is no Ollama at the address.
        httpx2.TransportError: The connection broke, or took too long.
    """
    sending = client.build_request(
        "POST", request.options["url"], json=request.body, headers=request.options["headers"]
    )
    with _connecting(), interrupting(token):
        response = await client.send(sending, stream=True)
    lines = response.aiter_lines()
    try:
        if response.is_error:
            with interrupting(token):
                await response.aread()
            _raise_if_refused(response)
        while True:
            with interrupting(token):
                line = await anext(lines, None)
            if line is None:
                return
            if line:
                yield _object(request.model, line, response)
    finally:
        await response.aclose()
        await run_out(lines)


@contextmanager
def _connecting() -> Iterator[None]:
    try:
        yield
    except httpx2.ConnectError as error:
        raise ConnectionError(
            "Failed to connect to Ollama. Please check that Ollama is downloaded, running and "
            "accessible. https://ollama.com/download"
        ) from error


def _raise_if_refused(response: httpx2.Response) -> None:
    if response.is_error:
        raise OllamaRefused(_message_of(response.text), response)


def _message_of(body: str) -> str:
    try:
        read: Any = json.loads(body)
    except ValueError:
        return body
    return str(read.get("error", body)) if isinstance(read, dict) else body


def _object(model: str, text: str, response: httpx2.Response) -> Json:
    try:
        read = as_object(model, json.loads(text))
    except json.JSONDecodeError as error:
        raise UnreadableReply(model, str(error)) from error
    if read.get("error"):
        raise OllamaRefused(str(read["error"]), response)
    return read
