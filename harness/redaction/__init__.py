"""What must never reach a cassette: secrets by header, by form and by value, replaced in place."""

from harness.redaction._known import KnownSecrets, credentials_in, secrets_among
from harness.redaction._redactor import SECRET_HEADERS, Redactor
from harness.redaction._replacing import Replacing
from harness.redaction._rewriting import event_texts

__all__ = [
    "SECRET_HEADERS",
    "KnownSecrets",
    "Redactor",
    "Replacing",
    "credentials_in",
    "event_texts",
    "secrets_among",
]
