"""Whether what was recorded still holds: asked live again, or held against what lies beneath."""

from harness.verifying._credentials import Credentials
from harness.verifying._verifying import (
    Drifted,
    Verification,
    Verified,
    to_ask,
    verification_of,
    verified_levels,
    verified_live,
)

__all__ = [
    "Credentials",
    "Drifted",
    "Verification",
    "Verified",
    "to_ask",
    "verification_of",
    "verified_levels",
    "verified_live",
]
