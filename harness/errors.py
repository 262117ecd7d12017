"""Everything that the harness can say went wrong.

HarnessError
├── CassetteError
│   ├── UnreadableCassette      not a cassette, or damaged: file and position
│   ├── FutureCassette          written by a newer format version
│   └── SecretFound             a secret was about to be written
├── ScenarioError
│   ├── UnloadableScenarios     a file of scenarios could not be imported
│   ├── NoScenarios             nothing to run was found
│   └── NotAScenario            a scenario function built something that can't be run
├── ScriptError
│   ├── UnreadableScript        a script file is malformed: file and position
│   └── UnusedReplies           the script held more than was asked for
├── UnreadableRun               a run folder or trace can't be read: file and line
└── UsageError                  the caller asked for something that does not fit together

ReplayMiss                      a request that the cassette does not hold
UnexpectedModelCall             a model call that the script does not foresee

The last two derive from BaseException, as pytest's outcomes do: a team's retry loops and
`except Exception` must not swallow the news that a test has left its recording.
"""

from pathlib import Path


def explained(what: str, **details: str | None) -> str:
    """The form of every message here: what happened, then a line a known detail."""
    lines = [what]
    width = max((len(name) for name, text in details.items() if text is not None), default=0) + 1
    for name, text in details.items():
        if text is not None:
            indented = text.replace("\n", "\n" + " " * (width + 3))
            lines.append(f"  {(name + ':').ljust(width)} {indented}")
    return "\n".join(lines)


class HarnessError(Exception):
    """Anything the harness refuses to do, or can't."""


class InternalError(HarnessError):
    """A bug of the harness itself."""

    def __init__(self, what: str) -> None:
        super().__init__(explained(f"{what} This is a bug in the harness; please report it."))


class UsageError(HarnessError):
    """The caller asked for something that does not fit together."""


class CassetteError(HarnessError):
    """A cassette can't be used as asked."""


class UnreadableCassette(CassetteError):
    """A file that is no cassette, or a damaged one.

    Args:
        path: The file.
        why: What is wrong with it, in a few words.
        line: Where, from 1; None when the place is not known.
        column: Where in the line, from 1.
        fix: What helps, when that is known.
    """

    def __init__(
        self,
        path: Path,
        why: str,
        *,
        line: int | None = None,
        column: int | None = None,
        fix: str | None = None,
    ) -> None:
        self.path, self.why, self.line, self.column = path, why, line, column
        super().__init__(explained(f"{_place(path, line, column)}: {why}", fix=fix))


class FutureCassette(CassetteError):
    """A cassette written by a newer version of the format.

    Args:
        path: The file.
        version: The format version that the file names.
        known: The newest version that this harness reads.
    """

    def __init__(self, path: Path, version: int, known: int) -> None:
        self.path, self.version, self.known = path, version, known
        super().__init__(
            explained(
                f"{path}: format version {version} is newer than {known}, the newest known here.",
                fix="pip install --upgrade agentchat-harness",
            )
        )


class ScenarioError(HarnessError):
    """A scenario can't be loaded or built."""


class ScriptError(HarnessError):
    """A script of model replies can't be used."""


class UnreadableRun(HarnessError):
    """A run folder, or a file in it, that can't be read.

    Args:
        path: The file or folder.
        why: What is wrong with it, in a few words.
        line: Where, from 1.
    """

    def __init__(self, path: Path, why: str, *, line: int | None = None) -> None:
        self.path, self.why, self.line = path, why, line
        super().__init__(f"{_place(path, line, None)}: {why}")


def _place(path: Path, line: int | None, column: int | None) -> str:
    return ":".join(str(part) for part in (path, line, column) if part is not None)
