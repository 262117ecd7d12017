from dataclasses import dataclass
from typing import Any

import pytest

from agentchat.core import (
    CancellationToken,
    DefaultTopicId,
    MessageContext,
    RoutedAgent,
    SingleThreadedAgentRuntime,
    TopicId,
    TypeSubscription,
    _world,
    event,
    message_handler,
    rpc,
)
from agentchat.core.exceptions import CantHandleException


@dataclass
class Note:
    text: str


class LongNote(Note):
    pass


def context(*, is_rpc: bool) -> MessageContext:
    return MessageContext(None, None, is_rpc, CancellationToken(), "id")


QUESTION, NEWS = context(is_rpc=True), context(is_rpc=False)


class Secretary(RoutedAgent):
    @event
    async def a_reads(self, message: Note, ctx: MessageContext) -> None:
        self.read = message.text

    @rpc(match=lambda message, ctx: message.text.endswith("?"))
    async def b_answers(self, message: Note, ctx: MessageContext) -> str:
        return f"answer to {message.text}"

    @rpc
    async def c_obeys(self, message: Note, ctx: MessageContext) -> str | int:
        return "yes"

    @message_handler
    async def d_counts(self, message: int | float, ctx: MessageContext) -> int:
        return int(message) + 1


class Curious(Secretary):
    @message_handler
    async def a_looks(self, message: Any, ctx: MessageContext) -> Any:
        return type(message)


async def test_a_question_goes_to_the_first_handler_by_name_that_wants_it():
    agent = Secretary("writes")

    answers = [await agent.on_message(Note(text), QUESTION) for text in ("why?", "go")]

    assert answers == ["answer to why?", "yes"]


async def test_news_go_to_the_event_handler():
    agent = Secretary("writes")

    assert await agent.on_message(Note("hello"), NEWS) is None
    assert agent.read == "hello"


@pytest.mark.parametrize("message", [1, 1.0])
async def test_a_union_names_several_classes(message):
    assert await Secretary("writes").on_message(message, NEWS) == 2


async def test_a_subclass_of_the_annotated_class_does_not_match():
    assert await Secretary("writes").on_message(LongNote("hello?"), QUESTION) is None


async def test_a_handler_of_anything_is_asked_last():
    agent = Curious("looks")

    assert [await agent.on_message(message, QUESTION) for message in (1, "text")] == [2, str]


async def test_an_unhandled_message_can_be_taken_by_overriding():
    class Careful(Secretary):
        async def on_unhandled_message(self, message: Any, ctx: MessageContext) -> None:
            self.unhandled = message

    agent = Careful("writes")
    await agent.on_message("text", NEWS)

    assert agent.unhandled == "text"


def test_a_decorated_method_shows_what_it_handles():
    marks = Secretary.d_counts

    assert (marks.target_types, marks.produces_types, marks.is_message_handler) == (
        [int, float],
        [int],
        True,
    )
    assert [Secretary.a_reads.router(Note(""), ctx) for ctx in (QUESTION, NEWS)] == [False, True]


def test_a_method_without_annotations_cannot_be_a_handler():
    with pytest.raises(AssertionError, match="message parameter not found"):

        @message_handler
        async def handle(self, message, ctx) -> None: ...


async def test_another_class_of_message_is_refused_or_noted(caplog):
    async def handle(self, message: Note, ctx: MessageContext) -> Any:
        return message

    with pytest.raises(CantHandleException, match="not in target types"):
        await message_handler(handle)(None, "text", NEWS)
    assert await message_handler(strict=False)(handle)(None, "text", NEWS) == "text"
    assert "not in target types" in caplog.text


@pytest.mark.parametrize("mark", [message_handler, rpc])
async def test_another_class_of_answer_is_refused_or_noted(mark, caplog):
    async def handle(self, message: Note, ctx: MessageContext) -> int:
        return "text"

    with pytest.raises(ValueError, match="not in return types"):
        await mark(handle)(None, Note(""), QUESTION)
    assert await mark(strict=False)(handle)(None, Note(""), QUESTION) == "text"
    assert "not in return types" in caplog.text


async def test_an_event_handler_that_returns_something_is_refused_or_noted(caplog):
    async def handle(self, message: Note, ctx: MessageContext) -> None:
        return "text"

    with pytest.raises(ValueError, match="is not None"):
        await event(handle)(None, Note(""), NEWS)
    assert await event(strict=False)(handle)(None, Note(""), NEWS) is None
    assert "is not None" in caplog.text


async def test_an_answer_may_be_of_a_subclass():
    @message_handler
    async def handle(self, message: Note, ctx: MessageContext) -> Note:
        return LongNote(message.text)

    assert isinstance(await handle(None, Note("hello"), NEWS), LongNote)


class Relay(RoutedAgent):
    """Notes where in the run it works, and hands the note on."""

    paths: list[_world.Path]

    @message_handler
    async def relay(self, message: Note, ctx: MessageContext) -> None:
        self.paths.append(_world.path())
        await self.publish_message(Note(message.text), TopicId(f"after_{self.id.type}", "default"))


async def test_each_agent_of_a_runtime_works_in_a_part_of_the_run_of_its_own():
    paths = []
    runtime = SingleThreadedAgentRuntime()
    for name, topic in [("writer", "default"), ("editor", "after_writer")]:
        await Relay.register(runtime, name, lambda: Relay(""))
        await runtime.add_subscription(TypeSubscription(topic, name))
    Relay.paths = paths

    runtime.start()
    with _world.scope("outer"):
        await runtime.publish_message(Note("a"), DefaultTopicId())
        await runtime.publish_message(Note("b"), TopicId("default", "customer"))
    await runtime.stop_when_idle()

    assert sorted(paths) == [
        ("outer", "editor"),
        ("outer", "editor"),
        ("outer", "writer"),
        ("outer", "writer/customer"),
    ]
