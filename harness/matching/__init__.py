"""When two requests are the same, and how two that are not differ."""

from harness.matching._content import Counted, Sent, json_of
from harness.matching._difference import Difference, first_difference
from harness.matching._key import Matcher
from harness.matching._nearest import Near, nearest
from harness.matching._normalising import CallIds, Normalise, Numbered, WhiteSpace
from harness.matching._parsing import parse_key_part
from harness.matching._parts import AnyHost, Count, Ignore, KeyPart, MatchOn
from harness.matching._ready_made import ready_made

__all__ = [
    "AnyHost",
    "CallIds",
    "Count",
    "Counted",
    "Difference",
    "Ignore",
    "KeyPart",
    "MatchOn",
    "Matcher",
    "Near",
    "Normalise",
    "Numbered",
    "Sent",
    "WhiteSpace",
    "first_difference",
    "json_of",
    "nearest",
    "parse_key_part",
    "ready_made",
]
