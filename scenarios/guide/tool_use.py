"""Tool use: one agent calls the tool, runs it, and answers."""

from agentchat.agents import AssistantAgent
from harness import (
    Run,
    asked_model,
    last_message,
    no_errors,
    said,
    scenario,
    speakers,
    tool_called,
    tool_result,
    within,
)

SUNNY = "The weather in Paris is 72 degree and sunny."


def get_weather(city: str) -> str:
    """The weather in a city."""
    return f"The weather in {city} is 72 degree and sunny."


def weather_assistant(run: Run, *, reflects: bool) -> AssistantAgent:
    return AssistantAgent(
        name="assistant",
        system_message="You are a helpful assistant. You can call tools to help user.",
        model_client=run.model("gpt-4o", seed=42, temperature=0),
        tools=[get_weather],
        reflect_on_tool_use=reflects,
    )


@scenario(
    task="What is the weather in Paris?",
    expect=[
        speakers("user", "assistant"),
        tool_called("get_weather", args={"city": "Paris"}, times=1),
        tool_result("get_weather", SUNNY),
        last_message("It is sunny in Paris, at 72 degrees.", by="assistant"),
        asked_model(by="assistant", times=2),
        within(turns=1, tool_calls=1, tokens=500, usd=0.01),
        no_errors(),
    ],
    tags=["assistant", "tools"],
)
def with_reflection(run: Run) -> AssistantAgent:
    """Tool use with reflection: the model tells in its own words what the tool returned.

    One agent calls the tool and runs it; the model is asked once more when the result is there.
    """
    return weather_assistant(run, reflects=True)


@scenario(
    task="What is the weather in Paris?",
    expect=[
        speakers("user", "assistant"),
        tool_called("get_weather", args={"city": "Paris"}, times=1),
        said(by="assistant", text=SUNNY, type="ToolCallSummaryMessage"),
        asked_model(by="assistant", times=1),
        within(turns=1, tool_calls=1, tokens=300, usd=0.01),
        no_errors(),
    ],
    tags=["assistant", "tools"],
)
def without_reflection(run: Run) -> AssistantAgent:
    """Tool use without reflection: what the tool returned is the answer.

    The model is asked once, and does not see the result.
    """
    return weather_assistant(run, reflects=False)
