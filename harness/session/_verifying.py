"""Live answers, compared with the recorded ones."""

from functools import partial

from harness.interactions import Request
from harness.session._calls import Call
from harness.session._cleaning import Cleaning
from harness.session._drift import Drift, drift_between
from harness.session._recording import Recording
from harness.session.lookup import Explanation, Found


class Verification:
    """What a session finds out in mode `verify`.

    Args:
        cleaning: Makes what comes live comparable.
    """

    def __init__(self, cleaning: Cleaning) -> None:
        self._cleaning = cleaning
        self.drifts: list[Drift] = []

    def missing(self, call: Call, why: Explanation) -> None:
        """A request is not recorded."""
        words = why.cause if why.nearest is None else f"{why.cause}; {why.nearest}"
        self.drifts.append(Drift(str(call), None, "request", words))

    def recording(
        self, request: Request, agent_path: tuple[str, ...], found: Found, call: Call
    ) -> Recording:
        """A recording that is compared with what was recorded before, when it is over."""
        return Recording(request, agent_path, partial(self._compare, found, call))

    def _compare(self, found: Found, call: Call, recording: Recording) -> None:
        live = recording.interaction()
        if live is None:
            return
        response = self._cleaning.response(live.response)
        drift = drift_between(found.interaction.response, response)
        if drift is not None:
            self.drifts.append(Drift(str(call), found.number, *drift))
