"""What the console prints."""

import contextlib
import io
import re

from agentchat.agents import AssistantAgent, UserProxyAgent
from agentchat.core import CancellationToken, Image
from agentchat.messages import MultiModalMessage, TextMessage
from agentchat.teams import RoundRobinGroupChat
from agentchat.ui import Console, UserInputManager
from tests.compat.parity.cast import Speaker, calls, model, piecewise, said
from tests.compat.parity.observation import outcome_of, show

# One black pixel.
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC"
)


def add(a: int, b: int) -> int:
    """Adds two numbers."""
    return a + b


ADD = ("add", '{"a": 1, "b": 2}')


async def printed(stream, **options):
    page = io.StringIO()
    with contextlib.redirect_stdout(page):
        result = await outcome_of(Console(stream, **options))
    text = re.sub(r"Duration: [\d.]+", "Duration: <seconds>", page.getvalue())
    return {"lines": text.split("\n"), "result": result.get("class", result)}


def team():
    return RoundRobinGroupChat([Speaker("a", "A1"), Speaker("b", "B1\nB2")], max_turns=2)


async def a_team():
    return await printed(team().run_stream(task="go"))


async def a_team_with_statistics():
    return await printed(team().run_stream(task="go"), output_stats=True)


async def an_agent():
    return await printed(AssistantAgent("a", model(said("hello"))).run_stream(task="go"))


async def an_agent_with_statistics():
    agent = AssistantAgent(
        "a", model(calls(ADD, thought="hm"), said("three")), tools=[add], reflect_on_tool_use=True
    )
    return await printed(agent.run_stream(task="go"), output_stats=True)


async def a_response():
    agent = AssistantAgent("a", model(calls(ADD)), tools=[add])
    heard = [TextMessage(content="go", source="user")]
    return await printed(agent.on_messages_stream(heard, CancellationToken()))


async def a_response_with_statistics():
    agent = AssistantAgent("a", model(calls(ADD)), tools=[add])
    heard = [TextMessage(content="go", source="user")]
    return await printed(agent.on_messages_stream(heard, CancellationToken()), output_stats=True)


async def pieces():
    agent = AssistantAgent("a", piecewise(said("roses are red")), model_client_stream=True)
    return await printed(agent.run_stream(task="go"))


async def pieces_with_statistics():
    agent = AssistantAgent("a", piecewise(said("roses are red")), model_client_stream=True)
    return await printed(agent.run_stream(task="go"), output_stats=True)


async def pieces_around_tools():
    client = piecewise(calls(ADD), said("three"))
    agent = AssistantAgent(
        "a", client, model_client_stream=True, tools=[add], reflect_on_tool_use=True
    )
    return await printed(agent.run_stream(task="go"))


async def a_picture():
    task = MultiModalMessage(content=["look", Image.from_base64(PIXEL)], source="user")
    return await printed(team().run_stream(task=task), no_inline_images=True)


async def an_input_request():
    manager = UserInputManager(lambda prompt: "typed")
    proxy = UserProxyAgent("proxy", input_func=manager.get_wrapped_callback())
    chat = RoundRobinGroupChat([proxy], max_turns=1)
    return await printed(chat.run_stream(task="go"), user_input_manager=manager)


async def nothing():
    async def empty():
        if False:
            yield

    return await printed(empty())


async def no_result():
    async def words():
        yield TextMessage(content="x", source="a")

    return await printed(words())


async def main():
    await show(
        a_team,
        a_team_with_statistics,
        an_agent,
        an_agent_with_statistics,
        a_response,
        a_response_with_statistics,
        pieces,
        pieces_with_statistics,
        pieces_around_tools,
        a_picture,
        an_input_request,
        nothing,
        no_result,
    )
