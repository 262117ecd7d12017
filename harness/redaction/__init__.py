"""What must never reach a cassette: secrets by header, by form and by value, replaced in place."""

from harness.redaction._addresses import find_in_addresses
from harness.redaction._known import KnownSecrets, credentials_in, is_telling, secrets_among
from harness.redaction._redactor import ACCOUNT_HEADERS, SECRET_HEADERS, Redactor
from harness.redaction._replacing import Replacing
from harness.redaction._rewriting import event_texts
from harness.redaction._rules import ByHeader, ByParameter, ByPattern, ByPointer, Rule, parse_rule
from harness.redaction._search import Revealed, secrets_in

__all__ = [
    "ACCOUNT_HEADERS",
    "SECRET_HEADERS",
    "ByHeader",
    "ByParameter",
    "ByPattern",
    "ByPointer",
    "KnownSecrets",
    "Redactor",
    "Replacing",
    "Revealed",
    "Rule",
    "credentials_in",
    "event_texts",
    "find_in_addresses",
    "is_telling",
    "parse_rule",
    "secrets_among",
    "secrets_in",
]
