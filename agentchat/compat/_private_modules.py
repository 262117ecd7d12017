"""AutoGen's private modules that programs and tests import from, and where their names live here.

Modules that are here under the same name, with the same names in them, need no mention.
"""

from collections.abc import Iterator, Mapping

from agentchat._upstream import our_name

_MODULES_BY_PACKAGE: Mapping[str, str] = {
    "autogen_core": """
        _agent_id _agent_instantiation _agent_metadata _agent_runtime _agent_type _base_agent
        _cancellation_token _closure_agent _component_config _constants _default_subscription
        _default_topic _function_utils _image _message_context _message_handler_context _queue
        _routed_agent _runtime_impl_helpers _serialization _single_threaded_agent_runtime
        _subscription _subscription_context _telemetry _telemetry._constants _telemetry._genai
        _telemetry._propagation _telemetry._tracing _telemetry._tracing_config _topic
        _type_helpers _type_prefix_subscription _type_subscription _types
    """,
    "autogen_core.code_executor": "_base _func_with_reqs",
    "autogen_core.memory": "_base_memory _list_memory",
    "autogen_core.model_context": """
        _buffered_chat_completion_context _chat_completion_context
        _head_and_tail_chat_completion_context _token_limited_chat_completion_context
        _unbounded_chat_completion_context
    """,
    "autogen_core.models": "_model_client _types",
    "autogen_core.tool_agent": "_caller_loop _tool_agent",
    "autogen_core.tools": "_base _static_workbench",
    "autogen_core.utils": "_json_to_pydantic _load_json",
    "autogen_agentchat.agents": """
        _assistant_agent _base_chat_agent _code_executor_agent _message_filter_agent
        _society_of_mind_agent _user_proxy_agent
    """,
    "autogen_agentchat.base": "_handoff _termination",
    "autogen_agentchat.conditions": "_terminations",
    "autogen_agentchat.state": "_states",
    "autogen_agentchat.teams": """
        _group_chat _group_chat._base_group_chat _group_chat._base_group_chat_manager
        _group_chat._chat_agent_container _group_chat._events _group_chat._graph
        _group_chat._graph._digraph_group_chat _group_chat._graph._graph_builder
        _group_chat._magentic_one _group_chat._magentic_one._magentic_one_group_chat
        _group_chat._magentic_one._magentic_one_orchestrator _group_chat._magentic_one._prompts
        _group_chat._round_robin_group_chat _group_chat._selector_group_chat
        _group_chat._sequential_routed_agent _group_chat._swarm_group_chat
    """,
    "autogen_agentchat.tools": "_agent _task_runner_tool _team",
    "autogen_agentchat.ui": "_console",
    "autogen_agentchat.utils": "_utils",
    "autogen_ext.agents.openai": "_openai_agent _openai_assistant_agent",
    "autogen_ext.code_executors": "_common",
    "autogen_ext.code_executors.azure": "_azure_container_code_executor",
    "autogen_ext.code_executors.docker": "_docker_code_executor",
    "autogen_ext.code_executors.docker_jupyter": "_docker_jupyter _jupyter_server",
    "autogen_ext.code_executors.jupyter": "_jupyter_code_executor",
    "autogen_ext.memory.canvas": "_canvas _canvas_writer _text_canvas _text_canvas_memory",
    "autogen_ext.memory.chromadb": "_chroma_configs _chromadb",
    "autogen_ext.memory.mem0": "_mem0",
    "autogen_ext.memory.redis": "_redis_memory",
    "autogen_ext.models": "_utils _utils.normalize_stop_reason _utils.parse_r1_content",
    "autogen_ext.models.anthropic": "_anthropic_client _model_info",
    "autogen_ext.models.azure": "_azure_ai_client",
    "autogen_ext.models.cache": "_chat_completion_cache",
    "autogen_ext.models.ollama": "_model_info _ollama_client",
    "autogen_ext.models.openai": """
        _message_transform _model_info _openai_client _transformation _transformation.registry
        _transformation.types _utils
    """,
    "autogen_ext.models.replay": "_replay_chat_completion_client",
    "autogen_ext.tools.code_execution": "_code_execution",
    "autogen_ext.tools.http": "_http_tool",
    "autogen_ext.tools.langchain": "_langchain_adapter",
    "autogen_ext.tools.mcp": "_actor _base _factory _sse _stdio _streamable_http",
    "autogen_ext.ui": "_rich_console",
}

