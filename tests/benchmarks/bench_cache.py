"""A hit in a cache on disk, against AutoGen's."""

from tests.benchmarks.peer import autogen_python, compared, report

PROGRAM = """
import asyncio, json, tempfile, time
from diskcache import Cache
from agentchat.core.models import AssistantMessage, SystemMessage, UserMessage
from agentchat.core.tools import FunctionTool
from agentchat.ext.cache_store.diskcache import DiskCacheStore
from agentchat.ext.models.cache import ChatCompletionCache
from agentchat.ext.models.replay import ReplayChatCompletionClient

INFO = {"vision": False, "function_calling": True, "json_output": True, "family": "unknown",
        "structured_output": True}
TEXT = "The quick brown fox jumps over the lazy dog. " * 4
HITS = 300

def add(a: int, b: int) -> int:
    return a + b

def conversation(length):
    said = [SystemMessage(content=TEXT)]
    while len(said) < length:
        said.append(UserMessage(content=TEXT, source="user"))
        said.append(AssistantMessage(content=TEXT, source="writer"))
    return said[:length]

async def seconds_a_hit(cache, messages, tools):
    await cache.create(messages, tools=tools)
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(HITS):
            await cache.create(messages, tools=tools)
        best = min(best, time.perf_counter() - start)
    return best / HITS

async def main():
    figures = {}
    tools = [FunctionTool(add, description="Adds")]
    with tempfile.TemporaryDirectory() as folder, Cache(folder) as disk:
        for length in (1, 20, 100):
            for name, given in (("", []), (" with a tool", tools)):
                client = ReplayChatCompletionClient([TEXT], model_info=INFO)
                cache = ChatCompletionCache(client, DiskCacheStore(disk))
                messages = conversation(length)
                figures[f"{length} messages{name}"] = await seconds_a_hit(cache, messages, given)
    print(json.dumps(figures))

asyncio.run(main())
"""


def main() -> bool:
    """Prints the ratios, and tells whether every bar was reached."""
    peer = autogen_python()
    if peer is None:
        print("  skipped: set AUTOGEN_PYTHON to an interpreter that has AutoGen 0.7.5")
        return True
    ours, theirs = compared(PROGRAM, peer)
    reached = []
    for name, seconds in ours.items():
        print(f"  {name}: {seconds * 1e6:.0f} us a hit, AutoGen's {theirs[name] * 1e6:.0f} us")
        # Of a single short message, the statement on the disk is most of it, and the same for both.
        bar = 1 if name == "1 messages" else 2
        ratio = theirs[name] / seconds
        reached.append(
            report(f"AutoGen's hit against ours, {name}", ratio, f">= {bar}", ratio >= bar)
        )
    return all(reached)


if __name__ == "__main__":
    raise SystemExit(not main())
