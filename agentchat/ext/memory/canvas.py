"""A canvas: files of text that agents write together, each with all its revisions."""

import difflib
from abc import ABC, abstractmethod
from typing import Any

from pydantic import BaseModel

from agentchat.core import CancellationToken
from agentchat.core.memory import (
    Memory,
    MemoryContent,
    MemoryMimeType,
    MemoryQueryResult,
    UpdateContextResult,
)
from agentchat.core.memory import _Note as Note
from agentchat.core.model_context import ChatCompletionContext
from agentchat.core.tools import BaseTool
from agentchat.ext.memory._unified_diff import PatchDoesNotFit, patched

__all__ = [
    "ApplyPatchTool",
    "BaseCanvas",
    "PatchDoesNotFit",
    "TextCanvas",
    "TextCanvasMemory",
    "UpdateFileTool",
]


class BaseCanvas(ABC):
    """Files of some kind, with their revisions, which are counted from 1."""

    @abstractmethod
    def list_files(self) -> dict[str, int]:
        """The latest revision of each file, by its name."""

    @abstractmethod
    def get_latest_content(self, filename: str) -> Any:
        """What is in the file now."""

    @abstractmethod
    def add_or_update_file(self, filename: str, new_content: Any) -> None:
        """Writes a new revision of a file, which may be the first."""

    @abstractmethod
    def get_diff(self, filename: str, from_revision: int, to_revision: int) -> str:
        """What has changed between two revisions."""

    @abstractmethod
    def apply_patch(self, filename: str, patch_data: Any) -> None:
        """Writes a new revision of a file, by what shall change in the latest."""


class TextCanvas(BaseCanvas):
    """Files of text, in the process."""

    def __init__(self) -> None:
        self._revisions_by_file: dict[str, list[str]] = {}

    def list_files(self) -> dict[str, int]:
        return {name: len(revisions) for name, revisions in self._revisions_by_file.items()}

    def get_latest_content(self, filename: str) -> str:
        """What is in the file now; nothing is in one that is not there."""
        revisions = self._revisions_by_file.get(filename)
        return revisions[-1] if revisions else ""

    def get_revision_content(self, filename: str, revision: int) -> str:
        """What was in the file; nothing was in a revision that is not there."""
        revisions = self._revisions_by_file.get(filename, [])
        return revisions[revision - 1] if 1 <= revision <= len(revisions) else ""

    def add_or_update_file(self, filename: str, new_content: str | bytes) -> None:
        """Writes a new revision of a file, which may be the first.

        Raises:
            ValueError: The content is no text, nor bytes of UTF-8.
        """
        self._revisions_by_file.setdefault(filename, []).append(_text_of(new_content))

    def get_diff(self, filename: str, from_revision: int, to_revision: int) -> str:
        """What has changed between two revisions, as a unified diff."""
        return "".join(
            difflib.unified_diff(
                self.get_revision_content(filename, from_revision).splitlines(keepends=True),
                self.get_revision_content(filename, to_revision).splitlines(keepends=True),
                fromfile=f"{filename}@r{from_revision}",
                tofile=f"{filename}@r{to_revision}",
            )
        )

    def get_revision_diffs(self, filename: str) -> list[str]:
        """What has changed with each revision after the first."""
        latest = self.list_files().get(filename, 0)
        return [self.get_diff(filename, number, number + 1) for number in range(1, latest)]

    def apply_patch(self, filename: str, patch_data: str | bytes) -> None:
        """Writes a new revision of a file, by a unified diff from the latest.

        Raises:
            ValueError: There is no such file, or the diff is none or changes nothing.
            PatchDoesNotFit: It was made from another content; the file stays as it is.
        """
        if filename not in self._revisions_by_file:
            raise ValueError(f"File '{filename}' does not exist on the canvas; create it first.")
        latest = self.get_latest_content(filename)
        self.add_or_update_file(filename, patched(latest, _text_of(patch_data)))

    def get_all_contents_for_context(self) -> str:
        """All files as they are now, in one text for a model."""
        files = [
            f"File: {name} (rev {revision}):\n{self.get_latest_content(name)}\n"
            for name, revision in self.list_files().items()
        ]
        return "\n".join(["=== CANVAS FILES ===", *files, "=== END OF CANVAS ==="])


