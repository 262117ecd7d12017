"""KeptBlocks: the parts of answers that a message here can't say, for when they are sent back.

The API wants its own thinking back with the calls that came of it, with the signature and in the
place that it had. Messages have no room for that; so a client remembers it.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from agentchat.core._function_call import FunctionCall

Block = dict[str, Any]

_SAID_BY_MESSAGES = ("text", "tool_use")
_MOST_ANSWERS = 1000


class KeptBlocks:
    """The blocks of the last 1000 answers that have more in them than text and calls."""

    def __init__(self) -> None:
        self._blocks_by_answer: dict[str, list[Block]] = {}

    def keep(
        self, model: str, answer: str | Sequence[FunctionCall], blocks: Sequence[Block]
    ) -> None:
        """Remembers an answer's blocks, if text and calls are not all there is to it."""
        if all(block["type"] in _SAID_BY_MESSAGES for block in blocks):
            return
        # What the API may answer with, but not be told: a text without a letter.
        filled = [block for block in blocks if block["type"] != "text" or block["text"].strip()]
        self._blocks_by_answer[_name_of(model, answer)] = filled
        if len(self._blocks_by_answer) > _MOST_ANSWERS:
            del self._blocks_by_answer[next(iter(self._blocks_by_answer))]

    def of(self, model: str, answer: str | Sequence[FunctionCall]) -> list[Block] | None:
        """The blocks of an answer of the model; None when nothing is remembered of it."""
        return self._blocks_by_answer.get(_name_of(model, answer))

    def save(self) -> dict[str, list[Block]]:
        """All that is remembered, as JSON."""
        return dict(self._blocks_by_answer)

    def load(self, saved: Mapping[str, Sequence[Block]]) -> None:
        """Remembers what was saved, and nothing else."""
        self._blocks_by_answer = {name: list(blocks) for name, blocks in saved.items()}


def _name_of(model: str, answer: str | Sequence[FunctionCall]) -> str:
    said = answer if isinstance(answer, str) else [call.id for call in answer]
    # A model can't read the thoughts of another.
    return hashlib.blake2b(json.dumps([model, said]).encode(), digest_size=16).hexdigest()
