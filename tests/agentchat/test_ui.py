import asyncio
from collections.abc import AsyncGenerator

import pytest

from agentchat.agents import UserProxyAgent
from agentchat.base import Response, TaskResult
from agentchat.core import CancellationToken, FunctionCall, Image
from agentchat.core._world import SystemWorld, entered
from agentchat.core.models import RequestUsage
from agentchat.messages import (
    BaseAgentEvent,
    BaseChatMessage,
    ModelClientStreamingChunkEvent,
    MultiModalMessage,
    TextMessage,
    ThoughtEvent,
    ToolCallRequestEvent,
)
from agentchat.ui import Console, UserInputManager

Item = BaseAgentEvent | BaseChatMessage | TaskResult | Response

TASK = TextMessage(source="user", content="hi")
HELLO = TextMessage(
    id="m1",
    source="a",
    content="hello",
    models_usage=RequestUsage(prompt_tokens=3, completion_tokens=4),
)
DONE = TaskResult(messages=[TASK, HELLO], stop_reason="done")


class StillWorld(SystemWorld):
    """A world in which no time passes."""

    def monotonic(self) -> float:
        return 0.0


def chunk(
    content: str, message_id: str | None = "m1", source: str = "a", kind: str = "text"
) -> ModelClientStreamingChunkEvent:
    return ModelClientStreamingChunkEvent.load(
        {"source": source, "content": content, "full_message_id": message_id, "kind": kind}
    )


async def stream(*items: Item) -> AsyncGenerator[Item, None]:
    for item in items:
        yield item


async def printed(
    capsys: pytest.CaptureFixture[str], *items: Item, output_stats: bool = False
) -> str:
    with entered(StillWorld()):
        await Console(stream(*items), output_stats=output_stats)
    return capsys.readouterr().out


async def test_messages_are_printed_under_their_kind_and_source(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert await printed(capsys, TASK, HELLO, DONE) == (
        "---------- TextMessage (user) ----------\nhi\n"
        "---------- TextMessage (a) ----------\nhello\n"
    )


async def test_statistics_come_with_each_message_and_at_the_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert await printed(capsys, TASK, HELLO, DONE, output_stats=True) == (
        "---------- TextMessage (user) ----------\nhi\n"
        "---------- TextMessage (a) ----------\nhello\n"
        "[Prompt tokens: 3, Completion tokens: 4]\n"
        "---------- Summary ----------\n"
        "Number of messages: 2\n"
        "Finish reason: done\n"
        "Total prompt tokens: 3\n"
        "Total completion tokens: 4\n"
        "Duration: 0.00 seconds\n"
    )


async def test_a_response_is_printed_under_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    response = Response(chat_message=HELLO, inner_messages=[TASK])

    assert await printed(capsys, response, output_stats=True) == (
        "---------- a ----------\nhello\n"
        "[Prompt tokens: 3, Completion tokens: 4]\n"
        "---------- Summary ----------\n"
        "Number of inner messages: 1\n"
        "Total prompt tokens: 3\n"
        "Total completion tokens: 4\n"
        "Duration: 0.00 seconds\n"
    )


async def test_chunks_are_printed_in_line_and_their_message_is_not_repeated(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert await printed(capsys, chunk("hel"), chunk("lo"), HELLO, DONE) == (
        "---------- ModelClientStreamingChunkEvent (a) ----------\nhello\n"
    )


async def test_a_streamed_response_is_not_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    assert await printed(capsys, chunk("hello"), Response(chat_message=HELLO)) == (
        "---------- ModelClientStreamingChunkEvent (a) ----------\nhello\n"
    )


async def test_what_comes_between_chunks_and_their_message_is_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    request = ToolCallRequestEvent(
        source="a", content=[FunctionCall(id="1", arguments="{}", name="f")]
    )

    assert await printed(capsys, chunk("hello"), request, HELLO, DONE) == (
        "---------- ModelClientStreamingChunkEvent (a) ----------\nhello\n"
        "---------- ToolCallRequestEvent (a) ----------\n"
        "[FunctionCall(id='1', arguments='{}', name='f')]\n"
    )


async def test_a_message_that_no_chunk_names_is_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert await printed(capsys, chunk("hel", message_id=None), HELLO, DONE) == (
        "---------- ModelClientStreamingChunkEvent (a) ----------\nhel\n"
        "---------- TextMessage (a) ----------\nhello\n"
    )


async def test_chunks_of_two_speakers_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    other = TextMessage(id="m2", source="b", content="bye")

    assert await printed(
        capsys, chunk("hel"), chunk("bye", "m2", "b"), chunk("lo"), other, HELLO, DONE
    ) == (
        "---------- ModelClientStreamingChunkEvent (a) ----------\nhel\n"
        "---------- ModelClientStreamingChunkEvent (b) ----------\nbye\n"
        "---------- ModelClientStreamingChunkEvent (a) ----------\nlo\n"
    )


async def test_streamed_reasoning_does_not_hide_the_answer(
    capsys: pytest.CaptureFixture[str],
) -> None:
    thought = ThoughtEvent(source="a", content="hm")

    assert await printed(capsys, chunk("hm", kind="reasoning"), thought, HELLO, DONE) == (
        "---------- ModelClientStreamingChunkEvent (a) ----------\nhm\n"
        "---------- ThoughtEvent (a) ----------\nhm\n"
        "---------- TextMessage (a) ----------\nhello\n"
    )


async def test_images_are_named_where_they_can_not_be_drawn(
    capsys: pytest.CaptureFixture[str],
) -> None:
    pixel = Image.from_uri(
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAA"
        "H2FzhVAAAAAElFTkSuQmCC"
    )
    picture = MultiModalMessage(source="a", content=["see", pixel])

    assert await printed(capsys, picture, DONE) == (
        "---------- MultiModalMessage (a) ----------\nsee\n<image>\n"
    )


async def test_the_result_is_given_back() -> None:
    response = Response(chat_message=HELLO)

    assert await Console(stream(TASK, DONE)) is DONE
    assert await Console(stream(response)) is response


async def test_a_stream_without_a_result_is_refused() -> None:
    with pytest.raises(ValueError, match="No TaskResult or Response was processed"):
        await Console(stream(TASK))


async def test_a_request_for_input_is_not_printed_but_passed_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    manager = UserInputManager(lambda prompt: f"{prompt} yes")
    agent = UserProxyAgent("user", input_func=manager.get_wrapped_callback())

    result = await Console(agent.run_stream(task="Go on?"), user_input_manager=manager)

    assert result.messages[-1].to_text() == "Enter your response:  yes"
    assert "UserInputRequestedEvent" not in capsys.readouterr().out


@pytest.mark.parametrize("seen_first", [True, False])
async def test_the_user_is_asked_once_the_request_has_been_seen(seen_first: bool) -> None:
    asked: list[str] = []

    async def answer(prompt: str, token: CancellationToken | None) -> str:
        asked.append(prompt)
        return "yes"

    manager = UserInputManager(answer)
    ask = manager.get_wrapped_callback()
    with UserProxyAgent.InputRequestContext.populate_context("request"):
        if seen_first:
            manager.notify_event_received("request")
        answering = asyncio.create_task(ask("Go on?", None))
    await asyncio.sleep(0)
    asked_before = list(asked)
    manager.notify_event_received("request")

    assert await answering == "yes"
    assert asked_before == (["Go on?"] if seen_first else [])
