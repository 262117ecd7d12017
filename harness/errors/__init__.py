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
├── UsageError                  the caller asked for something that does not fit together
└── InternalError               a bug of the harness itself

ReplayMiss                      a request that the cassette does not hold
UnexpectedModelCall             a model call that the script does not foresee
NotServed                       a request that no script can hold a reply to
UnknownCassette                 a request that may belong to several cassettes in use
NetworkBlocked                  a connection to another machine, from a test that has no network
UnfinishedRecording             a warning: what was recorded is not yet in its cassette
StreamOutlivesBlock             a warning: an answer was read on when its recording had ended

ReplayMiss, UnexpectedModelCall, NotServed, UnknownCassette and NetworkBlocked derive from
BaseException, as pytest's outcomes do: a team's retry loops and `except Exception` must not swallow
the news that a test has left its recording.
"""

from harness.errors._base import HarnessError, InternalError, UsageError, explained
from harness.errors._cassettes import (
    CassetteError,
    FutureCassette,
    SecretFound,
    StreamOutlivesBlock,
    UnfinishedRecording,
    UnreadableCassette,
    UnwritableCassette,
)
from harness.errors._requests import (
    NetworkBlocked,
    NotServed,
    ReplayMiss,
    UnexpectedModelCall,
    UnknownCassette,
)
from harness.errors._runs import UnreadableRun, WorkerDied
from harness.errors._scenarios import (
    AnswersUsedUp,
    NoScenarios,
    NotAScenario,
    ScenarioError,
    ScriptError,
    UnloadableScenarios,
    UnreadableScript,
    UnusedReplies,
)

__all__ = [
    "AnswersUsedUp",
    "CassetteError",
    "FutureCassette",
    "HarnessError",
    "InternalError",
    "NetworkBlocked",
    "NoScenarios",
    "NotAScenario",
    "NotServed",
    "ReplayMiss",
    "ScenarioError",
    "ScriptError",
    "SecretFound",
    "StreamOutlivesBlock",
    "UnexpectedModelCall",
    "UnfinishedRecording",
    "UnknownCassette",
    "UnloadableScenarios",
    "UnreadableCassette",
    "UnreadableRun",
    "UnreadableScript",
    "UnusedReplies",
    "UnwritableCassette",
    "UsageError",
    "WorkerDied",
    "explained",
]

for _name in __all__:
    # Tracebacks, and records of what failed, name each as it is imported.
    globals()[_name].__module__ = __name__
