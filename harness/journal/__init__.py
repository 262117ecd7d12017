"""What is recorded is kept at once, in a journal; cassettes are derived from journals."""

from harness.journal._deriving import Pending, derive, laid_out, lock_of, merge, pending
from harness.journal._entries import (
    Adopted,
    Entry,
    Finished,
    Opening,
    Place,
    Reference,
    fingerprint,
)
from harness.journal._journal import Durability, Journal, cassettes_with_journals
from harness.journal._locks import locked
from harness.journal._reading import Content
from harness.journal._tripwire import secret_in
from harness.journal._warning import several, warn

__all__ = [
    "Adopted",
    "Content",
    "Durability",
    "Entry",
    "Finished",
    "Journal",
    "Opening",
    "Pending",
    "Place",
    "Reference",
    "cassettes_with_journals",
    "derive",
    "fingerprint",
    "laid_out",
    "lock_of",
    "locked",
    "merge",
    "pending",
    "secret_in",
    "several",
    "warn",
]
