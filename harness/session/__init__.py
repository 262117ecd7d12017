"""A cassette in use: what may be played, what is recorded, and what is written in the end."""

from harness.session._cleaning import Cleaning
from harness.session._drift import Drift
from harness.session._expiry import Expired, expired
from harness.session._left_over import may_go_live
from harness.session._modes import WRITING, RecordMode, mode_named
from harness.session._playing import Playing
from harness.session._recording import Recording
from harness.session._served import served
from harness.session._session import CassetteSession

__all__ = [
    "WRITING",
    "CassetteSession",
    "Cleaning",
    "Drift",
    "Expired",
    "Playing",
    "RecordMode",
    "Recording",
    "expired",
    "may_go_live",
    "mode_named",
    "served",
]
