"""RoutedAgent: one method for each class of message."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import cached_property, wraps
from inspect import getattr_static
from typing import Any, ClassVar, TypeVar, cast, overload

from agentchat.core._agent import BaseAgent, MessageClass
from agentchat.core._context import MessageContext
from agentchat.core._ids import AgentId
from agentchat.core._message_types import AnyType, handler_types
from agentchat.core._world import Path, standing_at
from agentchat.core.exceptions import CantHandleException
from agentchat.core.logging import ROOT_LOGGER_NAME

logger = logging.getLogger(ROOT_LOGGER_NAME)

Method = TypeVar("Method", bound=Callable[..., Awaitable[Any]])
Match = Callable[[Any, MessageContext], bool]
"""Whether a handler wants a message of its class."""
Finish = Callable[[Any, tuple[type, ...], bool], Any]
"""Makes a handler's answer of what was returned."""


class RoutedAgent(BaseAgent):
    """An agent whose methods, marked as handlers, each take their own classes of message.

    A message goes to the first handler, by name, that takes exactly its class and does not refuse
    it. Handlers annotated with `Any` are asked last.

    Args:
        description: What it does, for others to choose it.
    """

    _handlers: ClassVar[dict[MessageClass, tuple[Any, ...]]] = {}
    """By class of message, in the order they are asked; `AnyType` for all other classes."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._handlers = _handler_table(cls)

    async def on_message_impl(self, message: Any, ctx: MessageContext) -> Any:
        """The answer of the handler that takes the message."""
        handlers = self._handlers.get(type(message))
        if handlers is None:
            handlers = self._handlers.get(AnyType, ())
        for handler in handlers:
            if handler.router(message, ctx):
                token = standing_at.set(self._place(ctx.sender))
                try:
                    return await handler(self, message, ctx)
                finally:
                    standing_at.reset(token)
        return await self.on_unhandled_message(message, ctx)

    async def on_unhandled_message(self, message: Any, ctx: MessageContext) -> None:
        """Called when no handler takes a message; only notes it in the log."""
        logger.info("Unhandled message: %s", message)

    def _place(self, sender: AgentId | None) -> Path:
        """Its own part of the run: a handler starts in the context of who sent the message.

        Looked up for each message, so no more is done than must be.
        """
        here = standing_at.get()
        if sender is not None and here:
            part = _part(sender)
            here = here[: here.index(part)] if part in here else here
        if not hasattr(self, "_id"):  # It was called by hand, and has no name.
            return here
        return here + self._own_part if here else self._own_part

    @cached_property
    def _own_part(self) -> Path:
        return (_part(self.id),)

    @classmethod
    def _handled_types(cls) -> Sequence[MessageClass]:
        return [handled for handled in cls._handlers if handled is not AnyType]


@overload
def message_handler(func: Method) -> Method: ...


@overload
def message_handler(
    func: None = None, *, strict: bool = ..., match: Match | None = ...
) -> Callable[[Method], Method]: ...


def message_handler(
    func: Method | None = None, *, strict: bool = True, match: Match | None = None
) -> Method | Callable[[Method], Method]:
    """Marks a method that takes a message, whether its sender waits for an answer or not.

    The classes are those that `message` and the return are annotated with.

    Args:
        func: The method, `(self, message, ctx)`.
        strict: Raise when a class differs from the annotation; otherwise only warn in the log.
        match: Refuses messages by what is in them.

    Raises:
        AssertionError: An annotation is missing.
    """
    return _marked(func, strict, match or _accept, _checked_answer)


@overload
def event(func: Method) -> Method: ...


@overload
def event(
    func: None = None, *, strict: bool = ..., match: Match | None = ...
) -> Callable[[Method], Method]: ...


def event(
    func: Method | None = None, *, strict: bool = True, match: Match | None = None
) -> Method | Callable[[Method], Method]:
    """Marks a method that takes published messages; it returns None.

    Args:
        func: The method, `(self, message, ctx)`.
        strict: Raise when a class differs from the annotation; otherwise only warn in the log.
        match: Refuses messages by what is in them.

    Raises:
        AssertionError: An annotation is missing.
    """
    return _marked(func, strict, _among(match, direct=False), _no_answer)


@overload
def rpc(func: Method) -> Method: ...


@overload
def rpc(
    func: None = None, *, strict: bool = ..., match: Match | None = ...
) -> Callable[[Method], Method]: ...


def rpc(
    func: Method | None = None, *, strict: bool = True, match: Match | None = None
) -> Method | Callable[[Method], Method]:
    """Marks a method that answers direct messages.

    Args:
        func: The method, `(self, message, ctx)`.
        strict: Raise when a class differs from the annotation; otherwise only warn in the log.
        match: Refuses messages by what is in them.

    Raises:
        AssertionError: An annotation is missing.
    """
    return _marked(func, strict, _among(match, direct=True), _checked_answer)


def _among(match: Match | None, *, direct: bool) -> Match:
    """Wants what a match wants of the direct messages, or of the published ones."""
    wanted = match or _accept

    def router(message: Any, ctx: MessageContext) -> bool:
        return ctx.is_rpc == direct and wanted(message, ctx)

    return router


def _marked(
    func: Method | None, strict: bool, router: Match, finish: Finish
) -> Method | Callable[[Method], Method]:
    """The method as a handler; without one, what makes a handler of a method."""
    if func is None:
        return lambda method: _handler(method, strict, router, finish)
    return _handler(func, strict, router, finish)


def _handler(method: Method, strict: bool, router: Match, finish: Finish) -> Method:
    """The method, guarded by its annotations.

    Args:
        method: What is called.
        strict: See `message_handler`.
        router: Whether it wants a message of its class.
        finish: Makes the answer of what was returned.
    """
    types = handler_types(method)
    targets, produces = frozenset(types.targets), tuple(types.produces)

    @wraps(method)
    async def handler(self: Any, message: Any, ctx: MessageContext) -> Any:
        if type(message) not in targets and AnyType not in targets:
            complaint = f"Message type {type(message)} not in target types {tuple(types.targets)}"
            if strict:
                raise CantHandleException(complaint)
            logger.warning(complaint)
        return finish(await method(self, message, ctx), produces, strict)

    marks = {
        "target_types": types.targets,
        "produces_types": types.produces,
        "is_message_handler": True,
        "router": router,
    }
    handler.__dict__.update(marks)
    return cast(Method, handler)


def _part(agent_id: AgentId) -> str:
    """What a part of the run is called in which an agent handles a message."""
    return agent_id.type if agent_id.key == "default" else str(agent_id)


def _accept(message: Any, ctx: MessageContext) -> bool:
    return True


def _checked_answer(answer: Any, produces: tuple[type, ...], strict: bool) -> Any:
    if not isinstance(answer, produces) and AnyType not in produces:
        _complain(f"Return type {type(answer)} not in return types {produces}", strict)
    return answer


def _no_answer(answer: Any, produces: tuple[type, ...], strict: bool) -> None:
    if answer is not None:
        _complain(f"Return type {type(answer)} is not None.", strict)


def _complain(complaint: str, strict: bool) -> None:
    if strict:
        raise ValueError(complaint)
    logger.warning(complaint)


def _handler_table(cls: type) -> dict[type, tuple[Any, ...]]:
    # dir() is sorted: candidates for a class of message are asked in the order of their names.
    members = (getattr_static(cls, name) for name in dir(cls))
    handlers = [member for member in members if getattr(member, "is_message_handler", False)]
    table: dict[type, tuple[Any, ...]] = {}
    for handler in handlers:
        for target in handler.target_types:
            table[target] = (*table.get(target, ()), handler)
    rest = table.get(AnyType, ())
    return {
        target: found if target is AnyType else (*found, *rest) for target, found in table.items()
    }
