"""What a server can be asked, by the names that McpSessionActor.call has for it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias, TypedDict

from mcp import ClientSession

from agentchat.ext.tools.mcp._sdk import RESOURCE_TEMPLATES, all_pages


class McpActorArgs(TypedDict, total=False):
    """What a request is about."""

    name: str | None
    """Of the tool or the prompt."""

    kargs: Mapping[str, Any]
    """A tool's arguments; else the `uri` of a resource, or the `arguments` of a prompt."""


Request: TypeAlias = Callable[[ClientSession], Awaitable[Any]]


def request_of(kind: str, args: McpActorArgs | None) -> Request:
    """What to do with a session to make a request.

    Raises:
        ValueError: There is no such kind, or it needs to be told more.
    """
    if kind in _LISTINGS:
        method, field = _LISTINGS[kind]
        return lambda session: all_pages(getattr(session, method), field)
    if kind not in _REQUESTS:
        raise ValueError(f"Unknown command type: {kind}")
    if args is None:
        raise ValueError(f"args is required for {kind}")
    return _REQUESTS[kind](args.get("name"), args.get("kargs") or {})


def _call_tool(name: str | None, given: Mapping[str, Any]) -> Request:
    if name is None:
        raise ValueError("name is required for call_tool")
    return lambda session: session.call_tool(name, dict(given))


def _read_resource(_: str | None, given: Mapping[str, Any]) -> Request:
    uri = given.get("uri")
    if uri is None:
        raise ValueError("uri is required for read_resource")
    return lambda session: session.read_resource(str(uri))


def _get_prompt(name: str | None, given: Mapping[str, Any]) -> Request:
    if name is None:
        raise ValueError("name is required for get_prompt")
    return lambda session: session.get_prompt(name, given.get("arguments"))


_LISTINGS = {
    "list_tools": ("list_tools", "tools"),
    "list_prompts": ("list_prompts", "prompts"),
    "list_resources": ("list_resources", "resources"),
    "list_resource_templates": ("list_resource_templates", RESOURCE_TEMPLATES),
}
_REQUESTS: Mapping[str, Callable[[str | None, Mapping[str, Any]], Request]] = {
    "call_tool": _call_tool,
    "read_resource": _read_resource,
    "get_prompt": _get_prompt,
}
