"""What a program sees, as one JSON document that is the same in every run."""

import asyncio
import json
import os
import re
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from agentchat.base import Response, TaskResult, TerminatedException
from agentchat.core import Component
from agentchat.messages import BaseAgentEvent, BaseChatMessage

Section = Callable[[], Awaitable[Any]]

PATIENCE_SECONDS = 5.0
"""A section that takes longer is taken to hang, which is an observation too."""

FAILURES = (Exception, asyncio.CancelledError, TerminatedException)
CHANGING = re.compile(
    r"(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r"|(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00))"
    r"|(?<=errors\.pydantic\.dev/)(?P<release>[\d.]+)"
    r"|(?P<address>\b0x[0-9a-f]+)"
)
TRUSTED_PROVIDERS = "AUTOGEN_ALLOWED_PROVIDER_NAMESPACES"
UPSTREAM_HOMES = re.compile(r"\bautogen_(agentchat|core|ext)\b(?=\.)")


async def show(*sections: Section) -> None:
    """Prints what the sections return, by their names; what one raises is its observation."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        seen = {section.__name__: await _observed(section) for section in sections}
    print(json.dumps(seen, indent=1, ensure_ascii=False))


async def _observed(section: Section) -> Any:
    try:
        seen = await asyncio.wait_for(section(), PATIENCE_SECONDS)
    except FAILURES as error:
        seen = failure(error)
    return steady(plain(seen))


async def stream_of(stream: AsyncIterator[Any]) -> list[Any]:
    """Every item of a stream, and what it raised in the end."""
    items: list[Any] = []
    try:
        async for item in stream:
            items.append(described(item))
    except FAILURES as error:
        items.append(failure(error))
    return items


async def outcome_of(awaitable: Awaitable[Any]) -> Any:
    """What an awaitable gives or raises."""
    try:
        return described(await awaitable)
    except FAILURES as error:
        return failure(error)


@contextmanager
def trusting(provider: str) -> Iterator[None]:
    """Lets configurations in the block bring the code that the provider runs."""
    before = os.environ.get(TRUSTED_PROVIDERS)
    os.environ[TRUSTED_PROVIDERS] = provider
    try:
        yield
    finally:
        os.environ.pop(TRUSTED_PROVIDERS)
        if before is not None:
            os.environ[TRUSTED_PROVIDERS] = before


def attempt(function: Callable[[], Any]) -> Any:
    """What a call gives or raises."""
    try:
        return described(function())
    except FAILURES as error:
        return failure(error)


async def warned_by(awaitable: Awaitable[Any]) -> list[str]:
    """The warnings given meanwhile."""
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        await awaitable
    return [f"{each.category.__name__}: {first_line(str(each.message))}" for each in given]


def failure(error: BaseException) -> dict[str, str]:
    """An error's class and the first line of its text."""
    return {"raised": type(error).__name__, "text": first_line(str(error))}


def first_line(text: str) -> str:
    """The text as far as its first line goes."""
    return text.partition("\n")[0]


def described(item: Any) -> Any:
    """A message or result with all that it shows; anything else as it is."""
    if isinstance(item, BaseChatMessage):
        return {
            "class": type(item).__name__,
            **item.model_dump(mode="json"),
            "to_text": item.to_text(),
            "to_model_text": item.to_model_text(),
        }
    if isinstance(item, BaseAgentEvent):
        return {
            "class": type(item).__name__,
            **item.model_dump(mode="json"),
            "to_text": item.to_text(),
        }
    if isinstance(item, TaskResult):
        # The messages were in the stream: here, which of them, and in what order.
        messages = [f"{type(each).__name__} {each.source} {each.id}" for each in item.messages]
        return {"class": "TaskResult", "stop_reason": item.stop_reason, "messages": messages}
    if isinstance(item, Response):
        inner = item.inner_messages
        return {
            "class": "Response",
            "chat_message": described(item.chat_message),
            "inner_messages": None if inner is None else [each.id for each in inner],
        }
    return item


def component(part: Component[Any]) -> Any:
    """The component's configuration as users store it, but for descriptions: they are prose."""
    return _without_prose(json.loads(part.dump_component().model_dump_json()))


def _without_prose(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_prose(each) for each in value]
    if not isinstance(value, dict):
        return value
    kept = value.keys() - {"description"} if "provider" in value else value.keys()
    return {key: _without_prose(each) for key, each in value.items() if key in kept}


def plain(value: Any) -> Any:
    """The value made of JSON's kinds only."""
    if hasattr(value, "model_dump"):
        value = value.model_dump(mode="json")
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value if isinstance(value, str | int | float | bool | None) else repr(value)


def steady(document: Any) -> Any:
    """The document without what changes from run to run: ids, in order of appearance, and times."""
    numbers: dict[str, int] = {}

    def placeholder(found: re.Match[str]) -> str:
        for kind in ("time", "release", "address"):
            if found[kind]:
                return f"<{kind}>"
        return f"<id {numbers.setdefault(found['id'], len(numbers) + 1)}>"

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: walk(each) for key, each in value.items()}
        if isinstance(value, list):
            return [walk(each) for each in value]
        return CHANGING.sub(placeholder, _at_home(value)) if isinstance(value, str) else value

    return walk(document)


def _at_home(text: str) -> str:
    """The text with our names of modules, so that providers can be compared."""
    return UPSTREAM_HOMES.sub(
        lambda found: "agentchat" if found[1] == "agentchat" else f"agentchat.{found[1]}", text
    )