_HOMES: Mapping[str, str] = {
    "autogen_core._closure_agent": "agentchat.core._closure_agent",
    "autogen_core._component_config": "agentchat.core._component",
    "autogen_core._function_utils": "agentchat.core._schema agentchat.compat._equivalents",
    "autogen_core._routed_agent": "agentchat.core._routed_agent",
    "autogen_core._serialization": "agentchat.core._serialization agentchat.compat._equivalents",
    "autogen_core._subscription": "agentchat.core._subscription",
    "autogen_core._type_helpers": "agentchat.compat._equivalents",
    "autogen_core.code_executor._func_with_reqs": "agentchat.core._function_source",
    "autogen_core.tools._base": "agentchat.core.tools._tool agentchat.core.tools._base_tool",
    "autogen_core.tools._static_workbench": "agentchat.core.tools._static_workbench",
    "autogen_core.utils._json_to_pydantic": "agentchat.core._json_schema",
    "autogen_agentchat.agents._assistant_agent": "agentchat.agents._assistant_config",
    "autogen_agentchat.agents._code_executor_agent": (
        "agentchat.agents._code_executor agentchat.agents._code_loop"
        " agentchat.agents._code_approval"
    ),
    "autogen_agentchat.agents._user_proxy_agent": "agentchat.agents._user_proxy",
    "autogen_agentchat.base._handoff": "agentchat.base._handoff",
    "autogen_agentchat.base._termination": "agentchat.base._termination",
    "autogen_agentchat.teams._group_chat": "agentchat.teams._group_chat",
    "autogen_agentchat.teams._group_chat._base_group_chat": "agentchat.teams._group_chat",
    "autogen_agentchat.teams._group_chat._events": "agentchat.teams._runtime_seat",
    "autogen_agentchat.teams._group_chat._graph._digraph_group_chat": (
        "agentchat.teams._graph_flow agentchat.teams._graph"
    ),
    "autogen_agentchat.teams._group_chat._magentic_one._magentic_one_orchestrator": (
        "agentchat.teams._magentic_one"
    ),
    "autogen_agentchat.teams._group_chat._round_robin_group_chat": "agentchat.teams._round_robin",
    "autogen_agentchat.teams._group_chat._selector_group_chat": "agentchat.teams._selector",
    "autogen_agentchat.teams._group_chat._swarm_group_chat": "agentchat.teams._swarm",
    "autogen_agentchat.ui._console": "agentchat.agents._user_proxy",
    "autogen_ext.agents.openai._openai_agent": "agentchat.ext.agents.openai._openai_agent",
    "autogen_ext.code_executors._common": (
        "agentchat.ext.code_executors._command_line agentchat.core._function_source"
    ),
    "autogen_ext.code_executors.docker_jupyter._docker_jupyter": (
        "agentchat.ext.code_executors.docker_jupyter._executor"
    ),
    "autogen_ext.code_executors.docker_jupyter._jupyter_server": (
        "agentchat.ext.code_executors._cell_output"
        " agentchat.ext.code_executors.docker_jupyter._kernel_client"
    ),
    "autogen_ext.memory.chromadb._chroma_configs": "agentchat.ext.memory.chromadb._config",
    "autogen_ext.models._utils.normalize_stop_reason": "agentchat.compat._equivalents",
    "autogen_ext.models.openai._message_transform": (
        "agentchat.ext.models.openai._message_transform"
    ),
    "autogen_ext.models.openai._model_info": "agentchat.compat._openai_equivalents",
    "autogen_ext.models.openai._openai_client": (
        "agentchat.ext.models.openai._openai_client agentchat.compat._openai_equivalents"
    ),
    "autogen_ext.models.openai._utils": "agentchat.compat._openai_equivalents",
    "autogen_ext.tools.mcp._actor": "agentchat.ext.tools.mcp._actor",
    "autogen_ext.tools.mcp._base": "agentchat.ext.tools.mcp._adapter",
    "autogen_ext.tools.mcp._sse": "agentchat.ext.tools.mcp._adapter",
    "autogen_ext.tools.mcp._stdio": "agentchat.ext.tools.mcp._adapter",
    "autogen_ext.tools.mcp._streamable_http": "agentchat.ext.tools.mcp._adapter",
}
"""Where names live that the package itself does not show."""

_PROMPTS = "agentchat.teams._magentic_one_prompts"
_LEDGER = "agentchat.teams._magentic_one_ledger"

