"""Looking up what answers a request, in the cassettes that a session plays from."""

from harness.session.lookup._layer import Asked, Layer, shown
from harness.session.lookup._misses import Explanation
from harness.session.lookup._stack import Found, Stack

__all__ = ["Asked", "Explanation", "Found", "Layer", "Stack", "shown"]
