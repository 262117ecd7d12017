import io
import sys
from pathlib import Path
from typing import Any

import pytest

from agentchat.core.models import ModelInfo
from harness.scripted import ScriptedModel, call

pytest.importorskip("mcp", reason="needs mcp: its SDK is not installed")

from mcp import types

from agentchat.ext.models.replay import ReplayChatCompletionClient
from agentchat.ext.tools.mcp import (
    ChatCompletionClientSampler,
    McpSessionHost,
    McpWorkbench,
    StaticRootsProvider,
    StdioElicitor,
    StdioServerParams,
    StreamElicitor,
)

SERVED = str(Path(__file__).with_name("served.py"))
BLIND = ModelInfo(
    vision=False, function_calling=True, json_output=True, structured_output=True, family="unknown"
)


def served() -> StdioServerParams:
    return StdioServerParams(command=sys.executable, args=[SERVED], read_timeout_seconds=20)


def asked(*blocks: dict[str, Any], **more: Any) -> Any:
    messages = [{"role": "user", "content": block} for block in blocks]
    request = {"messages": messages, "maxTokens": 10, **more}
    return types.CreateMessageRequestParams.model_validate(request)


async def answer_of(host: McpSessionHost, tool: str) -> str:
    async with McpWorkbench(served(), host=host) as workbench:
        return (await workbench.call_tool(tool)).to_text()


async def test_a_server_may_ask_a_model() -> None:
    model = ScriptedModel("Left.")

    answer = await answer_of(McpSessionHost(ChatCompletionClientSampler(model)), "ask_model")

    assert answer == "Left. (unknown)"
    model.assert_complete()


async def test_a_server_may_ask_a_person() -> None:
    output = io.StringIO()
    elicitor = StreamElicitor(io.StringIO("a\nred\n"), output)

    answer = await answer_of(McpSessionHost(elicitor=elicitor), "ask_person")

    assert answer == "red"
    assert "A tool's server asks: Which colour?" in output.getvalue()


async def test_a_server_may_ask_for_its_directories() -> None:
    roots = StaticRootsProvider([types.Root.model_validate({"uri": "file:///work"})])

    assert await answer_of(McpSessionHost(roots=roots), "ask_roots") == "file:///work"


@pytest.mark.parametrize("tool", ["ask_model", "ask_person", "ask_roots"])
async def test_what_nobody_answers_is_an_error_for_the_server(tool: str) -> None:
    async with McpWorkbench(served()) as workbench:
        result = await workbench.call_tool(tool)

    assert result.is_error


async def test_the_host_says_what_it_does_not_support() -> None:
    host = McpSessionHost()

    refusals: list[Any] = [
        await host.handle_sampling_request(asked()),
        await host.handle_elicit_request(asked()),
        await host.handle_list_roots_request(),
    ]

    assert [refusal.code for refusal in refusals] == [types.INVALID_REQUEST] * 3
    assert refusals[0].message == "This host does not support sampling."


async def test_a_failing_model_is_an_internal_error_for_the_server() -> None:
    host = McpSessionHost(ChatCompletionClientSampler(ScriptedModel(call("search"))))

    error: Any = await host.handle_sampling_request(asked({"type": "text", "text": "Hi"}))

    assert error.code == types.INTERNAL_ERROR
    assert error.message.startswith("Sampling failed: The model wants to call a tool")


async def test_the_model_reads_what_the_server_wrote() -> None:
    model = ReplayChatCompletionClient(["Hello."])
    request = asked({"type": "text", "text": "Hi"}, systemPrompt="Be brief.", temperature=0.5)

    await ChatCompletionClientSampler(model).sample(request)

    [made] = model.create_calls
    assert [message.content for message in made["messages"]] == ["Be brief.", ["Hi"]]


@pytest.mark.parametrize(
    ("block", "message"),
    [
        (
            {"type": "image", "data": "", "mimeType": "image/png"},
            "Sampling model does not support image content",
        ),
        (
            {"type": "audio", "data": "", "mimeType": "audio/wav"},
            "Unsupported content type: audio",
        ),
    ],
)
async def test_a_model_is_not_shown_what_it_can_not_see(block: Any, message: str) -> None:
    sampler = ChatCompletionClientSampler(ScriptedModel("Yes.", model_info=BLIND))

    with pytest.raises(ValueError, match=message):
        await sampler.sample(asked(block))


def test_a_host_is_saved_with_all_its_parts() -> None:
    host = McpSessionHost(
        ChatCompletionClientSampler(ReplayChatCompletionClient(["Hi"])),
        StaticRootsProvider([types.Root.model_validate({"uri": "file:///work", "name": "w"})]),
        StdioElicitor(),
    )
    workbench = McpWorkbench(served(), host=host)

    saved = workbench.dump_component()
    loaded = McpWorkbench.load_component(saved.model_dump())

    assert loaded.dump_component() == saved
    parts = saved.config["host"]["config"]
    assert parts["roots"]["config"] == {"roots": [{"uri": "file:///work", "name": "w"}]}
    assert parts["elicitor"]["component_type"] == "mcp_elicitor"


def test_the_model_of_an_older_configuration_becomes_a_sampler() -> None:
    client = ReplayChatCompletionClient(["Hi"]).dump_component()
    saved = McpWorkbench(served()).dump_component()
    saved.config["model_client"] = client.model_dump()

    loaded = McpWorkbench.load_component(saved)

    host = loaded.dump_component().config["host"]
    assert host["config"]["sampler"]["config"]["client_config"]["provider"] == client.provider
