"""A cassette in use: what may be played, what is recorded, and what is written in the end."""

from harness.session._playing import Playing
from harness.session._recording import Recording
from harness.session._session import CassetteSession, RecordMode, served

__all__ = ["CassetteSession", "Playing", "RecordMode", "Recording", "served"]
