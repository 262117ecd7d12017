"""Where the session of a client's calls comes from: given, opened, or in use around the call."""

from pathlib import Path

from harness.errors import UsageError
from harness.in_use import CassetteInUse, in_use
from harness.session import CassetteSession, RecordMode

Given = CassetteSession | CassetteInUse | Path | str | None
"""A session, a cassette in use, a file; None for the cassette that is in use when a call is made.
"""


class SessionSource:
    """Knows the session that a call belongs to.

    Args:
        given: What the caller gave.
        mode: How a file is opened.

    Raises:
        UnreadableCassette: The file is damaged.
        FutureCassette: The file was written by a newer version.
    """

    def __init__(self, given: Given, mode: RecordMode) -> None:
        self._opened: CassetteSession | None = None
        self._given: CassetteSession | CassetteInUse | None
        if isinstance(given, Path | str):
            self._given = self._opened = CassetteSession(Path(given), mode=mode)
        else:
            self._given = given

    def session(self) -> CassetteSession:
        """The session of a call made here and now.

        Raises:
            UsageError: None was given, and none is in use.
            UnknownCassette: None was given, and which of those in use is meant is not known.
        """
        source = self._given or in_use()
        if source is None:
            raise UsageError(
                "A client was given no cassette, and none is in use. Give it one, "
                'or make the call inside of `with harness.cassette("name"):`.'
            )
        return source if isinstance(source, CassetteSession) else source.session

    def has_pace(self) -> bool:
        """Whether the cassette in use asks for the recorded pace."""
        source = self._given or in_use()
        return isinstance(source, CassetteInUse) and source.pace

    def finish(self) -> None:
        """Makes the cassette of what was recorded, if nobody else does."""
        if self._opened is not None:
            self._opened.finish()
