"""Embeddings: https://platform.openai.com/docs/api-reference/embeddings.

No script is needed: a vector is made of its text's words, so that texts with words in common lie
nearer to each other than texts without, and a search finds what it should.
"""

import base64
import hashlib
import math
import re
import struct
from collections.abc import Sequence
from typing import Any

from harness.openai_wire._shared import Json
from harness.trace import canonical

_DIMENSIONS = 1536
_AXES_OF_A_WORD = 8
_WORD = re.compile(r"\w+")


def whole(request: Json) -> dict[str, Any]:
    """The body of the answer to a request.

    Raises:
        ValueError: The request is not one for embeddings.
    """
    dimensions = request.get("dimensions") or _DIMENSIONS
    if not isinstance(dimensions, int) or dimensions < 1:
        raise ValueError(f"dimensions is a number from 1 on, and not {dimensions!r}")
    inputs = _inputs(request.get("input"))
    as_base64 = request.get("encoding_format") == "base64"
    vectors = (vector_of(text, dimensions) for text in inputs)
    data = [
        {"object": "embedding", "index": index, "embedding": _packed(each) if as_base64 else each}
        for index, each in enumerate(vectors)
    ]
    tokens = sum(1 + len(text) // 4 for text in inputs)
    return {
        "object": "list",
        "data": data,
        "model": request.get("model"),
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }


def vector_of(text: str, dimensions: int) -> list[float]:
    """A vector of length 1 for a text; the same one in every process.

    >>> vector_of("", 3)
    [1.0, 0.0, 0.0]
    """
    vector = [0.0] * dimensions
    for word in _WORD.findall(text.lower()):
        digest = hashlib.blake2b(word.encode(), digest_size=5 * _AXES_OF_A_WORD).digest()
        for axis, sign in struct.iter_unpack("<IB", digest):
            vector[axis % dimensions] += 1 if sign & 1 else -1
    length = math.hypot(*vector)
    if not length:
        return [1.0, *vector[1:]]
    return [value / length for value in vector]


def _inputs(given: Any) -> Sequence[str]:
    """The texts; what is given as tokens is taken for words."""
    if isinstance(given, str):
        return [given]
    if not isinstance(given, list) or not given:
        raise ValueError("input is a text, or a list of texts or tokens")
    if all(isinstance(each, int) for each in given):
        return [canonical(given)]
    return [each if isinstance(each, str) else canonical(each) for each in given]


def _packed(vector: Sequence[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
