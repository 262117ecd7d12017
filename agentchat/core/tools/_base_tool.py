"""Bases for tools whose arguments are pydantic models."""

import json
import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any, ClassVar, Generic, TypeVar, cast, get_origin

from pydantic import BaseModel

from agentchat.core._cancellation import CancellationToken
from agentchat.core._component import ComponentBase, ComponentType
from agentchat.core._schema import parameters_schema
from agentchat.core._telemetry import trace_tool_span
from agentchat.core.logging import EVENT_LOGGER_NAME, ToolCallEvent
from agentchat.core.tools._tool import ParametersSchema, StreamTool, Tool, ToolSchema

_events = logging.getLogger(EVENT_LOGGER_NAME)

_NOTHING = object()

ArgsT = TypeVar("ArgsT", bound=BaseModel, contravariant=True)
ReturnT = TypeVar("ReturnT", covariant=True)
StateT = TypeVar("StateT", bound=BaseModel)
StreamT = TypeVar("StreamT", covariant=True)


class BaseTool(ABC, Tool, ComponentBase[BaseModel], Generic[ArgsT, ReturnT]):
    """A tool that is written as one method, `run`.

    Args:
        args_type: Pydantic class of the arguments; its JSON schema is what the model is told.
        return_type: Class of what `run` returns.
        name: What the model calls the tool by.
        description: What the model is told it does.
        strict: Whether the model must keep to the schema exactly. Every argument must then be
            required, and further ones forbidden.
    """

    component_type: ClassVar[ComponentType] = "tool"

    def __init__(
        self,
        args_type: type[ArgsT],
        return_type: type[ReturnT],
        name: str,
        description: str,
        strict: bool = False,
    ) -> None:
        self._args_type = args_type
        self._return_type = return_type
        self._name = name
        self._description = description
        self._strict = strict
        self._parameters: ParametersSchema | None = None

    @property
    def schema(self) -> ToolSchema:
        """What the model is told of the tool.

        Raises:
            ValueError: The tool is strict, but its arguments are not.
        """
        if self._parameters is None:
            self._parameters = self._strictly_checked(
                cast(ParametersSchema, parameters_schema(self._args_type))
            )
        return ToolSchema(
            name=self._name,
            description=self._description,
            parameters=self._parameters,
            strict=self._strict,
        )

    def _strictly_checked(self, parameters: ParametersSchema) -> ParametersSchema:
        if not self._strict:
            return parameters
        if set(parameters["required"]) != set(parameters["properties"]):
            raise ValueError(
                "Strict mode is enabled, but not all input arguments are marked as required. "
                "Default arguments are not allowed in strict mode."
            )
        if parameters["additionalProperties"] is not False:
            raise ValueError(
                "Strict mode is enabled but additional argument is also enabled. "
                "This is not allowed in strict mode."
            )
        return parameters

    @property
    def name(self) -> str:
        """What the model calls it by."""
        return self._name

    @property
    def description(self) -> str:
        """What the model is told it does."""
        return self._description

    def args_type(self) -> type[BaseModel]:
        """The pydantic class of its arguments."""
        return self._args_type

    def return_type(self) -> type[Any]:
        """The class of what it returns."""
        return self._return_type

    def state_type(self) -> type[BaseModel] | None:
        """None: it keeps no state."""
        return None

    def return_value_as_string(self, value: Any) -> str:
        """A pydantic model as JSON, anything else as `str` writes it."""
        if isinstance(value, BaseModel):
            content = value.model_dump()
            return json.dumps(content) if isinstance(content, dict) else str(content)
        return str(value)

    @abstractmethod
    async def run(self, args: ArgsT, cancellation_token: CancellationToken) -> ReturnT:
        """Does what the tool is for."""

    async def run_json(
        self,
        args: Mapping[str, Any],
        cancellation_token: CancellationToken,
        call_id: str | None = None,
    ) -> Any:
        """Runs the tool with arguments that are validated first.

        Raises:
            pydantic.ValidationError: The arguments don't fit.
        """
        with trace_tool_span(self._name, tool_description=self._description, tool_call_id=call_id):
            result = await self.run(self._args_type.model_validate(args), cancellation_token)
        self._report(args, result)
        return result

    def _report(self, args: Mapping[str, Any], result: Any) -> None:
        if _events.isEnabledFor(logging.INFO):
            text = self.return_value_as_string(result)
            event = ToolCallEvent(tool_name=self.name, arguments=dict(args), result=text)
            _events.info(event)

    async def save_state_json(self) -> Mapping[str, Any]:
        """Empty: it keeps no state."""
        return {}

    async def load_state_json(self, state: Mapping[str, Any]) -> None:
        """Does nothing: it keeps no state."""


class BaseStreamTool(BaseTool[ArgsT, ReturnT], StreamTool, ABC, Generic[ArgsT, StreamT, ReturnT]):
    """A tool that tells how it is getting on."""

    @abstractmethod
    def run_stream(
        self, args: ArgsT, cancellation_token: CancellationToken
    ) -> AsyncGenerator[StreamT | ReturnT, None]:
        """Does what the tool is for; yields what it has to tell, and last what it returns."""

    async def run_json_stream(
        self,
        args: Mapping[str, Any],
        cancellation_token: CancellationToken,
        call_id: str | None = None,
    ) -> AsyncGenerator[StreamT | ReturnT, None]:
        """Runs the tool with arguments that are validated first; yields what `run_stream` does.

        Raises:
            pydantic.ValidationError: The arguments don't fit.
            TypeError: The last item is not of the return type.
            AssertionError: There was no item at all.
        """
        last: Any = _NOTHING
        with trace_tool_span(self._name, tool_description=self._description, tool_call_id=call_id):
            stream = self.run_stream(self._args_type.model_validate(args), cancellation_token)
            async with aclosing(stream):
                async for last in stream:
                    yield last
            self._check_returned(last)
        self._report(args, last)

    def _check_returned(self, last: Any) -> None:
        if last is _NOTHING:
            raise AssertionError(
                "The tool must yield a final return value at the end of the stream."
            )
        expected = get_origin(self._return_type) or self._return_type
        if expected is not Any and not isinstance(last, expected):
            raise TypeError(
                f"Expected return value of type {expected.__name__}, but got {type(last).__name__}"
            )


class BaseToolWithState(BaseTool[ArgsT, ReturnT], ABC, Generic[ArgsT, ReturnT, StateT]):
    """A tool that remembers.

    Args:
        args_type: Pydantic class of the arguments.
        return_type: Class of what `run` returns.
        state_type: Pydantic class of what it remembers.
        name: What the model calls the tool by.
        description: What the model is told it does.
    """

    component_type: ClassVar[ComponentType] = "tool"

    def __init__(
        self,
        args_type: type[ArgsT],
        return_type: type[ReturnT],
        state_type: type[StateT],
        name: str,
        description: str,
    ) -> None:
        super().__init__(args_type, return_type, name, description)
        self._state_type = state_type

    def state_type(self) -> type[BaseModel] | None:
        """The pydantic class of what it remembers."""
        return self._state_type

    @abstractmethod
    def save_state(self) -> StateT:
        """What it remembers."""

    @abstractmethod
    def load_state(self, state: StateT) -> None:
        """Remembers that instead."""

    async def save_state_json(self) -> Mapping[str, Any]:
        """What it remembers, as plain values."""
        return self.save_state().model_dump()

    async def load_state_json(self, state: Mapping[str, Any]) -> None:
        """Remembers that instead."""
        self.load_state(self._state_type.model_validate(state))
