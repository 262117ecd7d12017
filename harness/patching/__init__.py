"""HTTP libraries that ask the cassette in use: for code that can't be handed a transport."""

from harness.patching._patches import patched

__all__ = ["patched"]
