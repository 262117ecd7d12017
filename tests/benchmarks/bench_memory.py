"""What teams that have said 10,000 messages keep in memory, and need at most, against AutoGen's.

Of a team of agents without a model only the messages themselves are kept, which are the same
pydantic records on both sides. Agents with a model keep in their contexts what the others said.
"""

from tests.benchmarks.peer import autogen_python, compared, report

PROGRAM = """
import asyncio, gc, json, tracemalloc
from agentchat.agents import AssistantAgent, BaseChatAgent
from agentchat.base import Response
from agentchat.core.models import CreateResult, RequestUsage
from agentchat.ext.models.replay import ReplayChatCompletionClient
from agentchat.messages import TextMessage
from agentchat.teams import RoundRobinGroupChat

INFO = {"vision": True, "function_calling": True, "json_output": True, "family": "unknown",
        "structured_output": True}

class Prompt(ReplayChatCompletionClient):
    # The replay client itself keeps every request.
    async def create(self, messages, **arguments):
        return CreateResult(content="hello", finish_reason="stop", usage=RequestUsage(1, 1),
                            cached=False)

class Echo(BaseChatAgent):
    produced_message_types = (TextMessage,)
    async def on_messages(self, messages, cancellation_token):
        return Response(chat_message=TextMessage(content="hello", source=self.name))
    async def on_reset(self, cancellation_token):
        pass

def echo(number):
    return Echo(f"agent{number}", "Echoes.")

def assistant(number):
    return AssistantAgent(f"agent{number}", Prompt([], model_info=INFO))

def team(agent, size, turns):
    return RoundRobinGroupChat([agent(number) for number in range(size)], max_turns=turns)

async def main():
    await team(AGENT, SIZE, 50).run(task="warm up")
    chat = team(AGENT, SIZE, 10_000)
    gc.collect()
    tracemalloc.start()
    await chat.run(task="go")
    gc.collect()
    kept, peak = tracemalloc.get_traced_memory()
    print(json.dumps({"kept": kept, "peak": peak}))

asyncio.run(main())
"""

TEAMS = {
    "5 assistants": ("assistant", 5),
    "10 assistants": ("assistant", 10),
    "5 agents without a model": ("echo", 5),
}


def main() -> bool:
    """Prints the ratios, and tells whether every bar was reached."""
    peer = autogen_python()
    if peer is None:
        print("  skipped: set AUTOGEN_PYTHON to an interpreter that has AutoGen 0.7.5")
        return True
    reached = [
        _compared(name, PROGRAM.replace("AGENT", agent).replace("SIZE", str(size)), peer)
        for name, (agent, size) in TEAMS.items()
    ]
    return all(reached)


def _compared(name: str, program: str, peer: str) -> bool:
    ours, theirs = compared(program, peer, runs=1, warm_ups=0)
    reached = True
    for figure, size in ours.items():
        print(f"  {name}, {figure}: {size / 1e6:.1f} MB, AutoGen's {theirs[figure] / 1e6:.1f} MB")
        ratio = size / theirs[figure]
        row = f"{name}, {figure}: ours against AutoGen's"
        reached = report(row, ratio, "<= 0.25", ratio <= 0.25) and reached
    return reached


if __name__ == "__main__":
    raise SystemExit(not main())
