"""Where this process is about to connect to, and whoever may stop it."""

from harness.network._watching import Check, watched

__all__ = ["Check", "watched"]