class _FileArguments(BaseModel, defer_build=True):
    filename: str


class UpdateFileArgs(_FileArguments, defer_build=True):
    """What `update_file` is called with."""

    new_content: str


class ApplyPatchArgs(_FileArguments, defer_build=True):
    """What `apply_patch` is called with."""

    patch_text: str


class CanvasToolResult(BaseModel, defer_build=True):
    """What the tools return."""

    status: str


class UpdateFileTool(BaseTool[UpdateFileArgs, CanvasToolResult]):
    """Lets a model write a file.

    Args:
        canvas: Where the file is.
    """

    def __init__(self, canvas: BaseCanvas) -> None:
        super().__init__(
            UpdateFileArgs,
            CanvasToolResult,
            "update_file",
            "Create/update a file on the canvas with the provided content.",
        )
        self._canvas = canvas

    async def run(
        self, args: UpdateFileArgs, cancellation_token: CancellationToken
    ) -> CanvasToolResult:
        """Writes the file."""
        self._canvas.add_or_update_file(args.filename, args.new_content)
        return CanvasToolResult(status="OK")


class ApplyPatchTool(BaseTool[ApplyPatchArgs, CanvasToolResult]):
    """Lets a model change a part of a file.

    Args:
        canvas: Where the file is.
    """

    def __init__(self, canvas: BaseCanvas) -> None:
        super().__init__(
            ApplyPatchArgs,
            CanvasToolResult,
            "apply_patch",
            "Apply a unified diff patch to an existing file on the canvas. "
            "The patch must be in diff/patch format. The file must exist or be created first.",
        )
        self._canvas = canvas

    async def run(
        self, args: ApplyPatchArgs, cancellation_token: CancellationToken
    ) -> CanvasToolResult:
        """Changes the file."""
        self._canvas.apply_patch(args.filename, args.patch_text)
        return CanvasToolResult(status="PATCH APPLIED")


class TextCanvasMemory(Memory):
    """Shows an agent all files of a canvas as they are when its turn begins.

    Agents that shall write are given its tools besides; several may share a canvas.

    Args:
        canvas: By default one of its own.
    """

    def __init__(self, canvas: TextCanvas | None = None) -> None:
        self.canvas: TextCanvas = TextCanvas() if canvas is None else canvas
        self._note = Note()

    async def update_context(self, model_context: ChatCompletionContext) -> UpdateContextResult:
        """Puts the files into a system message, in the place of the last."""
        snapshot = self.canvas.get_all_contents_for_context()
        await self._note.write(model_context, [snapshot])
        content = MemoryContent(content=snapshot, mime_type=MemoryMimeType.TEXT)
        return UpdateContextResult(memories=MemoryQueryResult(results=[content]))

    async def query(
        self,
        query: str | MemoryContent,
        cancellation_token: CancellationToken | None = None,
        **kwargs: Any,
    ) -> MemoryQueryResult:
        """Nothing: all there is to tell is told when a turn begins."""
        return MemoryQueryResult(results=[])

    async def add(
        self, content: MemoryContent, cancellation_token: CancellationToken | None = None
    ) -> None:
        """Does nothing: files are written by the tools."""

    async def clear(self) -> None:
        """Takes a new canvas; tools that were given out before go on with the old one."""
        self.canvas = TextCanvas()

    async def close(self) -> None:
        """Does nothing: all it holds is here."""

    def get_update_file_tool(self) -> UpdateFileTool:
        """A tool that writes files of this canvas."""
        return UpdateFileTool(self.canvas)

    def get_apply_patch_tool(self) -> ApplyPatchTool:
        """A tool that changes files of this canvas."""
        return ApplyPatchTool(self.canvas)


def _text_of(content: Any) -> str:
    if isinstance(content, bytes):
        return content.decode("utf-8")
    if not isinstance(content, str):
        raise ValueError(f"Expected str or bytes, got {type(content)}")  # noqa: TRY004 - upstream's
    return content
