"""A small MCP server, run as a program: `served.py` over stdio, or `served.py sse|http PORT`.

It works with versions 1 and 2 of the SDK.
"""

import asyncio
import base64
import os
import sys
from typing import Any

import uvicorn
from mcp import types
from pydantic import BaseModel

try:
    from mcp.server.mcpserver import Context, Image, MCPServer
    from mcp.server.mcpserver.exceptions import ToolError
except ImportError:
    from mcp.server.fastmcp import Context, Image
    from mcp.server.fastmcp import FastMCP as MCPServer
    from mcp.server.fastmcp.exceptions import ToolError

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
server = MCPServer("served", instructions="For tests.", log_level="CRITICAL")
cancelled = asyncio.Event()
asked: list[str | None] = []
"""Grows with each listing that a client begins."""


class Weather(BaseModel):
    city: str
    degrees: int


class Answer(BaseModel):
    colour: str


@server.tool()
def add(a: int, b: int = 1) -> str:
    """Adds."""
    return str(a + b)


@server.tool()
def weather(city: str) -> Weather:
    """Tells the weather."""
    return Weather(city=city, degrees=21)


@server.tool()
def picture() -> Image:
    """Draws one pixel."""
    return Image(data=PIXEL, format="png")


@server.tool()
def fail() -> str:
    """Fails."""
    raise ToolError("no luck")


@server.tool()
def process() -> str:
    """Tells the server's process id."""
    return str(os.getpid())


@server.tool()
async def wait() -> str:
    """Waits until it is cancelled."""
    try:
        await asyncio.Event().wait()
    except BaseException:
        cancelled.set()
        raise
    return "never"


@server.tool()
async def until_cancelled() -> str:
    """Waits until a call of `wait` has been cancelled."""
    await cancelled.wait()
    return "was cancelled"


@server.tool()
def die() -> str:
    """Ends the server in the middle of a call, as kill -9 does."""
    os.kill(os.getpid(), 9)
    return "never"


@server.tool()
async def grow(ctx: Context) -> str:
    """Adds a tool, and tells so."""
    server.add_tool(lambda: "new", name="grown", description="Was added later.")
    await ctx.session.send_tool_list_changed()
    return "grown"


@server.tool()
async def listings() -> str:
    """Tells how often the tools were listed."""
    return str(len(asked))


@server.tool()
async def ask_model(ctx: Context) -> str:
    """Asks the client's model."""
    message = types.SamplingMessage(
        role="user", content=types.TextContent(type="text", text="Which way?")
    )
    answer: Any = await ctx.session.create_message(
        [message], max_tokens=10, system_prompt="Be brief."
    )
    return f"{answer.content.text} ({answer.model})"


@server.tool()
async def ask_person(ctx: Context) -> str:
    """Asks the client's user."""
    answer = await ctx.elicit("Which colour?", Answer)
    return answer.data.colour if answer.action == "accept" else answer.action


@server.tool()
async def ask_roots(ctx: Context) -> str:
    """Asks for the client's directories."""
    return ", ".join(str(root.uri) for root in (await ctx.session.list_roots()).roots)


@server.resource("memo://today")
def memo() -> str:
    """What to do today."""
    return "Write tests."


@server.resource("memo://{day}/all")
def memos(day: str) -> str:
    """What to do on a day."""
    return f"Nothing on {day}."


@server.prompt()
def greet(name: str) -> str:
    """Greets."""
    return f"Say hello to {name}."


def in_pages() -> None:
    """Has the server give its list of tools in pages of five."""
    size = 5

    def page(all_tools: list[Any], cursor: str | None) -> tuple[list[Any], str | None]:
        start = int(cursor or 0)
        more = str(start + size) if start + size < len(all_tools) else None
        return all_tools[start : start + size], more

    if hasattr(server, "_mcp_server"):
        lowlevel = server._mcp_server

        async def first(request: Any) -> Any:
            cursor = request.params.cursor if request and request.params else None
            # The SDK itself asks too, with no request.
            if request and not cursor:
                asked.append(cursor)
            tools, more = page(await server.list_tools(), cursor)
            return types.ServerResult(types.ListToolsResult(tools=tools, nextCursor=more))

        lowlevel.request_handlers[types.ListToolsRequest] = first
    else:

        async def second(_: Any, params: Any) -> Any:
            cursor = params.cursor if params else None
            if not cursor:
                asked.append(cursor)
            tools, more = page(await server.list_tools(), cursor)
            return types.ListToolsResult(tools=tools, next_cursor=more)

        server._lowlevel_server.add_request_handler(
            "tools/list", types.PaginatedRequestParams, second
        )


def app(transport: str) -> Any:
    return server.sse_app() if transport == "sse" else server.streamable_http_app()


if __name__ == "__main__":
    in_pages()
    if len(sys.argv) == 1:
        server.run()
    else:
        uvicorn.run(app(sys.argv[1]), port=int(sys.argv[2]), log_level="warning")
