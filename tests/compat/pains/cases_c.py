"""Section C of the pains: streaming, messages, console."""

import io
from collections.abc import AsyncGenerator, Sequence
from contextlib import redirect_stdout
from typing import Any

from pydantic import BaseModel

from agentchat.agents import AssistantAgent, UserProxyAgent
from agentchat.base import Response, TaskResult
from agentchat.conditions import TokenUsageTermination
from agentchat.core import FunctionCall
from agentchat.core.models import CreateResult, LLMMessage, RequestUsage
from agentchat.ext.models.openai import OpenAIChatCompletionClient
from agentchat.messages import (
    ModelClientStreamingChunkEvent,
    StructuredMessage,
    TextMessage,
    ThoughtEvent,
    ToolCallRequestEvent,
)
from agentchat.teams import RoundRobinGroupChat
from agentchat.ui import Console, UserInputManager
from tests.compat.pains.stage import Model, assistant, endpoint, said, soon, texts


class Reasoning(Model):
    """Streams what it thinks, and then its answer."""

    async def create_stream(
        self, messages: Sequence[LLMMessage], **arguments: Any
    ) -> AsyncGenerator[str | CreateResult, None]:
        for piece in ("<think>", "Be kind.", "</think>", "Hel", "lo."):
            yield piece
        yield CreateResult(
            finish_reason="stop",
            content="Hello.",
            thought="Be kind.",
            usage=RequestUsage(prompt_tokens=1, completion_tokens=1),
            cached=False,
        )


async def c18_tokens_are_counted_while_streaming() -> None:
    async with endpoint("Hello.") as (address, _):
        client = OpenAIChatCompletionClient(model="gpt-4o", api_key="none", base_url=address)
        team = RoundRobinGroupChat(
            [AssistantAgent("bob", client, model_client_stream=True)],
            termination_condition=TokenUsageTermination(max_total_token=10),
            max_turns=2,
        )

        result = await soon(team.run(task="Go."))
        await client.close()

    assert [message.models_usage for message in result.messages] == [
        None,
        RequestUsage(prompt_tokens=8, completion_tokens=2),
    ]


async def c19_pieces_carry_the_id_of_what_they_are_pieces_of() -> None:
    agent = AssistantAgent("bob", Reasoning(), model_client_stream=True)

    items = [item async for item in agent.run_stream(task="Go.")]

    pieces = [item for item in items if isinstance(item, ModelClientStreamingChunkEvent)]
    thought = next(item for item in items if isinstance(item, ThoughtEvent))
    answer = next(item for item in items if isinstance(item, TextMessage) and item.source == "bob")
    assert [piece.full_message_id for piece in pieces] == [thought.id] * 3 + [answer.id] * 2


async def c19_pieces_say_whether_they_are_reasoning() -> None:
    agent = AssistantAgent("bob", Reasoning(), model_client_stream=True)

    items = [item async for item in agent.run_stream(task="Go.")]

    pieces = [item for item in items if isinstance(item, ModelClientStreamingChunkEvent)]
    answer = "".join(piece.content for piece in pieces if piece.kind == "text")
    assert answer == "Hello."


async def _printed(*items: Any) -> str:
    async def stream() -> AsyncGenerator[Any, None]:
        for item in items:
            yield item

    with redirect_stdout(io.StringIO()) as screen:
        await Console(stream())
    return screen.getvalue()


async def c21_the_console_shows_what_comes_after_pieces() -> None:
    call = FunctionCall(id="1", name="ring_the_bell", arguments="{}")

    printed = await _printed(
        ModelClientStreamingChunkEvent(content="I shall ring.", source="bob", full_message_id="7"),
        ToolCallRequestEvent(content=[call], source="bob"),
        TaskResult(messages=[]),
    )

    assert "ring_the_bell" in printed


async def c21_the_console_shows_a_streamed_message_once() -> None:
    piece = ModelClientStreamingChunkEvent(content="Hello.", source="bob", full_message_id="7")
    message = TextMessage(id="7", content="Hello.", source="bob")

    printed = await _printed(
        piece, ThoughtEvent(content="Hm.", source="ann"), message, TaskResult(messages=[])
    )

    assert [printed.count("Hello."), printed.count("Hm.")] == [1, 1]


async def c21_a_person_is_asked_when_the_notice_came_first() -> None:
    manager = UserInputManager(lambda prompt: "yes")
    ask = manager.get_wrapped_callback()

    manager.notify_event_received("request-1")
    with UserProxyAgent.InputRequestContext.populate_context("request-1"):
        answer = await soon(ask("Well?", None))

    assert answer == "yes"


class Verdict(BaseModel):
    guilty: bool


async def c22_an_agent_with_structured_output_works_in_a_team() -> None:
    agent = assistant('{"guilty": false}', output_content_type=Verdict)

    result = await soon(RoundRobinGroupChat([agent], max_turns=1).run(task="Go."))

    assert texts(result.messages) == ["Go.", Verdict(guilty=False)]


async def c22_a_team_restores_structured_messages_unasked() -> None:
    def team(*replies: str) -> RoundRobinGroupChat:
        return RoundRobinGroupChat([assistant(*replies, output_content_type=Verdict)], max_turns=1)

    before, after = team('{"guilty": false}'), team('{"guilty": true}')
    task = StructuredMessage[Verdict](content=Verdict(guilty=True), source="user")
    await soon(before.run(task=task))
    await after.load_state(await before.save_state())

    assert texts((await soon(after.run())).messages) == [Verdict(guilty=True)]


async def c22_a_response_names_the_type_of_its_message() -> None:
    response: Response[TextMessage] = Response[TextMessage](chat_message=said("Hello."))

    assert response.chat_message.content == "Hello."
