import subprocess
import sys
from importlib import import_module

import pytest

from agentchat.compat._finder import Aliases
from agentchat.compat._private_modules import ELSEWHERE, HOMES_BY_MODULE
from agentchat.compat._window import NotBehindWindow, Window

OURS = {
    "autogen_core._agent_id.AgentId": "agentchat.core.AgentId",
    "autogen_core._serialization.try_get_known_serializers_for_type": (
        "agentchat.core.try_get_known_serializers_for_type"
    ),
    "autogen_core._type_helpers.AnyType": "agentchat.core._message_types.AnyType",
    "autogen_core._function_utils.get_typed_signature": (
        "agentchat.core._schema.get_typed_signature"
    ),
    "autogen_core._function_utils.args_base_model_from_signature": (
        "agentchat.core._schema.args_base_model_from_signature"
    ),
    "autogen_core._runtime_impl_helpers.AgentId": "agentchat.core.AgentId",
    "autogen_core.code_executor._func_with_reqs.build_python_functions_file": (
        "agentchat.core._function_source.build_python_functions_file"
    ),
    "autogen_core.code_executor._func_with_reqs.to_code": "agentchat.core._function_source.to_code",
    "autogen_core.models._types.SystemMessage": "agentchat.core.models.SystemMessage",
    "autogen_core.models._model_client.ModelFamily": "agentchat.core.models.ModelFamily",
    "autogen_core.tools._base.ToolSchema": "agentchat.core.tools.ToolSchema",
    "autogen_agentchat.agents._assistant_agent.AssistantAgent": "agentchat.agents.AssistantAgent",
    "autogen_agentchat.teams._group_chat._round_robin_group_chat.RoundRobinGroupChatManager": (
        "agentchat.teams._round_robin.RoundRobinGroupChatManager"
    ),
    "autogen_agentchat.teams._group_chat._selector_group_chat.SelectorGroupChatManager": (
        "agentchat.teams._selector.SelectorGroupChatManager"
    ),
    "autogen_agentchat.teams._group_chat._swarm_group_chat.SwarmGroupChatManager": (
        "agentchat.teams._swarm.SwarmGroupChatManager"
    ),
    "autogen_agentchat.teams._group_chat._magentic_one._magentic_one_orchestrator"
    ".MagenticOneOrchestrator": "agentchat.teams._magentic_one.MagenticOneOrchestrator",
    "autogen_agentchat.teams._group_chat._graph._digraph_group_chat.DiGraph": (
        "agentchat.teams.DiGraph"
    ),
    "autogen_agentchat.teams._group_chat._base_group_chat.BaseGroupChat": (
        "agentchat.teams.BaseGroupChat"
    ),
    "autogen_ext.models.openai._openai_client.OpenAIChatCompletionClient": (
        "agentchat.ext.models.openai.OpenAIChatCompletionClient"
    ),
    "autogen_ext.models._utils.parse_r1_content.parse_r1_content": (
        "agentchat.ext.models._thinking.split_thinking"
    ),
}


def attribute(name: str) -> object:
    module, _, attribute = name.rpartition(".")
    return getattr(import_module(module), attribute)


def window(module: str) -> Window:
    return Window(module)


@pytest.mark.parametrize("name", OURS)
def test_a_private_name_leads_to_our_object(name: str) -> None:
    module, _, attribute_name = name.rpartition(".")

    assert getattr(window(module), attribute_name) is attribute(OURS[name])


@pytest.mark.parametrize("module", HOMES_BY_MODULE)
def test_a_private_module_can_be_imported(module: str) -> None:
    spec = Aliases().find_spec(module, None)

    assert spec is not None
    assert isinstance(Aliases().create_module(spec), Window)
    try:
        names = dir(window(module))
    except ImportError as missing:
        pytest.skip(str(missing))
    assert len(names) > 10


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_is_called_otherwise_is_there(name: str) -> None:
    module, _, attribute_name = name.rpartition(".")

    assert getattr(window(module), attribute_name) is not None


def test_the_configuration_of_a_component_is_its_schema() -> None:
    from agentchat.teams import Swarm

    swarm = window("autogen_agentchat.teams._group_chat._swarm_group_chat")

    assert swarm.SwarmConfig is Swarm.component_config_schema


def test_what_is_set_on_a_window_is_set_where_the_name_lives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prompts = window("autogen_agentchat.teams._group_chat._magentic_one._prompts")
    ours = import_module("agentchat.teams._magentic_one_prompts")

    with monkeypatch.context() as patched:
        patched.setattr(prompts, "ORCHESTRATOR_FINAL_ANSWER_PROMPT", "Mine.")

        assert ours.FINAL_ANSWER == "Mine."
    assert prompts.ORCHESTRATOR_FINAL_ANSWER_PROMPT == ours.FINAL_ANSWER != "Mine."


def test_a_window_inside_another_does_not_take_the_place_of_our_module() -> None:
    outer = window("autogen_agentchat.teams._group_chat")
    inner = window("autogen_agentchat.teams._group_chat._graph")

    outer._graph = inner

    assert outer._graph is inner
    assert not isinstance(import_module("agentchat.teams")._graph, Window)


def test_an_unknown_attribute_names_the_nearest() -> None:
    with pytest.raises(AttributeError, match=r"(?s)'AgentIds' has no .*nearest:.*core\.AgentId"):
        window("autogen_core._agent_id").AgentIds  # noqa: B018


def test_an_import_of_an_unknown_name_says_so() -> None:
    program = (
        "from agentchat.compat import install_aliases; install_aliases()\n"
        "import autogen_core._queue\n"
        "print(hasattr(autogen_core._queue, 'Queue'))\n"
        "from autogen_core._queue import Queue\n"
    )

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert ran.stdout == "False\n"
    assert ran.stderr.endswith(
        "NotBehindWindow: 'autogen_core._queue' is a private module of AutoGen, and its 'Queue' "
        "has no counterpart here.\n  nearest:  agentchat.core\n"
    )
    assert issubclass(NotBehindWindow, ImportError)


def test_a_private_module_is_imported_as_a_program_would() -> None:
    program = (
        "from agentchat.compat import install_aliases; install_aliases()\n"
        "import autogen_agentchat.teams._group_chat._magentic_one._prompts as prompts\n"
        "from autogen_agentchat.teams._group_chat import _round_robin_group_chat\n"
        "from autogen_core.models._types import LLMMessage, UserMessage\n"
        "import autogen_core.models, agentchat.teams\n"
        "print(UserMessage is autogen_core.models.UserMessage, prompts.__name__)\n"
        "print(agentchat.teams.RoundRobinGroupChat is "
        "_round_robin_group_chat.RoundRobinGroupChat)\n"
    )

    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True
    )

    assert (ran.stdout, ran.stderr) == (
        "True autogen_agentchat.teams._group_chat._magentic_one._prompts\nTrue\n",
        "",
    )
