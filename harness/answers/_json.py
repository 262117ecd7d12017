"""JSON of which nobody knows whether it has the expected shape."""

from collections.abc import Mapping, Sequence
from typing import Any

Json = Mapping[str, Any]


def object_of(value: Any) -> Json:
    """The value if it is an object; else an empty one."""
    return value if isinstance(value, dict) else {}


def list_of(value: Any) -> Sequence[Any]:
    """The value if it is a list; else an empty one."""
    return value if isinstance(value, list) else ()


def choice_of(answer: Json) -> Json:
    """The first choice of a completion."""
    choices = list_of(answer.get("choices"))
    return object_of(choices[0]) if choices else {}
