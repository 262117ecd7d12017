"""An embedding of texts by their words and the parts of these: no model, no network.

Texts are near each other when they share words, or words with a common stem; meaning is not known.
"""

import hashlib
import math
import re
from collections import Counter
from typing import Final

_WORD: Final = re.compile(r"\w+")
_PART_LENGTH: Final = 3
_PART_WEIGHT: Final = 0.5


def embedded(text: str, dimensions: int) -> list[float]:
    """The text as a vector of length 1; the same on every machine.

    Args:
        text: What to embed. Letter case does not count.
        dimensions: How many numbers; with fewer, more words share one.
    """
    vector = [0.0] * dimensions
    for feature, weight in _features(text).items():
        digest = hashlib.blake2b(feature.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        number = int.from_bytes(digest, "big")
        # What falls on the same place by chance shall cancel out as often as it adds up.
        sign = 1 if number & 1 else -1
        vector[(number >> 1) % dimensions] += sign * weight
    length = math.hypot(*vector)
    if not length:
        # A direction of its own: to one of no length there is no angle.
        return [1.0] + [0.0] * (dimensions - 1)
    return [number / length for number in vector]


def _features(text: str) -> dict[str, float]:
    """The words, and every three letters in a row of them, with how much each counts."""
    weights: Counter[str] = Counter()
    words = Counter(_WORD.findall(text.casefold()))
    for word, count in words.items():
        # A word that is repeated says more, but not that much more.
        weight = 1 + math.log(count)
        weights[word] += weight  # type: ignore[assignment]
        bounded = f"<{word}>"
        for start in range(len(bounded) - _PART_LENGTH + 1):
            weights[bounded[start : start + _PART_LENGTH]] += _PART_WEIGHT * weight  # type: ignore[assignment]
    return dict(weights)
