"""What is known of Claude's models by their names: abilities and token limits."""

from typing import Final, NamedTuple

from agentchat.core.models import ModelFamily, ModelInfo


class _Model(NamedTuple):
    abilities: str
    """V vision, F function calling, S structured output. All can be held to JSON."""

    family: str
    token_limit: int


_LIMIT: Final = 200_000
_EARLY: Final = _Model("", ModelFamily.CLAUDE_3_5_SONNET, 100_000)

# By the beginning of the name: snapshots, and names on Bedrock, differ in what follows.
_MODEL_BY_PREFIX: Final = {
    "claude-instant-1": _EARLY,
    "claude-2.0": _EARLY,
    "claude-2.1": _EARLY._replace(token_limit=_LIMIT),
    "claude-3-haiku": _Model("VF", ModelFamily.CLAUDE_3_HAIKU, _LIMIT),
    "claude-3-sonnet": _Model("VF", ModelFamily.CLAUDE_3_SONNET, _LIMIT),
    "claude-3-opus": _Model("VF", ModelFamily.CLAUDE_3_OPUS, _LIMIT),
    "claude-3-5-haiku": _Model("VF", ModelFamily.CLAUDE_3_5_HAIKU, _LIMIT),
    "claude-3-5-sonnet": _Model("VF", ModelFamily.CLAUDE_3_5_SONNET, _LIMIT),
    "claude-3-7-sonnet": _Model("VF", ModelFamily.CLAUDE_3_7_SONNET, _LIMIT),
    "claude-sonnet-4": _Model("VF", ModelFamily.CLAUDE_4_SONNET, _LIMIT),
    "claude-opus-4": _Model("VF", ModelFamily.CLAUDE_4_OPUS, _LIMIT),
    "claude-opus-4-1": _Model("VFS", ModelFamily.CLAUDE_4_OPUS, _LIMIT),
    "claude-haiku-4-5": _Model("VFS", "claude-4-haiku", _LIMIT),
    "claude-sonnet-4-5": _Model("VFS", ModelFamily.CLAUDE_4_SONNET, _LIMIT),
    "claude-opus-4-5": _Model("VFS", ModelFamily.CLAUDE_4_OPUS, _LIMIT),
    "claude-sonnet-4-6": _Model("VFS", ModelFamily.CLAUDE_4_SONNET, _LIMIT),
    "claude-opus-4-6": _Model("VFS", ModelFamily.CLAUDE_4_OPUS, _LIMIT),
    "claude-opus-4-7": _Model("VFS", ModelFamily.CLAUDE_4_OPUS, _LIMIT),
    "claude-opus-4-8": _Model("VFS", ModelFamily.CLAUDE_4_OPUS, _LIMIT),
    "claude-haiku-5": _Model("VFS", "claude-5-haiku", _LIMIT),
    "claude-sonnet-5": _Model("VFS", "claude-5-sonnet", _LIMIT),
    "claude-opus-5": _Model("VFS", "claude-5-opus", _LIMIT),
}


def known_model_info(model: str) -> ModelInfo:
    """The abilities of a model.

    Raises:
        ValueError: The name is not in the table.
    """
    known = _known(model)
    if known is None:
        raise ValueError("model_info is required when model name is not recognized")
    return ModelInfo(
        vision="V" in known.abilities,
        function_calling="F" in known.abilities,
        json_output=True,
        family=known.family,
        structured_output="S" in known.abilities,
        multiple_system_messages=False,
    )


def token_limit(model: str) -> int | None:
    """Tokens that request and reply may have together; None when unknown."""
    known = _known(model)
    return known and known.token_limit


def _known(model: str) -> _Model | None:
    # On Bedrock: `us.anthropic.claude-…`.
    name = model.rpartition("anthropic.")[2]
    prefixes = [prefix for prefix in _MODEL_BY_PREFIX if name.startswith(prefix)]
    return _MODEL_BY_PREFIX[max(prefixes, key=len)] if prefixes else None
