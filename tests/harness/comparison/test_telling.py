"""What an interaction says, for people, whichever vendor's API it is."""

import json
from typing import Any

import pytest

from harness.comparison import exchanges
from harness.interactions import Interaction, Request, Response

GOOGLE = {
    "systemInstruction": {"parts": [{"text": "Be kind."}]},
    "contents": [{"role": "user", "parts": [{"text": "Hi"}]}],
}
GOOGLES = {"candidates": [{"content": {"role": "model", "parts": [{"text": "Hello"}]},
                           "finishReason": "STOP"}]}  # fmt: skip
OLLAMA = {"model": "llama", "messages": [{"role": "user", "content": "Hi"}]}
OLLAMAS = {"message": {"role": "assistant", "content": "Hello"}, "done_reason": "stop"}
BEDROCK = {"messages": [{"role": "user", "content": [{"text": "Hi"}]}]}
BEDROCKS = {"output": {"message": {"role": "assistant", "content": [{"text": "Hello"}]}},
            "stopReason": "end_turn"}  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "answered", "told"),
    [
        (GOOGLE, GOOGLES, ["STOP", "system: Be kind.", "user: Hi", "model: Hello"]),
        (OLLAMA, OLLAMAS, ["stop", "user: Hi", "assistant: Hello"]),
        (BEDROCK, BEDROCKS, ["end_turn", "user: Hi", "assistant: Hello"]),
        (
            {"city": "Bonn"},
            {"sky": "clear"},
            ["", 'POST: https://api.test/a\n{"city": "Bonn"}', 'body: {"sky": "clear"}'],
        ),
    ],
)
def test_what_every_vendor_says_is_told(
    asked: dict[str, Any], answered: dict[str, Any], told: list[str]
) -> None:
    request = Request("POST", "https://api.test/a", (), json.dumps(asked).encode())
    response = Response(200, (), json.dumps(answered).encode(), 0)

    (exchange,) = exchanges([Interaction(request, response)])

    said = [f"{each.role}: {each.text}" for each in (*exchange.messages, *exchange.answer)]
    assert [exchange.finish_reason, *said] == told
