"""Who the calls of a run belong to, as a ledger around it sees them."""

import asyncio

from agentchat.agents import AssistantAgent, SocietyOfMindAgent
from agentchat.core import FunctionCall, SingleThreadedAgentRuntime
from agentchat.core.models import CreateResult, ModelFamily, ModelInfo, RequestUsage
from agentchat.ext.models.replay import ReplayChatCompletionClient
from agentchat.teams import MagenticOneGroupChat, RoundRobinGroupChat, SelectorGroupChat
from agentchat.tools import AgentTool
from agentchat.usage import UsageLedger

CAPABLE = ModelInfo(
    vision=False,
    function_calling=True,
    json_output=True,
    family=ModelFamily.UNKNOWN,
    structured_output=True,
)


def model(*answers: str | CreateResult) -> ReplayChatCompletionClient:
    return ReplayChatCompletionClient(answers, CAPABLE)


def calling(tool: str, arguments: str = "{}") -> CreateResult:
    call = FunctionCall(id="1", name=tool, arguments=arguments)
    usage = RequestUsage(prompt_tokens=1, completion_tokens=1)
    return CreateResult(finish_reason="function_calls", content=[call], usage=usage, cached=False)


def asked(ledger: UsageLedger) -> list[str]:
    return [call.agent for call in ledger.calls]


def clock() -> str:
    """Tells the time."""
    return "noon"


async def test_the_choice_of_a_speaker_is_the_managers() -> None:
    agents = [AssistantAgent("writer", model("a")), AssistantAgent("critic", model("b"))]
    team = SelectorGroupChat(
        agents, model("writer", "critic"), max_turns=2, allow_repeated_speaker=True
    )

    with UsageLedger() as ledger:
        await team.run(task="Go.")

    selector = "SelectorGroupChatManager"
    assert asked(ledger) == [selector, "writer", selector, "critic"]


async def test_facts_plan_progress_and_answer_are_the_orchestrators() -> None:
    done = '{"is_request_satisfied": {"reason": "", "answer": true}, "is_in_loop": {"reason": "", '
    done += '"answer": false}, "is_progress_being_made": {"reason": "", "answer": true}, '
    done += '"next_speaker": {"reason": "", "answer": "writer"}, '
    done += '"instruction_or_question": {"reason": "", "answer": "Go on."}}'
    team = MagenticOneGroupChat(
        [AssistantAgent("writer", model())], model("facts", "plan", done, "answer")
    )

    with UsageLedger() as ledger:
        await team.run(task="Go.")

    assert asked(ledger) == ["MagenticOneOrchestrator"] * 4


async def test_reflection_is_the_agents() -> None:
    agent = AssistantAgent(
        "writer", model(calling("clock"), "It is noon."), tools=[clock], reflect_on_tool_use=True
    )

    with UsageLedger() as ledger:
        await agent.run(task="What time is it?")

    assert asked(ledger) == ["writer", "writer"]


async def test_the_summary_of_a_society_is_its_own() -> None:
    inner = RoundRobinGroupChat([AssistantAgent("writer", model("a"))], max_turns=1)
    society = SocietyOfMindAgent("society", inner, model("summary"))

    with UsageLedger() as ledger:
        await RoundRobinGroupChat([society], max_turns=1).run(task="Go.")

    assert asked(ledger) == ["writer", "society"]


async def test_an_agent_that_serves_as_a_tool_asks_for_itself() -> None:
    expert = AgentTool(AssistantAgent("expert", model("deep")))
    agent = AssistantAgent("writer", model(calling("expert", '{"task": "Think."}')), tools=[expert])

    with UsageLedger() as ledger:
        await agent.run(task="Go.")

    assert asked(ledger) == ["writer", "expert"]


async def test_participants_behind_a_runtime_are_heard() -> None:
    runtime = SingleThreadedAgentRuntime()
    runtime.start()
    team = RoundRobinGroupChat([AssistantAgent("writer", model("a"))], max_turns=1, runtime=runtime)

    with UsageLedger() as ledger:
        await team.run(task="Go.")
    await runtime.stop()

    assert asked(ledger) == ["writer"]


async def test_runs_at_the_same_time_have_ledgers_of_their_own() -> None:
    async def run(name: str, turns: int) -> list[str]:
        team = RoundRobinGroupChat([AssistantAgent(name, model(*"abc"))], max_turns=turns)
        with UsageLedger() as ledger:
            await team.run(task="Go.")
        return asked(ledger)

    with UsageLedger() as both:
        apart = await asyncio.gather(run("one", 1), run("two", 3))

    assert apart == [["one"], ["two"] * 3]
    assert sorted(asked(both)) == ["one", "two", "two", "two"]
