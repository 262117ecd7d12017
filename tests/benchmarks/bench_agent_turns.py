"""Turns that ask a model, against AutoGen: a selector's, and an assistant's with a tool."""

from tests.benchmarks.peer import autogen_python, compared, report

PROGRAM = """
import asyncio, json, time
from agentchat.agents import AssistantAgent, BaseChatAgent
from agentchat.base import Response
from agentchat.core import FunctionCall
from agentchat.core.models import CreateResult, RequestUsage
from agentchat.ext.models.replay import ReplayChatCompletionClient
from agentchat.messages import TextMessage
from agentchat.teams import RoundRobinGroupChat, SelectorGroupChat

INFO = {"vision": False, "function_calling": True, "json_output": True, "family": "unknown",
        "structured_output": True}

class Echo(BaseChatAgent):
    produced_message_types = (TextMessage,)
    async def on_messages(self, messages, cancellation_token):
        return Response(chat_message=TextMessage(content="hello", source=self.name))
    async def on_reset(self, cancellation_token):
        pass

async def add(a: int, b: int) -> int:
    return a + b

def call():
    calls = [FunctionCall(id="1", name="add", arguments='{"a": 1, "b": 2}')]
    return CreateResult(content=calls, finish_reason="function_calls",
                        usage=RequestUsage(1, 1), cached=False)

class Prompt(ReplayChatCompletionClient):
    # Answers at once: to count the words of a prompt is not the team's work.
    async def create(self, messages, **arguments):
        return self.chat_completions.pop()

def selector_of(kind, turns):
    names = ["one", "two", "three"]
    replies = [CreateResult(content=name, finish_reason="stop", usage=RequestUsage(1, 1),
                            cached=False) for name in names]
    model = kind(replies * turns, model_info=INFO)
    return SelectorGroupChat([Echo(name, name) for name in names], model, max_turns=turns)

def selector(turns):
    return selector_of(Prompt, turns)

def selector_replayed(turns):
    return selector_of(ReplayChatCompletionClient, turns)

def assistant(turns):
    model = ReplayChatCompletionClient([call() for _ in range(turns + 5)], model_info=INFO)
    return RoundRobinGroupChat([AssistantAgent("one", model, tools=[add])], max_turns=turns)

async def seconds_a_turn(make, turns=150, times=5):
    await make(5).run(task="go")
    seconds = []
    for team in [make(turns) for _ in range(times)]:
        start = time.perf_counter()
        await team.run(task="go")
        seconds.append(time.perf_counter() - start)
    return min(seconds) / turns

async def main():
    kinds = selector, selector_replayed, assistant
    print(json.dumps({kind.__name__: await seconds_a_turn(kind) for kind in kinds}))

asyncio.run(main())
"""


def main() -> bool:
    """Prints the ratios, and tells whether every bar was reached."""
    peer = autogen_python()
    if peer is None:
        print("  skipped: set AUTOGEN_PYTHON to an interpreter that has AutoGen 0.7.5")
        return True
    ours, theirs = compared(PROGRAM, peer, runs=5)
    for name, seconds in ours.items():
        print(f"  {name}: {seconds * 1e6:.0f} us a turn, AutoGen's {theirs[name] * 1e6:.0f} us")
    replayed = theirs["selector_replayed"] / ours["selector_replayed"]
    print(f"  with the replay clients, which count the words of every prompt: {replayed:.1f}x")
    selector = theirs["selector"] / ours["selector"]
    assistant = theirs["assistant"] / ours["assistant"]
    reached = [
        report("AutoGen's selector turn against ours", selector, ">= 15", selector >= 15),
        report("AutoGen's turn with a tool call against ours", assistant, ">= 6", assistant >= 6),
    ]
    return all(reached)


if __name__ == "__main__":
    raise SystemExit(not main())
