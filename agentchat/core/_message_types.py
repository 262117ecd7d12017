"""Which classes of message a handler takes and gives, read from its annotations."""

from collections.abc import Callable
from types import NoneType, UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints


class AnyType:
    """Stands for `Any` among the classes of a handler."""


class HandlerTypes(NamedTuple):
    """The classes that a handler names."""

    targets: list[type]
    """What it takes as `message`."""

    produces: list[type]
    """What it returns."""


def handler_types(function: Callable[..., Any]) -> HandlerTypes:
    """Reads the annotations of `message` and of what is returned.

    Raises:
        AssertionError: One of them is missing, or names something that is no class.
    """
    hints = get_type_hints(function)
    for name in ("message", "return"):
        if name not in hints:
            raise AssertionError(f"{name} parameter not found in function signature")
    return HandlerTypes(
        targets=_classes(hints["message"], "Message"), produces=_classes(hints["return"], "Return")
    )


def _classes(annotation: Any, what: str) -> list[type]:
    members = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else [annotation]
    return [_class(member, what) for member in members]


def _class(annotation: Any, what: str) -> type:
    if annotation is Any:
        return AnyType
    if annotation is None:
        return NoneType
    if not isinstance(annotation, type):
        raise AssertionError(f"{what} type not found. Please annotate it with a class.")  # noqa: TRY004
    return annotation
