"""Teams within teams, and a team that answers as one agent."""

from agentchat.agents import AssistantAgent, SocietyOfMindAgent
from agentchat.conditions import MaxMessageTermination, TextMentionTermination
from agentchat.core import CancellationToken
from agentchat.messages import TextMessage
from agentchat.teams import RoundRobinGroupChat, SelectorGroupChat
from tests.compat.parity.cast import Speaker, calls, model, piecewise, said
from tests.compat.parity.observation import component, plain, show, stream_of


def inner(**options):
    options.setdefault("max_turns", 2)
    return RoundRobinGroupChat(
        [Speaker("x", "X1", "X2"), Speaker("y", "Y1")], name="inner", **options
    )


async def a_team_in_a_team():
    team = RoundRobinGroupChat([inner(), Speaker("b", "B1")], max_turns=3)
    return await stream_of(team.run_stream(task="go"))


async def a_team_that_speaks_second():
    team = RoundRobinGroupChat([Speaker("b", "B1"), inner()], max_turns=3)
    return await stream_of(team.run_stream(task="go"))


async def three_floors():
    middle = RoundRobinGroupChat([inner(max_turns=1)], max_turns=1, name="middle")
    team = RoundRobinGroupChat([middle, Speaker("b", "B1")], max_turns=2)
    return await stream_of(team.run_stream(task="go"))


async def the_outer_condition_sees_the_inner_words():
    team = RoundRobinGroupChat(
        [inner(), Speaker("b", "B1")], termination_condition=TextMentionTermination("X1")
    )
    return await stream_of(team.run_stream(task="go"))


async def a_lone_team_twice():
    team = RoundRobinGroupChat([inner(max_turns=1)], max_turns=2)
    return await stream_of(team.run_stream(task="go"))


async def a_selector_within():
    chooser = SelectorGroupChat(
        [Speaker("x", "X1"), Speaker("y", "Y1")], model("y"), max_turns=1, name="chooser"
    )
    team = RoundRobinGroupChat([chooser, Speaker("b", "B1")], max_turns=2, emit_team_events=True)
    return await stream_of(team.run_stream(task="go"))


def society(*replies, team=None, one_system_message=False, **options):
    replies = replies or (said("We agree."),)
    client = model(*replies, multiple_system_messages=not one_system_message)
    options.setdefault("instruction", "Read:")
    options.setdefault("response_prompt", "Sum up.")
    return SocietyOfMindAgent("society", team=team or inner(), model_client=client, **options)


async def asked(agent):
    return [plain(call["messages"]) for call in agent._model_client.create_calls]


async def a_society():
    agent = society()
    stream = await stream_of(agent.run_stream(task="go"))
    return {
        "stream": stream,
        "asked": await asked(agent),
        "context": plain(await agent.model_context.get_messages()),
    }


async def a_society_whose_model_takes_one_system_message():
    agent = society(one_system_message=True)
    stream = await stream_of(agent.run_stream(task="go"))
    return {"stream": stream, "asked": await asked(agent)}


async def a_society_asked_twice():
    agent = society(said("first"), said("second"))
    streams = [await stream_of(agent.run_stream(task=task)) for task in ("go", "more")]
    return {
        "streams": streams,
        "asked": await asked(agent),
        "context": plain(await agent.model_context.get_messages()),
        "state": await agent.save_state(),
    }


async def a_society_that_says_nothing():
    team = inner(max_turns=None, termination_condition=MaxMessageTermination(1))
    return await stream_of(society(team=team).run_stream(task="go"))


async def a_society_without_a_task():
    return await stream_of(society().run_stream())


async def a_society_on_messages():
    heard = [TextMessage(content="go", source="user")]
    return await stream_of(society().on_messages_stream(heard, CancellationToken()))


async def a_society_of_tools():
    def look(what: str) -> str:
        """Looks."""
        return f"saw {what}"

    worker = AssistantAgent(
        "worker", model(calls(("look", '{"what": "a"}'), thought="hm")), tools=[look]
    )
    team = RoundRobinGroupChat([worker], max_turns=1)
    agent = society(team=team)
    return {"stream": await stream_of(agent.run_stream(task="go")), "asked": await asked(agent)}


async def a_society_of_pieces():
    poet = AssistantAgent("poet", piecewise(said("roses are")), model_client_stream=True)
    agent = society(team=RoundRobinGroupChat([poet], max_turns=1))
    return await stream_of(agent.run_stream(task="go"))


async def a_society_in_a_team():
    team = RoundRobinGroupChat([society(said("one"), said("two")), Speaker("b", "B1")], max_turns=3)
    return await stream_of(team.run_stream(task="go"))


async def a_society_reset():
    agent = society(said("first"), said("second"))
    await agent.run(task="go")
    await agent.on_reset(CancellationToken())
    stream = await stream_of(agent.run_stream(task="again"))
    return {"stream": stream, "context": plain(await agent.model_context.get_messages())}


async def the_component_of_a_society():
    team = RoundRobinGroupChat(
        [AssistantAgent("x", model(said("x")), system_message="s")], max_turns=1
    )
    client = model(said("We agree."))
    agent = SocietyOfMindAgent(
        "society", team, client, description="Many.", instruction="Read:", response_prompt="Sum up."
    )
    return component(agent)


async def main():
    await show(
        a_team_in_a_team,
        a_team_that_speaks_second,
        three_floors,
        the_outer_condition_sees_the_inner_words,
        a_lone_team_twice,
        a_selector_within,
        a_society,
        a_society_whose_model_takes_one_system_message,
        a_society_asked_twice,
        a_society_that_says_nothing,
        a_society_without_a_task,
        a_society_on_messages,
        a_society_of_tools,
        a_society_of_pieces,
        a_society_in_a_team,
        a_society_reset,
        the_component_of_a_society,
    )
