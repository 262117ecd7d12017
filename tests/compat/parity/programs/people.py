"""Agents that ask a person, that filter what they hear, and agents used as tools."""

from agentchat.agents import (
    AssistantAgent,
    MessageFilterAgent,
    MessageFilterConfig,
    PerSourceFilter,
    UserProxyAgent,
)
from agentchat.core import CancellationToken
from agentchat.messages import HandoffMessage, TextMessage
from agentchat.teams import RoundRobinGroupChat
from agentchat.tools import AgentTool, TeamTool
from tests.compat.parity.cast import Speaker, calls, model, said
from tests.compat.parity.observation import attempt, component, outcome_of, plain, show, stream_of


async def a_person():
    proxy = UserProxyAgent("user_proxy", input_func=lambda prompt: f"typed after {prompt!r}")
    stream = await stream_of(proxy.run_stream(task="go"))
    return {"stream": stream, "types": [t.__name__ for t in proxy.produced_message_types]}


async def a_person_asked_asynchronously():
    prompts = []

    async def ask(prompt, cancellation_token):
        prompts.append([prompt, cancellation_token is None])
        return UserProxyAgent.InputRequestContext.request_id()

    proxy = UserProxyAgent("user_proxy", input_func=ask)
    return [await stream_of(proxy.run_stream(task="go")), prompts]


async def handed_to_a_person():
    proxy = UserProxyAgent("user_proxy", input_func=lambda prompt: prompt)
    handoff = HandoffMessage(content="you", source="desk", target="user_proxy")
    other = HandoffMessage(content="you", source="desk", target="shop")
    return [
        await outcome_of(proxy.on_messages([handoff], CancellationToken())),
        await outcome_of(proxy.on_messages([other], CancellationToken())),
    ]


async def a_person_who_fails():
    def fail(prompt):
        raise EOFError("no more input")

    return await stream_of(UserProxyAgent("user_proxy", input_func=fail).run_stream(task="go"))


async def a_person_in_a_team():
    proxy = UserProxyAgent("user_proxy", input_func=lambda prompt: "APPROVE")
    team = RoundRobinGroupChat([Speaker("a", "A1"), proxy], max_turns=2)
    return await stream_of(team.run_stream(task="go"))


async def asked_outside_a_request():
    return attempt(UserProxyAgent.InputRequestContext.request_id)


async def the_state_and_component_of_a_person():
    proxy = UserProxyAgent("user_proxy", description="Me.")
    return [await proxy.save_state(), component(proxy)]


def heard():
    return [
        TextMessage(content=f"{source}{number}", source=source)
        for number in (1, 2, 3)
        for source in ("user", "a", "b")
    ]


async def filtered():
    cases = {
        "last of one": [PerSourceFilter(source="a", position="last", count=1)],
        "first two": [PerSourceFilter(source="user", position="first", count=2)],
        "two filters": [
            PerSourceFilter(source="b", position="last", count=1),
            PerSourceFilter(source="user"),
        ],
        "the same twice": [PerSourceFilter(source="a"), PerSourceFilter(source="a")],
        "no count": [PerSourceFilter(source="a", position="last")],
        "a count of zero": [PerSourceFilter(source="a", position="last", count=0)],
        "a stranger": [PerSourceFilter(source="z")],
        "nothing": [],
    }
    seen = {}
    for name, filters in cases.items():
        agent = MessageFilterAgent(
            "ears", Speaker("ears", "x"), MessageFilterConfig(per_source=filters)
        )
        response = await agent.on_messages(heard(), CancellationToken())
        seen[name] = response.chat_message.metadata["heard"]
    return seen


async def a_filter_in_a_team():
    filters = MessageFilterConfig(per_source=[PerSourceFilter(source="user")])
    ears = MessageFilterAgent("ears", Speaker("ears", "x"), filters)
    team = RoundRobinGroupChat([Speaker("a", "A1"), ears], max_turns=2)
    return [await stream_of(team.run_stream(task="go")), ears.name, ears.description]


async def the_component_of_a_filter():
    filters = MessageFilterConfig(
        per_source=[PerSourceFilter(source="a", position="last", count=1)]
    )
    return component(
        MessageFilterAgent(
            "ears", AssistantAgent("in_ears", model(said("x")), system_message="s"), filters
        )
    )


async def an_agent_as_a_tool():
    writer = AssistantAgent(
        "writer", model(said("A poem."), said("Another.")), description="Writes."
    )
    tool = AgentTool(writer)
    boss = AssistantAgent("boss", model(calls(("writer", '{"task": "a poem"}'))), tools=[tool])
    return {
        "schema": tool.schema,
        "stream": await stream_of(boss.run_stream(task="go")),
        "state": await tool.save_state_json(),
    }


async def an_agent_as_a_tool_in_full():
    tool = AgentTool(Speaker("writer", "A poem.", "B poem."))
    last = AgentTool(Speaker("writer", "A poem."), return_value_as_last_message=True)
    seen = []
    for each in (tool, last):
        result = await each.run_json({"task": "a poem"}, CancellationToken())
        seen.append(each.return_value_as_string(result))
    return seen


async def a_team_as_a_tool():
    team = RoundRobinGroupChat([Speaker("x", "X1"), Speaker("y", "Y1")], max_turns=2)
    tool = TeamTool(team, name="crew", description="A crew.")
    last = TeamTool(team, name="crew", description="A crew.", return_value_as_last_message=True)
    items = [item async for item in tool.run_json_stream({"task": "go"}, CancellationToken())]
    result = items[-1]
    boss = AssistantAgent("boss", model(calls(("crew", '{"task": "again"}'))), tools=[tool])
    return {
        "schema": tool.schema,
        "items": [type(item).__name__ for item in items],
        "all": tool.return_value_as_string(result),
        "last": last.return_value_as_string(result),
        "stream": await stream_of(boss.run_stream(task="go")),
        "context": plain(await boss.model_context.get_messages()),
    }


async def components_of_tools():
    agent = AssistantAgent("writer", model(said("x")), system_message="s")
    team = RoundRobinGroupChat([agent], max_turns=1)
    return [
        component(AgentTool(agent)),
        component(
            TeamTool(team, name="crew", description="A crew.", return_value_as_last_message=True)
        ),
    ]


async def main():
    await show(
        a_person,
        a_person_asked_asynchronously,
        handed_to_a_person,
        a_person_who_fails,
        a_person_in_a_team,
        asked_outside_a_request,
        the_state_and_component_of_a_person,
        filtered,
        a_filter_in_a_team,
        the_component_of_a_filter,
        an_agent_as_a_tool,
        an_agent_as_a_tool_in_full,
        a_team_as_a_tool,
        components_of_tools,
    )
