"""What makes two calls equal: who is asked, how it was set up, and every argument of the call."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol, Self, runtime_checkable

from pydantic import BaseModel
from pydantic_core import to_json

from agentchat.core.models import ChatCompletionClient, LLMMessage
from agentchat.core.tools import Tool, ToolSchema


@runtime_checkable
class Identified(Protocol):
    """A client that knows what sets it apart, also where it can't be written to a configuration."""

    def cache_identity(self) -> Mapping[str, Any]:
        """Everything that its answers depend on, as JSON; no secrets."""


def identity_of(client: ChatCompletionClient) -> bytes:
    """What sets a client apart from others: its class and settings, without secrets."""
    name = f"{type(client).__module__}.{type(client).__qualname__}"
    if isinstance(client, Identified):
        return _text([name, client.cache_identity()])
    try:
        return client.dump_component().model_dump_json().encode()
    # It is no component, or holds what a configuration can't say.
    except (NotImplementedError, AttributeError, TypeError, ValueError):
        return _text([name, client.model_info])


class Call(NamedTuple):
    """What a client is asked, but for the token that would stop it."""

    messages: Sequence[LLMMessage]
    tools: Sequence[Tool | ToolSchema]
    tool_choice: Tool | Literal["auto", "required", "none"]
    json_output: bool | type[BaseModel] | None
    extra_create_args: Mapping[str, Any]

    def options(self) -> dict[str, Any]:
        """The named arguments of a client's `create`."""
        return {name: value for name, value in self._asdict().items() if name != "messages"}

    def key(self, identity: "Identity") -> str:
        """A digest that only an equal call of an equal client has."""
        choice = self.tool_choice
        said = [
            self.messages,
            [_schema_of(tool) for tool in self.tools],
            choice if isinstance(choice, str) else _schema_of(choice),
            self.json_output,
            dict(sorted(self.extra_create_args.items())),
        ]
        return identity.digest_with(_text(said))


class Identity:
    """What sets a client apart from others, ready to be mixed into keys.

    Args:
        text: All that its answers depend on beside the call.
    """

    def __init__(self, text: bytes) -> None:
        self._digest = hashlib.sha256(text + b"\0")

    @classmethod
    def of(cls, client: ChatCompletionClient) -> Self:
        """That of a client."""
        return cls(identity_of(client))

    def digest_with(self, said: bytes) -> str:
        """The digest of the client and what it is asked."""
        digest = self._digest.copy()
        digest.update(said)
        return digest.hexdigest()


def _schema_of(tool: Tool | ToolSchema) -> ToolSchema:
    return tool if isinstance(tool, dict) else tool.schema


def _text(value: Any) -> bytes:
    return to_json(value, fallback=_described)


def _described(value: object) -> Any:
    """Something that JSON does not know; at worst it equals nothing but itself."""
    if isinstance(value, type) and issubclass(value, BaseModel):
        return value.model_json_schema()
    return repr(value)
