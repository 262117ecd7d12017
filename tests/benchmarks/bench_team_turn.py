"""A round-robin turn: against AutoGen, and at other lengths and sizes of the conversation."""

from tests.benchmarks.peer import autogen_python, compared, measured, report

TURN = """
import asyncio, json, time
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

def team(size, turns):
    return RoundRobinGroupChat([Echo(f"agent{n}", "Echoes.") for n in range(size)], max_turns=turns)

async def seconds_a_turn(size, turns, history=0):
    chat = team(size, history or 1)
    await chat.run(task="go")
    again = team(size, turns)
    await again.load_state(await chat.save_state())
    start = time.perf_counter()
    await again.run()
    return (time.perf_counter() - start) / turns

async def main():
    await seconds_a_turn(2, 50)
    print(json.dumps(await figures()))

async def figures():
"""

AGAINST_UPSTREAM = (
    TURN
    + """
    return {"two": await seconds_a_turn(2, 300), "thirty": await seconds_a_turn(30, 300)}

asyncio.run(main())
"""
)

OWN = (
    TURN
    + """
    return {
        "short": min([await seconds_a_turn(2, 300, 10) for _ in range(5)]),
        "long": min([await seconds_a_turn(2, 300, 10_000) for _ in range(5)]),
        "two": min([await seconds_a_turn(2, 300) for _ in range(5)]),
        "thirty": min([await seconds_a_turn(30, 300) for _ in range(5)]),
    }

asyncio.run(main())
"""
)


def main() -> bool:
    """Prints the ratios, and tells whether every bar was reached."""
    own = measured(OWN)
    longer, wider = own["long"] / own["short"], own["thirty"] / own["two"]
    print(f"  a turn of two echo agents: {own['two'] * 1e6:.0f} us")
    reached = [
        report("a turn at 10,000 messages of history against 10", longer, "<= 1.3", longer <= 1.3),
        report("a turn at 30 participants against 2", wider, "<= 1.5", wider <= 1.5),
    ]
    peer = autogen_python()
    if peer is None:
        print("  skipped: set AUTOGEN_PYTHON to an interpreter that has AutoGen 0.7.5")
        return all(reached)
    ours, theirs = compared(AGAINST_UPSTREAM, peer)
    two, thirty = theirs["two"] / ours["two"], theirs["thirty"] / ours["thirty"]
    reached += [
        report("AutoGen's turn of two echo agents against ours", two, ">= 15", two >= 15),
        report("AutoGen's turn among 30 against ours", thirty, ">= 40", thirty >= 40),
    ]
    return all(reached)


if __name__ == "__main__":
    raise SystemExit(not main())
