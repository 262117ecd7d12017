"""Memories: what an agent knows besides the conversation, put into the context when it is asked."""

import math
import re
from abc import ABC, abstractmethod
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, ClassVar, Self
from weakref import WeakKeyDictionary

from pydantic import BaseModel, ConfigDict, field_serializer, model_validator

from agentchat.core._cancellation import CancellationToken
from agentchat.core._component import Component, ComponentBase, ComponentType
from agentchat.core._image import Image
from agentchat.core.model_context import ChatCompletionContext
from agentchat.core.models import LLMMessage, SystemMessage

__all__ = [
    "LexicalMemory",
    "ListMemory",
    "Memory",
    "MemoryContent",
    "MemoryMimeType",
    "MemoryQueryResult",
    "UpdateContextResult",
]


class MemoryMimeType(Enum):
    """What kind of content a memory holds."""

    TEXT = "text/plain"
    JSON = "application/json"
    MARKDOWN = "text/markdown"
    IMAGE = "image/*"
    BINARY = "application/octet-stream"


class MemoryContent(BaseModel, defer_build=True):
    """One thing to remember."""

    model_config: ClassVar[ConfigDict] = ConfigDict(arbitrary_types_allowed=True)

    content: str | bytes | dict[str, Any] | Image
    mime_type: MemoryMimeType | str
    """What kind of content it is; any other MIME type is written as a string."""

    metadata: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _recognize_image(self) -> Self:
        # In JSON an image is a dict, and so is any JSON content.
        if isinstance(self.content, dict) and _is_image(self.mime_type) and "data" in self.content:
            self.content = Image.from_base64(self.content["data"])
        return self

    @field_serializer("mime_type")
    def serialize_mime_type(self, mime_type: MemoryMimeType | str) -> str:
        """The MIME type as a string."""
        return mime_type.value if isinstance(mime_type, MemoryMimeType) else mime_type


class MemoryQueryResult(BaseModel, defer_build=True):
    """What a memory has to say, the most relevant first if it can tell."""

    results: list[MemoryContent]


class UpdateContextResult(BaseModel, defer_build=True):
    """What a memory put into a context."""

    memories: MemoryQueryResult


class Memory(ABC, ComponentBase[BaseModel]):
    """Something that remembers for an agent."""

    component_type: ClassVar[ComponentType] = "memory"

    @abstractmethod
    async def update_context(self, model_context: ChatCompletionContext) -> UpdateContextResult:
        """Puts what is relevant now into the context; an agent asks for it when its turn begins."""

    @abstractmethod
    async def query(
        self,
        query: str | MemoryContent,
        cancellation_token: CancellationToken | None = None,
        **kwargs: Any,
    ) -> MemoryQueryResult:
        """What it has to say to a question."""

    @abstractmethod
    async def add(
        self, content: MemoryContent, cancellation_token: CancellationToken | None = None
    ) -> None:
        """Remembers one thing more."""

    @abstractmethod
    async def clear(self) -> None:
        """Forgets everything."""

    @abstractmethod
    async def close(self) -> None:
        """Lets go of what it holds outside."""

    async def save_state(self) -> Mapping[str, Any]:
        """What it remembers, as JSON values; nothing where that is kept elsewhere."""
        return {}

    async def load_state(self, state: Mapping[str, Any]) -> None:
        """Remembers that instead."""


class _Note:
    """The one system message that a memory has in each context, and keeps up to date."""

    def __init__(self) -> None:
        self._written: WeakKeyDictionary[ChatCompletionContext, LLMMessage] = WeakKeyDictionary()

    async def write(self, context: ChatCompletionContext, lines: Sequence[str]) -> None:
        """Puts the lines where the last note stands, or at the end; no lines take it away."""
        if not lines:
            old = self._written.pop(context, None)
            if old is not None:
                await context.replace_message(old, None)
            return
        note = SystemMessage(content="\n".join(["", *lines, ""]))
        # A context that was loaded may hold this very note from an earlier run.
        old = self._written.get(context, note)
        if not await context.replace_message(old, note):
            await context.add_message(note)
        self._written[context] = note


class _KeptMemory(Memory):
    """A memory that holds its contents in a list, within the process."""

    _default_name: ClassVar[str]

    def __init__(
        self, name: str | None = None, memory_contents: list[MemoryContent] | None = None
    ) -> None:
        self._name = name or self._default_name
        self._contents = [] if memory_contents is None else memory_contents
        self._note = _Note()

    @property
    def name(self) -> str:
        """What it is called."""
        return self._name

    async def add(
        self, content: MemoryContent, cancellation_token: CancellationToken | None = None
    ) -> None:
        """Remembers one thing more."""
        self._contents.append(content)

    async def clear(self) -> None:
        """Forgets everything."""
        self._contents = []

    async def close(self) -> None:
        """Does nothing: all it holds is here."""

    async def save_state(self) -> Mapping[str, Any]:
        """All it remembers, as JSON values."""
        return {"memory_contents": list(map(_written, self._contents))}

    async def load_state(self, state: Mapping[str, Any]) -> None:
        """Remembers that instead."""
        self._contents = list(map(_read, state["memory_contents"]))

    def _to_config(self) -> BaseModel:
        remembered = {"name": self._name, "memory_contents": self._contents}
        return super()._to_config().model_copy(update=remembered)


