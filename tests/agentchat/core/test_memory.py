import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentchat.core import Image
from agentchat.core.memory import (
    LexicalMemory,
    ListMemory,
    Memory,
    MemoryContent,
    MemoryMimeType,
    MemoryQueryResult,
    UpdateContextResult,
)
from agentchat.core.model_context import UnboundedChatCompletionContext
from agentchat.core.models import SystemMessage, UserMessage


def note(text: str, **metadata: Any) -> MemoryContent:
    return MemoryContent(content=text, mime_type=MemoryMimeType.TEXT, metadata=metadata or None)


def said(text: str) -> UserMessage:
    return UserMessage(content=text, source="user")


def told(*lines: str) -> SystemMessage:
    text = "\n".join(lines)
    return SystemMessage(content=f"\nRelevant memory content (in chronological order):\n{text}\n")


contents = st.lists(
    st.builds(
        MemoryContent,
        content=st.text() | st.dictionaries(st.text(), st.integers()),
        mime_type=st.sampled_from(MemoryMimeType).filter(lambda kind: kind.name != "IMAGE")
        | st.just("text/csv"),
        metadata=st.none() | st.dictionaries(st.text(), st.text()),
    )
)


async def test_a_list_tells_everything_in_order() -> None:
    memory = ListMemory()
    context = UnboundedChatCompletionContext()
    await memory.add(note("likes tea"))
    await memory.add(MemoryContent(content={"age": 7}, mime_type="application/json"))

    result = await memory.update_context(context)

    assert await context.get_messages() == [told("1. likes tea", "2. {'age': 7}")]
    assert result == UpdateContextResult(memories=await memory.query("anything"))


async def test_an_empty_list_tells_nothing() -> None:
    context = UnboundedChatCompletionContext()

    result = await ListMemory().update_context(context)

    assert await context.get_messages() == []
    assert result.memories == MemoryQueryResult(results=[])


async def test_a_note_is_kept_up_to_date_in_its_place() -> None:
    memory = ListMemory(memory_contents=[note("a")])
    context = UnboundedChatCompletionContext()

    for question in "xyz":
        await context.add_message(said(question))
        await memory.update_context(context)
        await memory.add(note(question))

    assert await context.get_messages() == [
        said("x"),
        told("1. a", "2. x", "3. y"),
        said("y"),
        said("z"),
    ]


async def test_two_memories_and_two_contexts_do_not_disturb_each_other() -> None:
    memories = [ListMemory(memory_contents=[note(name)]) for name in "ab"]
    contexts = [UnboundedChatCompletionContext() for _ in range(2)]

    for context in contexts * 2:
        for memory in memories:
            await memory.update_context(context)

    for context in contexts:
        assert await context.get_messages() == [told("1. a"), told("1. b")]


async def test_a_note_is_found_again_in_a_context_that_was_resumed() -> None:
    contents = [note("a")]
    context, resumed = UnboundedChatCompletionContext(), UnboundedChatCompletionContext()
    await ListMemory(memory_contents=contents).update_context(context)
    await resumed.load_state(await context.save_state())

    await ListMemory(memory_contents=contents).update_context(resumed)

    assert await resumed.get_messages() == [told("1. a")]


async def test_a_note_goes_when_everything_is_forgotten() -> None:
    memory = ListMemory(memory_contents=[note("a")])
    context = UnboundedChatCompletionContext([said("x")])
    await memory.update_context(context)

    await memory.clear()
    await memory.update_context(context)

    assert await context.get_messages() == [said("x")]


async def test_a_note_is_told_again_in_a_context_that_was_cleared() -> None:
    memory = ListMemory(memory_contents=[note("a")])
    context = UnboundedChatCompletionContext()
    await memory.update_context(context)

    await context.clear()
    await memory.update_context(context)

    assert await context.get_messages() == [told("1. a")]


@given(contents=contents)
async def test_a_memory_is_what_was_dumped_of_it(contents: list[MemoryContent]) -> None:
    for memory in (ListMemory("mine"), LexicalMemory(k=5)):
        for content in contents:
            await memory.add(content)
        dumped = memory.dump_component()

        loaded = Memory.load_component(dumped.model_dump(mode="json"))

        assert loaded.dump_component() == dumped
        assert loaded.dump_component().config["memory_contents"] == [
            content.model_dump(exclude_none=True) for content in contents
        ]


def test_the_contents_can_be_read_and_replaced() -> None:
    memory = ListMemory()

    memory.content = [note("a")]

    assert (memory.name, memory.content) == ("default_list_memory", [note("a")])


async def test_a_copy_remembers_by_itself() -> None:
    memory = ListMemory(memory_contents=[note("a")])

    other = copy.deepcopy(memory)
    await other.add(note("b"))

    assert (len(memory.content), len(other.content)) == (1, 2)


def test_an_image_survives_json() -> None:
    picture = MemoryContent(
        content=Image.from_base64("iVBORw0KGgo="), mime_type=MemoryMimeType.IMAGE
    )

    again = MemoryContent.model_validate_json(picture.model_dump_json())

    assert again.content == picture.content
    assert picture.model_dump() == {
        "content": {"data": "iVBORw0KGgo="},
        "mime_type": "image/*",
        "metadata": None,
    }


TOWNS = [
    note("Paris is the capital of France, on the Seine."),
    note("Rome is the capital of Italy."),
    note("The Seine flows through Paris; Paris has bridges."),
    note("東京は日本の首都です"),
]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("What is the capital of italy?", [1, 0, 2]),
        ("PARIS", [2, 0]),
        ("日本", [3]),
        ("nothing of it", [1, 0]),
        ("", []),
    ],
)
async def test_finds_what_shares_words_the_best_first(question: str, found: list[int]) -> None:
    memory = LexicalMemory(memory_contents=TOWNS)

    result = await memory.query(question)

    assert result.results == [TOWNS[number] for number in found]


async def test_tells_what_bears_on_the_last_message() -> None:
    memory = LexicalMemory(memory_contents=TOWNS, k=1)
    context = UnboundedChatCompletionContext([said("Italy?")])
    await memory.update_context(context)
    await context.add_message(said("Seine bridges?"))

    result = await memory.update_context(context)

    assert result.memories.results == [TOWNS[2]]
    assert await context.get_messages() == [
        said("Italy?"),
        SystemMessage(content=f"\nRelevant memory content:\n1. {TOWNS[2].content}\n"),
        said("Seine bridges?"),
    ]


def test_at_least_one_thing_must_be_told() -> None:
    with pytest.raises(ValueError, match="k must be greater than 0"):
        LexicalMemory(k=0)
