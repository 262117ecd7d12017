"""Elicitation: a server asks a person through whoever uses it."""

import asyncio
import json
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self, TextIO

from mcp import types
from pydantic import BaseModel, model_validator

from agentchat.core._component import Component, ComponentBase, ComponentType
from agentchat.core._daemon_thread import in_daemon_thread
from agentchat.ext.tools.mcp._sdk import wire

_ACTIONS = {"a": "accept", "d": "decline", "c": "cancel"}
_TRUTHS = {"true": True, "yes": True, "y": True, "false": False, "no": False, "n": False}


class Elicitor(ComponentBase[BaseModel], ABC):
    """Asks a person on behalf of a server."""

    component_type: ClassVar[ComponentType] = "mcp_elicitor"

    @abstractmethod
    async def elicit(self, params: types.ElicitRequestParams) -> types.ElicitResult:
        """What the person decided, and entered."""


class StreamElicitor(Elicitor):
    """Asks over two text streams, a line at a time.

    The person accepts, declines or cancels by a word or its first letter. Whoever accepts is asked
    for one field after the other; a JSON object instead of the first one answers them all. An
    optional field may be left empty.

    Args:
        read_stream: Where the answers come from; at its end, the request is cancelled.
        write_stream: Where the questions go.
        timeout: Seconds that the person has; after that, the request is cancelled. None: no limit.
    """

    def __init__(
        self, read_stream: TextIO, write_stream: TextIO, timeout: float | None = None
    ) -> None:
        self._read_stream = read_stream
        self._write_stream = write_stream
        self._timeout = timeout

    async def elicit(self, params: types.ElicitRequestParams) -> types.ElicitResult:
        """What the person decided, and entered."""
        asked = wire(params)
        self._show(f"\nA tool's server asks: {asked['message']}")
        if "url" in asked:
            self._show(f"Please go to: {asked['url']}")
        try:
            async with asyncio.timeout(self._timeout):
                action = await self._action()
                content = await self._content(asked) if action == "accept" else None
        except (TimeoutError, EOFError):
            action, content = "cancel", None
        return types.ElicitResult.model_validate({"action": action, "content": content})

    async def _action(self) -> str:
        while True:
            answer = (await self._ask("[a]ccept, [d]ecline or [c]ancel? ")).lower()
            if answer and answer[0] in _ACTIONS and _ACTIONS[answer[0]].startswith(answer):
                return _ACTIONS[answer[0]]

    async def _content(self, asked: Mapping[str, Any]) -> dict[str, Any] | None:
        if "requestedSchema" not in asked:
            return None
        schema = asked["requestedSchema"]
        required = schema.get("required", ())
        content: dict[str, Any] = {}
        for name, field in schema.get("properties", {}).items():
            entered = await self._field(name, field, is_required=name in required)
            if isinstance(entered, dict):
                return entered
            if entered is not None:
                content[name] = entered
        return content

    async def _field(self, name: str, field: Mapping[str, Any], is_required: bool) -> Any:
        """What was entered; None for nothing, a dict for all fields."""
        question = f"{_described(name, field)}{'' if is_required else ' (optional)'}: "
        while True:
            line = await self._ask(question)
            if not line and not is_required:
                return None
            try:
                return json.loads(line) if line.startswith("{") else _value(line, field)
            except ValueError as error:
                self._show(f"That does not fit: {error}")

    async def _ask(self, question: str) -> str:
        self._show(question, end="")
        line = await in_daemon_thread(self._read_stream.readline, name="elicitation")
        if not line:
            raise EOFError
        return line.strip()

    def _show(self, text: str, end: str = "\n") -> None:
        print(text, end=end, file=self._write_stream, flush=True)


class StdioElicitorConfig(BaseModel):
    """A saved elicitor: how long it waits."""

    timeout: float | None

    @model_validator(mode="before")
    @classmethod
    def _without_limit(cls, given: Any) -> Any:
        # What is None is left out when a component is dumped.
        return {"timeout": None, **given} if isinstance(given, dict) else given


class StdioElicitor(StreamElicitor, Component[StdioElicitorConfig]):
    """Asks on the terminal, as a StreamElicitor does.

    Args:
        timeout: Seconds that the person has; after that, the request is cancelled. None: no limit.
    """

    component_config_schema: ClassVar[type[BaseModel]] = StdioElicitorConfig

    def __init__(self, timeout: float | None = None) -> None:
        super().__init__(sys.stdin, sys.stdout, timeout)

    @property
    def timeout(self) -> float | None:
        """Seconds that the person has; None for no limit."""
        return self._timeout

    def _to_config(self) -> StdioElicitorConfig:
        return StdioElicitorConfig(timeout=self._timeout)

    @classmethod
    def _from_config(cls, config: StdioElicitorConfig) -> Self:
        return cls(config.timeout)


def _described(name: str, field: Mapping[str, Any]) -> str:
    told = field.get("description") or field.get("title")
    choices = field.get("enum")
    kind = " or ".join(map(str, choices)) if choices else field.get("type", "string")
    return f"{name} [{kind}] {told}" if told else f"{name} [{kind}]"


def _value(line: str, field: Mapping[str, Any]) -> Any:
    """What was entered as the field's type has it.

    Raises:
        ValueError: It has no such form.
    """
    kind = field.get("type")
    if kind == "boolean":
        if line.lower() not in _TRUTHS:
            raise ValueError("please enter yes or no")
        return _TRUTHS[line.lower()]
    if kind == "array":
        return [item.strip() for item in line.split(",") if item.strip()]
    if "enum" in field and line not in field["enum"]:
        raise ValueError(f"please enter one of {', '.join(field['enum'])}")
    convert = {"integer": int, "number": float}.get(str(kind), str)
    return convert(line)
