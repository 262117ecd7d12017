"""What a team of five that has said 10,000 messages keeps in memory, against AutoGen's."""

from tests.benchmarks.peer import as_upstream, autogen_python, measured, report

PROGRAM = """
import asyncio, gc, json, tracemalloc
from agentchat.agents import BaseChatAgent
from agentchat.base import Response
from agentchat.messages import TextMessage
from agentchat.teams import RoundRobinGroupChat

class Echo(BaseChatAgent):
    produced_message_types = (TextMessage,)
    async def on_messages(self, messages, cancellation_token):
        return Response(chat_message=TextMessage(content="hello", source=self.name))
    async def on_reset(self, cancellation_token):
        pass

def team(turns):
    return RoundRobinGroupChat([Echo(f"agent{n}", "Echoes.") for n in range(5)], max_turns=turns)

async def main():
    await team(50).run(task="warm up")
    chat = team(10_000)
    gc.collect()
    tracemalloc.start()
    await chat.run(task="go")
    gc.collect()
    print(json.dumps({"bytes": tracemalloc.get_traced_memory()[0],
                      "peak": tracemalloc.get_traced_memory()[1]}))

asyncio.run(main())
"""


def main() -> bool:
    """Prints the ratio, and tells whether the bar was reached."""
    peer = autogen_python()
    if peer is None:
        print("  skipped: set AUTOGEN_PYTHON to an interpreter that has AutoGen 0.7.5")
        return True
    ours, theirs = measured(PROGRAM, runs=1), measured(as_upstream(PROGRAM), peer, runs=1)
    for name, size in ours.items():
        print(f"  {name}: {size / 1e6:.1f} MB, AutoGen's {theirs[name] / 1e6:.1f} MB")
    kept = ours["bytes"] / theirs["bytes"]
    return report("what is kept, ours against AutoGen's", kept, "<= 0.25", kept <= 0.25)


if __name__ == "__main__":
    raise SystemExit(not main())
