"""A model client by its class: OpenAI's, and Azure's."""

from collections.abc import AsyncGenerator

from agentchat.core.models import UserMessage
from agentchat.ext.models.openai import AzureOpenAIChatCompletionClient
from agentchat.messages import TextMessage
from harness import Run, contains, last_message, scenario, speakers, within


@scenario(
    task="What is the capital of Japan? Answer with its name alone.",
    expect=[
        speakers("user", "model"),
        last_message("Tokyo", by="model"),
        within(model_calls=1, tokens=100, usd=0.01),
    ],
    tags=["model-client"],
)
async def capital_of_japan(run: Run) -> AsyncGenerator[TextMessage, None]:
    """Model client by its class: it is made, and asked without any agent."""
    client = run.model("gpt-4o", temperature=0)
    assert client.model_info["function_calling"]

    yield TextMessage(content=run.task, source="user")
    answer = await client.create([UserMessage(content=run.task, source="user")])
    yield TextMessage(content=str(answer.content), source="model", models_usage=answer.usage)


@scenario(
    expect=[
        last_message(contains("gpt-4o at https://example.openai.azure.com/")),
        last_message(contains("the key is **********")),
        within(model_calls=0),
    ],
    tags=["model-client", "no-model"],
)
async def azure_deployment(run: Run) -> str:
    """Model client for a deployment on Azure, made by its class.

    No model is asked: the story shows the configuration that would make the client again, in which
    the key is not to be seen.
    """
    client = run.closing(
        AzureOpenAIChatCompletionClient(
            azure_deployment="gpt-4o",
            azure_endpoint="https://example.openai.azure.com/",
            model="gpt-4o",
            api_version="2024-09-01-preview",
            api_key="sk-xxx",
        )
    )
    made = client.dump_component().config
    return f"{made['model']} at {made['azure_endpoint']}; the key is {made['api_key']}"
