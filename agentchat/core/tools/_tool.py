"""What a model may call: the contract of a tool."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, NotRequired, Protocol, runtime_checkable

from pydantic import BaseModel
from typing_extensions import TypedDict

from agentchat.core._cancellation import CancellationToken


class ParametersSchema(TypedDict):
    """The arguments of a tool as a JSON schema."""

    type: str
    properties: dict[str, Any]
    required: NotRequired[Sequence[str]]
    additionalProperties: NotRequired[bool]


class ToolSchema(TypedDict):
    """What a model is told of a tool."""

    name: str
    description: NotRequired[str]
    parameters: NotRequired[ParametersSchema]
    strict: NotRequired[bool]
    """Whether the model must keep to the schema exactly, where its provider supports that."""


@runtime_checkable
class Tool(Protocol):
    """Something that a model may call."""

    @property
    def name(self) -> str:
        """What the model calls it by."""
        ...

    @property
    def description(self) -> str:
        """What the model is told it does."""
        ...

    @property
    def schema(self) -> ToolSchema:
        """What the model is told in all."""
        ...

    def args_type(self) -> type[BaseModel]:
        """The pydantic class of its arguments."""
        ...

    def return_type(self) -> type[Any]:
        """The class of what it returns."""
        ...

    def state_type(self) -> type[BaseModel] | None:
        """The pydantic class of its state; None when it keeps none."""
        ...

    def return_value_as_string(self, value: Any) -> str:
        """What it returned, as the model shall read it."""
        ...

    async def run_json(
        self,
        args: Mapping[str, Any],
        cancellation_token: CancellationToken,
        call_id: str | None = None,
    ) -> Any:
        """Runs it.

        Args:
            args: Its arguments as plain JSON values; they are validated.
            cancellation_token: Stops it.
            call_id: The model's name for this call.
        """
        ...

    async def save_state_json(self) -> Mapping[str, Any]:
        """Its state as plain JSON values."""
        ...

    async def load_state_json(self, state: Mapping[str, Any]) -> None:
        """Takes up a state that was saved."""
        ...


@runtime_checkable
class StreamTool(Tool, Protocol):
    """A tool that tells how it is getting on."""

    def run_json_stream(
        self,
        args: Mapping[str, Any],
        cancellation_token: CancellationToken,
        call_id: str | None = None,
    ) -> AsyncGenerator[Any, None]:
        """Runs it; yields what it has to tell, and last what it returns."""
        ...
