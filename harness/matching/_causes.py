"""What a difference between two requests looks like, in the words of those who write prompts."""

import json
import re
from typing import Any

_SAID = (
    "messages", "input", "prompt", "contents", "content", "message", "chat_history", "system",
    "instructions", "systemInstruction", "system_instruction", "preamble", "texts", "documents",
)  # fmt: skip
_TOOLS = ("tools", "functions")
_FORMATS = ("response_format", "output_format", "format", "text.format", "output_config.format",
            "responseSchema", "responseJsonSchema", "responseMimeType", "response_schema",
            "response_json_schema", "response_mime_type")  # fmt: skip
_SAMPLING = (
    "temperature", "top_p", "top_k", "min_p", "seed", "n", "stop", "stop_sequences", "logprobs",
    "top_logprobs", "logit_bias", "frequency_penalty", "presence_penalty", "repetition_penalty",
    "max_tokens", "max_completion_tokens", "max_output_tokens", "max_tokens_to_sample", "reasoning",
    "reasoning_effort", "thinking", "verbosity",
)  # fmt: skip
_HOLDERS = ("generationConfig", "generation_config", "inferenceConfig", "options", "config")
"""Objects in which vendors keep settings."""

_CHOICES = ("tool_choice", "function_call", "parallel_tool_calls", "toolConfig", "tool_config")

# What a request is built from comes before what was said: a changed tool shows in the prompts too.
_RANK = ("model", *_TOOLS, *_CHOICES, *_FORMATS)
_NAMED = {"query": "query parameter", "headers": "header"}
_MODEL = re.compile(r"(?<=/)(models?|deployments|engines)/([^/:?]+)")


def rank(key: str) -> tuple[int, str]:
    """Where a part of the body stands among those that may have caused a difference."""
    if key in _RANK:
        return _RANK.index(key), key
    return (len(_RANK) + 1 + _SAID.index(key) if key in _SAID else len(_RANK)), key


def top_of(path: str) -> str:
    """The part of the body that a path leads into: `messages`."""
    return re.split(r"[.\[]", path, maxsplit=1)[0]


def cause_of_address(path: str, old: Any, new: Any) -> str:
    """What a difference outside of the body looks like.

    Args:
        path: Where it is: `host`, `query.page`.
        old: What was recorded there.
        new: What stands there now.
    """
    top, _, name = path.partition(".")
    if top == "path" and _MODEL.sub(r"\1", old) == _MODEL.sub(r"\1", new):
        return "a changed model"
    if top in _NAMED:
        return f"a changed {_NAMED[top]}, {name.partition('[')[0]}"
    return f"another {top}"


def cause_in_body(path: str, old: Any, new: Any, kind: str = "") -> str:
    """What a difference in the body looks like.

    Args:
        path: Where it is: `messages[0].content`.
        old: What was recorded in that part of the body: all messages.
        new: What stands there now.
        kind: As in `Counted`.
    """
    top = top_of(path)
    if top in _SAID or top in _TOOLS:
        return _in_a_list(path, "messages" if top in _SAID else "tools", old, new)
    if top == "model":
        return "a changed model"
    return f"a changed field, {top}" if kind else _setting(path)


def _in_a_list(path: str, what: str, old: Any, new: Any) -> str:
    whole = "a changed prompt" if what == "messages" else "a changed tool schema"
    if not (isinstance(old, list) and isinstance(new, list)):
        return whole
    if len(old) == len(new) and sorted(map(json.dumps, old)) == sorted(map(json.dumps, new)):
        return f"another order of {what}"
    # Where a message itself differs, their number follows from that.
    if len(old) != len(new) and path.endswith("]") and path.count("[") == 1:
        return f"a changed number of {what}: {len(old)} became {len(new)}"
    return whole


def _setting(path: str) -> str:
    names = re.sub(r"\[\d+\]", "", path).split(".")
    name = names[1] if names[0] in _HOLDERS and len(names) > 1 else names[0]
    if name in _FORMATS or any(path.startswith(each) for each in _FORMATS if "." in each):
        return "a changed response format"
    if name in _CHOICES:
        return "a changed choice of tools"
    is_sampling = names[0] in _HOLDERS or _snake(name) in _SAMPLING
    return f"a changed {'sampling ' if is_sampling else ''}setting, {name}"


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
