"""LLM messages as the chat completions API takes them.

One function a kind of message; what a family of models wants otherwise is in its MessageStyle.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from agentchat.core._function_call import FunctionCall
from agentchat.core._image import Image
from agentchat.core.models import (
    AssistantMessage,
    FunctionExecutionResultMessage,
    LLMMessage,
    ModelFamily,
    SystemMessage,
    UserMessage,
)
from agentchat.ext.models._names import api_name

ApiMessage = dict[str, Any]

_FAMILIES = get_args(ModelFamily.ANY)


@dataclass(frozen=True)
class MessageStyle:
    """How messages are written for one model."""

    names: bool = True
    """Whether a user message says who it is from, in `name`."""

    name_prefixes: bool = False
    """Whether the text of a user message begins with who said it."""

    blank_text: Literal["keep", "space", "drop"] = "keep"
    """What becomes of an empty text: it stays, becomes one space, or takes its message along."""

    blank_system: Literal["keep", "space"] = "keep"
    """The same for system messages."""


_GEMINI = MessageStyle(blank_text="space", blank_system="space")
_CLAUDE = MessageStyle(blank_text="drop", blank_system="space")
_MISTRAL = MessageStyle(names=False, blank_system="space")


def message_style(family: str, model: str, *, names: bool, name_prefixes: bool) -> MessageStyle:
    """The style of a model; one of unknown family is known by the beginning of its name."""
    if family not in _FAMILIES or family == ModelFamily.UNKNOWN:
        family = max((known for known in _FAMILIES if model.startswith(known)), key=len, default="")
    style = _family_style(family)
    return replace(style, names=names and style.names, name_prefixes=name_prefixes)


def api_messages(messages: Sequence[LLMMessage], style: MessageStyle) -> list[ApiMessage]:
    """The messages in the API's form; a message may become none, or several."""
    return [written for message in messages for written in _written(message, style)]


def with_joined_system_messages(messages: Sequence[LLMMessage]) -> list[LLMMessage]:
    """The messages with adjacent system messages made one, at the place of the first.

    Raises:
        ValueError: System messages stand apart.
    """
    places = [at for at, message in enumerate(messages) if isinstance(message, SystemMessage)]
    if not places:
        return list(messages)
    first, last = places[0], places[-1]
    if last - first + 1 != len(places):
        raise ValueError(
            "Multiple and Not continuous system messages are not supported if "
            "model_info['multiple_system_messages'] is False"
        )
    text = "\n".join(str(message.content) for message in messages[first : last + 1]).rstrip()
    joined = [SystemMessage(content=text)] if text else []
    return [*messages[:first], *joined, *messages[last + 1 :]]


def _family_style(family: str) -> MessageStyle:
    if ModelFamily.is_gemini(family):
        return _GEMINI
    if ModelFamily.is_claude(family):
        return _CLAUDE
    if ModelFamily.is_mistral(family):
        return _MISTRAL
    return MessageStyle()


# The order of the keys is upstream's, so that a recorded request has the same bytes.
def _written(message: LLMMessage, style: MessageStyle) -> list[ApiMessage]:
    match message:
        case SystemMessage():
            blank = style.blank_system == "space" and not message.content
            return [{"content": " " if blank else message.content, "role": "system"}]
        case UserMessage():
            return _user(message, style)
        case AssistantMessage():
            return _assistant(message, style)
        case FunctionExecutionResultMessage():
            return [
                {"content": result.content, "role": "tool", "tool_call_id": result.call_id}
                for result in message.content
            ]


def _user(message: UserMessage, style: MessageStyle) -> list[ApiMessage]:
    head = {"role": "user"} | ({"name": api_name(message.source)} if style.names else {})
    prefix = f"{message.source} said:\n" if style.name_prefixes else ""
    if isinstance(message.content, str):
        return _with_text(head, prefix + message.content, style)
    parts: list[ApiMessage] = []
    for part in message.content:
        if isinstance(part, Image):
            parts.append(part.to_openai_format())
        else:
            parts.append({"type": "text", "text": prefix + part})
            prefix = ""
    return [head | {"content": parts}]


def _assistant(message: AssistantMessage, style: MessageStyle) -> list[ApiMessage]:
    if isinstance(message.content, str):
        return _with_text({"role": "assistant"}, message.content, style)
    # Beside calls there is no message to drop, and a missing thought is no empty text.
    content = " " if message.thought == "" and style.blank_text != "keep" else message.thought
    calls = [_tool_call(call) for call in message.content]
    return [{"role": "assistant", "tool_calls": calls, "content": content}]


def _with_text(head: dict[str, str], text: str, style: MessageStyle) -> list[ApiMessage]:
    if style.blank_text == "drop" and (not text or text.isspace()):
        return []
    return [head | {"content": " " if style.blank_text == "space" and not text else text}]


def _tool_call(call: FunctionCall) -> ApiMessage:
    return {
        "id": call.id,
        "function": {"arguments": call.arguments, "name": api_name(call.name)},
        "type": "function",
    }
