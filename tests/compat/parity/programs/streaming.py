"""A model whose answers come in pieces, and thoughts."""

from agentchat.agents import AssistantAgent
from agentchat.ext.models.replay import ReplayChatCompletionClient
from agentchat.teams import RoundRobinGroupChat
from tests.compat.parity.cast import Speaker, calls, model, piecewise, said
from tests.compat.parity.observation import plain, show, stream_of


def add(a: int, b: int) -> int:
    """Adds two numbers."""
    return a + b


ADD = ("add", '{"a": 1, "b": 2}')


def agent(*replies, **options):
    client = piecewise(*replies)
    return AssistantAgent("poet", client, model_client_stream=True, tools=[add], **options)


async def pieces():
    return await stream_of(agent(said("roses are red")).run_stream(task="go"))


async def pieces_of_a_replayed_text():
    client = ReplayChatCompletionClient(["roses  are\nred "])
    poet = AssistantAgent("poet", client, model_client_stream=True, system_message=None)
    return await stream_of(poet.run_stream(task="go"))


async def a_thought_first():
    return await stream_of(agent(said("red", thought="which colour")).run_stream(task="go"))


async def tools():
    return await stream_of(agent(calls(ADD)).run_stream(task="go"))


async def reflection():
    poet = agent(calls(ADD), said("it is three"), reflect_on_tool_use=True)
    return await stream_of(poet.run_stream(task="go"))


async def reflection_with_thoughts():
    replies = calls(ADD, thought="add them"), said("it is three", thought="say it")
    return await stream_of(agent(*replies, reflect_on_tool_use=True).run_stream(task="go"))


async def several_rounds():
    replies = calls(ADD), calls(ADD, thought="again"), said("three twice")
    return await stream_of(agent(*replies, max_tool_iterations=3).run_stream(task="go"))


async def in_a_team():
    team = RoundRobinGroupChat([agent(said("roses are")), Speaker("critic", "nice")], max_turns=2)
    return await stream_of(team.run_stream(task="go"))


async def no_final_result():
    class Cut(type(piecewise())):
        async def create_stream(self, messages, **arguments):
            yield "half"

    poet = AssistantAgent("poet", Cut([]), model_client_stream=True)
    return await stream_of(poet.run_stream(task="go"))


async def a_piece_that_is_no_text():
    class Odd(type(piecewise())):
        async def create_stream(self, messages, **arguments):
            yield 7

    poet = AssistantAgent("poet", Odd([]), model_client_stream=True)
    return await stream_of(poet.run_stream(task="go"))


async def a_thought_without_streaming():
    poet = AssistantAgent("poet", model(said("red", thought="which colour")))
    stream = await stream_of(poet.run_stream(task="go"))
    return {"stream": stream, "context": plain(await poet.model_context.get_messages())}


async def main():
    await show(
        pieces,
        pieces_of_a_replayed_text,
        a_thought_first,
        tools,
        reflection,
        reflection_with_thoughts,
        several_rounds,
        in_a_team,
        no_final_result,
        a_piece_that_is_no_text,
        a_thought_without_streaming,
    )
