import json
from typing import Any

import httpx2
import openai
import pytest
from pydantic import BaseModel

import agentchat
from agentchat.core._component import Component, ComponentBase, ComponentModel
from agentchat.core.models import ChatCompletionClient, UserMessage
from agentchat.ext.models.openai import (
    AzureOpenAIChatCompletionClient,
    BaseOpenAIChatCompletionClient,
    OpenAIChatCompletionClient,
)

INFO: Any = {
    "vision": True,
    "function_calling": False,
    "json_output": False,
    "family": "unknown",
    "structured_output": False,
}
AZURE: Any = {
    "model": "gpt-4o",
    "api_key": "key",
    "azure_endpoint": "https://mine.openai.azure.com",
    "api_version": "2024-06-01",
}


class TokenProvider(ComponentBase[BaseModel], Component[BaseModel]):
    component_type = "token_provider"

    def __init__(self, scope: str) -> None:
        self.scope = scope

    async def __call__(self) -> str:
        return f"token for {self.scope}"


class Sent(httpx2.AsyncBaseTransport):
    """Keeps the request, and says yes to it."""

    request: httpx2.Request

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.request = request
        message = {"role": "assistant", "content": "yes"}
        choice = {"finish_reason": "stop", "message": message}
        return httpx2.Response(200, json={"choices": [choice]})


async def request_of(client_class: Any, **arguments: Any) -> httpx2.Request:
    sent = Sent()
    client = client_class(http_client=httpx2.AsyncClient(transport=sent), **arguments)
    await client.create([UserMessage(content="Hi", source="user")])
    return sent.request


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, "model is required for OpenAIChatCompletionClient"),
        ({"model": "mine"}, "model_info is required when model name is not a valid OpenAI model"),
        ({"model": "mine", "model_info": {"vision": True}}, "Missing required field"),
        (
            {"model": "gpt-4o", "model_info": INFO, "model_capabilities": INFO},
            "model_capabilities and model_info are mutually exclusive",
        ),
        ({"model": "gpt-4o", "n": 2}, r"Disallowed create args are present: \['n'\]"),
        (
            {"model": "m", "model_info": INFO, "response_format": {"type": "json_object"}},
            "Model does not support JSON output.",
        ),
    ],
)
def test_refuses_impossible_arguments(arguments: dict[str, Any], error: str) -> None:
    with pytest.raises(ValueError, match=error):
        OpenAIChatCompletionClient(api_key="key", **arguments)


def test_refuses_arguments_that_belong_nowhere() -> None:
    with pytest.raises(TypeError, match=r"argument 'max_retry'\. Did you mean 'max_retries'"):
        OpenAIChatCompletionClient(model="gpt-4o", api_key="key", max_retry=1)  # type: ignore[call-arg]


def test_model_capabilities_still_work() -> None:
    with pytest.warns(DeprecationWarning, match="use model_info instead"):
        client = OpenAIChatCompletionClient(
            model="mine",
            api_key="key",
            model_capabilities={"vision": True, "function_calling": False, "json_output": False},
        )

    assert client.model_info == INFO
    with pytest.warns(DeprecationWarning, match="use model_info instead"):
        assert client.capabilities == INFO


@pytest.mark.parametrize(
    ("model", "variable", "host"),
    [
        ("gemini-1.5-pro", "GEMINI_API_KEY", "generativelanguage.googleapis.com"),
        ("claude-3-opus-20240229", "ANTHROPIC_API_KEY", "api.anthropic.com"),
        ("Llama-3.3-8B-Instruct", "LLAMA_API_KEY", "api.llama.com"),
    ],
)
async def test_a_vendor_is_known_by_the_name_of_its_model(
    model: str, variable: str, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "vendor-key")

    theirs = await request_of(OpenAIChatCompletionClient, model=model)
    ours = await request_of(
        OpenAIChatCompletionClient, model=model, api_key="own", base_url="http://own"
    )

    assert (theirs.url.host, theirs.headers["authorization"]) == (host, "Bearer vendor-key")
    assert (ours.url.host, ours.headers["authorization"]) == ("own", "Bearer own")


def test_an_old_name_stands_for_its_dated_model() -> None:
    clients = [
        OpenAIChatCompletionClient(model=model, api_key="key")
        for model in ("gpt-4o", "gpt-4o-2024-08-06")
    ]

    assert clients[0].model_info == clients[1].model_info


async def test_azure_is_asked_at_the_deployment() -> None:
    by_model = await request_of(AzureOpenAIChatCompletionClient, **AZURE)
    by_name = await request_of(AzureOpenAIChatCompletionClient, azure_deployment="dep", **AZURE)

    address = "https://mine.openai.azure.com/openai/deployments"
    path = "chat/completions?api-version=2024-06-01"
    assert str(by_model.url) == f"{address}/gpt-4o/{path}"
    assert str(by_name.url) == f"{address}/dep/{path}"
    assert by_name.headers["api-key"] == "key"


