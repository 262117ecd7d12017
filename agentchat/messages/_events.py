"""Events: what agents and teams let others watch."""

from abc import ABC
from typing import Annotated, Any, Literal

from pydantic import Field

from agentchat.core import FunctionCall
from agentchat.core.code_executor import CodeBlock, CodeResult
from agentchat.core.memory import MemoryContent
from agentchat.core.models import FunctionExecutionResult
from agentchat.messages._base import BaseAgentEvent


class _TextEvent(BaseAgentEvent, ABC):
    """An event that is one text."""

    content: str

    def to_text(self) -> str:
        return self.content


class _ListEvent(BaseAgentEvent, ABC):
    """An event that lists things; its text is the list's `str`, which users match on."""

    content: list[Any]

    def to_text(self) -> str:
        return str(self.content)


class ToolCallRequestEvent(_ListEvent):
    """A model asked for tools to be called."""

    content: list[FunctionCall]

    type: Literal["ToolCallRequestEvent"] = "ToolCallRequestEvent"


class ToolCallExecutionEvent(_ListEvent):
    """Tools were called."""

    content: list[FunctionExecutionResult]

    type: Literal["ToolCallExecutionEvent"] = "ToolCallExecutionEvent"


class MemoryQueryEvent(_ListEvent):
    """Memory was asked, and this was remembered."""

    content: list[MemoryContent]

    type: Literal["MemoryQueryEvent"] = "MemoryQueryEvent"


class SelectSpeakerEvent(_ListEvent):
    """These participants speak next."""

    content: list[str]

    type: Literal["SelectSpeakerEvent"] = "SelectSpeakerEvent"


class SelectorEvent(_TextEvent):
    """What the model that selects speakers answered."""

    type: Literal["SelectorEvent"] = "SelectorEvent"


class ThoughtEvent(_TextEvent):
    """Reasoning of a model, or what it said beside its tool calls."""

    type: Literal["ThoughtEvent"] = "ThoughtEvent"


class ModelClientStreamingChunkEvent(_TextEvent):
    """A piece of a model's answer, as it arrives."""

    full_message_id: str | None = None
    """Id of the message that the pieces will make up."""

    # Not in the repr, which stays what upstream's users see.
    kind: Literal["text", "reasoning", "tool_call"] = Field(default="text", repr=False)
    """Of what it is a piece: the answer itself, reasoning, or the arguments of a tool call."""

    type: Literal["ModelClientStreamingChunkEvent"] = "ModelClientStreamingChunkEvent"


class UserInputRequestedEvent(BaseAgentEvent):
    """An agent is about to ask its user."""

    request_id: str
    """Names the request; the input function is told the same."""

    content: Literal[""] = ""

    type: Literal["UserInputRequestedEvent"] = "UserInputRequestedEvent"

    def to_text(self) -> str:
        return self.content


class CodeGenerationEvent(BaseAgentEvent):
    """A model wrote code."""

    retry_attempt: int
    """0 for the first try."""

    content: str
    """All that the model said."""

    code_blocks: list[CodeBlock]
    """The code found in it."""

    type: Literal["CodeGenerationEvent"] = "CodeGenerationEvent"

    def to_text(self) -> str:
        return self.content


class CodeExecutionEvent(BaseAgentEvent):
    """Code was run."""

    retry_attempt: int
    """0 for the first try."""

    result: CodeResult

    type: Literal["CodeExecutionEvent"] = "CodeExecutionEvent"

    def to_text(self) -> str:
        return self.result.output


AgentEvent = Annotated[
    ToolCallRequestEvent
    | ToolCallExecutionEvent
    | MemoryQueryEvent
    | UserInputRequestedEvent
    | ModelClientStreamingChunkEvent
    | ThoughtEvent
    | SelectSpeakerEvent
    | CodeGenerationEvent
    | CodeExecutionEvent,
    Field(discriminator="type"),
]
"""Any built-in event, for fields that hold one."""
