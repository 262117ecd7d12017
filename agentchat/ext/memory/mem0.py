"""Mem0Memory: a memory kept by Mem0, in its cloud or in this process."""

import asyncio
import json
import logging
import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Self

from pydantic import BaseModel, SecretStr, field_serializer, field_validator

from agentchat.core import CancellationToken, Component
from agentchat.core._world import new_id
from agentchat.core.logging import TRACE_LOGGER_NAME
from agentchat.core.memory import (
    Memory,
    MemoryContent,
    MemoryMimeType,
    MemoryQueryResult,
    UpdateContextResult,
)
from agentchat.core.memory import _Note as Note
from agentchat.core.model_context import ChatCompletionContext
from agentchat.ext.memory._question import question_in

# The library tells its maker of every call, unless it is told not to before it is imported.
os.environ.setdefault("MEM0_TELEMETRY", "False")

try:
    import mem0
except ImportError as _missing:
    raise ImportError(
        'Mem0Memory needs mem0ai: pip install "agentchat-harness[mem0]"'
    ) from _missing

__all__ = ["Mem0Memory", "Mem0MemoryConfig"]

_trace_log = logging.getLogger(TRACE_LOGGER_NAME)

_TIMES = ("created_at", "updated_at")


class Mem0MemoryConfig(BaseModel):
    """A saved Mem0 memory."""

    user_id: str | None = None
    limit: int = 10
    is_cloud: bool = True
    api_key: str | None = None
    """Configurations never show it."""

    config: dict[str, Any] | None = None

    @field_validator("api_key", mode="before")
    @classmethod
    def _revealed(cls, value: Any) -> Any:
        return value.get_secret_value() if isinstance(value, SecretStr) else value

    @field_serializer("api_key")
    def _hidden(self, value: str | None) -> SecretStr | None:
        return None if value is None else SecretStr(value)


class Mem0Memory(Memory, Component[Mem0MemoryConfig]):
    """Remembers with Mem0, which has a model put what it is told into facts of its own.

    The library is asked in threads, and not before there is something to ask.

    Args:
        user_id: Whose memories they are; by default somebody new.
        limit: How many things to tell at most.
        is_cloud: Whether Mem0's cloud remembers, or a store that `config` describes.
        api_key: The cloud's; by default that in the environment variable `MEM0_API_KEY`.
        config: The library's own configuration of a store.

    Raises:
        ValueError: There is no `config` for a store.
    """

    component_config_schema: ClassVar[type[BaseModel]] = Mem0MemoryConfig
    component_provider_override: ClassVar[str] = "agentchat.ext.memory.mem0.Mem0Memory"

    def __init__(
        self,
        user_id: str | None = None,
        limit: int = 10,
        is_cloud: bool = True,
        api_key: str | None = None,
        config: dict[str, Any] | None = None,
    ) -> None:
        if not is_cloud and config is None:
            raise ValueError("config is required when using local Mem0 client (is_cloud=False)")
        self._user_id = user_id or new_id("user")
        self._limit = limit
        self._is_cloud = is_cloud
        self._api_key = api_key
        self._config = config
        self._note = Note()
        self._opening = asyncio.Lock()
        self._client: Any = None

    @property
    def user_id(self) -> str:
        """Whose memories they are."""
        return self._user_id

    @property
    def limit(self) -> int:
        """How many things to tell at most."""
        return self._limit

    @property
    def is_cloud(self) -> bool:
        """Whether Mem0's cloud remembers."""
        return self._is_cloud

    @property
    def config(self) -> dict[str, Any] | None:
        """The library's own configuration of a store."""
        return self._config

    async def update_context(self, model_context: ChatCompletionContext) -> UpdateContextResult:
        """Puts what bears on the last message into a system message, in the place of the last."""
        question = await question_in(model_context)
        found = await self.query(question) if question else MemoryQueryResult(results=[])
        lines = [f"{number}. {item.content!s}" for number, item in enumerate(found.results, 1)]
        await self._note.write(model_context, ["Relevant memories:", *lines] if lines else [])
        return UpdateContextResult(memories=found)

    async def add(
        self, content: MemoryContent, cancellation_token: CancellationToken | None = None
    ) -> None:
        """Tells Mem0 one thing more, whoever's the `user_id` in its metadata says it is.

        Raises:
            Exception: Whatever the library raises.
        """
        metadata = dict(content.metadata or {})
        user_id = metadata.pop("user_id", self._user_id)
        message = {"role": "user", "content": _text_of(content)}
        with (cancellation_token or CancellationToken()).interrupting():
            client = await self._opened()
            await asyncio.to_thread(client.add, [message], user_id=user_id, metadata=metadata)

    async def query(
        self,
        query: str | MemoryContent = "",
        cancellation_token: CancellationToken | None = None,
        **kwargs: Any,
    ) -> MemoryQueryResult:
        """What Mem0 has to say to a question; nothing when it can't be asked, which is logged.

        Args:
            query: The question.
            cancellation_token: Stops the waiting.
            kwargs: `limit` in the place of the one configured; `filters`, beside that for the
                user; and whatever else the library's `search` takes, such as a `threshold`.
        """
        text = query if isinstance(query, str) else _text_of(query)
        count = kwargs.pop("limit", self._limit)
        filters = {"user_id": self._user_id, **(kwargs.pop("filters", None) or {})}
        with (cancellation_token or CancellationToken()).interrupting():
            try:
                client = await self._opened()
                found = await asyncio.to_thread(
                    client.search, text, filters=filters, top_k=count, **kwargs
                )
            except Exception:
                _trace_log.exception("Mem0 could not be asked.")
                return MemoryQueryResult(results=[])
        results = found["results"] if isinstance(found, dict) else found
        return MemoryQueryResult(results=[_content_of(result) for result in results])

    async def clear(self) -> None:
        """Forgets everything of this user.

        Raises:
            Exception: Whatever the library raises.
        """
        client = await self._opened()
        await asyncio.to_thread(client.delete_all, user_id=self._user_id)

    async def close(self) -> None:
        """Lets go of the store; used again, it is opened again."""
        client, self._client = self._client, None
        if hasattr(client, "close"):
            await asyncio.to_thread(client.close)

    def _to_config(self) -> Mem0MemoryConfig:
        return Mem0MemoryConfig(
            user_id=self._user_id,
            limit=self._limit,
            is_cloud=self._is_cloud,
            api_key=self._api_key,
            config=self._config,
        )

    @classmethod
    def _from_config(cls, config: Mem0MemoryConfig) -> Self:
        return cls(config.user_id, config.limit, config.is_cloud, config.api_key, config.config)

    async def _opened(self) -> Any:
        async with self._opening:
            if self._client is None:
                # Both ask a server, or read files, before they return.
                if self._is_cloud:
                    client = await asyncio.to_thread(mem0.MemoryClient, api_key=self._api_key)
                else:
                    client = await asyncio.to_thread(mem0.Memory.from_config, self._config)
                self._client = client
            return self._client


def _text_of(content: MemoryContent) -> str:
    if isinstance(content.content, dict):
        return json.dumps(content.content, ensure_ascii=False)
    return str(content.content)


def _content_of(result: Mapping[str, Any]) -> MemoryContent:
    metadata = dict(result.get("metadata") or {})
    if "score" in result:
        metadata["score"] = result["score"]
    if result.get("categories"):
        metadata["categories"] = result["categories"]
    for name in _TIMES:
        if time := _time_in(result.get(name)):
            metadata[name] = time
    text = result.get("memory") or ""
    return MemoryContent(content=text, mime_type=MemoryMimeType.TEXT, metadata=metadata)


def _time_in(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