ELSEWHERE: Mapping[str, str] = {
    f"{module}.{name}": place
    for module, places in {
        "autogen_core.utils._json_to_pydantic": {
            "_JSONSchemaToPydantic": "agentchat.compat._equivalents:JSONSchemaToPydantic",
        },
        "autogen_core._component_config": {
            "WELL_KNOWN_PROVIDERS": "agentchat.core._component_provider:_SHORT_NAMES",
            "_type_to_provider_str": "agentchat.core._component_provider:provider_of",
        },
        "autogen_agentchat.teams._group_chat._base_group_chat_manager": {
            "BaseGroupChatManager": "agentchat.teams._manager:GroupChatManager",
        },
        "autogen_agentchat.teams._group_chat._graph._digraph_group_chat": {
            "GraphFlowManager": "agentchat.teams._graph_flow:GraphManager",
            "GraphFlowManagerState": "agentchat.teams._graph_flow:GraphManagerState",
        },
        "autogen_agentchat.teams._group_chat._selector_group_chat": {
            "SelectorFuncType": "agentchat.teams._selector:SelectorFunc",
            "CandidateFuncType": "agentchat.teams._selector:CandidateFunc",
        },
        "autogen_agentchat.teams._group_chat._magentic_one._prompts": {
            "ORCHESTRATOR_TASK_LEDGER_FACTS_PROMPT": f"{_PROMPTS}:FACTS",
            "ORCHESTRATOR_TASK_LEDGER_PLAN_PROMPT": f"{_PROMPTS}:PLAN",
            "ORCHESTRATOR_TASK_LEDGER_FULL_PROMPT": f"{_PROMPTS}:LEDGER",
            "ORCHESTRATOR_PROGRESS_LEDGER_PROMPT": f"{_PROMPTS}:PROGRESS",
            "ORCHESTRATOR_TASK_LEDGER_FACTS_UPDATE_PROMPT": f"{_PROMPTS}:FACTS_UPDATE",
            "ORCHESTRATOR_TASK_LEDGER_PLAN_UPDATE_PROMPT": f"{_PROMPTS}:PLAN_UPDATE",
            "ORCHESTRATOR_FINAL_ANSWER_PROMPT": f"{_PROMPTS}:FINAL_ANSWER",
            "LedgerEntry": f"{_LEDGER}:ProgressLedger",
            "LedgerEntryBooleanAnswer": f"{_LEDGER}:Flag",
            "LedgerEntryStringAnswer": f"{_LEDGER}:Words",
        },
        "autogen_ext.models.anthropic._model_info": {
            "get_info": "agentchat.ext.models.anthropic._model_table:known_model_info",
            "get_token_limit": "agentchat.ext.models.anthropic._model_table:token_limit",
        },
        "autogen_ext.models.anthropic._anthropic_client": {
            "normalize_name": "agentchat.ext.models._names:normalized",
            "normalize_stop_reason": "agentchat.compat._equivalents:normalize_stop_reason",
        },
        "autogen_ext.models.azure._azure_ai_client": {
            "normalize_name": "agentchat.ext.models._names:normalized",
        },
        "autogen_ext.models.ollama._model_info": {
            "get_info": "agentchat.ext.models.ollama._model_table:known_model_info",
            "get_token_limit": "agentchat.ext.models.ollama._model_table:token_limit",
        },
        "autogen_ext.models.openai._model_info": {
            "get_info": "agentchat.ext.models.openai._model_table:known_model_info",
            "resolve_model": "agentchat.ext.models.openai._model_table:dated_name",
        },
        "autogen_ext.models.openai._openai_client": {
            "normalize_name": "agentchat.ext.models._names:normalized",
        },
        "autogen_ext.models._utils.parse_r1_content": {
            "parse_r1_content": "agentchat.ext.models._thinking:split_thinking",
        },
        "autogen_ext.models.ollama._ollama_client": {
            "normalize_name": "agentchat.ext.models._names:normalized",
            "normalize_stop_reason": "agentchat.compat._equivalents:normalize_stop_reason",
        },
    }.items()
    for name, place in places.items()
}
"""What is called otherwise here: `module:name` of ours, by upstream's full name."""


def _homes() -> Iterator[tuple[str, tuple[str, ...]]]:
    for package, modules in _MODULES_BY_PACKAGE.items():
        for module in modules.split():
            name = f"{package}.{module}"
            yield name, (*_HOMES.get(name, "").split(), our_name(package))


HOMES_BY_MODULE: Mapping[str, tuple[str, ...]] = dict(_homes())
"""Modules of ours in which the names of an upstream module are looked for, in this order."""


def is_package(module: str) -> bool:
    """Whether there are private modules inside the private module."""
    return any(name.startswith(f"{module}.") for name in HOMES_BY_MODULE)
