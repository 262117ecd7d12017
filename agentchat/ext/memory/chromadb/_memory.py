"""ChromaDBVectorMemory: remembers in a Chroma database, and tells what is near to the question."""

import asyncio
from collections.abc import Callable
from typing import Any, ClassVar, ParamSpec, Self, TypeVar

import chromadb
from chromadb.config import Settings
from pydantic import BaseModel

from agentchat.core import CancellationToken, Component
from agentchat.core._component_arguments import NotConfigurable
from agentchat.core._world import new_id
from agentchat.core.memory import (
    Memory,
    MemoryContent,
    MemoryQueryResult,
    UpdateContextResult,
)
from agentchat.core.memory import _Note as Note
from agentchat.core.model_context import ChatCompletionContext
from agentchat.ext.memory._question import question_in
from agentchat.ext.memory.chromadb._config import (
    ChromaDBVectorMemoryConfig,
    CustomEmbeddingFunctionConfig,
    HttpChromaDBVectorMemoryConfig,
    PersistentChromaDBVectorMemoryConfig,
)
from agentchat.ext.memory.chromadb._documents import content_of, metadata_of, text_of
from agentchat.ext.memory.chromadb._embedding import embedding_function

P = ParamSpec("P")
T = TypeVar("T")


class ChromaDBVectorMemory(Memory, Component[ChromaDBVectorMemoryConfig]):
    """Remembers in a Chroma database, and tells what is near to the question.

    The database is opened, and the collection made, when first needed. Everything that may take
    long happens in a thread. Chroma's telemetry is off.

    Args:
        config: Where the database is, and how texts are compared; by default a database in
            `./chroma_db`, with Chroma's own embedding.
    """

    component_config_schema: ClassVar[type[BaseModel]] = ChromaDBVectorMemoryConfig
    component_provider_override: ClassVar[str] = (
        "agentchat.ext.memory.chromadb.ChromaDBVectorMemory"
    )

    def __init__(self, config: ChromaDBVectorMemoryConfig | None = None) -> None:
        self._config = config or PersistentChromaDBVectorMemoryConfig()
        self._note = Note()
        self._opening = asyncio.Lock()
        self._client: Any = None
        self._collection: Any = None

    @property
    def collection_name(self) -> str:
        """What the collection is called."""
        return self._config.collection_name

    async def update_context(self, model_context: ChatCompletionContext) -> UpdateContextResult:
        """Puts what bears on the last message into a system message, in the place of the last."""
        found = await self.query(await question_in(model_context))
        lines = [f"{number}. {item.content!s}" for number, item in enumerate(found.results, 1)]
        heading = ["Relevant memory content:"] if lines else []
        await self._note.write(model_context, heading + lines)
        return UpdateContextResult(memories=found)

    async def query(
        self,
        query: str | MemoryContent,
        cancellation_token: CancellationToken | None = None,
        **kwargs: Any,
    ) -> MemoryQueryResult:
        """The nearest things, the nearest first; `score` and `id` are among their metadata.

        Args:
            query: The question; a blank one finds nothing.
            cancellation_token: Stops the waiting.
            kwargs: `k`, `score_threshold` and `where` in the place of those configured, and
                `where_document`, a filter for the text.

        Raises:
            ValueError: The question is no text.
        """
        text = text_of(query)
        if not text.strip():
            return MemoryQueryResult(results=[])
        threshold = kwargs.pop("score_threshold", self._config.score_threshold)
        k, where = kwargs.pop("k", self._config.k), kwargs.pop("where", self._config.where)
        collection = await self._opened(cancellation_token)
        found = await _in_thread(
            cancellation_token,
            collection.query,
            query_texts=[text],
            n_results=k,
            where=where,
            **kwargs,
        )
        # A collection is as near as it was made to be, whatever this configuration says.
        made = collection.configuration_json
        metric = (made.get("hnsw") or made.get("spann") or {}).get("space", "l2")
        results = [
            content_of(document, metadata or {}, score=_score(metric, distance), id=known_as)
            for document, metadata, distance, known_as in zip(
                *(found[part][0] for part in ("documents", "metadatas", "distances", "ids")),
                strict=True,
            )
        ]
        return MemoryQueryResult(
            results=[
                item
                for item in results
                if threshold is None or (item.metadata or {})["score"] >= threshold
            ]
        )

    async def add(
        self, content: MemoryContent, cancellation_token: CancellationToken | None = None
    ) -> None:
        """Remembers one thing more.

        Raises:
            ValueError: It is no text, and JSON only if it is a dict.
        """
        text, metadata = text_of(content), metadata_of(content)
        collection = await self._opened(cancellation_token)
        await _in_thread(
            cancellation_token,
            collection.add,
            ids=[new_id("memory")],
            documents=[text],
            metadatas=[metadata],
        )

    async def clear(self) -> None:
        """Forgets everything in the collection."""
        collection = await self._opened(None)
        known = await asyncio.to_thread(collection.get, include=[])
        if known["ids"]:
            await asyncio.to_thread(collection.delete, ids=known["ids"])

    async def close(self) -> None:
        """Lets go of the database, which keeps what it has; used again, it is opened again."""
        client, self._client, self._collection = self._client, None, None
        if client is not None:
            await asyncio.to_thread(client.close)

    async def reset(self) -> None:
        """Deletes everything in the database, other collections included.

        Raises:
            RuntimeError: The configuration does not allow it.
        """
        if not self._config.allow_reset:
            raise RuntimeError("Reset not allowed. Set allow_reset=True in config to enable.")
        await self._opened(None)
        await asyncio.to_thread(self._client.reset)
        self._collection = None

    def _to_config(self) -> ChromaDBVectorMemoryConfig:
        embedding = self._config.embedding_function_config
        if isinstance(embedding, CustomEmbeddingFunctionConfig):
            raise NotConfigurable(embedding.function, "CustomEmbeddingFunctionConfig(function=...)")
        return self._config

    @classmethod
    def _from_config(cls, config: ChromaDBVectorMemoryConfig) -> Self:
        return cls(config)

    async def _opened(self, cancellation_token: CancellationToken | None) -> Any:
        async with self._opening:
            if self._client is None:
                self._client = await _in_thread(cancellation_token, _client_of, self._config)
            if self._collection is None:
                self._collection = await _in_thread(
                    cancellation_token, _collection_in, self._client, self._config
                )
            return self._collection


