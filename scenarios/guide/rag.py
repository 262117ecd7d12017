"""A RAG agent: what bears on the task is found in a memory and told to the model."""

from agentchat.agents import AssistantAgent
from agentchat.core.memory import LexicalMemory, MemoryContent, MemoryMimeType
from harness import (
    Run,
    Trace,
    contains,
    last_message,
    model_saw,
    no_errors,
    not_,
    scenario,
    tool_called,
    within,
)

UNITS = "The weather should be in metric units."
RECIPES = "Every recipe should be vegan."


async def get_weather(city: str, units: str) -> str:
    """The weather in a city, in imperial or metric units."""
    return f"The weather in {city} is {'73 °F' if units == 'imperial' else '23 °C'} and sunny."


def one_thing_remembered(trace: Trace) -> bool | str:
    """The memory tells of the units, and of nothing else."""
    told = [message.text for message in trace.messages() if message.type == "MemoryQueryEvent"]
    return (len(told) == 1 and UNITS in told[0] and RECIPES not in told[0]) or f"told: {told}"


@scenario(
    task="What is the weather in Oslo?",
    expect=[
        one_thing_remembered,
        model_saw(contains(UNITS), by="assistant_agent"),
        not_(model_saw(contains(RECIPES))),
        tool_called("get_weather", args={"city": "Oslo", "units": "metric"}, times=1),
        last_message("The weather in Oslo is 23 °C and sunny.", by="assistant_agent"),
        within(turns=1, model_calls=1, tokens=300, usd=0.01),
        no_errors(),
    ],
    tags=["assistant", "memory", "tools"],
)
async def preferred_units(run: Run) -> AssistantAgent:
    """RAG agent: what bears on the task is found in a memory and told to the model.

    Of two preferences the one that shares words with the task is found, so the model asks for the
    weather in metric units. The memory compares words in the process, with no vector store.
    """
    memory = LexicalMemory(k=1)
    for preference in (UNITS, RECIPES):
        await memory.add(MemoryContent(content=preference, mime_type=MemoryMimeType.TEXT))
    return AssistantAgent(
        name="assistant_agent",
        system_message="You are a helpful assistant.",
        model_client=run.model("gpt-4o"),
        tools=[get_weather],
        memory=[memory],
    )
