"""What is known of models by their names: abilities, token limits, dated names, vendors."""

import os
from typing import Final, NamedTuple

from agentchat.core.models import ModelFamily, ModelInfo


class _Model(NamedTuple):
    abilities: str
    """V vision, F function calling, J JSON mode, S structured output, M several system messages."""

    family: str
    token_limit: int | None
    """Tokens of request and reply together; None when unknown."""


class _Vendor(NamedTuple):
    base_url: str
    key_variable: str


_VENDOR_BY_PREFIX: Final = {
    "gemini-": _Vendor(
        "https://generativelanguage.googleapis.com/v1beta/openai/", "GEMINI_API_KEY"
    ),
    "claude-": _Vendor("https://api.anthropic.com/v1/", "ANTHROPIC_API_KEY"),
    "Llama-": _Vendor("https://api.llama.com/compat/v1/", "LLAMA_API_KEY"),
}

_DATED_NAMES: Final = {
    "o4-mini": "o4-mini-2025-04-16",
    "o3": "o3-2025-04-16",
    "o3-mini": "o3-mini-2025-01-31",
    "o1": "o1-2024-12-17",
    "o1-preview": "o1-preview-2024-09-12",
    "o1-mini": "o1-mini-2024-09-12",
    "gpt-5": "gpt-5-2025-08-07",
    "gpt-5-mini": "gpt-5-mini-2025-08-07",
    "gpt-5-nano": "gpt-5-nano-2025-08-07",
    "gpt-4.1": "gpt-4.1-2025-04-14",
    "gpt-4.1-mini": "gpt-4.1-mini-2025-04-14",
    "gpt-4.1-nano": "gpt-4.1-nano-2025-04-14",
    "gpt-4.5-preview": "gpt-4.5-preview-2025-02-27",
    "gpt-4o": "gpt-4o-2024-08-06",
    "gpt-4o-mini": "gpt-4o-mini-2024-07-18",
    "gpt-4-turbo": "gpt-4-turbo-2024-04-09",
    "gpt-4-turbo-preview": "gpt-4-0125-preview",
    "gpt-4": "gpt-4-0613",
    "gpt-4-32k": "gpt-4-32k-0613",
    "gpt-3.5-turbo": "gpt-3.5-turbo-0125",
    "gpt-3.5-turbo-16k": "gpt-3.5-turbo-16k-0613",
    "claude-3-haiku": "claude-3-haiku-20240307",
    "claude-3-sonnet": "claude-3-sonnet-20240229",
    "claude-3-opus": "claude-3-opus-20240229",
    "claude-3-5-haiku": "claude-3-5-haiku-20241022",
    "claude-3-5-sonnet": "claude-3-5-sonnet-20241022",
    "claude-3-7-sonnet": "claude-3-7-sonnet-20250219",
    "claude-4-sonnet": "claude-sonnet-4-20250514",
    "claude-4-opus": "claude-opus-4-20250514",
    "llama-3.3-8b": "Llama-3.3-8B-Instruct",
    "llama-3.3-70b": "Llama-3.3-70B-Instruct",
    "llama-4-scout": "Llama-4-Scout-17B-16E-Instruct-FP8",
    "llama-4-maverick": "Llama-4-Maverick-17B-128E-Instruct-FP8",
}

