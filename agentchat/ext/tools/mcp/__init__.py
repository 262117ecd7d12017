"""Tools, prompts and resources of MCP servers, by versions 1 and 2 of the MCP SDK."""

try:
    import mcp as _mcp  # noqa: F401
except ImportError as _missing:
    raise ImportError('MCP needs its SDK: pip install "agentchat-harness[mcp]"') from _missing

from agentchat.ext.tools.mcp._actor import McpSessionActor
from agentchat.ext.tools.mcp._adapter import (
    SseMcpToolAdapter,
    StdioMcpToolAdapter,
    StreamableHttpMcpToolAdapter,
    mcp_server_tools,
)
from agentchat.ext.tools.mcp._config import (
    McpServerParams,
    SseServerParams,
    StdioServerParams,
    StreamableHttpServerParams,
)
from agentchat.ext.tools.mcp._elicitation import (
    Elicitor,
    StdioElicitor,
    StdioElicitorConfig,
    StreamElicitor,
)
from agentchat.ext.tools.mcp._errors import (
    McpConnectionLost,
    McpNotRunning,
    McpRequestTimedOut,
    McpServerUnavailable,
    McpSessionForgotten,
    McpToolChanged,
    McpToolFailed,
)
from agentchat.ext.tools.mcp._host import McpSessionHost
from agentchat.ext.tools.mcp._roots import (
    RootsProvider,
    StaticRootsProvider,
    StaticRootsProviderConfig,
)
from agentchat.ext.tools.mcp._sampling import (
    ChatCompletionClientSampler,
    ChatCompletionClientSamplerConfig,
    Sampler,
)
from agentchat.ext.tools.mcp._session import create_mcp_server_session
from agentchat.ext.tools.mcp._workbench import McpWorkbench

__all__ = [
    "ChatCompletionClientSampler",
    "ChatCompletionClientSamplerConfig",
    "Elicitor",
    "McpConnectionLost",
    "McpNotRunning",
    "McpRequestTimedOut",
    "McpServerParams",
    "McpServerUnavailable",
    "McpSessionActor",
    "McpSessionForgotten",
    "McpSessionHost",
    "McpToolChanged",
    "McpToolFailed",
    "McpWorkbench",
    "RootsProvider",
    "Sampler",
    "SseMcpToolAdapter",
    "SseServerParams",
    "StaticRootsProvider",
    "StaticRootsProviderConfig",
    "StdioElicitor",
    "StdioElicitorConfig",
    "StdioMcpToolAdapter",
    "StdioServerParams",
    "StreamElicitor",
    "StreamableHttpMcpToolAdapter",
    "StreamableHttpServerParams",
    "create_mcp_server_session",
    "mcp_server_tools",
]
