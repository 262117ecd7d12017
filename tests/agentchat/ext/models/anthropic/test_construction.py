"""How the clients are made, and made again from their configurations."""

import sys

import pytest
from pydantic import SecretStr

from agentchat.core.models import ChatCompletionClient, ModelInfo

pytest.importorskip("anthropic", reason="needs anthropic: the Anthropic SDK")

from agentchat.ext.models.anthropic import (
    AnthropicBedrockChatCompletionClient,
    AnthropicChatCompletionClient,
)

INFO = ModelInfo(
    vision=False,
    function_calling=False,
    json_output=False,
    family="unknown",
    structured_output=False,
)
CREDENTIALS = {
    "aws_access_key": "a",
    "aws_secret_key": "s",
    "aws_session_token": "t",
    "aws_region": "eu-central-1",
}


@pytest.mark.parametrize(
    ("arguments", "error", "reason"),
    [
        ({}, ValueError, "model is required"),
        ({"model": "gpt-4o"}, ValueError, "model_info is required"),
        ({"model": "claude-sonnet-4-0", "stream": True}, ValueError, "Disallowed create args"),
        ({"model": "claude-sonnet-4-0", "temprature": 1}, TypeError, "mean 'temperature'"),
        (
            {"model": "x", "model_info": INFO, "model_capabilities": INFO},
            ValueError,
            "mutually exclusive",
        ),
    ],
)
def test_refuses_wrong_arguments(
    arguments: dict[str, object], error: type[Exception], reason: str
) -> None:
    with pytest.raises(error, match=reason):
        AnthropicChatCompletionClient(**arguments)


def test_bedrock_needs_to_know_where_it_is() -> None:
    with pytest.raises(ValueError, match="bedrock_info is required"):
        AnthropicBedrockChatCompletionClient(model="claude-sonnet-4-0")


@pytest.mark.parametrize(
    ("model", "family", "has_structured_output"),
    [
        ("claude-opus-4-0", "claude-4-opus", False),
        ("claude-3-5-sonnet-20240620", "claude-3-5-sonnet", False),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-4-sonnet", True),
    ],
)
def test_knows_models_by_the_beginning_of_their_names(
    model: str, family: str, has_structured_output: bool
) -> None:
    client = AnthropicChatCompletionClient(model=model, api_key="k")

    assert client.model_info["family"] == family
    assert client.model_info["structured_output"] is has_structured_output
    assert client.remaining_tokens([]) == 200_000


def test_a_model_without_a_known_limit_has_room_for_anything() -> None:
    client = AnthropicChatCompletionClient(model="mine", api_key="k", model_info=INFO)

    assert client.remaining_tokens([]) == sys.maxsize


def test_capabilities_stand_in_for_a_model_info() -> None:
    capabilities = {"vision": True, "function_calling": True, "json_output": False}

    with pytest.warns(DeprecationWarning, match="model_capabilities is deprecated"):
        client = AnthropicChatCompletionClient(
            model="mine", api_key="k", model_capabilities=capabilities
        )

    assert client.model_info == capabilities | {"family": "unknown", "structured_output": False}


def test_is_written_to_a_configuration_and_made_again() -> None:
    client = AnthropicChatCompletionClient(
        model="claude-sonnet-4-0",
        api_key="k",
        temperature=0.5,
        thinking={"type": "enabled", "budget_tokens": 2000},
        timeout=7.0,
    )

    dumped = client.dump_component()
    loaded = ChatCompletionClient.load_component(dumped)

    assert dumped.provider == "agentchat.ext.models.anthropic.AnthropicChatCompletionClient"
    assert dumped.config["api_key"] == SecretStr("k")
    assert isinstance(loaded, AnthropicChatCompletionClient)
    assert loaded.cache_identity() == client.cache_identity()


def test_bedrock_is_made_again_with_its_credentials() -> None:
    client = AnthropicBedrockChatCompletionClient(
        model="anthropic.claude-sonnet-4-20250514-v1:0", bedrock_info=CREDENTIALS
    )

    dumped = client.dump_component()
    loaded = AnthropicBedrockChatCompletionClient.load_component(dumped)

    assert dumped.config["bedrock_info"]["aws_secret_key"] == SecretStr("s")
    assert loaded._client.aws_secret_key == "s"
    assert loaded.cache_identity() == client.cache_identity()
