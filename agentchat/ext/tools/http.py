"""HttpTool: an HTTP endpoint as a tool.

Exception
└── HttpToolError
    ├── UnsuccessfulStatus      the endpoint answered that it failed
    ├── NoHttpAnswer            the endpoint could not be reached, or took too long
    └── NotJson                 the answer is not the JSON that was promised
ValueError
└── UnfitPath                   the path can't be filled in
"""

import asyncio
import json
import re
from typing import Any, ClassVar, Literal, Self
from urllib.parse import quote

import httpx2
from pydantic import BaseModel, Field

from agentchat.core import CancellationToken, Component
from agentchat.core.tools import BaseTool
from agentchat.core.utils import schema_to_pydantic_model

__all__ = [
    "HttpTool",
    "HttpToolConfig",
    "HttpToolError",
    "NoHttpAnswer",
    "NotJson",
    "UnfitPath",
    "UnsuccessfulStatus",
]

Method = Literal["GET", "POST", "PUT", "DELETE", "PATCH"]

_PLACE = re.compile(r"{([^}]*)}")
_PATH_CHARACTERS = "/%:@!$&'()*+,;="
_SHOWN_CHARACTERS = 1000


class HttpToolError(Exception):
    """An endpoint gave no answer that is of use.

    Args:
        request: The method and the URL.
        reason: What went wrong.
    """

    def __init__(self, request: str, reason: str) -> None:
        self.request = request
        self.reason = reason
        super().__init__(f"{request}: {reason}")


class UnsuccessfulStatus(HttpToolError):
    """An endpoint answered with a status other than a success; redirects are not followed.

    Args:
        request: The method and the URL.
        status: The status code.
        body: The text of the answer.
    """

    def __init__(self, request: str, status: int, body: str) -> None:
        self.status = status
        self.body = body
        super().__init__(request, f"status {status}. {body[:_SHOWN_CHARACTERS]}".rstrip())


class NoHttpAnswer(HttpToolError):
    """An endpoint could not be reached, broke the connection, or took too long."""


class NotJson(HttpToolError):
    """An answer is not the JSON that was promised."""


class UnfitPath(ValueError):
    """A path can't be filled in.

    Args:
        path: The path as it was given, with its places.
        reason: What stands in the way.
    """

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        super().__init__(f"The path {path!r} can't be filled in: {reason}.")


class HttpToolConfig(BaseModel):
    """A saved tool: all its arguments."""

    name: str
    description: str | None = "HTTP tool"
    scheme: Literal["http", "https"] = "http"
    host: str
    port: int
    path: str = Field(default="/")
    method: Method | None = "POST"
    headers: dict[str, Any] | None = None
    json_schema: dict[str, Any]
    return_type: Literal["text", "json"] | None = "text"
    timeout: float = 5.0


