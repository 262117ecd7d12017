"""Records of which a conversation keeps thousands."""

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

_shared: dict[frozenset[str], set[str]] = {}


class Record(BaseModel, defer_build=True):
    """A pydantic class whose instances take less room once they are `kept`.

    Pydantic gives each instance a set of the fields that were given, 216 bytes, which is a quarter
    of a message; the kept ones share the few sets there are. One that is changed has its own again.
    """

    # Not for type checkers, to whom a class with a `__setattr__` has every attribute.
    if not TYPE_CHECKING:

        def __setattr__(self, name: str, value: Any) -> None:
            own = set(self.__pydantic_fields_set__)
            object.__setattr__(self, "__pydantic_fields_set__", own)
            super().__setattr__(name, value)


RecordT = TypeVar("RecordT", bound=BaseModel)


def kept(record: RecordT) -> RecordT:
    """The record itself, made smaller if it can be, since it will be kept for long."""
    if isinstance(record, Record):
        given = record.__pydantic_fields_set__
        shared = _shared.setdefault(frozenset(given), given)
        object.__setattr__(record, "__pydantic_fields_set__", shared)
    return record
