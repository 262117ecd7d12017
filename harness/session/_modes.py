"""The modes of a session."""

from enum import StrEnum


class RecordMode(StrEnum):
    """What is played and what is recorded."""

    NONE = "none"
    """Play only."""

    ONCE = "once"
    """Record all when there is no cassette yet, and the rest when its recording was broken off;
    else play only."""

    NEW_EPISODES = "new_episodes"
    """Play what is there, record the rest."""

    ALL = "all"
    """Record all; what is asked again replaces its old recording, the others stay."""

    REWRITE = "rewrite"
    """Record all; nothing stays of what an earlier run recorded."""

    VERIFY = "verify"
    """Ask live, and compare with what is recorded; nothing is written."""

    LIVE = "live"
    """Ask live; the cassette is neither read nor written."""


PLAYING = frozenset({RecordMode.NONE, RecordMode.ONCE, RecordMode.NEW_EPISODES})
"""The modes in which a recorded answer is given."""

WRITING = frozenset({RecordMode.ONCE, RecordMode.NEW_EPISODES, RecordMode.ALL, RecordMode.REWRITE})
"""The modes in which a cassette may be written."""

READING = frozenset(RecordMode) - {RecordMode.REWRITE, RecordMode.LIVE}
"""The modes in which a cassette is read."""
