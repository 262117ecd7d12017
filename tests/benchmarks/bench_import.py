"""What importing the agents and teams costs, against AutoGen's same imports."""

from tests.benchmarks.peer import autogen_python, compared, report

PROGRAM = """
import json, time
start = time.perf_counter()
import agentchat.agents
import agentchat.teams
print(json.dumps({"seconds": time.perf_counter() - start}))
"""


def main() -> bool:
    """Prints the ratio, and tells whether the bar was reached."""
    peer = autogen_python()
    if peer is None:
        print("  skipped: set AUTOGEN_PYTHON to an interpreter that has AutoGen 0.7.5")
        return True
    ours, theirs = compared(PROGRAM, peer, runs=7)
    ratio = ours["seconds"] / theirs["seconds"]
    print(f"  import agentchat.agents, agentchat.teams: {ours['seconds'] * 1e3:.0f} ms")
    return report("our imports against AutoGen's", ratio, "<= 0.6", ratio <= 0.6)


if __name__ == "__main__":
    raise SystemExit(not main())
