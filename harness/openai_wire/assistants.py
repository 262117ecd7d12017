"""Assistants: https://platform.openai.com/docs/api-reference/assistants."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from harness.openai_wire._shared import CREATED, Json, text_of, tokens_of
from harness.openai_wire.chat import tool_calls
from harness.script import Asked, Reply

Thing = dict[str, Any]
"""Anything that has an id."""


class Kind(NamedTuple):
    """A kind of thing."""

    prefix: str
    """How its ids begin."""

    name: str
    """What it is called in `object`."""

    by_default: Json = {}
    """Its fields, where a request doesn't say."""

    def made(self, number: int, parents: Json, fields: Json) -> Thing:
        """A thing of this kind.

        Args:
            number: The how manieth of its kind.
            parents: Ids of what it lies in, by name.
            fields: What the request says.
        """
        head = {"id": f"{self.prefix}_{number}", "object": self.name, "created_at": CREATED}
        said = {name: value for name, value in fields.items() if value is not None}
        return {**head, **parents, **self.by_default, **said}


_SETTINGS: Json = {"instructions": None, "tools": [], "metadata": {}, "response_format": "auto"}
_COMPLETED: Json = {
    "status": "completed",
    "file_counts": {"in_progress": 0, "completed": 0, "failed": 0, "cancelled": 0, "total": 0},
}
KIND_BY_FOLDERS: Mapping[tuple[str, ...], Kind] = {
    ("assistants",): Kind("asst", "assistant", {**_SETTINGS, "name": None, "tool_resources": {}}),
    ("threads",): Kind("thread", "thread", {"metadata": {}, "tool_resources": {}}),
    ("threads", "messages"): Kind("msg", "thread.message", {"attachments": [], "metadata": {}}),
    ("threads", "runs"): Kind(
        "run",
        "thread.run",
        {**_SETTINGS, "status": "queued", "required_action": None, "last_error": None},
    ),
    ("files",): Kind("file", "file", {"status": "processed"}),
    ("vector_stores",): Kind("vs", "vector_store", {**_COMPLETED, "name": None, "metadata": {}}),
    ("vector_stores", "file_batches"): Kind("vsfb", "vector_store.file_batch", _COMPLETED),
}
"""By the names in the address of the list that it stands in."""


def content_of(given: Any) -> list[Thing]:
    """A message's content as a thread holds it, of what a request says."""
    parts = [{"type": "text", "text": given}] if isinstance(given, str) else list(given or ())
    return [
        {**part, "text": {"value": part["text"], "annotations": []}}
        if isinstance(part.get("text"), str)
        else part
        for part in parts
    ]


def settings_of(assistant: Json, request: Json) -> Thing:
    """What a run is made with: the assistant's settings, and what the request says otherwise."""
    said = {name: value for name, value in request.items() if value is not None}
    more = said.pop("additional_instructions", "")
    of_assistant = {name: assistant.get(name) for name in ("model", "instructions", "tools")}
    settings = {**of_assistant, **said}
    texts = [settings["instructions"], more]
    return {**settings, "instructions": "\n".join(filter(None, texts)) or None}


def asked_by(run: Json, messages: Sequence[Json], outputs: Sequence[str]) -> Asked:
    """What a script may look at when a run takes a step.

    Args:
        run: The run.
        messages: What its thread holds.
        outputs: What came of the calls that it asked for just now.
    """
    last = outputs[-1] if outputs else _said(messages[-1]) if messages else ""
    tools = (tool.get("function", {}).get("name", tool["type"]) for tool in run["tools"] or ())
    return Asked(
        model=str(run["model"] or ""),
        system=run["instructions"] or "",
        last=last,
        tools=tuple(str(name) for name in tools),
    )


def step_of(reply: Reply, run: Json, messages: Sequence[Json], digest: str) -> Thing:
    """What a run is after a step.

    Args:
        reply: What the model says.
        run: The run before it.
        messages: What its thread holds.
        digest: What the ids of calls are made of.
    """
    if reply.fail is not None:
        code = "rate_limit_exceeded" if reply.fail.status == 429 else "server_error"
        error = {"code": code, "message": reply.fail.message}
        return {"status": "failed", "last_error": error}
    if reply.calls:
        calls = {"tool_calls": tool_calls(reply, digest)}
        action = {"type": "submit_tool_outputs", "submit_tool_outputs": calls}
        return {"status": "requires_action", "required_action": action}
    tokens = tokens_of(reply, map(_said, messages), run["tools"] or [])
    usage = {
        "prompt_tokens": tokens.prompt,
        "completion_tokens": tokens.completion,
        "total_tokens": tokens.prompt + tokens.completion,
    }
    cut = {"length": "max_completion_tokens", "content_filter": "content_filter"}
    if reply.finish in cut:
        details = {"reason": cut[reply.finish]}
        return {"status": "incomplete", "incomplete_details": details, "usage": usage}
    return {"status": "completed", "usage": usage}


def _said(message: Json) -> str:
    return text_of([part["text"] | {"text": part["text"]["value"]}
                    for part in message["content"] if part["type"] == "text"])  # fmt: skip
