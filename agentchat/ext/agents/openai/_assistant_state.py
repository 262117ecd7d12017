"""An OpenAIAssistantAgent as data: what it has at the server."""

from pydantic import BaseModel, Field


class OpenAIAssistantAgentState(BaseModel, defer_build=True):
    """The ids of what an assistant agent uses at the server; the conversation itself is there."""

    type: str = "OpenAIAssistantAgentState"
    assistant_id: str | None = None
    thread_id: str | None = None
    initial_message_ids: list[str] = Field(default_factory=list)
    """Messages that were in the thread from the start; a reset leaves them there."""

    vector_store_id: str | None = None
    uploaded_file_ids: list[str] = Field(default_factory=list)
    owns_assistant: bool = False
    """Whether the agent has made the assistant itself, and may delete it."""
