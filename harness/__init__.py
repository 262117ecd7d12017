"""Run, record, replay and judge agent teams.

What authors of scenarios and tests import. All but `scenario` is loaded when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

# At once, because a submodule that is imported later would take the name.
from harness.scenario import Scenario, scenario

if TYPE_CHECKING:
    from harness.cassette_store import CassetteStore
    from harness.cassettes import cassette
    from harness.clients import (
        FunctionModel,
        RecordingChatCompletionClient,
        ReplayingChatCompletionClient,
    )
    from harness.expectations import (
        Verdict,
        all_of,
        any_of,
        anything,
        asked_model,
        contains,
        equals,
        expectation,
        last_message,
        matcher,
        matches,
        model_saw,
        never_said,
        no_errors,
        not_,
        number,
        one_of,
        said,
        selected,
        speakers,
        stopped,
        streamed,
        tool_called,
        tool_result,
        within,
    )
    from harness.run import Run
    from harness.scripted import ScriptedModel
    from harness.trace import Trace

__all__ = [
    "CassetteStore",
    "FunctionModel",
    "RecordingChatCompletionClient",
    "ReplayingChatCompletionClient",
    "Run",
    "Scenario",
    "ScriptedModel",
    "Trace",
    "Verdict",
    "all_of",
    "any_of",
    "anything",
    "asked_model",
    "cassette",
    "contains",
    "equals",
    "expectation",
    "last_message",
    "matcher",
    "matches",
    "model_saw",
    "never_said",
    "no_errors",
    "not_",
    "number",
    "one_of",
    "said",
    "scenario",
    "selected",
    "speakers",
    "stopped",
    "streamed",
    "tool_called",
    "tool_result",
    "within",
]

_ROOM_BY_NAME = {
    "CassetteStore": "harness.cassette_store",
    "FunctionModel": "harness.clients",
    "RecordingChatCompletionClient": "harness.clients",
    "ReplayingChatCompletionClient": "harness.clients",
    "Run": "harness.run",
    "ScriptedModel": "harness.scripted",
    "Trace": "harness.trace",
    "cassette": "harness.cassettes",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'harness' has no attribute {name!r}")
    return getattr(import_module(_ROOM_BY_NAME.get(name, "harness.expectations")), name)
