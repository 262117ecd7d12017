"""Teams and conditions as configurations, and back."""

from agentchat.agents import AssistantAgent
from agentchat.base import Team, TerminationCondition
from agentchat.conditions import (
    ExternalTermination,
    FunctionalTermination,
    FunctionCallTermination,
    HandoffTermination,
    MaxMessageTermination,
    SourceMatchTermination,
    StopMessageTermination,
    TextMentionTermination,
    TextMessageTermination,
    TimeoutTermination,
    TokenUsageTermination,
)
from agentchat.core.model_context import BufferedChatCompletionContext
from agentchat.teams import (
    DiGraphBuilder,
    GraphFlow,
    MagenticOneGroupChat,
    RoundRobinGroupChat,
    SelectorGroupChat,
    Swarm,
)
from tests.compat.parity.cast import model, said
from tests.compat.parity.observation import attempt, component, show, stream_of

STOP = MaxMessageTermination(5)


def agents(**options):
    return [AssistantAgent(name, model(f"{name}!"), system_message="s", **options) for name in "ab"]


def plain_teams():
    return [
        RoundRobinGroupChat(agents()),
        SelectorGroupChat(agents(), model("a"), selector_prompt="{roles}"),
        Swarm(agents(handoffs=["a"])[1:]),
        MagenticOneGroupChat(agents(), model(), final_answer_prompt="{task}"),
        GraphFlow(agents(), _graph()),
    ]


def full_teams():
    named = {
        "name": "crew",
        "description": "A crew.",
        "termination_condition": STOP,
        "max_turns": 7,
    }
    return [
        RoundRobinGroupChat(agents(), emit_team_events=True, **named),
        SelectorGroupChat(
            agents(),
            model("a"),
            selector_prompt="{roles}",
            allow_repeated_speaker=True,
            max_selector_attempts=5,
            model_client_streaming=True,
            model_context=BufferedChatCompletionContext(3),
            emit_team_events=True,
            **named,
        ),
        Swarm(agents(handoffs=["a"])[1:], emit_team_events=True, **named),
        MagenticOneGroupChat(
            agents(),
            model(),
            max_stalls=2,
            final_answer_prompt="{task}",
            emit_team_events=True,
            **named,
        ),
        GraphFlow(agents(), _graph(), **named),
    ]


def _graph():
    a, b = agents()
    builder = DiGraphBuilder().add_node(a).add_node(b)
    return builder.add_edge(a, b, condition="!", activation_group="g").build()


async def teams():
    return [component(team) for team in plain_teams()]


async def teams_with_everything():
    return [component(team) for team in full_teams()]


async def teams_loaded_again():
    return [
        component(Team.load_component(team.dump_component())) == component(team)
        for team in plain_teams() + full_teams()
    ]


async def a_team_of_teams():
    inner = RoundRobinGroupChat(agents(), name="inner", max_turns=1)
    return component(RoundRobinGroupChat([inner, *agents()], max_turns=2))


async def running_after_being_loaded():
    team = RoundRobinGroupChat(agents(), max_turns=2)
    again = RoundRobinGroupChat.load_component(team.dump_component())
    return await stream_of(again.run_stream(task="go"))


def all_conditions():
    return [
        STOP,
        MaxMessageTermination(3, include_agent_event=True),
        TextMentionTermination("x"),
        StopMessageTermination(),
        TokenUsageTermination(1, 2, 3),
        HandoffTermination("x"),
        TimeoutTermination(1.5),
        ExternalTermination(),
        SourceMatchTermination(["a", "b"]),
        TextMessageTermination(),
        TextMessageTermination("a"),
        FunctionCallTermination("f"),
        STOP & HandoffTermination("x"),
        (STOP | HandoffTermination("x")) & StopMessageTermination(),
    ]


async def conditions():
    return [component(condition) for condition in all_conditions()]


async def one_limit_of_tokens():
    condition = TokenUsageTermination(max_total_token=1)
    dumped = condition.dump_component()
    return [
        component(condition),
        attempt(lambda: component(TerminationCondition.load_component(dumped))),
    ]


async def a_mention_by_a_source():
    return component(TextMentionTermination("x", sources=["a"]))


async def conditions_loaded_again():
    return [
        component(TerminationCondition.load_component(condition.dump_component()))
        == component(condition)
        for condition in all_conditions()
    ]


async def a_function_as_a_condition():
    return attempt(lambda: FunctionalTermination(lambda messages: True).dump_component())["raised"]


async def a_selector_by_function():
    team = SelectorGroupChat(
        agents(), model(said("a")), selector_func=lambda messages: "a", selector_prompt="p"
    )
    return component(team)["config"].keys() & {"selector_func", "candidate_func"} == set()


async def main():
    await show(
        teams,
        teams_with_everything,
        teams_loaded_again,
        a_team_of_teams,
        running_after_being_loaded,
        conditions,
        one_limit_of_tokens,
        a_mention_by_a_source,
        conditions_loaded_again,
        a_function_as_a_condition,
        a_selector_by_function,
    )