class HttpTool(BaseTool[BaseModel, Any], Component[HttpToolConfig]):
    """An HTTP endpoint as a tool. Connections are kept for further calls, until `close`.

    Args:
        name: What the model calls it by.
        host: Where the endpoint is.
        port: Where the endpoint is.
        json_schema: The arguments, as a JSON schema of an object.
        headers: Sent with every request.
        description: What the model is told it does.
        path: `{x}` in it is filled in with the argument `x`, escaped. GET and DELETE send the other
            arguments as a query, all other methods as a JSON body.
        scheme: How to speak with it.
        method: What to ask of it.
        return_type: Return the text of the answer, or what it holds as JSON.
        timeout: Seconds that a call may take in all.

    Raises:
        UnfitPath: The schema has no argument for a place in the path.
    """

    component_config_schema: ClassVar[type[BaseModel]] = HttpToolConfig

    def __init__(  # noqa: PLR0913 - upstream's
        self,
        name: str,
        host: str,
        port: int,
        json_schema: dict[str, Any],
        headers: dict[str, Any] | None = None,
        description: str = "HTTP tool",
        path: str = "/",
        scheme: Literal["http", "https"] = "http",
        method: Method = "POST",
        return_type: Literal["text", "json"] = "text",
        timeout: float = 5.0,
    ) -> None:
        self.server_params: HttpToolConfig = HttpToolConfig(
            name=name,
            description=description,
            scheme=scheme,
            host=host,
            port=port,
            path=path,
            method=method,
            headers=headers,
            json_schema=json_schema,
            return_type=return_type,
            timeout=timeout,
        )
        self._places = _PLACE.findall(path)
        for place in self._places:
            if place not in json_schema.get("properties", {}):
                raise UnfitPath(path, f"the schema has no argument {place!r}")
        self._client: httpx2.AsyncClient | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        super().__init__(
            schema_to_pydantic_model(json_schema, f"{name}Args"), object, name, description
        )

    async def run(self, args: BaseModel, cancellation_token: CancellationToken) -> Any:
        """Asks the endpoint.

        Raises:
            UnfitPath: An argument can't stand in a path.
            HttpToolError: There is no answer, or none that is of use.
        """
        values = args.model_dump(mode="json", by_alias=True)
        # What was not given is None, unless the schema has a default.
        given = {
            name: value
            for name, value in values.items()
            if value is not None or name in args.model_fields_set
        }
        url = self._url(given)
        rest = {name: value for name, value in given.items() if name not in self._places}
        with cancellation_token.interrupting():
            response = await self._response(url, rest)
        request = f"{self.server_params.method} {url}"
        if not response.is_success:
            raise UnsuccessfulStatus(request, response.status_code, response.text)
        if self.server_params.return_type != "json":
            return response.text
        try:
            return response.json()
        except ValueError as error:
            raise NotJson(request, f"the answer is not JSON: {error}") from error

    def return_value_as_string(self, value: Any) -> str:
        """Text as it is, anything else as JSON."""
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    async def close(self) -> None:
        """Closes the connections; a further call opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _url(self, given: dict[str, Any]) -> httpx2.URL:
        params = self.server_params
        path = _PLACE.sub(lambda place: self._escaped(place[1], given), params.path)
        raw_path = quote(path, safe=_PATH_CHARACTERS).encode("ascii")
        return httpx2.URL(
            scheme=params.scheme, host=params.host, port=params.port, raw_path=raw_path
        )

    def _escaped(self, place: str, given: dict[str, Any]) -> str:
        value = given.get(place)
        if value is None:
            raise UnfitPath(self.server_params.path, f"{place!r} is not given")
        text = str(value)
        # Servers read these as directions, whether escaped or not.
        if text in (".", ".."):
            raise UnfitPath(self.server_params.path, f"{place!r} must not be {text!r}")
        return quote(text, safe="")

    async def _response(self, url: httpx2.URL, rest: dict[str, Any]) -> httpx2.Response:
        params = self.server_params
        method = params.method or "POST"
        sent: dict[str, Any] = {"params": rest} if method in ("GET", "DELETE") else {"json": rest}
        try:
            async with asyncio.timeout(params.timeout):
                return await self._open_client().request(
                    method, url, headers=params.headers, **sent
                )
        except TimeoutError as error:
            reason = f"no answer within {params.timeout:g} seconds"
            raise NoHttpAnswer(f"{method} {url}", reason) from error
        except httpx2.TransportError as error:
            reason = f"{type(error).__name__}: {error}"
            raise NoHttpAnswer(f"{method} {url}", reason) from error

    def _open_client(self) -> httpx2.AsyncClient:
        """The client of this loop: connections can't be taken to another one."""
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            self._client, self._loop = httpx2.AsyncClient(timeout=None), loop
        return self._client

    def _to_config(self) -> HttpToolConfig:
        return self.server_params

    @classmethod
    def _from_config(cls, config: HttpToolConfig) -> Self:
        return cls(**config.model_dump())
