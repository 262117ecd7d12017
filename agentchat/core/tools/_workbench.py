"""Workbenches: tools that are listed and called by name, and may share resources and state."""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Mapping
from types import TracebackType
from typing import Annotated, Any, ClassVar, Literal, Self, TypeAlias

from pydantic import BaseModel, Field

from agentchat.core._cancellation import CancellationToken
from agentchat.core._component import ComponentBase, ComponentType
from agentchat.core._image import Image
from agentchat.core.tools._tool import ToolSchema


class TextResultContent(BaseModel, defer_build=True):
    """Text that a tool returned."""

    type: Literal["TextResultContent"] = "TextResultContent"
    content: str


class ImageResultContent(BaseModel, defer_build=True):
    """An image that a tool returned."""

    type: Literal["ImageResultContent"] = "ImageResultContent"
    content: Image


ResultContent: TypeAlias = Annotated[
    TextResultContent | ImageResultContent, Field(discriminator="type")
]
"""One piece of what a tool returned."""


class ToolResult(BaseModel, defer_build=True):
    """What came of calling a tool."""

    type: Literal["ToolResult"] = "ToolResult"
    name: str
    """The name it was called by."""

    result: list[ResultContent]
    is_error: bool = False
    """Whether the tool failed; the result says how."""

    def to_text(self, replace_image: str | None = None) -> str:
        """All pieces, one a line.

        Args:
            replace_image: What to write for an image; by default its base64 text in brackets.
        """
        return "\n".join(_text_of(piece, replace_image) for piece in self.result)


class ToolOverride(BaseModel, defer_build=True):
    """How a tool is shown to the model instead of as itself; None leaves a part as it is."""

    name: str | None = None
    description: str | None = None


class Workbench(ComponentBase[BaseModel], ABC):
    """A set of tools with one life: started, called any number of times, stopped.

    `async with` starts and stops it. Which tools there are may change from call to call.
    """

    component_type: ClassVar[ComponentType] = "workbench"

    @abstractmethod
    async def list_tools(self) -> list[ToolSchema]:
        """What a model may call now."""

    @abstractmethod
    async def call_tool(
        self,
        name: str,
        arguments: Mapping[str, Any] | None = None,
        cancellation_token: CancellationToken | None = None,
        call_id: str | None = None,
    ) -> ToolResult:
        """Calls a tool; what goes wrong in it is a result, not an exception.

        Args:
            name: As `list_tools` has it.
            arguments: Plain JSON values; None for no arguments.
            cancellation_token: Stops the call, which then ends with CancelledError.
            call_id: The model's name for this call.
        """

    @abstractmethod
    async def start(self) -> None:
        """Makes the tools ready."""

    @abstractmethod
    async def stop(self) -> None:
        """Lets go of what the tools hold."""

    @abstractmethod
    async def reset(self) -> None:
        """Brings the tools back to how they were when started."""

    @abstractmethod
    async def save_state(self) -> Mapping[str, Any]:
        """What the tools remember, as plain values."""

    @abstractmethod
    async def load_state(self, state: Mapping[str, Any]) -> None:
        """Has the tools remember that instead."""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        await self.stop()


class StreamWorkbench(Workbench, ABC):
    """A workbench whose tools can tell how they are getting on."""

    @abstractmethod
    def call_tool_stream(
        self,
        name: str,
        arguments: Mapping[str, Any] | None = None,
        cancellation_token: CancellationToken | None = None,
        call_id: str | None = None,
    ) -> AsyncGenerator[Any | ToolResult, None]:
        """Calls a tool; yields what it has to tell, and last its ToolResult.

        The arguments are those of `call_tool`.
        """


def _text_of(piece: TextResultContent | ImageResultContent, replace_image: str | None) -> str:
    if isinstance(piece, TextResultContent):
        return piece.content
    return f"[Image: {piece.content.to_base64()}]" if replace_image is None else replace_image
