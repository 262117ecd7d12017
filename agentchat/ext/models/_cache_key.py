"""What makes two calls equal: who is asked, how it was set up, and every argument of the call."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
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


@runtime_checkable
class Transparent(Protocol):
    """A client through which another one answers, as it would without it."""

    @property
    def answers_as(self) -> ChatCompletionClient:
        """The other one."""


def identity_of(client: ChatCompletionClient) -> bytes:
    """What sets a client apart from others: its class and settings, without secrets."""
    if isinstance(client, Transparent):
        return identity_of(client.answers_as)
    name = f"{type(client).__module__}.{type(client).__qualname__}"
    if isinstance(client, Identified):
        return _text([name, client.cache_identity()])
    try:
        return client.dump_component().model_dump_json().encode()
    # It is no component, or holds what a configuration can't say.
    except (NotImplementedError, AttributeError, TypeError, ValueError):
        return _text([name, getattr(client, "model_name", None), client.model_info])


_repetition: ContextVar[int] = ContextVar("repetition", default=1)


@contextmanager
def repetition(number: int) -> Iterator[None]:
    """A block whose calls are no others' equals but those of the same repetition.

    Trials of an evaluation are there to get several answers to one question: a cache keeps those of
    each repetition apart, and gives each its own again when all are run anew. Calls outside any
    block are those of the first.

    Args:
        number: Which of the repetitions it is, from 1.
    """
    token = _repetition.set(number)
    try:
        yield
    finally:
        _repetition.reset(token)


class Call(NamedTuple):
    """What a client is asked, but for the token that would stop it."""

    messages: Sequence[LLMMessage]
    tools: Sequence[Tool | ToolSchema]
    tool_choice: Tool | Literal["auto", "required", "none"]
    json_output: bool | type[BaseModel] | None
    extra_create_args: Mapping[str, Any]

    def options(self) -> dict[str, Any]:
        """The named arguments of a client's `create`."""
        return dict(zip(_OPTIONS, self[1:], strict=True))

    def key(self, identity: "Identity") -> str:
        """A digest that only an equal call of an equal client has."""
        messages, tools, choice, json_output, extra = self
        said = [
            messages,
            [_schema_of(tool) for tool in tools] if tools else (),
            choice if isinstance(choice, str) else _schema_of(choice),
            json_output,
            dict(sorted(extra.items())) if extra else {},
        ]
        number = _repetition.get()
        return identity.digest_with(_text(said) + (b"" if number == 1 else b"\0%d" % number))


_OPTIONS = Call._fields[1:]


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