async def _in_thread(
    cancellation_token: CancellationToken | None,
    function: Callable[P, T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """What the function returns; the token stops the waiting, not the function."""
    token = cancellation_token or CancellationToken()
    with token.interrupting():
        return await asyncio.to_thread(function, *args, **kwargs)


def _client_of(config: ChromaDBVectorMemoryConfig) -> Any:
    settings = Settings(anonymized_telemetry=False, allow_reset=config.allow_reset)
    place: dict[str, Any] = {
        "settings": settings,
        "tenant": config.tenant,
        "database": config.database,
    }
    if isinstance(config, PersistentChromaDBVectorMemoryConfig):
        return chromadb.PersistentClient(config.persistence_path, **place)
    if isinstance(config, HttpChromaDBVectorMemoryConfig):
        return chromadb.HttpClient(
            config.host, config.port, ssl=config.ssl, headers=config.headers, **place
        )
    raise ValueError(f"Unsupported config type: {type(config)}")


def _collection_in(client: Any, config: ChromaDBVectorMemoryConfig) -> Any:
    return client.get_or_create_collection(
        config.collection_name,
        embedding_function=embedding_function(config.embedding_function_config),
        configuration={"hnsw": {"space": config.distance_metric}},
    )


def _score(metric: str, distance: float) -> float:
    if metric == "cosine":
        return 1 - distance / 2
    # An inner product has no upper bound, and neither has how near two texts are by it.
    return 1 / (1 + max(distance, 0))
