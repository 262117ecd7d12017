"""Parts that need an outside library as configurations, and back.

Recorded with AutoGen's extras anthropic, azure, diskcache, docker, http-tool, mcp, ollama, openai
and redis. Keys are not compared: here they may be references to environment variables.
"""

from pathlib import Path

from azure.identity import DefaultAzureCredential
from redis import Redis

from agentchat.core import CacheStore, ComponentBase, InMemoryStore
from agentchat.core.code_executor import CodeExecutor
from agentchat.core.models import ChatCompletionClient
from agentchat.core.tools import BaseTool, Workbench
from agentchat.ext.auth.azure import AzureTokenProvider
from agentchat.ext.cache_store.redis import RedisStore
from agentchat.ext.code_executors.docker import DockerCommandLineCodeExecutor
from agentchat.ext.code_executors.local import LocalCommandLineCodeExecutor
from agentchat.ext.models.anthropic import (
    AnthropicChatCompletionClient,
)
from agentchat.ext.models.cache import ChatCompletionCache
from agentchat.ext.models.ollama import OllamaChatCompletionClient
from agentchat.ext.models.openai import AzureOpenAIChatCompletionClient
from agentchat.ext.tools.code_execution import PythonCodeExecutionTool
from agentchat.ext.tools.http import HttpTool
from agentchat.ext.tools.mcp import (
    McpWorkbench,
    SseServerParams,
    StdioServerParams,
    StreamableHttpServerParams,
)
from tests.compat.parity.cast import info, model
from tests.compat.parity.observation import attempt, component, show

SECRETS = ("api_key", "azure_ad_token", "bedrock_info")
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer", "default": 1}},
    "required": ["city"],
}


def seen(part, base):
    """A part's configuration, and whether the part that it makes has the same."""
    again = attempt(lambda: component(base.load_component(part.dump_component())))
    written = component(part)
    for secret in SECRETS:
        written["config"].pop(secret, None)
        if "config" in again:
            again["config"].pop(secret, None)
    return [written, True if again == written else again]


async def stores():
    redis_store = RedisStore(Redis(host="cache.test", port=7, db=2))
    return [seen(each, CacheStore) for each in (InMemoryStore(), redis_store)]


async def a_cache_with_a_store():
    return seen(ChatCompletionCache(model("one"), InMemoryStore()), ChatCompletionClient)


async def executors():
    local = LocalCommandLineCodeExecutor(
        timeout=7, work_dir=Path("work"), cleanup_temp_files=False, functions_module="tools"
    )
    plain = LocalCommandLineCodeExecutor(work_dir="work")
    return [seen(each, CodeExecutor) for each in (local, plain)]


async def docker_executors():
    options = {"work_dir": "work", "bind_dir": "/host/work", "container_name": "box"}
    full = DockerCommandLineCodeExecutor(
        image="python:3.12",
        timeout=9,
        auto_remove=False,
        stop_container=False,
        extra_hosts={"a": "1.2.3.4"},
        init_command="true",
        delete_tmp_files=True,
        **options,
    )
    plain = DockerCommandLineCodeExecutor(**options)
    return [seen(each, CodeExecutor) for each in (plain, full)]


async def models_of_anthropic():
    plain = AnthropicChatCompletionClient(model="claude-3-5-sonnet-20241022", api_key="sk-ant")
    full = AnthropicChatCompletionClient(
        model="house-model",
        api_key="sk-ant",
        base_url="https://models.test",
        max_tokens=99,
        temperature=0.5,
        top_p=0.9,
        top_k=3,
        stop_sequences=["END"],
        timeout=5.0,
        max_retries=1,
        model_info=info("claude-3-5-sonnet"),
    )
    return [seen(each, ChatCompletionClient) for each in (plain, full)]


async def models_of_ollama():
    plain = OllamaChatCompletionClient(model="llama3.2")
    full = OllamaChatCompletionClient(
        model="llama3.2",
        host="http://127.0.0.1:1",
        timeout=5.0,
        options={"temperature": 0.5},
        model_info=info("llama-3.3-8b"),
    )
    return [seen(each, ChatCompletionClient) for each in (plain, full)]


async def a_token_provider():
    return seen(AzureTokenProvider(DefaultAzureCredential(), "scope-a", "scope-b"), ComponentBase)


async def models_of_azure_openai():
    client = AzureOpenAIChatCompletionClient(
        azure_deployment="d",
        azure_endpoint="https://models.test",
        model="gpt-4o",
        api_version="2024-09-01-preview",
        api_key="sk",
        temperature=0.5,
    )
    return seen(client, ChatCompletionClient)


async def tools():
    tool = HttpTool(
        name="weather",
        description="Tells the weather.",
        scheme="https",
        host="weather.test",
        port=443,
        path="/{city}",
        method="GET",
        headers={"x": "y"},
        json_schema=SCHEMA,
        return_type="json",
        timeout=3.0,
    )
    plain = HttpTool(name="post", host="weather.test", port=80, json_schema=SCHEMA)
    code = PythonCodeExecutionTool(LocalCommandLineCodeExecutor(work_dir="work"))
    return [seen(each, BaseTool) for each in (tool, plain, code)]


async def workbenches():
    servers = [
        StdioServerParams(command="server", args=["-a"], env={"A": "b"}, read_timeout_seconds=9),
        SseServerParams(url="http://mcp.test/sse", headers={"x": "y"}, timeout=1),
        StreamableHttpServerParams(url="http://mcp.test/mcp", terminate_on_close=False),
    ]
    return [seen(McpWorkbench(server_params=each), Workbench) for each in servers]


async def main():
    await show(
        stores,
        a_cache_with_a_store,
        executors,
        docker_executors,
        models_of_anthropic,
        models_of_ollama,
        a_token_provider,
        models_of_azure_openai,
        tools,
        workbenches,
    )
