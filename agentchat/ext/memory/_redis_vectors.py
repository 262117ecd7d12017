"""Vectors in a Redis server, and the search among them."""

import asyncio
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Final

from redis import ResponseError
from redis.asyncio import Redis
from redis.commands.search.query import Query

from agentchat.ext.memory._lexical_embedding import embedded

OFFLINE_MODEL: Final = "offline"

_OFFLINE_DIMENSIONS: Final = 512
_FORMAT_BY_DATATYPE: Final = {"float16": "e", "float32": "f", "float64": "d"}


class NoVectorSearch(RuntimeError):
    """A Redis server can't compare vectors.

    Args:
        index: The index that it should have made.
        reason: The server's own words.
    """

    def __init__(self, index: str, reason: str) -> None:
        self.index = index
        self.reason = reason
        super().__init__(
            f"The Redis server can't search among vectors: {reason}.\n"
            f"  where:    index {index!r}\n"
            "  fix:      use Redis 8 or Redis Stack, or RedisMemoryConfig(sequential=True)"
        )


@dataclass(frozen=True, slots=True)
class VectorIndexSettings:
    """What an index is made of."""

    key: str
    """What it is called, and how the keys that it covers begin."""

    metric: str
    algorithm: str
    datatype: str
    model_name: str


class VectorIndex:
    """Finds, among the hashes of a memory, those whose `vector` is near to a text's.

    Args:
        client: Of the server.
        settings: What the index is made of.
    """

    def __init__(self, client: Redis, settings: VectorIndexSettings) -> None:
        self._client = client
        self._name = f"{settings.key}:index"
        self._settings = settings
        self._is_ready = False

    async def vector_of(self, text: str) -> bytes:
        """The text as a vector, in the form that the server keeps.

        Raises:
            NoVectorSearch: The server can't compare vectors.
            ImportError: The model needs a library that is not here.
        """
        embed = await asyncio.to_thread(_embedding, self._settings.model_name)
        numbers = await asyncio.to_thread(embed, text)
        await self._make_ready(len(numbers))
        return _packed(numbers, self._settings.datatype)

    async def nearest(self, text: str, count: int) -> list[tuple[str, float]]:
        """The keys nearest to a text with their distances, the nearest first.

        Raises:
            NoVectorSearch: The server can't compare vectors.
            ImportError: The model needs a library that is not here.
        """
        vector = await self.vector_of(text)
        asked = f"*=>[KNN {count} @vector $vector AS distance]"
        query = Query(asked).sort_by("distance").return_fields("distance").paging(0, count)
        found: Any = await self._client.ft(self._name).search(query.dialect(2), {"vector": vector})
        return [(document.id, float(document.distance)) for document in found.docs]

    async def _make_ready(self, dimensions: int) -> None:
        if self._is_ready:
            return
        settings = self._settings
        covered = ["ON", "HASH", "PREFIX", 1, f"{settings.key}:"]
        kind = ["TYPE", settings.datatype.upper(), "DIM", dimensions]
        kind += ["DISTANCE_METRIC", settings.metric.upper()]
        field = ["vector", "VECTOR", settings.algorithm.upper(), len(kind), *kind]
        client: Any = self._client
        try:
            await client.execute_command("FT.CREATE", self._name, *covered, "SCHEMA", *field)
        except ResponseError as error:
            if "already exists" not in str(error).lower():
                raise NoVectorSearch(self._name, str(error)) from error
        self._is_ready = True


@cache
def _embedding(model_name: str) -> Callable[[str], Sequence[float]]:
    if model_name == OFFLINE_MODEL:
        return lambda text: embedded(text, _OFFLINE_DIMENSIONS)
    try:
        # Optional, and very heavy.
        library = import_module("sentence_transformers")
    except ImportError as error:
        raise ImportError(
            f"The model {model_name!r} needs sentence-transformers: "
            f"pip install sentence-transformers, or take model_name={OFFLINE_MODEL!r}"
        ) from error
    model = library.SentenceTransformer(model_name)
    return lambda text: [float(number) for number in model.encode(text)]


def _packed(numbers: Sequence[float], datatype: str) -> bytes:
    if datatype == "bfloat16":
        # The upper half of a float32; both are little-endian.
        return b"".join(struct.pack("<f", number)[2:] for number in numbers)
    if datatype not in _FORMAT_BY_DATATYPE:
        raise ValueError(f"The numbers of an embedding are no whole numbers: not {datatype}.")
    return struct.pack(f"<{len(numbers)}{_FORMAT_BY_DATATYPE[datatype]}", *numbers)
