"""An OpenAIAgent as data: how it was made, and what it has been told."""

from typing import Any

from pydantic import BaseModel, Field


class OpenAIAgentConfig(BaseModel, defer_build=True):
    """A saved OpenAIAgent."""

    name: str
    description: str
    model: str
    instructions: str
    tools: list[dict[str, Any] | str] | None = None
    """Settings of the server's tools, and local tools as components."""

    temperature: float | None = 1
    max_output_tokens: int | None = None
    json_mode: bool = False
    store: bool = True
    truncation: str = "disabled"
    max_tool_iterations: int = 10
    base_url: str | None = None
    """Where the API is, if not at OpenAI. The key is taken from the environment."""


class OpenAIAgentState(BaseModel, defer_build=True):
    """What an OpenAIAgent has heard and said."""

    type: str = "OpenAIAgentState"
    response_id: str | None = None
    """The last response that the server keeps, and with it what led to it."""

    history: list[dict[str, Any]] = Field(default_factory=list)
    """All items, in the API's form."""

    kept: int | None = None
    """How many of them the server has behind `response_id`; None in what upstream wrote: all."""
