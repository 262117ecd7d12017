"""What every memory promises."""

from collections.abc import Awaitable, Callable
from copy import deepcopy

from agentchat.core import CancellationToken
from agentchat.core.memory import Memory, MemoryContent, MemoryMimeType
from agentchat.core.model_context import UnboundedChatCompletionContext
from agentchat.core.models import AssistantMessage, LLMMessage, UserMessage
from harness.conformance._promises import Make, made, orderly, promise

_FACT = MemoryContent(
    content="The lighthouse keeper is called Ada.",
    mime_type=MemoryMimeType.TEXT,
    metadata={"page": 7},
)
_OTHER_FACT = MemoryContent(
    content="The lighthouse has ninety steps.", mime_type=MemoryMimeType.TEXT
)
_QUESTION = "What is the lighthouse keeper called?"


async def check_memory(make: Make[Memory]) -> None:
    """Checks what every memory promises, with two facts and a question about one of them.

    Args:
        make: Makes memories that remember nothing yet, each apart from the others.

    Raises:
        AssertionError: A promise was broken; the message is that promise.
    """
    for check in _CHECKS:
        async with orderly("A memory"):
            memory = await made(make)
            try:
                await check(memory)
            finally:
                await memory.close()


async def _tells_nothing_at_first(memory: Memory) -> None:
    context = await _asked_context()
    before = await context.get_messages()
    update = await memory.update_context(context)
    promise(
        "A memory that remembers nothing tells nothing",
        not update.memories.results and not (await memory.query(_QUESTION)).results,
        update,
    )
    after = await context.get_messages()
    promise("A memory that has nothing to tell leaves the context alone", after == before, after)


async def _tells_what_was_added(memory: Memory) -> None:
    fact, token = deepcopy(_FACT), CancellationToken()
    await memory.add(fact, cancellation_token=token)
    found = (await memory.query(_QUESTION, cancellation_token=token)).results
    promise("What was added is found by a question that uses its words", found, found)
    promise(
        "What is found has the content that was added, and its metadata at least",
        found[0].content == _FACT.content
        and {"page": 7}.items() <= (found[0].metadata or {}).items(),
        found[0],
    )
    promise("What was added is not changed", fact == _FACT, fact)
    await memory.query(MemoryContent(content=_QUESTION, mime_type=MemoryMimeType.TEXT))


async def _notes_what_it_knows_once(memory: Memory) -> None:
    await memory.add(_FACT)
    context = await _asked_context()
    said = await context.get_messages()
    update = await memory.update_context(context)
    told = await context.get_messages()
    promise("A memory reports what it has put into a context", update.memories.results, update)
    promise("What it reports stands in the context", str(_FACT.content) in _texts(told), told)
    promise(
        "A memory adds to a conversation, and takes nothing out of it",
        [message for message in told if message in said] == said,
        told,
    )
    await memory.update_context(context)
    again = await context.get_messages()
    promise("What a memory tells twice stands in the context once", again == told, again)
    await memory.add(_OTHER_FACT)
    await memory.update_context(context)
    more = await context.get_messages()
    promise(
        "What a memory tells anew stands in the place of what it told before",
        _texts(more).count(str(_FACT.content)) <= 1 and len(more) <= len(told),
        more,
    )


async def _forgets_when_cleared(memory: Memory) -> None:
    await memory.add(_FACT)
    await memory.clear()
    await _tells_nothing_at_first(memory)
    await memory.add(_OTHER_FACT)
    found = (await memory.query("How many steps has the lighthouse?")).results
    contents = [item.content for item in found]
    promise(
        "A memory that was cleared can be used again", contents == [_OTHER_FACT.content], contents
    )


_CHECKS: tuple[Callable[[Memory], Awaitable[None]], ...] = (
    _tells_nothing_at_first,
    _tells_what_was_added,
    _notes_what_it_knows_once,
    _forgets_when_cleared,
)


async def _asked_context() -> UnboundedChatCompletionContext:
    messages: list[LLMMessage] = [
        UserMessage(content="Hello!", source="user"),
        AssistantMessage(content="Hello.", source="assistant"),
        UserMessage(content=_QUESTION, source="user"),
    ]
    return UnboundedChatCompletionContext(initial_messages=messages)


def _texts(messages: list[LLMMessage]) -> str:
    return "\n".join(str(message.content) for message in messages)
