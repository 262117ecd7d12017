"""The client cut: model calls recorded and replayed above HTTP; and models that are functions."""

from harness.clients._failures import RecordedFailure
from harness.clients._function import CallSettings, FunctionModel
from harness.clients._levels import LevelDifference, Levels, compare_levels
from harness.clients._recording import RecordingChatCompletionClient
from harness.clients._replaying import ReplayingChatCompletionClient

__all__ = [
    "CallSettings",
    "FunctionModel",
    "LevelDifference",
    "Levels",
    "RecordedFailure",
    "RecordingChatCompletionClient",
    "ReplayingChatCompletionClient",
    "compare_levels",
]
