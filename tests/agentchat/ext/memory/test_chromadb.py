"""ChromaDBVectorMemory over real databases: in a folder, and behind a server on this machine."""

import asyncio
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from agentchat.core import Image
from agentchat.core.memory import MemoryContent, MemoryMimeType
from agentchat.core.model_context import UnboundedChatCompletionContext
from agentchat.core.models import LLMMessage, SystemMessage, UserMessage
from harness.conformance import check_memory

chromadb = pytest.importorskip("chromadb", reason="needs chromadb")

from agentchat.core._component_arguments import NotConfigurable  # noqa: E402 - like the next
from agentchat.ext.memory.chromadb import (  # noqa: E402 - it needs the library
    ChromaDBVectorMemory,
    ChromaDBVectorMemoryConfig,
    CustomEmbeddingFunctionConfig,
    DefaultEmbeddingFunctionConfig,
    HttpChromaDBVectorMemoryConfig,
    OfflineEmbeddingFunctionConfig,
    OpenAIEmbeddingFunctionConfig,
    PersistentChromaDBVectorMemoryConfig,
    SentenceTransformerEmbeddingFunctionConfig,
)

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
FACTS = (
    "The user wants temperatures in Celsius.",
    "Meals must be vegan.",
    "The office is in Oslo.",
)


def config_of(folder: Path, **settings: Any) -> PersistentChromaDBVectorMemoryConfig:
    offline = OfflineEmbeddingFunctionConfig()
    return PersistentChromaDBVectorMemoryConfig(
        **{"persistence_path": str(folder), "embedding_function_config": offline, **settings}
    )


@asynccontextmanager
async def memory_in(folder: Path, **settings: Any) -> AsyncIterator[ChromaDBVectorMemory]:
    memory = ChromaDBVectorMemory(config_of(folder, **settings))
    try:
        yield memory
    finally:
        await memory.close()


def fact(content: Any, mime_type: Any = MemoryMimeType.TEXT, **metadata: Any) -> MemoryContent:
    return MemoryContent(content=content, mime_type=mime_type, metadata=metadata or None)


async def told(memory: ChromaDBVectorMemory, question: str, **filters: Any) -> list[Any]:
    return [item.content for item in (await memory.query(question, **filters)).results]


async def test_tells_what_is_near_to_the_question_the_nearest_first(tmp_path: Path) -> None:
    async with memory_in(tmp_path, k=2) as memory:
        for text in FACTS:
            await memory.add(fact(text))

        found = (await memory.query("Which temperature, in Celsius?")).results

    scores = [(item.metadata or {})["score"] for item in found]
    assert found[0].content == FACTS[0]
    assert len(found) == 2
    assert 1 >= scores[0] > scores[1] >= 0


async def test_what_was_added_comes_back_as_it_was(tmp_path: Path) -> None:
    metadata: dict[str, Any] = {"user": "ann", "level": 2, "tags": ["a"], "deep": {"b": None}}
    given = fact({"City": "Oslo"}, MemoryMimeType.JSON, **metadata)
    async with memory_in(tmp_path) as memory:
        await memory.add(given)
        (found,) = (await memory.query("city oslo")).results

    assert given.metadata == metadata
    assert (found.content, found.mime_type) == ({"City": "Oslo"}, MemoryMimeType.JSON)
    assert {**metadata, **(found.metadata or {})} == found.metadata
    assert (found.metadata or {}).keys() - metadata.keys() == {"score", "id"}


async def test_a_threshold_keeps_back_what_is_far(tmp_path: Path) -> None:
    async with memory_in(tmp_path, score_threshold=0.99) as memory:
        for text in FACTS:
            await memory.add(fact(text))

        assert await told(memory, FACTS[1]) == [FACTS[1]]
        assert len(await told(memory, FACTS[1], score_threshold=None)) == 3
        assert await told(memory, FACTS[1], score_threshold=None, k=1) == [FACTS[1]]


async def test_filters_choose_by_metadata(tmp_path: Path) -> None:
    async with memory_in(tmp_path, where={"user": "ann"}) as memory:
        await memory.add(fact("Ann likes tea.", user="ann"))
        await memory.add(fact("Bob likes tea.", user="bob"))

        assert await told(memory, "tea") == ["Ann likes tea."]
        assert await told(memory, "tea", where={"user": "bob"}) == ["Bob likes tea."]
        assert await told(memory, "tea", where_document={"$contains": "Bob"}) == []


@pytest.mark.parametrize("metric", ["cosine", "l2", "ip"])
async def test_the_collection_is_made_with_the_metric(tmp_path: Path, metric: str) -> None:
    async with memory_in(tmp_path, distance_metric=metric) as memory:
        await memory.add(fact(FACTS[0]))
        (found,) = (await memory.query(FACTS[0])).results

        space = memory._collection.configuration_json["hnsw"]["space"]

    assert space == metric
    assert (found.metadata or {})["score"] == pytest.approx(1, abs=1e-5)


