"""Everything that the harness can say went wrong.

HarnessError
├── CassetteError
│   ├── UnreadableCassette      not a cassette, or damaged: file and position
│   ├── FutureCassette          written by a newer format version
│   ├── UnwritableCassette      what is recorded can't be kept
│   └── SecretFound             a secret was about to be written
├── ScenarioError
│   ├── UnloadableScenarios     a file of scenarios could not be imported
│   ├── NoScenarios             nothing to run was found
│   ├── NotAScenario            a scenario function built something that can't be run
│   └── AnswersUsedUp           the scripted user was asked once too often
├── ScriptError
│   ├── UnreadableScript        a script file is malformed: file and position
│   └── UnusedReplies           the script held more than was asked for
├── UnreadableRun               a run folder or trace can't be read: file and line
├── WorkerDied                  a process that ran trials ended without an answer
└── UsageError                  the caller asked for something that does not fit together

ReplayMiss                      a request that the cassette does not hold
UnexpectedModelCall             a model call that the script does not foresee
UnknownCassette                 a request that may belong to several cassettes in use
NetworkBlocked                  a connection to another machine, from a test that has no network
UnfinishedRecording             a warning: what was recorded is not yet in its cassette
StreamOutlivesBlock             a warning: an answer was read on when its recording had ended

ReplayMiss, UnexpectedModelCall, UnknownCassette and NetworkBlocked derive from BaseException, as
pytest's outcomes do: a team's retry loops and `except Exception` must not swallow the news that a
test has left its recording.
"""

from collections.abc import Sequence
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


class UnwritableCassette(CassetteError):
    """What is recorded can't be kept: the folder, or the disk, does not take it.

    Args:
        path: The cassette.
        why: What the system says.
    """

    def __init__(self, path: Path, why: str) -> None:
        self.path, self.why = path, why
        super().__init__(explained(f"{path}: can't be recorded: {why}", folder=str(path.parent)))


class UnfinishedRecording(UserWarning):
    """Something was recorded, and is not in its cassette: a process was killed, or a file damaged.

    Args:
        cassette: The cassette.
        what: What is there, and why it is not in the cassette.
        fix: The command that helps.
    """

    def __init__(self, cassette: Path, what: str, fix: str) -> None:
        self.cassette, self.what = cassette, what
        super().__init__(explained(f"{cassette}: {what}", fix=fix))


class StreamOutlivesBlock(UserWarning):
    """The answer to a request was read on after its block; what came then is not recorded."""

    def __init__(self, request: str) -> None:
        cause = "its recording ended there, so that to read as far is a miss in a replay"
        what = f"The answer to {request} was read on after the end of its cassette's block."
        super().__init__(explained(what, cause=cause, fix="read it to its end inside the block"))


class SecretFound(CassetteError):
    """A secret was about to be written into a cassette; nothing was written.

    Args:
        path: The cassette.
        secret: Where the secret is known from: a variable's or header's name, never its value.
        place: Where it stands in the recording: `interaction 3, response body`.
    """

    def __init__(self, path: Path, secret: str, place: str) -> None:
        self.path, self.secret, self.place = path, secret, place
        super().__init__(
            explained(
                f"The value of {secret} would be written into {path}; nothing was written.",
                where=place,
                fix="keep the secret out of what is sent and named, and record again",
            )
        )


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
        super().__init__(f"{_place(path, line, None)}: can't be imported: {why}")


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
        super().__init__(f"{_place(path, line, None)}: {why}")


class UnusedReplies(ScriptError):
    """The script held more than was asked for.

    Args:
        replies: What was left, in words.
        calls: How many model calls there were.
    """

    def __init__(self, replies: Sequence[str], calls: int) -> None:
        self.replies, self.calls = tuple(replies), calls
        super().__init__(
            explained(
                f"{len(self.replies)} of the script's replies were not asked for "
                f"in {calls} model calls.",
                left="\n".join(self.replies),
            )
        )


class ReplayMiss(BaseException):
    """A request that the cassette does not hold.

    Args:
        cassette: The file that was searched.
        asked: Which request, in words: `model call 3 of 'hello' (agent 'writer', its call 2)`.
        cause: What it looks like: a changed prompt, an extra call, an empty cassette.
        nearest: How the closest recorded request differs; None when there is none.
        fix: The command that records again.
    """

    def __init__(
        self, cassette: Path, asked: str, *, cause: str, nearest: str | None, fix: str
    ) -> None:
        self.cassette, self.asked, self.cause = cassette, asked, cause
        self.nearest, self.fix = nearest, fix
        super().__init__(
            explained(
                f"No recorded reply for {asked}.",
                cassette=str(cassette),
                cause=cause,
                nearest=nearest,
                fix=fix,
            )
        )


class UnexpectedModelCall(BaseException):
    """A model call that the script does not foresee.

    Args:
        call: Position of the call, from 1.
        model: The model that was asked.
        last: The text of the request's last message.
        unused: The replies that are left, in words.
    """

    def __init__(self, call: int, model: str, last: str, unused: Sequence[str]) -> None:
        self.call, self.model, self.last, self.unused = call, model, last, tuple(unused)
        super().__init__(
            explained(
                f"The script has no reply for model call {call}.",
                model=model,
                asked=repr(last if len(last) <= 200 else last[:200] + "…"),
                left="\n".join(self.unused) or "nothing, every reply was used",
                fix="add a reply to the script, or loosen the `if` of one that is left",
            )
        )


class UnknownCassette(BaseException):
    """A request from a thread or task that was told of no cassette, while several are in use.

    Args:
        cassettes: Those in use.
    """

    def __init__(self, cassettes: Sequence[Path]) -> None:
        self.cassettes = tuple(cassettes)
        super().__init__(
            explained(
                f"A request may belong to any of {len(cassettes)} cassettes in use.",
                cassettes="\n".join(str(each) for each in cassettes),
                cause="a thread does not inherit the context of who starts it",
                fix="start it as Thread(target=contextvars.copy_context().run, args=(function,)); "
                "asyncio.to_thread passes the context on by itself",
            )
        )


class NetworkBlocked(BaseException):
    """A test, which has no network, tried to reach another machine.

    Args:
        host: The machine, as it was asked for.
        port: Its port, if one was named.
        fix: What helps, besides allowing the host.
    """

    def __init__(self, host: str, port: object, fix: str) -> None:
        self.host, self.port = host, port
        address = f"{host}:{port}" if port else host
        super().__init__(
            explained(
                f"A connection to {address} was blocked: this test has no network.",
                cause="it is asked outside of any cassette, or with a library that none sees",
                fix=f"{fix}, or --allowed-hosts {host}",
            )
        )


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


class WorkerDied(HarnessError):
    """A process that ran trials was killed, or ended itself.

    Args:
        scenario: The id of the trial that was waited for; another one may be to blame.
    """

    def __init__(self, scenario: str) -> None:
        self.scenario = scenario
        super().__init__(
            explained(
                "A worker process ended without an answer.",
                waiting=scenario,
                fix="run with one worker to see which scenario ends the process",
            )
        )


def _place(path: Path, line: int | None, column: int | None) -> str:
    return ":".join(str(part) for part in (path, line, column) if part is not None)
