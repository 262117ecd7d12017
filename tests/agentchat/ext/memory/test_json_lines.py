import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentchat.core import ComponentModel
from agentchat.core.memory import Memory, MemoryContent, MemoryMimeType
from agentchat.core.model_context import UnboundedChatCompletionContext
from agentchat.core.models import SystemMessage, UserMessage
from agentchat.ext.memory.json_lines import JsonLinesMemory, UnreadableMemory

# Line separators of all kinds, which must not break a line of the file.
texts = st.lists(st.sampled_from(["cat", "dog", "Katze", "é", "\u2028", "\n", "猫"])).map(" ".join)


def content(text: str) -> MemoryContent:
    return MemoryContent(content=text, mime_type=MemoryMimeType.TEXT)


async def taught(path: Path, *known: str, k: int = 3) -> JsonLinesMemory:
    memory = JsonLinesMemory(path, k=k)
    for text in known:
        await memory.add(content(text))
    return memory


async def answers(memory: Memory, question: str) -> list[object]:
    return [item.content for item in (await memory.query(question)).results]


@settings(max_examples=25)
@given(known=st.lists(texts), question=texts)
async def test_a_memory_that_is_opened_again_answers_the_same(
    known: list[str], question: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "memory.jsonl")
        memory = await taught(path, *known)

        opened = JsonLinesMemory(path)

        assert await answers(opened, question) == await answers(memory, question)


@settings(max_examples=25)
@given(known=st.lists(texts), question=texts, k=st.integers(1, 5))
async def test_a_shorter_answer_is_the_beginning_of_a_longer_one(
    known: list[str], question: str, k: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "memory.jsonl")
        whole = await answers(await taught(path, *known, k=1 + len(known)), question)

        shorter = await answers(JsonLinesMemory(path, k=k), question)

        assert shorter == whole[:k]


@settings(max_examples=25)
@given(counts=st.lists(st.integers(0, 6)))
async def test_answers_are_sorted_and_equals_keep_their_order(counts: list[int]) -> None:
    # Texts of the same length, so that only the word's count and the text's age can tell.
    known = [" ".join(["cat"] * n + ["dog"] * (6 - n) + [f"n{i}"]) for i, n in enumerate(counts)]
    with tempfile.TemporaryDirectory() as folder:
        memory = await taught(Path(folder, "memory.jsonl"), *known, k=99)

        found = await answers(memory, "cat")

    order = sorted((i for i, n in enumerate(counts) if n), key=lambda i: -counts[i])
    assert found == [known[i] for i in order]


async def test_a_line_is_a_memory_that_people_can_read(tmp_path: Path) -> None:
    path = tmp_path / "new" / "memory.jsonl"

    await (await taught(path, "Käse")).add(
        MemoryContent(content={"n": 1}, mime_type="application/json", metadata={"page": 2})
    )

    assert [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] == [
        {"content": "Käse", "mime_type": "text/plain"},
        {"content": {"n": 1}, "mime_type": "application/json", "metadata": {"page": 2}},
    ]
    assert "Käse" in path.read_text(encoding="utf-8")


async def test_tells_an_agents_context_what_bears_on_the_last_message(tmp_path: Path) -> None:
    memory = await taught(tmp_path / "memory.jsonl", "Cats purr.", "Dogs bark.")
    context = UnboundedChatCompletionContext()
    await context.add_message(UserMessage(content="Why do dogs bark?", source="user"))

    update = await memory.update_context(context)

    assert [item.content for item in update.memories.results] == ["Dogs bark."]
    assert (await context.get_messages())[-1] == SystemMessage(
        content="\nRelevant memory content:\n1. Dogs bark.\n"
    )


async def test_forgets_the_file_too(tmp_path: Path) -> None:
    path = tmp_path / "memory.jsonl"
    memory = await taught(path, "Cats purr.")

    await memory.clear()

    assert not path.exists()
    assert await answers(memory, "cats") == []


async def test_bytes_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "memory.jsonl"

    with pytest.raises(ValueError, match="Bytes can't be kept"):
        await JsonLinesMemory(path).add(MemoryContent(content=b"\xff", mime_type="image/png"))

    assert not path.exists()


def test_says_which_line_it_can_not_read(tmp_path: Path) -> None:
    path = tmp_path / "memory.jsonl"
    path.write_text('{"content": "a", "mime_type": "text/plain"}\n\n{"content"\n', encoding="utf-8")

    with pytest.raises(UnreadableMemory, match=r"memory\.jsonl:3") as caught:
        JsonLinesMemory(path)

    assert (caught.value.path, caught.value.line) == (path, 3)


async def test_is_made_again_from_its_component(tmp_path: Path) -> None:
    memory = await taught(tmp_path / "memory.jsonl", "Cats purr.", k=2)
    described = memory.dump_component()

    loaded = Memory.load_component(ComponentModel.model_validate_json(described.model_dump_json()))

    assert loaded.dump_component() == described
    assert described.config == {"path": str(tmp_path / "memory.jsonl"), "k": 2}
    assert await answers(loaded, "cats") == ["Cats purr."]
