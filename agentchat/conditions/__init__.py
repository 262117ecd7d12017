"""Reasons to end a conversation, to be combined with `&` and `|`."""

from agentchat.conditions._contents import (
    FunctionCallTermination,
    HandoffTermination,
    SourceMatchTermination,
    StopMessageTermination,
    TextMentionTermination,
    TextMessageTermination,
)
from agentchat.conditions._cost import CostTermination, UnpricedModel
from agentchat.conditions._limits import (
    MaxMessageTermination,
    TimeoutTermination,
    TokenUsageTermination,
)
from agentchat.conditions._outside import ExternalTermination, FunctionalTermination

__all__ = [
    "CostTermination",
    "ExternalTermination",
    "FunctionCallTermination",
    "FunctionalTermination",
    "HandoffTermination",
    "MaxMessageTermination",
    "SourceMatchTermination",
    "StopMessageTermination",
    "TextMentionTermination",
    "TextMessageTermination",
    "TimeoutTermination",
    "TokenUsageTermination",
    "UnpricedModel",
]
