"""Scenarios and scripts that can't be used."""

from collections.abc import Sequence
from pathlib import Path

from harness.errors._base import HarnessError, explained, place


class ScenarioError(HarnessError):
    """A scenario can't be loaded or built."""


class UnloadableScenarios(ScenarioError):
    """A file of scenarios that could not be imported.

    Args:
        path: The file.
        why: What its import raised, class and text.
        line: The innermost line of the file that was reached; None when none was.
    """

    def __init__(self, path: Path, why: str, *, line: int | None = None) -> None:
        self.path, self.why, self.line = path, why, line
        super().__init__(f"{place(path, line)}: can't be imported: {why}")


class NoScenarios(ScenarioError):
    """Nothing to run was found.

    Args:
        where: The files and folders that were searched.
        expression: What their names had to match; None for any.
        found: How many scenarios there are before `expression` picks.
    """

    def __init__(self, where: str, expression: str | None = None, found: int = 0) -> None:
        self.where, self.expression, self.found = where, expression, found
        what = "No scenario was found." if not found else f"None of {found} scenarios is picked."
        hint = "decorate a function with @harness.scenario(...)" if not found else None
        super().__init__(explained(what, where=where, expression=expression, fix=hint))


class NotAScenario(ScenarioError):
    """A scenario's function returned something that can't be run.

    Args:
        scenario: The scenario's id.
        returned: What came back, in a few words.
    """

    def __init__(self, scenario: str, returned: str) -> None:
        self.scenario, self.returned = scenario, returned
        super().__init__(
            explained(
                f"{scenario} returned {returned}, which can't be run.",
                fix="return an agent, a team, messages or text",
            )
        )


class AnswersUsedUp(ScenarioError):
    """The scripted user was asked once more than there are answers.

    Args:
        given: How many answers there were.
        prompt: What the user was asked.
    """

    def __init__(self, given: int, prompt: str) -> None:
        self.given, self.prompt = given, prompt
        super().__init__(
            explained(
                f"The user was asked {given + 1} times and has {given} answers.",
                prompt=repr(prompt),
                fix="give run.user(...) another answer, or stop the run earlier",
            )
        )


class ScriptError(HarnessError):
    """A script of model replies can't be used."""


class UnreadableScript(ScriptError):
    """A script file that is missing or malformed.

    Args:
        path: The file.
        why: What is wrong with it, in a few words.
        line: Where, from 1; None when the place is not known.
    """

    def __init__(self, path: Path, why: str, *, line: int | None = None) -> None:
        self.path, self.why, self.line = path, why, line
        super().__init__(f"{place(path, line)}: {why}")


class UnusedReplies(ScriptError):
    """The script held more than was asked for.

    Args:
        replies: What was left, in words.
        calls: How many model calls there were.
    """

    def __init__(self, replies: Sequence[str], calls: int) -> None:
        self.replies, self.calls = tuple(replies), calls
        were = "was" if len(self.replies) == 1 else "were"
        made = "1 model call" if calls == 1 else f"{calls} model calls"
        super().__init__(
            explained(
                f"{len(self.replies)} of the script's replies {were} not asked for in {made}.",
                left="\n".join(self.replies),
            )
        )
