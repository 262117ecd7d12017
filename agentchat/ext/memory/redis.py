"""RedisMemory: remembers in a Redis server; tells the latest, or what is near to the question."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel

from agentchat.core import CancellationToken, Component
from agentchat.core._component_arguments import NotConfigurable
from agentchat.core._world import new_id
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

try:
    from redis import ConnectionError as RedisConnectionError
    from redis import TimeoutError as RedisTimeoutError
    from redis.asyncio import Redis
except ImportError as _missing:
    raise ImportError(
        'RedisMemory needs redis: pip install "agentchat-harness[redis]"'
    ) from _missing

from agentchat.ext.memory._redis_vectors import VectorIndex, VectorIndexSettings

__all__ = ["RedisMemory", "RedisMemoryConfig"]

_SUPPORTED = (MemoryMimeType.TEXT, MemoryMimeType.JSON, MemoryMimeType.MARKDOWN)


class MemoryServerUnavailable(ConnectionError):
    """The Redis server of a memory does not answer, or has gone in the middle of a request.

    Whether that request has been carried out is not known.

    Args:
        client: What was to reach it.
        reason: What the attempt ended with.
    """

    def __init__(self, client: Redis, reason: Exception) -> None:
        place = client.connection_pool.connection_kwargs
        self.server: str = place.get("path") or f"{place.get('host')}:{place.get('port')}"
        self.reason = reason
        super().__init__(
            f"The Redis server of the memory does not answer: {reason}\n"
            f"  server:   {self.server}\n"
            "  fix:      start it, and ask again: the memory connects anew"
        )


class RedisMemoryConfig(BaseModel):
    """A saved Redis memory."""

    redis_url: str = "redis://localhost:6379"
    index_name: str = "chat_history"
    """What this memory is called in the server; memories of one name are one memory."""

    prefix: str = "memory"
    """How the names of its keys begin."""

    sequential: bool = False
    """Tell the latest, whatever is asked. Every Redis server can do that."""

    distance_metric: Literal["cosine", "ip", "l2"] = "cosine"
    algorithm: Literal["flat", "hnsw"] = "flat"
    """Whether the nearest are found by comparing with everything, or about, but faster."""

    top_k: int = 10
    """How many things to tell at most."""

    datatype: Literal["uint8", "int8", "float16", "float32", "float64", "bfloat16"] = "float32"
    """Of the numbers in a vector."""

    distance_threshold: float = 0.7
    """What is farther from the question is not told."""

    model_name: str = "sentence-transformers/all-mpnet-base-v2"
    """Makes vectors of texts: a model of sentence-transformers, or `offline` for one that compares
    words and needs no model."""


class RedisMemory(Memory, Component[RedisMemoryConfig]):
    """Remembers in a Redis server, for as long as that does.

    By default it tells what is near to the question, which takes a server with vector search (Redis
    8, or Redis Stack); with `sequential=True` it tells the latest, in their order. A server that is
    away is a MemoryServerUnavailable; when it is back, the memory is, too.

    Args:
        config: Where the server is, and how to choose.
        client: A client to use in the place of one for the `redis_url`; closed with the memory.
    """

    component_config_schema: ClassVar[type[BaseModel]] = RedisMemoryConfig
    component_provider_override: ClassVar[str] = "agentchat.ext.memory.redis.RedisMemory"

    def __init__(
        self, config: RedisMemoryConfig | None = None, *, client: Redis | None = None
    ) -> None:
        self.config: RedisMemoryConfig = config or RedisMemoryConfig()
        self._given_client = client
        self._client: Redis = Redis.from_url(self.config.redis_url) if client is None else client
        self._note = Note()
        self._key = f"{self.config.prefix}:{self.config.index_name}"
        self._index = VectorIndex(
            self._client,
            VectorIndexSettings(
                self._key,
                self.config.distance_metric,
                self.config.algorithm,
                self.config.datatype,
                self.config.model_name,
            ),
        )

    async def update_context(self, model_context: ChatCompletionContext) -> UpdateContextResult:
        """Puts what it tells into a system message, in the place of the last."""
        found = await self.query(await question_in(model_context))
        lines = [f"{number}. {item.content!s}" for number, item in enumerate(found.results, 1)]
        heading = ["Relevant memory content:"] if lines else []
        await self._note.write(model_context, heading + lines)
        return UpdateContextResult(memories=found)

    async def add(
        self, content: MemoryContent, cancellation_token: CancellationToken | None = None
    ) -> None:
        """Remembers one thing more.

        Raises:
            NotImplementedError: It is neither text nor JSON.
            NoVectorSearch: The server can't compare vectors, and the memory is not sequential.
        """
        text = _text_of(content)
        fields: dict[Any, Any] = {
            "content": text,
            "mime_type": _mime_type_of(content).value,
            "metadata": json.dumps(content.metadata or {}),
        }
        with self._asking(cancellation_token):
            if not self.config.sequential:
                fields["vector"] = await self._index.vector_of(text)
            key = f"{self._key}:{new_id('memory')}"
            async with self._client.pipeline(transaction=True) as pipeline:
                pipeline.hset(key, mapping=fields)
                pipeline.rpush(self._key, key)
                await pipeline.execute()

    async def query(
        self,
        query: str | MemoryContent,
        cancellation_token: CancellationToken | None = None,
        **kwargs: Any,
    ) -> MemoryQueryResult:
        """The nearest things, the nearest first; or the latest, the latest last.

        Args:
            query: The question; where nearness counts, a blank one finds nothing.
            cancellation_token: Stops the waiting.
            kwargs: `top_k` and `distance_threshold` in the place of those configured;
                `sequential=True` for the latest.

        Raises:
            ValueError: `sequential=False` was asked of a memory that has no vectors.
            NotImplementedError: The question is neither text nor JSON.
            NoVectorSearch: The server can't compare vectors.
        """
        top_k = kwargs.pop("top_k", self.config.top_k)
        sequential = kwargs.pop("sequential", self.config.sequential)
        if self.config.sequential and not sequential:
            raise ValueError(
                "Non-sequential queries cannot be run with an underlying sequential RedisMemory. "
                "Set sequential=False in RedisMemoryConfig to enable semantic memory querying."
            )
        threshold = kwargs.pop("distance_threshold", self.config.distance_threshold)
        with self._asking(cancellation_token):
            if sequential:
                return await self._told(await self._latest(top_k))
            text = _text_of(query)
            near = await self._index.nearest(text, top_k) if text.strip() else []
            return await self._told([key for key, distance in near if distance <= threshold])

    async def clear(self) -> None:
        """Forgets everything that memories of this name have."""
        with self._asking():
            keys = await self._latest(0)
            await self._client.delete(self._key, *keys)

    async def close(self) -> None:
        """Closes the connection; the server keeps what it has."""
        await self._client.aclose()

    def _to_config(self) -> RedisMemoryConfig:
        if self._given_client is not None:
            raise NotConfigurable(self._given_client, "RedisMemory(client=...)")
        return self.config

    @classmethod
    def _from_config(cls, config: RedisMemoryConfig) -> Self:
        return cls(config)

    @contextmanager
    def _asking(self, cancellation_token: CancellationToken | None = None) -> Iterator[None]:
        with (cancellation_token or CancellationToken()).interrupting():
            try:
                yield
            except (RedisConnectionError, RedisTimeoutError) as error:
                raise MemoryServerUnavailable(self._client, error) from error

    async def _latest(self, count: int) -> list[str]:
        """The keys of the latest, the latest last; of all of them for 0."""
        return [_decoded(key) for key in await self._client.lrange(self._key, -count, -1)]

    async def _told(self, keys: Sequence[str]) -> MemoryQueryResult:
        async with self._client.pipeline(transaction=False) as pipeline:
            for key in keys:
                pipeline.hmget(key, ["content", "mime_type", "metadata"])
            found = await pipeline.execute()
        # Another process may have cleared the memory in between.
        return MemoryQueryResult(
            results=[_content_of(*fields) for fields in found if fields[0] is not None]
        )


def _mime_type_of(content: MemoryContent) -> MemoryMimeType:
    for supported in _SUPPORTED:
        if content.mime_type in (supported, supported.value):
            return supported
    raise NotImplementedError(
        f"Error: {content.mime_type} is not supported. Only MemoryMimeType.TEXT, "
        "MemoryMimeType.JSON, and MemoryMimeType.MARKDOWN are currently supported."
    )


def _text_of(content: str | MemoryContent) -> str:
    if isinstance(content, str):
        return content
    if _mime_type_of(content) is MemoryMimeType.JSON:
        return json.dumps(content.content, ensure_ascii=False)
    return str(content.content)


def _content_of(text: bytes | str, mime_type: bytes | str, metadata: bytes | str) -> MemoryContent:
    kind = MemoryMimeType(_decoded(mime_type))
    return MemoryContent(
        content=json.loads(text) if kind is MemoryMimeType.JSON else _decoded(text),
        mime_type=kind,
        metadata=json.loads(metadata) or None,
    )


def _decoded(value: bytes | str) -> str:
    # A client that was given may decode by itself.
    return value if isinstance(value, str) else value.decode()
