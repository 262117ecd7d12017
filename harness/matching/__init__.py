"""When two requests are the same, and how two that are not differ."""

from harness.matching._difference import Difference, first_difference
from harness.matching._key import Ignore, KeyPart, Matcher, Normalise, Sent, json_of
from harness.matching._nearest import likeness, words_of

__all__ = [
    "Difference",
    "Ignore",
    "KeyPart",
    "Matcher",
    "Normalise",
    "Sent",
    "first_difference",
    "json_of",
    "likeness",
    "words_of",
]
