"""What a program written for AutoGen uses: what is supported, what differs, what to rewrite."""

from harness.migration._examination import examine
from harness.migration._findings import Finding, Place, Report, Unread, Verdict

__all__ = ["Finding", "Place", "Report", "Unread", "Verdict", "examine"]
