"""Which recordings the code has left behind, and what new ones cost."""

from harness.staleness._costs import Cost, cost_of
from harness.staleness._staleness import StaleCassette, Staleness, Unrun, staleness_of

__all__ = [
    "Cost",
    "StaleCassette",
    "Staleness",
    "Unrun",
    "cost_of",
    "staleness_of",
]
