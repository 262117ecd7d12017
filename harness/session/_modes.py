"""The modes of a session."""

from difflib import get_close_matches
from enum import Enum, StrEnum

from harness.errors import UsageError


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
    """Record all; nothing stays of what the test, or any if none is named, recorded before."""

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

_BY_OTHER_NAME = {
    "any": RecordMode.NEW_EPISODES,
    "auto": RecordMode.ONCE,
    "record": RecordMode.ONCE,
    "replay": RecordMode.NONE,
    "playback": RecordMode.NONE,
}
"""What other recorders and their users call a mode."""


def mode_named(name: str) -> RecordMode:
    """The mode of a name: `new_episodes`, `new-episodes`.

    Raises:
        UsageError: There is none; the nearest one is named.
    """
    # Its value: vcrpy's modes are texts of a class of their own.
    text = name.value if isinstance(name, Enum) else name
    spelt = text.lower().replace("-", "_")
    try:
        return RecordMode(spelt)
    except ValueError:
        raise UsageError(_no_mode(text, spelt)) from None


def _no_mode(text: str, spelt: str) -> str:
    near: list[str] = [_BY_OTHER_NAME[spelt]] if spelt in _BY_OTHER_NAME else []
    near = near or get_close_matches(spelt, list(RecordMode), n=1)
    meant = f" Did you mean {str(near[0])!r}?" if near else ""
    modes = ", ".join(RecordMode)
    return f"There is no record mode {text!r}; there are: {modes}.{meant}"
