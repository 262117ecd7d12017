"""Chat messages: what agents say to each other."""

from typing import Annotated, Literal

from pydantic import Field

from agentchat.core import FunctionCall, Image
from agentchat.core.models import FunctionExecutionResult, LLMMessage, UserMessage
from agentchat.messages._base import BaseChatMessage, BaseTextChatMessage


class TextMessage(BaseTextChatMessage):
    """Plain words: a task, an answer."""

    type: Literal["TextMessage"] = "TextMessage"


class MultiModalMessage(BaseChatMessage):
    """Texts and images, in order."""

    content: list[str | Image]

    type: Literal["MultiModalMessage"] = "MultiModalMessage"

    def to_text(self, iterm: bool = False) -> str:
        """One part a line.

        Args:
            iterm: Draw the images with iTerm's escape sequence; otherwise they read `<image>`.
        """
        return "\n".join(
            part if isinstance(part, str) else _iterm_image(part) if iterm else "<image>"
            for part in self.content
        )

    def to_model_text(self, image_placeholder: str | None = "[image]") -> str:
        """The parts in one text.

        Args:
            image_placeholder: What stands for an image; None puts its base64 text there.
        """
        return "".join(
            part if isinstance(part, str) else f" {_image_text(part, image_placeholder)}"
            for part in self.content
        )

    def to_model_message(self) -> UserMessage:
        return UserMessage(content=self.content, source=self.source)


def _image_text(image: Image, placeholder: str | None) -> str:
    return image.to_base64() if placeholder is None else placeholder


def _iterm_image(image: Image) -> str:
    return f"\033]1337;File=inline=1:{image.to_base64()}\a\n"


class StopMessage(BaseTextChatMessage):
    """Asks the team to stop; the content is the reason."""

    type: Literal["StopMessage"] = "StopMessage"


class HandoffMessage(BaseTextChatMessage):
    """Passes the turn to another agent."""

    target: str
    """Name of the agent that is to go on."""

    context: list[LLMMessage] = Field(default_factory=list)
    """What the target's model should know besides the conversation."""

    type: Literal["HandoffMessage"] = "HandoffMessage"


class ToolCallSummaryMessage(BaseTextChatMessage):
    """The results of tool calls, put into words as an agent's answer."""

    type: Literal["ToolCallSummaryMessage"] = "ToolCallSummaryMessage"

    tool_calls: list[FunctionCall]

    results: list[FunctionExecutionResult]


ChatMessage = Annotated[
    TextMessage | MultiModalMessage | StopMessage | ToolCallSummaryMessage | HandoffMessage,
    Field(discriminator="type"),
]
"""Any built-in chat message, for fields that hold one; without structured messages."""
