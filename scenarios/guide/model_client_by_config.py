"""A model client by component config: plain data says which client, and how it is set."""

from collections.abc import AsyncGenerator
from typing import Any

from agentchat.core.models import ChatCompletionClient, UserMessage
from agentchat.ext.models.openai import OpenAIChatCompletionClient
from agentchat.messages import TextMessage
from harness import Run, Trace, last_message, scenario, speakers, within

CONFIGURATION: dict[str, Any] = {
    "provider": "OpenAIChatCompletionClient",
    "config": {"model": "gpt-4o", "api_key": "sk-xxx", "seed": 42, "temperature": 0},
}


def the_configured_model(trace: Trace) -> bool | str:
    """The model that is asked is the one of the configuration."""
    asked = [call.model for call in trace.model_calls()]
    return asked == ["gpt-4o"] or f"asked: {', '.join(asked)}"


@scenario(
    task="What is the capital of France?",
    expect=[
        speakers("user", "model"),
        last_message("The capital of France is Paris.", by="model"),
        the_configured_model,
        within(model_calls=1, tokens=100, usd=0.01),
    ],
    tags=["model-client", "component"],
)
async def capital_of_france(run: Run) -> AsyncGenerator[TextMessage, None]:
    """Model client by component config: plain data says which one, and how it is set.

    The configuration becomes a client, and the client the same configuration again, with the key
    masked. Then a client with these settings is asked.
    """
    loaded = ChatCompletionClient.load_component(CONFIGURATION)
    assert isinstance(loaded, OpenAIChatCompletionClient)
    saved = loaded.dump_component().model_dump(mode="json")["config"]
    assert saved == {**CONFIGURATION["config"], "api_key": "**********"}
    await loaded.close()

    client = run.model(saved["model"], seed=saved["seed"], temperature=saved["temperature"])
    yield TextMessage(content=run.task, source="user")
    answer = await client.create([UserMessage(content=run.task, source="user")])
    yield TextMessage(content=str(answer.content), source="model", models_usage=answer.usage)
