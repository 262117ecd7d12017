"""What recorded answers say: as one object, whichever API gave them, and what they took."""

from harness.answers._assembling import answer_in, answer_of
from harness.answers._events import events_of
from harness.answers._json import Json, choice_of, list_of, object_of
from harness.answers._usage import usage_of

__all__ = [
    "Json",
    "answer_in",
    "answer_of",
    "choice_of",
    "events_of",
    "list_of",
    "object_of",
    "usage_of",
]