class ListMemory(_KeptMemory, Component[BaseModel]):
    """Remembers everything, in order, and tells all of it.

    Args:
        name: What it is called; `default_list_memory` by default.
        memory_contents: What it remembers from the start; the list is used as it is.
    """

    _default_name = "default_list_memory"

    @property
    def content(self) -> list[MemoryContent]:
        """All it remembers, oldest first."""
        return self._contents

    @content.setter
    def content(self, value: list[MemoryContent]) -> None:
        self._contents = value

    async def update_context(self, model_context: ChatCompletionContext) -> UpdateContextResult:
        """Puts all it remembers into one system message, which it keeps up to date."""
        lines = [f"{number}. {_text_of(item)}" for number, item in enumerate(self._contents, 1)]
        heading = ["Relevant memory content (in chronological order):"] if lines else []
        await self._note.write(model_context, heading + lines)
        return UpdateContextResult(memories=MemoryQueryResult(results=list(self._contents)))

    async def query(
        self,
        query: str | MemoryContent = "",
        cancellation_token: CancellationToken | None = None,
        **kwargs: Any,
    ) -> MemoryQueryResult:
        """All it remembers, whatever is asked."""
        return MemoryQueryResult(results=list(self._contents))


class LexicalMemory(_KeptMemory, Component[BaseModel]):
    """Remembers everything, and tells what shares words with the question.

    Ranks by BM25, in the process: no model, index or network. Words are compared without case, and
    not by their meaning; Chinese and Japanese are compared by the character.

    Args:
        name: What it is called; `default_lexical_memory` by default.
        memory_contents: What it remembers from the start; the list is used as it is.
        k: How many things to tell at most.

    Raises:
        ValueError: `k` is not positive.
    """

    _default_name = "default_lexical_memory"

    def __init__(
        self,
        name: str | None = None,
        memory_contents: list[MemoryContent] | None = None,
        k: int = 3,
    ) -> None:
        super().__init__(name, memory_contents)
        if k <= 0:
            raise ValueError("k must be greater than 0.")
        self._k = k

    async def update_context(self, model_context: ChatCompletionContext) -> UpdateContextResult:
        """Puts what bears on the last message into a system message, in the place of the last."""
        asked = [
            message
            for message in await model_context.get_messages()
            if not isinstance(message, SystemMessage)
        ]
        found = await self.query(str(asked[-1].content) if asked else "")
        lines = [f"{number}. {_text_of(item)}" for number, item in enumerate(found.results, 1)]
        heading = ["Relevant memory content:"] if lines else []
        await self._note.write(model_context, heading + lines)
        return UpdateContextResult(memories=found)

    async def query(
        self,
        query: str | MemoryContent,
        cancellation_token: CancellationToken | None = None,
        **kwargs: Any,
    ) -> MemoryQueryResult:
        """The `k` best matches at most, the best first; of equals, the oldest first."""
        asked = _words(query if isinstance(query, str) else _text_of(query))
        scores = _bm25(asked, [_words(_text_of(item)) for item in self._contents])
        ranked = sorted(range(len(scores)), key=lambda position: -scores[position])
        matching = [self._contents[position] for position in ranked if scores[position] > 0]
        return MemoryQueryResult(results=matching[: self._k])


_CHARACTER_WORDS = "\u3040-\u30ff\u4e00-\u9fff"
# Compiled with the first text: with the import it would be most of what this module costs.
_WORD = f"[{_CHARACTER_WORDS}]|[^\\W{_CHARACTER_WORDS}]+"
# The usual constants: how soon a repeated word stops counting, how much length counts against.
_SATURATION, _LENGTH_WEIGHT = 1.5, 0.75


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(_WORD, text.casefold()))


def _bm25(asked: Counter[str], documents: Sequence[Counter[str]]) -> list[float]:
    """How well each document answers; 0 where it shares no word with the question."""
    lengths = [document.total() for document in documents]
    mean_length = sum(lengths) / len(lengths) if any(lengths) else 1
    scores = [0.0] * len(documents)
    for word in asked:
        holders = sum(word in document for document in documents)
        weight = math.log(1 + (len(documents) - holders + 0.5) / (holders + 0.5))
        for position, document in enumerate(documents):
            count = document[word]
            relative_length = 1 - _LENGTH_WEIGHT + _LENGTH_WEIGHT * lengths[position] / mean_length
            saturated = count * (_SATURATION + 1) / (count + _SATURATION * relative_length)
            scores[position] += weight * saturated if count else 0.0
    return scores


def _written(item: MemoryContent) -> dict[str, Any]:
    """The content as JSON values; bytes, which JSON has none of, as base64."""
    if not isinstance(item.content, bytes):
        return item.model_dump(mode="json")
    text = b64encode(item.content).decode()
    return item.model_copy(update={"content": text}).model_dump(mode="json") | {"is_base64": True}


def _read(written: Mapping[str, Any]) -> MemoryContent:
    item = MemoryContent.model_validate(written)
    if written.get("is_base64"):
        item.content = b64decode(str(item.content))
    return item


def _is_image(mime_type: MemoryMimeType | str) -> bool:
    name = mime_type.value if isinstance(mime_type, MemoryMimeType) else mime_type
    return name.startswith("image/")


def _text_of(item: MemoryContent) -> str:
    return "[image]" if isinstance(item.content, Image) else str(item.content)
