"""RedisMemory over a real server on this machine."""

import asyncio
import shutil
import socket
import struct
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from agentchat.core.memory import MemoryContent, MemoryMimeType
from agentchat.core.model_context import UnboundedChatCompletionContext
from agentchat.core.models import LLMMessage, SystemMessage, UserMessage
from harness.conformance import check_memory

pytest.importorskip("redis", reason="needs redis")

from redis.asyncio import Redis

from agentchat.core._component_arguments import NotConfigurable
from agentchat.ext.memory._redis_vectors import NoVectorSearch, _packed
from agentchat.ext.memory.redis import (
    MemoryServerUnavailable,
    RedisMemory,
    RedisMemoryConfig,
)

FACTS = (
    "The user wants temperatures in Celsius.",
    "Meals must be vegan.",
    "The office is in Oslo.",
)


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


@contextmanager
def serving(port: int, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("needs redis-server")
    place = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    with subprocess.Popen([program, *place], stdout=subprocess.DEVNULL) as process:
        while not is_open(port):
            with pytest.raises(subprocess.TimeoutExpired, match="timed out"):
                process.wait(0.1)
        yield process
        process.kill()


@pytest.fixture(scope="module")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    with serving(port, tmp_path_factory.mktemp("redis")):
        yield f"redis://127.0.0.1:{port}"


class SearchingRedis(Redis):
    """A client that answers for the vector search which the server here has not.

    It compares with every hash, as the server's flat index does.
    """

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        if args[0] == "FT.CREATE":
            self.prefix = args[6]
            return "OK"
        if args[0] != "FT.SEARCH":
            return await super().execute_command(*args, **options)
        asked = args[args.index("PARAMS") + 3]
        near = []
        for key in sorted(await self.keys(f"{self.prefix}*")):
            own = await self.hget(key, "vector")
            near.append((1 - product(asked, own), key))
        near = sorted(near)[: int(args[args.index("LIMIT") + 2])]
        rows = [[key, ["distance", str(distance)]] for distance, key in near]
        return [len(near), *(part for row in rows for part in row)]


def product(left: bytes, right: bytes) -> float:
    size = len(left) // 4
    pairs = zip(struct.unpack(f"<{size}f", left), struct.unpack(f"<{size}f", right), strict=True)
    return sum(one * other for one, other in pairs)


@asynccontextmanager
async def memory_at(url: str, client: Redis | None = None, **settings: Any) -> AsyncIterator[Any]:
    config = RedisMemoryConfig(**{"redis_url": url, "sequential": True, **settings})
    memory = RedisMemory(config, client=client)
    try:
        await memory.clear()
        yield memory
    finally:
        await memory.close()


@asynccontextmanager
async def searching_memory_at(url: str, **settings: Any) -> AsyncIterator[Any]:
    client = SearchingRedis.from_url(f"{url}?protocol=2")
    offline = {"sequential": False, "model_name": "offline", "distance_threshold": 2, **settings}
    async with memory_at(url, client, index_name="searched", **offline) as memory:
        yield memory


def fact(content: Any, mime_type: Any = MemoryMimeType.TEXT, **metadata: Any) -> MemoryContent:
    return MemoryContent(content=content, mime_type=mime_type, metadata=metadata or None)


async def told(memory: RedisMemory, question: str, **settings: Any) -> list[Any]:
    return [item.content for item in (await memory.query(question, **settings)).results]


async def test_a_sequential_memory_tells_the_latest_in_order(server_url: str) -> None:
    async with memory_at(server_url, top_k=2) as memory:
        for text in FACTS:
            await memory.add(fact(text))

        assert await told(memory, "whatever") == [*FACTS[1:]]
        assert await told(memory, "", top_k=1) == [FACTS[2]]


async def test_keeps_the_promises_of_every_memory(server_url: str) -> None:
    names = map(str, range(100))

    def make() -> RedisMemory:
        name = f"promises_{next(names)}"
        return RedisMemory(
            RedisMemoryConfig(redis_url=server_url, sequential=True, index_name=name)
        )

    await check_memory(make)


async def test_what_was_added_comes_back_as_it_was(server_url: str) -> None:
    given = [
        fact("# Hi", MemoryMimeType.MARKDOWN),
        fact({"City": ["Oslo"]}, MemoryMimeType.JSON, user="ann", deep={"level": 1}),
    ]
    async with memory_at(server_url) as memory:
        for each in given:
            await memory.add(each)

        assert (await memory.query("")).results == given


async def test_the_server_keeps_what_a_closed_memory_has(server_url: str) -> None:
    async with memory_at(server_url) as memory:
        await memory.add(fact(FACTS[0]))
    memory = RedisMemory(RedisMemoryConfig(redis_url=server_url, sequential=True))

    found = await told(memory, "")

    await memory.close()
    assert found == [FACTS[0]]


async def test_memories_of_different_names_are_apart(server_url: str) -> None:
    async with memory_at(server_url) as one, memory_at(server_url, index_name="b") as other:
        await one.add(fact("one"))
        await other.add(fact("other"))
        await one.clear()

        assert (await told(one, ""), await told(other, "")) == ([], ["other"])


async def test_a_note_is_replaced_and_an_empty_one_not_written(server_url: str) -> None:
    question: list[LLMMessage] = [UserMessage(content="Hi", source="user")]
    context = UnboundedChatCompletionContext(question)
    async with memory_at(server_url) as memory:
        await memory.update_context(context)
        before = await context.get_messages()
        await memory.add(fact("one"))
        await memory.update_context(context)
        await memory.add(fact({"a": 1}, MemoryMimeType.JSON))
        await memory.update_context(context)

    assert before == question
    note = SystemMessage(content="\nRelevant memory content:\n1. one\n2. {'a': 1}\n")
    assert await context.get_messages() == [*question, note]


async def test_a_sequential_memory_can_not_search(server_url: str) -> None:
    async with memory_at(server_url) as memory:
        with pytest.raises(ValueError, match="Non-sequential queries cannot be run"):
            await memory.query("Hi", sequential=False)


async def is_held_up(url: str) -> None:
    """Returns when the server has a request that it does not carry out yet."""
    async with Redis.from_url(url) as client:
        while not (await client.info("clients"))["blocked_clients"]:
            pass


async def test_a_server_that_is_killed_in_a_call_is_named_and_may_come_back(tmp_path: Path) -> None:
    port = free_port()
    url = f"redis://127.0.0.1:{port}"
    with serving(port, tmp_path) as server:
        async with memory_at(url) as memory:
            async with Redis.from_url(url) as client:
                await client.execute_command("CLIENT", "PAUSE", 600_000, "WRITE")
            adding = asyncio.ensure_future(memory.add(fact("Meals must be vegan.")))
            await is_held_up(url)

            server.kill()

            with pytest.raises(MemoryServerUnavailable, match=f"server:   127.0.0.1:{port}"):
                await adding
            with pytest.raises(MemoryServerUnavailable, match="start it, and ask again"):
                await memory.query("what?")
            with serving(port, tmp_path):
                await memory.add(fact("The office is in Oslo."))
                assert await told(memory, "what?") == ["The office is in Oslo."]


async def test_a_server_without_vector_search_is_named(server_url: str) -> None:
    async with memory_at(server_url, sequential=False, model_name="offline") as memory:
        with pytest.raises(NoVectorSearch, match=r"unknown command 'FT\.CREATE'"):
            await memory.add(fact("a"))


async def test_tells_what_is_near_to_the_question_the_nearest_first(server_url: str) -> None:
    async with searching_memory_at(server_url) as memory:
        for text in FACTS:
            await memory.add(fact(text))
        everything = await told(memory, FACTS[1])
        near = await told(memory, FACTS[1], distance_threshold=0.1)

        assert (len(everything), everything[0], near) == (3, FACTS[1], [FACTS[1]])
        assert await told(memory, " ") == []
        assert await told(memory, "x", sequential=True, top_k=1) == [FACTS[2]]


async def test_a_missing_library_of_models_is_named(server_url: str) -> None:
    async with searching_memory_at(server_url, model_name="mine") as memory:
        with pytest.raises(ImportError, match="'mine' needs sentence-transformers"):
            await memory.add(fact("a"))


async def test_refuses_what_is_no_text(server_url: str) -> None:
    async with memory_at(server_url) as memory:
        with pytest.raises(NotImplementedError, match="is not supported"):
            await memory.add(fact(b"x", MemoryMimeType.BINARY))


async def test_a_configuration_makes_the_same_memory() -> None:
    memory = RedisMemory(RedisMemoryConfig(index_name="mine", top_k=3, sequential=True))

    saved = memory.dump_component()
    loaded = RedisMemory.load_component(saved)

    assert saved.provider == "agentchat.ext.memory.redis.RedisMemory"
    assert loaded.config == memory.config


async def test_a_client_that_was_given_can_not_be_configured() -> None:
    memory = RedisMemory(client=Redis())

    with pytest.raises(NotConfigurable, match=r"RedisMemory\(client=\.\.\.\)"):
        memory.dump_component()


@pytest.mark.parametrize(
    ("datatype", "packed"),
    [
        ("float16", "003c00c0"),
        ("float32", "0000803f000000c0"),
        ("float64", "000000000000f03f00000000000000c0"),
        ("bfloat16", "803f00c0"),
    ],
)
def test_vectors_are_packed_as_the_server_reads_them(datatype: str, packed: str) -> None:
    assert _packed([1, -2], datatype).hex() == packed


def test_an_embedding_has_no_whole_numbers() -> None:
    with pytest.raises(ValueError, match="no whole numbers: not int8"):
        _packed([0.5], "int8")
