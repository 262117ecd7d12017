"""What cassettes say, how one differs from another, and what several of them come to."""

from harness.comparison._comparison import (
    Change,
    ChangedInteraction,
    Comparison,
    Comparisons,
    compared,
)
from harness.comparison._exchange import Exchange, Said, Shown, exchanges, model_of, shown
from harness.comparison._merging import Conflict, Keep, Merging, merged
from harness.comparison._words import Piece

__all__ = [
    "Change",
    "ChangedInteraction",
    "Comparison",
    "Comparisons",
    "Conflict",
    "Exchange",
    "Keep",
    "Merging",
    "Piece",
    "Said",
    "Shown",
    "compared",
    "exchanges",
    "merged",
    "model_of",
    "shown",
]
