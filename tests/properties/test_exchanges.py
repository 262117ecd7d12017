"""The law of telling: whatever is recorded can be shown, in characters that drive no terminal."""

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from harness.commands.cassettes.showing import lines_of
from harness.comparison._exchange import exchanges
from harness.interactions import Interaction, Request, Response

KEYS = st.sampled_from(
    ["messages", "input", "instructions", "system", "prompt", "role", "content", "type", "text",
     "tools", "tool_calls", "function", "name", "arguments", "choices", "message", "delta", "index",
     "finish_reason", "usage", "prompt_tokens", "error", "output", "response", "status", "model"]
)  # fmt: skip
VALUE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.text(st.characters(), max_size=6)
    | st.sampled_from(["\x1b[31m", "\u202e", "\ud800", "a\r\nb", "\x9b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
BODY = st.one_of(
    st.binary(max_size=12),
    VALUE.map(lambda value: json.dumps(value).encode()),
    st.lists(VALUE, max_size=3).map(
        lambda events: b"".join(b"data: %s\n\n" % json.dumps(each).encode() for each in events)
    ),
)


def interaction(asked: bytes, answered: bytes) -> Interaction:
    request = Request("POST", "https://api.openai.com/v1/chat/completions", (), asked)
    return Interaction(request, Response(200, (), answered, duration_ns=0))


def is_driving(character: str) -> bool:
    """Whether it could move the cursor, or turn the text around."""
    return (
        unicodedata.category(character) == "Cc" and character not in "\n\t"
    ) or unicodedata.bidirectional(character) in (
        "LRE",
        "RLE",
        "LRO",
        "RLO",
        "PDF",
        "LRI",
        "RLI",
        "FSI",
        "PDI",
    )


@given(st.lists(st.builds(interaction, BODY, BODY), max_size=3))
def test_whatever_is_recorded_can_be_shown(interactions: list[Interaction]) -> None:
    told = list(exchanges(interactions))

    for number, exchange in enumerate(told, start=1):
        for line in lines_of(number, exchange):
            assert [c for c in line.plain if is_driving(c)] == []
            line.plain.encode()
    assert len(told) == len(interactions)
