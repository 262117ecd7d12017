"""JsonLinesMemory: a lexical memory that lives in a file, one thing a line."""

import json
import os
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ValidationError

from agentchat.core import CancellationToken, Component
from agentchat.core.memory import (
    LexicalMemory,
    Memory,
    MemoryContent,
    MemoryQueryResult,
    UpdateContextResult,
)
from agentchat.core.model_context import ChatCompletionContext

__all__ = ["JsonLinesMemory", "UnreadableMemory"]


class UnreadableMemory(ValueError):
    """A line of a memory's file is no memory.

    Args:
        path: The file.
        line: The line, from 1.
        reason: What is wrong with it.
    """

    def __init__(self, path: Path, line: int, reason: str) -> None:
        self.path = path
        self.line = line
        self.reason = reason
        super().__init__(
            f"A line of a memory's file can't be read: {reason}\n"
            f"  where:    {path}:{line}\n"
            "  fix:      mend the line, or take it out"
        )


class JsonLinesMemory(Memory, Component[BaseModel]):
    """Remembers in a file, and tells what shares words with the question; see LexicalMemory.

    A line is a MemoryContent as JSON, so that people can read, write and merge such files. The file
    is read when the memory is made, and written as things are added: one process at a time.

    Args:
        path: The file; it and its folder are made when there is something to remember.
        k: How many things to tell at most.

    Raises:
        UnreadableMemory: The file holds something else.
        ValueError: `k` is not positive.
    """

    component_provider_override: ClassVar[str] = "agentchat.ext.memory.json_lines.JsonLinesMemory"

    def __init__(self, path: str | os.PathLike[str], k: int = 3) -> None:
        self._path = Path(path)
        self._memory = LexicalMemory(memory_contents=_read(self._path), k=k)

    async def update_context(self, model_context: ChatCompletionContext) -> UpdateContextResult:
        """Puts what bears on the last message into a system message, in the place of the last."""
        return await self._memory.update_context(model_context)

    async def query(
        self,
        query: str | MemoryContent,
        cancellation_token: CancellationToken | None = None,
        **kwargs: Any,
    ) -> MemoryQueryResult:
        """The `k` best matches at most, the best first; of equals, the oldest first."""
        return await self._memory.query(query, cancellation_token, **kwargs)

    async def add(
        self, content: MemoryContent, cancellation_token: CancellationToken | None = None
    ) -> None:
        """Remembers one thing more, on disk first.

        Raises:
            ValueError: It is made of bytes, which JSON has no form for.
        """
        if isinstance(content.content, bytes):
            raise ValueError("Bytes can't be kept in JSON lines; keep a text that refers to them.")  # noqa: TRY004 - the kind is right, the store is not
        line = json.dumps(content.model_dump(mode="json", exclude_none=True), ensure_ascii=False)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(line + "\n")
        await self._memory.add(content, cancellation_token)

    async def clear(self) -> None:
        """Forgets everything, and removes the file."""
        self._path.unlink(missing_ok=True)
        await self._memory.clear()

    async def close(self) -> None:
        """Does nothing: the file is open only while it is written."""


def _read(path: Path) -> list[MemoryContent]:
    if not path.exists():
        return []
    lines = enumerate(path.read_text(encoding="utf-8").split("\n"), 1)
    return [_parsed(path, number, line) for number, line in lines if line.strip()]


def _parsed(path: Path, number: int, line: str) -> MemoryContent:
    try:
        return MemoryContent.model_validate_json(line)
    except ValidationError as error:
        raise UnreadableMemory(path, number, error.errors()[0]["msg"]) from error
