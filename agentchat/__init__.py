"""AutoGen's AgentChat API, simpler inside; this package imports nothing by itself."""

__version__ = "0.1.0"

# The strings are API: people attach logging handlers to them.
TRACE_LOGGER_NAME = "autogen_agentchat"
EVENT_LOGGER_NAME = "autogen_agentchat.events"

__all__ = ["EVENT_LOGGER_NAME", "TRACE_LOGGER_NAME", "__version__"]
