"""What model calls cost: a ledger of them, by agent and by model, at prices of your own."""

from agentchat.core._usage import (
    Cost,
    ModelPrice,
    ModelUsage,
    Prices,
    TokenUsage,
    UsageEntries,
    UsageLedger,
    report_usage,
)

__all__ = [
    "Cost",
    "ModelPrice",
    "ModelUsage",
    "Prices",
    "TokenUsage",
    "UsageEntries",
    "UsageLedger",
    "report_usage",
]