async def test_azure_is_told_who_asks() -> None:
    alone = await request_of(AzureOpenAIChatCompletionClient, **AZURE)
    headers = {"User-Agent": "mine/1", "x-other": "1"}
    both = await request_of(AzureOpenAIChatCompletionClient, default_headers=headers, **AZURE)

    ours = f"autogen-python/{agentchat.__version__}"
    assert alone.headers["user-agent"] == ours
    assert (both.headers["user-agent"], both.headers["x-other"]) == (f"{ours} mine/1", "1")
    assert headers == {"User-Agent": "mine/1", "x-other": "1"}


async def test_azure_takes_tokens_from_a_provider() -> None:
    arguments = {name: AZURE[name] for name in AZURE if name != "api_key"}

    request = await request_of(
        AzureOpenAIChatCompletionClient, azure_ad_token_provider=TokenProvider("s"), **arguments
    )

    assert request.headers["authorization"] == "Bearer token for s"


def test_openai_survives_being_saved() -> None:
    client = OpenAIChatCompletionClient(
        model="mine",
        api_key="sk-secret",
        model_info=INFO,
        base_url="http://own",
        temperature=0.5,
        stop=["a"],
        max_completion_tokens=7,
        default_query={"a": "1"},
        include_name_in_message=False,
    )

    saved = client.dump_component()
    loaded = ChatCompletionClient.load_component(saved)

    assert isinstance(loaded, OpenAIChatCompletionClient)
    assert loaded.dump_component() == saved
    assert loaded.cache_identity() == client.cache_identity()
    assert loaded._client.api_key == "sk-secret"
    assert "sk-secret" not in saved.model_dump_json()
    assert saved.provider == "agentchat.ext.models.openai.OpenAIChatCompletionClient"


def test_azure_survives_being_saved() -> None:
    arguments = {name: AZURE[name] for name in AZURE if name != "api_key"}
    client = AzureOpenAIChatCompletionClient(
        model_info=INFO,
        azure_ad_token_provider=TokenProvider("s"),
        **{**arguments, "model": "mine"},
    )

    saved = client.dump_component()
    loaded = ChatCompletionClient.load_component(saved, allow=[TokenProvider.__module__])

    assert loaded.model_info == INFO
    assert loaded.dump_component() == saved


def test_a_provider_that_can_not_be_saved_is_an_error() -> None:
    arguments = {name: AZURE[name] for name in AZURE if name != "api_key"}
    client = AzureOpenAIChatCompletionClient(azure_ad_token_provider=lambda: "token", **arguments)

    with pytest.raises(ValueError, match="azure_ad_token_provider must be a AzureTokenProvider"):
        client.dump_component()


def test_a_connection_can_not_be_saved() -> None:
    client = OpenAIChatCompletionClient(
        model="gpt-4o", api_key="key", http_client=httpx2.AsyncClient()
    )

    with pytest.raises(TypeError, match=r"OpenAIChatCompletionClient\(http_client=\.\.\.\)"):
        client.dump_component()


def test_loads_what_upstream_has_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-env")
    saved = {
        "provider": "autogen_ext.models.openai.OpenAIChatCompletionClient",
        "component_type": "model",
        "version": 1,
        "component_version": 1,
        "description": "Chat completion client for OpenAI hosted models.",
        "label": "OpenAIChatCompletionClient",
        "config": {"model": "gpt-4o", "temperature": 0.5},
    }

    by_name = ChatCompletionClient.load_component(ComponentModel(**json.loads(json.dumps(saved))))
    by_short_name = ChatCompletionClient.load_component(
        {"provider": "OpenAIChatCompletionClient", "config": {"model": "gpt-4o"}}
    )

    assert by_name.dump_component().config == {"model": "gpt-4o", "temperature": 0.5}
    assert isinstance(by_short_name, OpenAIChatCompletionClient)


def test_can_be_made_from_a_dict() -> None:
    client = AzureOpenAIChatCompletionClient.create_from_config(AZURE)

    assert isinstance(client, AzureOpenAIChatCompletionClient)


async def test_any_client_of_the_sdk_will_do() -> None:
    sdk = openai.AsyncOpenAI(
        api_key="key", base_url="http://own", http_client=httpx2.AsyncClient(transport=Sent())
    )
    client = BaseOpenAIChatCompletionClient(sdk, create_args={"model": "gpt-4o"})

    result = await client.create([UserMessage(content="Hi", source="user")])
    await client.close()

    assert result.content == "yes"
    assert sdk.is_closed()
