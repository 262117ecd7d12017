"""JSON that a server has sent, which may be any: what can't be read gets a name."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from agentchat.ext.models._errors import ModelReplyError, UnreadableReply

Json = dict[str, Any]

_SHOWN_CHARACTERS = 200
_MOST_LEFT_OVER = 1000


@contextmanager
def reading(model: str) -> Iterator[None]:
    """A block that reads a reply; what it stumbles over is an UnreadableReply."""
    try:
        yield
    except ModelReplyError:
        raise
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        raise UnreadableReply(model, f"{type(error).__name__}: {error}") from error


def as_object(model: str, value: object) -> Json:
    """A reply, or an event of one, that must be a JSON object.

    Raises:
        UnreadableReply: It is something else.
    """
    if not isinstance(value, dict):
        raise UnreadableReply(
            model, f"it is not a JSON object but {str(value)[:_SHOWN_CHARACTERS]!r}"
        )
    return value


async def run_out(closed: AsyncIterator[object]) -> None:
    """Brings the iterator of a closed response to its end, whatever end that is.

    HTTP libraries nest generators, and those that are left in the middle leave a task behind each.
    Of a closed response there is no more to come than what is here already; one that goes on all
    the same is left.
    """
    with suppress(Exception):
        for _ in range(_MOST_LEFT_OVER):
            await anext(closed)
