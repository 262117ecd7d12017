"""McpSessionActor: one connection to a server, which any task may use."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, ClassVar, TypedDict

from anyio import create_memory_object_stream
from mcp import ClientSession, types

from agentchat.core._component import Component, ComponentBase, ComponentType
from agentchat.ext.tools.mcp._clock import ServerClock
from agentchat.ext.tools.mcp._config import McpServerParams, answer_seconds, start_seconds
from agentchat.ext.tools.mcp._errors import (
    McpConnectionLost,
    McpNotRunning,
    McpRequestTimedOut,
    McpServerUnavailable,
)
from agentchat.ext.tools.mcp._host import McpSessionHost
from agentchat.ext.tools.mcp._sdk import (
    RESOURCE_TEMPLATES,
    Callbacks,
    SdkError,
    all_pages,
    client_session,
    error_code,
    sent,
    streams,
    tools_changed,
)
from pydantic import BaseModel

logger = logging.getLogger(__name__)

_PING_SECONDS = 5.0


class McpActorArgs(TypedDict, total=False):
    """What a request is about."""

    name: str | None
    """Of the tool or the prompt."""

    kargs: Mapping[str, Any]
    """A tool's arguments; else `uri` of a resource, or `arguments` of a prompt."""
