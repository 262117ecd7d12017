"""What every model context promises."""

from collections.abc import Iterator, Sequence
from itertools import product

from agentchat.core import FunctionCall
from agentchat.core.model_context import ChatCompletionContext
from agentchat.core.models import (
    AssistantMessage,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    LLMMessage,
    SystemMessage,
    UserMessage,
)
from harness.conformance._promises import Make, made, orderly, promise, through_json

_LONGEST = 6
"""Units in the longest conversation; a unit is a message, or a call with its result."""


async def check_model_context(make: Make[ChatCompletionContext]) -> None:
    """Checks what every model context promises, over all short conversations with tools.

    Args:
        make: Makes empty contexts that have room for a short message at least. Those that leave
            something out should do so after a few messages, or their promises are not tested.

    Raises:
        AssertionError: A promise was broken; the message is that promise.
    """
    async with orderly("A model context"):
        await _check_one_message(await made(make))
        for conversation in _conversations():
            context = await made(make)
            for message in conversation:
                await context.add_message(message)
            view = await context.get_messages()
            _check_order(view, conversation)
            _check_pairs(view)
            await _check_view_is_the_callers(context, view)
            await _check_state(make, context, view)


def _conversations() -> Iterator[list[LLMMessage]]:
    for length in range(_LONGEST + 1):
        for kinds in product(("word", "call"), repeat=length):
            units = [_unit(kind, number) for number, kind in enumerate(kinds)]
            yield [message for unit in units for message in unit]


def _unit(kind: str, number: int) -> list[LLMMessage]:
    if kind == "word":
        return [UserMessage(content=f"This is message {number}.", source="user")]
    call = FunctionCall(id=f"call-{number}", name="look", arguments="{}")
    result = FunctionExecutionResult(content="seen", name="look", call_id=call.id)
    return [
        AssistantMessage(content=[call], source="assistant"),
        FunctionExecutionResultMessage(content=[result]),
    ]


async def _check_one_message(context: ChatCompletionContext) -> None:
    promise("An empty context shows nothing", await context.get_messages() == [])
    (message,) = _unit("word", 1)
    await context.add_message(message)
    view = await context.get_messages()
    promise("A short message by itself is shown as it is", view == [message], view)
    await context.clear()
    promise("A context that was cleared shows nothing", await context.get_messages() == [])
    await context.add_message(message)
    view = await context.get_messages()
    promise("A context that was cleared can be used again", view == [message], view)


def _check_order(view: Sequence[LLMMessage], conversation: Sequence[LLMMessage]) -> None:
    places = [conversation.index(message) for message in view if message in conversation]
    promise(
        "What a context shows is in the order in which it was added, each message once",
        places == sorted(set(places)),
        view,
    )
    notes = [message for message in view if message not in conversation]
    promise(
        "What a context adds of its own is a user's or the system's message",
        all(isinstance(note, UserMessage | SystemMessage) for note in notes),
        notes,
    )


def _check_pairs(view: Sequence[LLMMessage]) -> None:
    asked: list[str] = []
    for message in [*view, None]:
        answered = (
            [result.call_id for result in message.content]
            if isinstance(message, FunctionExecutionResultMessage)
            else []
        )
        promise("A call is shown together with its result, or not at all", asked == answered, view)
        asked = (
            [call.id for call in message.content if isinstance(call, FunctionCall)]
            if isinstance(message, AssistantMessage)
            else []
        )


async def _check_view_is_the_callers(
    context: ChatCompletionContext, view: list[LLMMessage]
) -> None:
    shown = list(view)
    view.clear()
    again = await context.get_messages()
    promise("To change the list that was shown changes nothing in the context", again == shown)
    view.extend(again)


async def _check_state(
    make: Make[ChatCompletionContext], context: ChatCompletionContext, view: Sequence[LLMMessage]
) -> None:
    state = through_json(await context.save_state(), "a context")
    other = await made(make)
    await other.add_message(UserMessage(content="something else", source="user"))
    await other.load_state(state)
    shown = await other.get_messages()
    promise("A context shows what the one showed whose state it loaded", shown == view, shown)
    await other.add_message(UserMessage(content="one more", source="user"))
    unchanged = await context.get_messages()
    promise("A context that loaded a state shares nothing with the other", unchanged == view)
