"""What is known of Ollama's models by their names: abilities and token limits."""

from typing import Final

from agentchat.core.models import ModelFamily, ModelInfo

_CALL_TOOLS: Final = frozenset(
    {
        *("command-r", "llama3", "llama3.1", "llama3.2", "llama3.3"),
        *("mistral", "mistral-nemo", "mixtral"),
        *("qwen2", "qwen2.5", "qwen2.5-coder", "qwen3"),
    }
)
_SEE: Final = frozenset({"llama3.2-vision", "llava", "llava-llama3", "qwen2.5vl"})

# A name with a tag is asked for before the one without.
_TOKEN_LIMITS: Final = {
    "all-minilm": 256,
    "bge-m3": 8_192,
    "codegemma": 8_192,
    "codellama": 16_384,
    "codellama:70b": 2_048,
    "command-r": 131_072,
    "deepseek-coder": 16_384,
    "deepseek-coder-v2": 131_072,
    "deepseek-r1": 131_072,
    "dolphin-llama3": 8_192,
    "dolphin-llama3:8b-256k": 256_000,
    "dolphin-mistral": 32_768,
    "dolphin-mixtral": 32_768,
    "dolphin-mixtral:8x22b": 65_536,
    "gemma": 8_192,
    "gemma2": 8_192,
    "llama2": 4_096,
    "llama2-uncensored": 2_048,
    "llama3": 8_192,
    "llama3.1": 131_072,
    "llama3.2": 131_072,
    "llama3.2-vision": 131_072,
    "llama3.3": 131_072,
    "llava": 32_768,
    "llava:13b": 4_096,
    "llava:34b": 4_096,
    "llava-llama3": 8_192,
    "mistral": 32_768,
    "mistral-nemo": 131_072,
    "mixtral": 32_768,
    "mixtral:8x22b": 65_536,
    "mxbai-embed-large": 512,
    "nomic-embed-text": 8_192,
    "orca-mini": 2_048,
    "orca-mini:7b": 4_096,
    "orca-mini:13b": 4_096,
    "orca-mini:70b": 4_096,
    "phi": 2_048,
    "phi3": 131_072,
    "phi3.5": 131_072,
    "phi4": 16_384,
    "qwen": 32_768,
    "qwen2": 32_768,
    "qwen2.5": 131_072,
    "qwen2.5-coder": 131_072,
    "qwen2.5-coder:0.5b": 32_768,
    "qwen2.5-coder:1.5b": 32_768,
    "qwen2.5-coder:3b": 32_768,
    "qwen2.5vl": 128_000,
    "qwen3": 40_960,
    "snowflake-arctic-embed": 512,
    "starcoder2": 16_384,
    "tinyllama": 2_048,
    "wizardlm2": 32_768,
    "wizardlm2:8x22b": 65_536,
    "yi": 4_096,
    "zephyr": 32_768,
    "zephyr:141b": 65_536,
}


def known_model_info(model: str) -> ModelInfo:
    """The abilities of a model, whatever its tag.

    Raises:
        ValueError: The name is not in the table.
    """
    name = _untagged(model)
    if name not in _TOKEN_LIMITS:
        raise ValueError("model_info is required when model name is not recognized")
    return ModelInfo(
        vision=name in _SEE,
        function_calling=name in _CALL_TOOLS,
        json_output=True,
        family=ModelFamily.R1 if name == "deepseek-r1" else ModelFamily.UNKNOWN,
        structured_output=True,
    )


def token_limit(model: str) -> int | None:
    """Tokens that request and reply may have together; None when unknown."""
    return _TOKEN_LIMITS.get(model, _TOKEN_LIMITS.get(_untagged(model)))


def _untagged(model: str) -> str:
    return model.partition(":")[0]
