"""What can go wrong between a server and us.

RuntimeError
├── McpServerUnavailable    no connection came about
├── McpNotRunning           there is no connection, since nobody asked for one
└── McpConnectionLost       the connection is gone, maybe in the middle of a request
    └── McpSessionForgotten the server has forgotten us, and has not done what it was asked
TimeoutError
└── McpRequestTimedOut      the server took too long to answer
ValueError
└── McpToolChanged          a tool is not what it was when it was approved
Exception
└── McpToolFailed           the tool itself says that it failed
"""

from agentchat.ext.tools.mcp._config import (
    McpServerParams,
    StdioServerParams,
    address_of,
    answer_seconds,
    start_seconds,
)


class McpServerUnavailable(RuntimeError):
    """A server could not be started or reached, or did not introduce itself in time.

    Args:
        params: Where the server was looked for.
        reason: What went wrong; its first cause is the `__cause__`.
    """

    def __init__(self, params: McpServerParams, reason: BaseException) -> None:
        self.server: str = address_of(params)
        self.reason: BaseException = _first_cause(reason)
        said = str(self.reason) or f"no introduction within {start_seconds(params):g} seconds"
        super().__init__(
            f"Actor is not initialized. Please check the server connection.\n"
            f"  server:   {self.server}\n"
            f"  reason:   {type(self.reason).__name__}: {said}\n"
            f"  fix:      start the server by hand, and see what it says"
        )


class McpNotRunning(RuntimeError):
    """A connection is used before it was made, or after it was closed."""

    def __init__(self) -> None:
        super().__init__("MCP Actor not running, call initialize() first")


class McpConnectionLost(RuntimeError):
    """The connection to a server is gone; what a pending request has done is not known.

    Args:
        params: Where the server was.
        request: What it was asked.
    """

    def __init__(self, params: McpServerParams, request: str) -> None:
        self.server: str = address_of(params)
        self.request = request
        super().__init__(
            f"MCP actor task crashed: the connection was lost.\n"
            f"  server:   {self.server}\n"
            f"  request:  {request}\n"
            f"  fix:      ask again; a workbench connects anew"
        )


class McpSessionForgotten(McpConnectionLost):
    """A server has been restarted, and refuses what belongs to a session from before."""


class McpRequestTimedOut(TimeoutError):
    """A server has not answered a request in time; it has been told that nobody waits any more.

    Args:
        params: Where the server is, and how long it may take.
        request: What it was asked.
    """

    def __init__(self, params: McpServerParams, request: str) -> None:
        self.server: str = address_of(params)
        self.request = request
        self.seconds: float = answer_seconds(params)
        is_program = isinstance(params, StdioServerParams)
        setting = "read_timeout_seconds" if is_program else "sse_read_timeout"
        super().__init__(
            f"The MCP server has not answered {request} within {self.seconds:g} seconds.\n"
            f"  server:   {self.server}\n"
            f"  fix:      give it longer: {type(params).__name__}({setting}=...)"
        )


class McpToolChanged(ValueError):
    """A server describes a tool otherwise than when it was approved.

    Args:
        tool: Name of the tool.
        server: Where the server is.
    """

    def __init__(self, tool: str, server: str) -> None:
        self.tool = tool
        self.server = server
        super().__init__(
            f"The MCP tool {tool!r} is not the one that was approved: its description, arguments "
            f"or annotations have changed.\n"
            f"  server:   {server}\n"
            f"  fix:      read the new description; if you trust it, approve its new hash, which "
            f"tool_hashes() gives"
        )


class McpToolFailed(Exception):
    """A tool answered that it failed; the text is its answer, as a JSON array.

    Args:
        answer: What the tool said.
    """

    def __init__(self, answer: str) -> None:
        self.answer = answer
        super().__init__(answer)


def _first_cause(error: BaseException) -> BaseException:
    """The first error inside a group of groups, which the transports raise."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
