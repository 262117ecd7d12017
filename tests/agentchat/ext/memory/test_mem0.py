"""Mem0Memory over a stand-in for the library: the same calls, words in the place of a model."""

import inspect
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

from agentchat.core import CancellationToken
from agentchat.core.memory import MemoryContent, MemoryMimeType
from agentchat.core.model_context import UnboundedChatCompletionContext
from agentchat.core.models import LLMMessage, SystemMessage, UserMessage

ROOM = "agentchat.ext.memory.mem0"
CREATED = "2026-08-01T12:00:00+00:00"
QUESTION: list[LLMMessage] = [UserMessage(content="Which color?", source="user")]


class Store:
    """The part of the library's clients that a memory uses."""

    def __init__(self, api_key: str | None = None) -> None:
        self.api_key = api_key
        self.facts: list[dict[str, Any]] = []
        self.is_closed = False
        self.is_broken = False

    @classmethod
    def from_config(cls, config_dict: dict[str, Any]) -> "Store":
        return cls(**config_dict)

    def add(self, messages: list[dict[str, str]], *, user_id: str, metadata: Any) -> None:
        if self.is_broken:
            raise ConnectionError("away")
        facts = [{"memory": each["content"], "metadata": metadata} for each in messages]
        self.facts += [fact | {"user_id": user_id, "created_at": CREATED} for fact in facts]

    def search(self, query: str, *, filters: dict[str, Any], top_k: int, threshold: float = 0.0):  # type: ignore[no-untyped-def]
        if self.is_broken:
            raise ConnectionError("away")
        found = []
        for fact in self.facts:
            shared = set(query.lower().split()) & set(fact["memory"].lower().split())
            if fact["user_id"] == filters["user_id"] and len(shared) > threshold:
                found.append(fact | {"score": len(shared)})
        return {"results": sorted(found, key=lambda fact: -fact["score"])[:top_k]}

    def delete_all(self, user_id: str) -> None:
        self.facts = [fact for fact in self.facts if fact["user_id"] != user_id]

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Any:
    library = ModuleType("mem0")
    library.__dict__.update(Memory=Store, MemoryClient=Store)
    monkeypatch.setitem(sys.modules, "mem0", library)
    monkeypatch.delitem(sys.modules, ROOM, raising=False)
    return import_module(ROOM)


@pytest.fixture
async def memory(room: Any) -> AsyncIterator[Any]:
    memory = room.Mem0Memory(user_id="ann", is_cloud=False, config={})
    yield memory
    await memory.close()


def fact(content: Any, mime_type: Any = MemoryMimeType.TEXT, **metadata: Any) -> MemoryContent:
    return MemoryContent(content=content, mime_type=mime_type, metadata=metadata or None)


async def told(memory: Any, question: str, **settings: Any) -> list[Any]:
    return [item.content for item in (await memory.query(question, **settings)).results]


async def test_what_was_added_is_told_with_what_is_known_of_it(memory: Any) -> None:
    given = fact("The color is blue", category="taste")

    await memory.add(given, CancellationToken())
    (found,) = (await memory.query("color")).results

    assert given.metadata == {"category": "taste"}
    assert found == fact(
        "The color is blue",
        category="taste",
        score=1,
        created_at=datetime(2026, 8, 1, 12, tzinfo=UTC),
    )


async def test_users_are_apart(memory: Any) -> None:
    await memory.add(fact("color blue"))
    await memory.add(fact("color red", user_id="bob"))

    assert await told(memory, "color") == ["color blue"]
    assert await told(memory, "color", filters={"user_id": "bob"}) == ["color red"]


async def test_a_limit_and_a_threshold_can_be_asked_for(memory: Any) -> None:
    for text in ("color", "color blue", "color blue sky"):
        await memory.add(fact(text))

    assert await told(memory, "color blue sky", limit=1) == ["color blue sky"]
    assert await told(memory, "color blue sky", threshold=1) == ["color blue sky", "color blue"]


async def test_json_is_told_to_the_library_as_text(memory: Any) -> None:
    await memory.add(fact({"color": "blue"}, MemoryMimeType.JSON))

    assert await told(memory, '{"color":') == ['{"color": "blue"}']


async def test_a_note_is_replaced_and_not_repeated(memory: Any) -> None:
    context = UnboundedChatCompletionContext([UserMessage(content="color", source="user")])

    await memory.update_context(context)
    for text in ("color blue", "color red"):
        await memory.add(fact(text))
        await memory.update_context(context)

    assert (await context.get_messages())[1:] == [
        SystemMessage(content="\nRelevant memories:\n1. color blue\n2. color red\n")
    ]


async def test_a_question_that_can_not_be_asked_has_no_answer(
    memory: Any, caplog: pytest.LogCaptureFixture
) -> None:
    await memory.add(fact("color blue"))
    memory._client.is_broken = True

    assert await told(memory, "color") == []
    assert "Mem0 could not be asked." in caplog.text
    with pytest.raises(ConnectionError, match="away"):
        await memory.add(fact("color red"))


async def test_forgets_one_user_and_closes_the_store(memory: Any) -> None:
    await memory.add(fact("color blue"))
    await memory.add(fact("color red", user_id="bob"))
    store = memory._client

    await memory.clear()
    await memory.close()

    assert ([fact["user_id"] for fact in store.facts], store.is_closed) == (["bob"], True)


async def test_a_configuration_makes_the_same_memory(room: Any) -> None:
    memory = room.Mem0Memory(limit=3, api_key="m0-secret")

    saved = memory.dump_component()
    loaded = room.Mem0Memory.load_component(saved.model_copy(deep=True))

    assert saved.provider == "agentchat.ext.memory.mem0.Mem0Memory"
    assert "m0-secret" not in saved.model_dump_json()
    assert (loaded.user_id, loaded.limit, loaded.is_cloud) == (memory.user_id, 3, True)
    assert (await loaded._opened()).api_key == "m0-secret"


def test_a_store_needs_a_configuration(room: Any) -> None:
    with pytest.raises(ValueError, match="config is required when using local Mem0 client"):
        room.Mem0Memory(is_cloud=False)


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mem0", None)
    monkeypatch.delitem(sys.modules, ROOM, raising=False)

    with pytest.raises(ImportError, match=r'pip install "agentchat-harness\[mem0\]"'):
        import_module(ROOM)


@pytest.mark.parametrize("name", ["Memory", "MemoryClient"])
def test_the_library_takes_the_calls_that_the_stand_in_takes(name: str) -> None:
    client = getattr(pytest.importorskip("mem0", reason="needs mem0ai"), name)

    calls: list[tuple[Any, dict[str, Any]]] = [
        (client.add, {"messages": [], "user_id": "ann", "metadata": {}}),
        (client.search, {"query": "color", "filters": {"user_id": "ann"}, "top_k": 3}),
        (client.delete_all, {"user_id": "ann"}),
    ]

    for method, arguments in calls:
        inspect.signature(method).bind(None, **arguments)
