"""A model that is not OpenAI's, behind an API like OpenAI's."""

from agentchat.agents import AssistantAgent
from agentchat.core.models import ModelInfo
from harness import Run, asked_model, last_message, no_errors, scenario, speakers, within


@scenario(
    task="What is the capital of Peru?",
    expect=[
        speakers("user", "assistant"),
        last_message("The capital of Peru is Lima.", by="assistant"),
        asked_model(by="assistant", times=1),
        within(turns=1, tokens=100),
        no_errors(),
    ],
    tags=["model-client"],
)
def custom_model(run: Run) -> AssistantAgent:
    """OpenAI-compatible API: a model at an address of its own.

    Nothing is known of such a model by its name, so the client is told where it is and what it is
    capable of. Its price is not known either.
    """
    client = run.model(
        "custom-model-name",
        base_url="https://custom-model.com/rest/of/the/path",
        api_key="placeholder",
        model_info=ModelInfo(
            vision=True,
            function_calling=True,
            json_output=True,
            family="unknown",
            structured_output=True,
        ),
    )
    return AssistantAgent(
        "assistant", system_message="You are a helpful assistant.", model_client=client
    )