_MODELS: Final = {
    "gpt-5-2025-08-07": _Model("VFJSM", ModelFamily.GPT_5, 400_000),
    "gpt-5-mini-2025-08-07": _Model("VFJSM", ModelFamily.GPT_5, 400_000),
    "gpt-5-nano-2025-08-07": _Model("VFJSM", ModelFamily.GPT_5, 400_000),
    "gpt-4.1-2025-04-14": _Model("VFJSM", ModelFamily.GPT_41, 1_047_576),
    "gpt-4.1-mini-2025-04-14": _Model("VFJSM", ModelFamily.GPT_41, 1_047_576),
    "gpt-4.1-nano-2025-04-14": _Model("VFJSM", ModelFamily.GPT_41, 1_047_576),
    "gpt-4.5-preview-2025-02-27": _Model("VFJSM", ModelFamily.GPT_45, 128_000),
    "gpt-4o-2024-11-20": _Model("VFJSM", ModelFamily.GPT_4O, 128_000),
    "gpt-4o-2024-08-06": _Model("VFJSM", ModelFamily.GPT_4O, 128_000),
    "gpt-4o-2024-05-13": _Model("VFJM", ModelFamily.GPT_4O, 128_000),
    "gpt-4o-mini-2024-07-18": _Model("VFJSM", ModelFamily.GPT_4O, 128_000),
    "gpt-4o-search-preview-2025-03-11": _Model("FJSM", ModelFamily.GPT_4O, None),
    "gpt-4o-mini-search-preview-2025-03-11": _Model("FJSM", ModelFamily.GPT_4O, None),
    "o4-mini-2025-04-16": _Model("VFJSM", ModelFamily.O4, 200_000),
    "o3-2025-04-16": _Model("VFJSM", ModelFamily.O3, 200_000),
    "o3-mini-2025-01-31": _Model("FJSM", ModelFamily.O3, 200_000),
    "o1-2024-12-17": _Model("FSM", ModelFamily.O1, 200_000),
    "o1-preview-2024-09-12": _Model("FSM", ModelFamily.O1, 128_000),
    "o1-mini-2024-09-12": _Model("M", ModelFamily.O1, 128_000),
    "gpt-4-turbo-2024-04-09": _Model("VFJM", ModelFamily.GPT_4, 128_000),
    "gpt-4-0125-preview": _Model("FJM", ModelFamily.GPT_4, 128_000),
    "gpt-4-1106-preview": _Model("FJM", ModelFamily.GPT_4, 128_000),
    "gpt-4-1106-vision-preview": _Model("VM", ModelFamily.GPT_4, 128_000),
    "gpt-4-0613": _Model("FJM", ModelFamily.GPT_4, 8_192),
    "gpt-4-32k-0613": _Model("FJM", ModelFamily.GPT_4, 32_768),
    "gpt-3.5-turbo-0125": _Model("FJM", ModelFamily.GPT_35, 16_385),
    "gpt-3.5-turbo-1106": _Model("FJM", ModelFamily.GPT_35, 16_385),
    "gpt-3.5-turbo-instruct": _Model("FJM", ModelFamily.GPT_35, 4_096),
    "gpt-3.5-turbo-0613": _Model("FJM", ModelFamily.GPT_35, 4_096),
    "gpt-3.5-turbo-16k-0613": _Model("FJM", ModelFamily.GPT_35, 16_385),
    "gemini-1.5-flash": _Model("VFJS", ModelFamily.GEMINI_1_5_FLASH, 1_048_576),
    "gemini-1.5-flash-8b": _Model("VFJS", ModelFamily.GEMINI_1_5_FLASH, 1_048_576),
    "gemini-1.5-pro": _Model("VFJS", ModelFamily.GEMINI_1_5_PRO, 2_097_152),
    "gemini-2.0-flash": _Model("VFJS", ModelFamily.GEMINI_2_0_FLASH, 1_048_576),
    "gemini-2.0-flash-lite-preview-02-05": _Model("VFJS", ModelFamily.GEMINI_2_0_FLASH, 1_048_576),
    "gemini-2.5-pro-preview-03-25": _Model("VFJS", ModelFamily.GEMINI_2_5_PRO, 2_097_152),
    "gemini-2.5-flash": _Model("VFJS", ModelFamily.GEMINI_2_5_FLASH, 1_048_576),
    "claude-3-haiku-20240307": _Model("VFM", ModelFamily.CLAUDE_3_HAIKU, 50_000),
    "claude-3-sonnet-20240229": _Model("VFM", ModelFamily.CLAUDE_3_SONNET, 200_000),
    "claude-3-opus-20240229": _Model("VFM", ModelFamily.CLAUDE_3_OPUS, 200_000),
    "claude-3-5-haiku-20241022": _Model("VFM", ModelFamily.CLAUDE_3_5_HAIKU, 200_000),
    "claude-3-5-sonnet-20241022": _Model("VFM", ModelFamily.CLAUDE_3_5_SONNET, 200_000),
    "claude-3-7-sonnet-20250219": _Model("VFM", ModelFamily.CLAUDE_3_7_SONNET, 200_000),
    "claude-sonnet-4-20250514": _Model("VFM", ModelFamily.CLAUDE_4_SONNET, 200_000),
    "claude-opus-4-20250514": _Model("VFM", ModelFamily.CLAUDE_4_OPUS, 200_000),
    "Llama-3.3-8B-Instruct": _Model("FJM", ModelFamily.LLAMA_3_3_8B, 128_000),
    "Llama-3.3-70B-Instruct": _Model("FJM", ModelFamily.LLAMA_3_3_70B, 128_000),
    "Llama-4-Scout-17B-16E-Instruct-FP8": _Model("VFJSM", ModelFamily.LLAMA_4_SCOUT, 128_000),
    "Llama-4-Maverick-17B-128E-Instruct-FP8": _Model(
        "VFJSM", ModelFamily.LLAMA_4_MAVERICK, 128_000
    ),
}


def dated_name(model: str) -> str:
    """The snapshot that a short name stands for; any other name as it is."""
    return _DATED_NAMES.get(model, model)


def known_model_info(model: str) -> ModelInfo:
    """The abilities of a model.

    Raises:
        ValueError: The name is not in the table.
    """
    known = _MODELS.get(dated_name(model))
    if known is None:
        raise ValueError("model_info is required when model name is not a valid OpenAI model")
    info = ModelInfo(
        vision="V" in known.abilities,
        function_calling="F" in known.abilities,
        json_output="J" in known.abilities,
        family=known.family,
        structured_output="S" in known.abilities,
    )
    if "M" in known.abilities:
        info["multiple_system_messages"] = True
    return info


def token_limit(model: str) -> int | None:
    """Tokens that request and reply may have together; None when unknown."""
    known = _MODELS.get(dated_name(model))
    return known and known.token_limit


def vendor_settings(model: str) -> dict[str, str]:
    """Where a vendor other than OpenAI answers for its model, and with which key.

    The key is there only if its environment variable is set.
    """
    for prefix, vendor in _VENDOR_BY_PREFIX.items():
        if model.startswith(prefix):
            key = os.environ.get(vendor.key_variable)
            return {"base_url": vendor.base_url} | ({"api_key": key} if key is not None else {})
    return {}
