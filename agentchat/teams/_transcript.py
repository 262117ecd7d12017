"""A conversation as the text that a selecting model reads."""

from collections.abc import Sequence

from agentchat.core import FunctionCall, Image
from agentchat.core.models import AssistantMessage, LLMMessage, UserMessage


class Transcript:
    """What was said, a block a message; only what is new since the last time is written anew."""

    def __init__(self) -> None:
        self._written: Sequence[LLMMessage] = ()
        self._text = ""

    def of(self, messages: Sequence[LLMMessage]) -> str:
        """The text; the results of tools are nobody's words."""
        # Equal messages are the same objects nearly always, which is quick to see.
        if messages[: len(self._written)] != self._written:
            self._written, self._text = [], ""
        for message in messages[len(self._written) :]:
            if isinstance(message, UserMessage | AssistantMessage):
                block = f"{message.source}: {_as_text(message.content)}\n\n"
                self._text = f"{self._text}\n{block}" if self._text else block
        self._written = messages
        return self._text


def _as_text(content: str | Sequence[str | Image | FunctionCall]) -> str:
    if isinstance(content, str):
        return content
    if any(isinstance(part, FunctionCall) for part in content):
        return str(content)
    return " ".join("[Image]" if isinstance(part, Image) else str(part) for part in content)
