"""How to reach an MCP server, as plain data."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, Field

_SECRET = re.compile(r"(\S*(?:key|token|secret|password)[^\s=]*[\s=])\S+", re.IGNORECASE)
_USER = re.compile(r"//[^/]*@")


class StdioServerParams(BaseModel):
    """A server that is a program on this machine, reached through its standard input and output.

    The program does what it likes with the rights of the user: start none that isn't trusted.
    """

    command: str
    args: list[str] = Field(default_factory=list)
    env: dict[str, str] | None = None
    """Variables added to the few harmless ones that a server inherits."""

    cwd: str | Path | None = None
    """None: the directory of this program."""

    encoding: str = "utf-8"
    encoding_error_handler: Literal["strict", "ignore", "replace"] = "strict"
    type: Literal["StdioServerParams"] = "StdioServerParams"
    read_timeout_seconds: float = 5
    """How long the server may take to answer a request."""


class SseServerParams(BaseModel):
    """A server that is reached over HTTP with server-sent events, MCP's older transport."""

    type: Literal["SseServerParams"] = "SseServerParams"
    url: str
    headers: dict[str, Any] | None = None
    timeout: float = 5
    """Seconds for connecting and sending."""

    sse_read_timeout: float = 60 * 5
    """Seconds that the server may take to answer a request."""


class StreamableHttpServerParams(BaseModel):
    """A server that is reached over streamable HTTP, MCP's present transport."""

    type: Literal["StreamableHttpServerParams"] = "StreamableHttpServerParams"
    url: str
    headers: dict[str, Any] | None = None
    timeout: float = 30.0
    """Seconds for connecting and sending."""

    sse_read_timeout: float = 300.0
    """Seconds that the server may take to answer a request."""

    terminate_on_close: bool = True
    """Tell the server, when leaving, that the session is over."""


McpServerParams: TypeAlias = Annotated[
    StdioServerParams | SseServerParams | StreamableHttpServerParams, Field(discriminator="type")
]
"""How to reach a server; the `type` says by which transport."""


def address_of(params: McpServerParams) -> str:
    """What people call the server: its command line, or its URL, without what may be secret."""
    if isinstance(params, StdioServerParams):
        return _SECRET.sub(r"\1***", " ".join([params.command, *params.args]))
    return _USER.sub("//", params.url.partition("?")[0])


def answer_seconds(params: McpServerParams) -> float:
    """How long the server may take to answer a request."""
    if isinstance(params, StdioServerParams):
        return params.read_timeout_seconds
    return params.sse_read_timeout


def start_seconds(params: McpServerParams) -> float:
    """How long it may take until the server has introduced itself."""
    given = params.read_timeout_seconds if isinstance(params, StdioServerParams) else params.timeout
    # A server may have to be downloaded first, as those of npx and uvx are.
    return max(given, 30.0)