async def test_keeps_the_promises_of_every_memory(tmp_path: Path) -> None:
    folders = map(str, range(100))
    made = []

    def make() -> ChromaDBVectorMemory:
        made.append(ChromaDBVectorMemory(config_of(tmp_path / next(folders))))
        return made[-1]

    await check_memory(make)
    for memory in made:
        await memory.close()


async def test_nothing_is_told_to_the_maker_of_the_library(tmp_path: Path) -> None:
    async with memory_in(tmp_path) as memory:
        await memory.add(fact(FACTS[0]))

        assert memory._client.get_settings().anonymized_telemetry is False


async def test_a_note_is_replaced_and_not_repeated(tmp_path: Path) -> None:
    messages: list[LLMMessage] = [UserMessage(content="Which temperature?", source="user")]
    context = UnboundedChatCompletionContext(messages)
    async with memory_in(tmp_path, k=1) as memory:
        for text in FACTS:
            await memory.add(fact(text))
        await memory.update_context(context)
        await context.add_message(UserMessage(content="And a vegan meal?", source="user"))
        await memory.update_context(context)

    assert await context.get_messages() == [
        messages[0],
        SystemMessage(content=f"\nRelevant memory content:\n1. {FACTS[1]}\n"),
        UserMessage(content="And a vegan meal?", source="user"),
    ]


async def test_nothing_is_asked_where_nothing_was_said(tmp_path: Path) -> None:
    context = UnboundedChatCompletionContext()
    async with memory_in(tmp_path / "untouched") as memory:
        result = await memory.update_context(context)

    assert (result.memories.results, await context.get_messages()) == ([], [])
    assert not (tmp_path / "untouched").exists()


async def test_remembers_when_it_is_opened_again_and_forgets_when_cleared(tmp_path: Path) -> None:
    async with memory_in(tmp_path) as memory:
        await memory.add(fact(FACTS[0]))
    async with memory_in(tmp_path) as memory:
        before = await told(memory, FACTS[0])
        await memory.clear()
        await memory.clear()

        assert (before, await told(memory, FACTS[0])) == ([FACTS[0]], [])


async def test_a_reset_must_be_allowed(tmp_path: Path) -> None:
    async with memory_in(tmp_path / "guarded") as memory:
        with pytest.raises(RuntimeError, match="Reset not allowed"):
            await memory.reset()
    async with memory_in(tmp_path / "open", allow_reset=True) as memory:
        await memory.add(fact(FACTS[0]))
        await memory.reset()

        assert await told(memory, FACTS[0]) == []


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (fact("[]", MemoryMimeType.JSON), "JSON content must be a dict"),
        (fact(Image.from_base64(PIXEL), MemoryMimeType.IMAGE), "Image content cannot be converted"),
        (fact(b"x", MemoryMimeType.BINARY), "Unsupported content type"),
    ],
)
async def test_refuses_what_is_no_text(tmp_path: Path, content: Any, error: str) -> None:
    with pytest.raises(ValueError, match=error):
        await ChromaDBVectorMemory(config_of(tmp_path)).add(content)


async def test_reads_what_upstream_has_written(tmp_path: Path) -> None:
    async with memory_in(tmp_path) as memory:
        await memory.add(fact(FACTS[0]))
        metadata = {"mime_type": "MemoryMimeType.JSON"}
        memory._collection.add(ids=["old"], documents=["{'city': 'oslo'}"], metadatas=[metadata])

        (found,) = (await memory.query("city oslo", k=1)).results

    assert (found.content, found.mime_type) == ("{'city': 'oslo'}", MemoryMimeType.JSON)


async def test_a_configuration_makes_the_same_memory(tmp_path: Path) -> None:
    http = HttpChromaDBVectorMemoryConfig(
        port=1, embedding_function_config=OpenAIEmbeddingFunctionConfig(api_key="sk-secret")
    )
    for config in (config_of(tmp_path, k=7), http):
        saved = ChromaDBVectorMemory(config).dump_component()
        loaded = ChromaDBVectorMemory.load_component(saved.model_copy(deep=True))

        assert saved.provider == "agentchat.ext.memory.chromadb.ChromaDBVectorMemory"
        assert "sk-secret" not in saved.model_dump_json()
        assert loaded._config == config


def test_any_configuration_is_read_as_what_it_is() -> None:
    written = {
        "client_type": "http",
        "port": 9,
        "embedding_function_config": {"function_type": "sentence_transformer"},
    }

    config = ChromaDBVectorMemoryConfig.model_validate(written)

    assert config == HttpChromaDBVectorMemoryConfig(
        port=9, embedding_function_config=SentenceTransformerEmbeddingFunctionConfig()
    )


