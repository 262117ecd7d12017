"""Running code that a model wrote, and functions that such code may use."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from types import TracebackType
from typing import ClassVar, Self

from pydantic import BaseModel

from agentchat.core._cancellation import CancellationToken
from agentchat.core._component import ComponentBase, ComponentType
from agentchat.core._function_source import (
    Alias,
    FunctionWithRequirements,
    FunctionWithRequirementsStr,
    Import,
    ImportFromModule,
    with_requirements,
)

__all__ = [
    "Alias",
    "CodeBlock",
    "CodeExecutor",
    "CodeResult",
    "FunctionWithRequirements",
    "FunctionWithRequirementsStr",
    "Import",
    "ImportFromModule",
    "with_requirements",
]


@dataclass
class CodeBlock:
    """A piece of code out of a message."""

    code: str
    language: str
    """As the model wrote it behind the fence, such as `python` or `sh`."""


@dataclass
class CodeResult:
    """What came of running code."""

    exit_code: int
    """0 for success."""

    output: str
    """What the code printed, errors included."""


class CodeExecutor(ComponentBase[BaseModel], ABC):
    """A place where code runs. Started and stopped by `async with`."""

    component_type: ClassVar[ComponentType] = "code_executor"

    @abstractmethod
    async def execute_code_blocks(
        self, code_blocks: list[CodeBlock], cancellation_token: CancellationToken
    ) -> CodeResult:
        """Runs the blocks in order, up to the first that fails.

        Raises:
            ValueError: A block can't be run here.
            asyncio.TimeoutError: It took too long.
            CancelledError: The token was cancelled.
        """

    @abstractmethod
    async def start(self) -> None:
        """Makes ready; code may run afterwards."""

    @abstractmethod
    async def stop(self) -> None:
        """Ends what still runs, and lets go of the place."""

    @abstractmethod
    async def restart(self) -> None:
        """Starts afresh: what earlier code left in memory is gone."""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> bool | None:
        await self.stop()
        return None
