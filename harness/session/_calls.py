"""Which call of a session a request is."""

from collections import Counter
from typing import NamedTuple


class Call(NamedTuple):
    """A call, by its numbers; its words are made only for messages."""

    number: int
    """Among all of the session, from 1."""

    agent: str
    """Who asks; empty when no agent does."""

    number_of_agent: int
    """Among those of the agent, from 1."""

    owner: str
    """The scenario or test; empty when it has no name."""

    def __str__(self) -> str:
        what = "model call" if self.agent or self.owner else "request"
        owner = f" of {self.owner!r}" if self.owner else ""
        who = f" (agent {self.agent!r}, its call {self.number_of_agent})" if self.agent else ""
        return f"{what} {self.number}{owner}{who}"


class Calls:
    """Counts the calls of a session."""

    def __init__(self) -> None:
        self._count = 0
        self._count_by_agent: Counter[str] = Counter()

    def begin(self, agent: str) -> None:
        """One more call; `agent` is empty when no agent asks."""
        self._count += 1
        if agent:
            self._count_by_agent[agent] += 1

    def latest(self, agent: str, owner: str) -> Call:
        """The call that began last, which the agent makes."""
        return Call(self._count, agent, self._count_by_agent[agent], owner)