class Lengths(chromadb.EmbeddingFunction):  # type: ignore[misc]
    """Texts are near when they are equally long."""

    def __init__(self, unit: float) -> None:
        self.unit = unit

    def __call__(self, input: Any) -> Any:  # noqa: A002
        return [[len(text) * self.unit, 1.0] for text in input]

    @staticmethod
    def name() -> str:
        return "lengths"

    def get_config(self) -> dict[str, Any]:
        return {"unit": self.unit}

    @staticmethod
    def build_from_config(config: dict[str, Any]) -> "Lengths":
        return Lengths(**config)


async def test_an_embedding_of_the_users_is_used_but_not_written_down(tmp_path: Path) -> None:
    custom = CustomEmbeddingFunctionConfig(function=Lengths, params={"unit": 0.1})
    async with memory_in(tmp_path, k=1, embedding_function_config=custom) as memory:
        await memory.add(fact("a"))
        await memory.add(fact("abcdefgh"))

        assert await told(memory, "12345678") == ["abcdefgh"]
        with pytest.raises(NotConfigurable, match="CustomEmbeddingFunctionConfig"):
            memory.dump_component()


async def test_a_failing_embedding_of_the_users_is_named(tmp_path: Path) -> None:
    custom = CustomEmbeddingFunctionConfig(function=Lengths, params={"other": 1})
    async with memory_in(tmp_path, embedding_function_config=custom) as memory:
        with pytest.raises(ValueError, match="Failed to create custom embedding function"):
            await memory.add(fact("a"))


async def test_the_default_embedding_is_chromas_own(tmp_path: Path) -> None:
    async with memory_in(
        tmp_path, embedding_function_config=DefaultEmbeddingFunctionConfig()
    ) as memory:
        collection = await memory._opened(None)

    assert collection.configuration["embedding_function"].name() == "default"


async def test_a_missing_library_of_embeddings_is_named(tmp_path: Path) -> None:
    with contextlib.suppress(ImportError):
        import sentence_transformers  # noqa: F401

        pytest.skip("needs a machine without sentence-transformers")
    config = SentenceTransformerEmbeddingFunctionConfig()
    async with memory_in(tmp_path, embedding_function_config=config) as memory:
        with pytest.raises(ImportError, match="Ensure sentence-transformers is installed"):
            await memory.add(fact("a"))


# Chroma warns that it does not write the key into the database, which is as it should be.
@pytest.mark.filterwarnings("ignore:Direct api_key configuration:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:legacy embedding function config:DeprecationWarning")
async def test_embeddings_of_openai_are_asked_for_at_its_address(tmp_path: Path) -> None:
    bodies = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if b"content-length" in line)
        bodies.append(json.loads(await reader.readexactly(int(length.split(b":")[1]))))
        data = [{"object": "embedding", "index": 0, "embedding": [1.0, 0.5]}]
        body = json.dumps({"object": "list", "model": "m", "data": data}).encode()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n")
        writer.write(f"content-length: {len(body)}\r\n\r\n".encode() + body)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    config = OpenAIEmbeddingFunctionConfig(api_key="sk-test", model_name="m", base_url=url)
    async with memory_in(tmp_path, embedding_function_config=config) as memory:
        await memory.add(fact("a"))
        found = await told(memory, "b")
    server.close()

    assert found == ["a"]
    assert [(body["model"], body["input"]) for body in bodies] == [("m", ["a"]), ("m", ["b"])]


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def port_of_server(tmp_path: Path) -> Iterator[int]:
    program = shutil.which("chroma", path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip("needs chroma: the server's program")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [program, "run", "--path", str(tmp_path), "--host", "127.0.0.1", "--port", str(port)]
    environment = {**os.environ, "ANONYMIZED_TELEMETRY": "False"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        while not is_open(port):
            with pytest.raises(subprocess.TimeoutExpired, match="timed out"):
                process.wait(0.1)
        yield port
        process.terminate()


async def test_a_server_remembers_too(port_of_server: int) -> None:
    config = HttpChromaDBVectorMemoryConfig(
        host="127.0.0.1",
        port=port_of_server,
        k=1,
        embedding_function_config=OfflineEmbeddingFunctionConfig(),
    )
    memory = ChromaDBVectorMemory(config)
    for text in FACTS:
        await memory.add(fact(text))

    found = await told(memory, "a vegan meal")
    await memory.clear()

    assert (found, await told(memory, "a vegan meal")) == ([FACTS[1]], [])
    client = memory._client
    await memory.close()
    # Chroma itself leaves its connections to the garbage collector, which complains.
    client._server._session.close()
    client._admin_client._server._session.close()
