"""What must never reach a cassette: secrets by header, by form and by value, replaced in place.

The way of a body: the `Redactor` has its pieces *rewritten*, whole and as its events and frames put
it together; each disguise is taken off what is looked at; in the clear, values that are *known*,
forms that *patterns* tell, and the project's *rules* are found; what is found becomes an edit of
the clear text, and that, disguise by disguise, one of the body.
"""

from harness.redaction._addresses import find_in_addresses
from harness.redaction._known import KnownSecrets, credentials_in, is_telling, secrets_among
from harness.redaction._redactor import ACCOUNT_HEADERS, SECRET_HEADERS, Redactor
from harness.redaction._replacing import Replacing
from harness.redaction._rewriting import event_texts
from harness.redaction._rules import ByHeader, ByParameter, ByPattern, ByPointer, Rule, parse_rule
from harness.redaction._search import Revealed, names_replaced_in, secrets_in

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
    "names_replaced_in",
    "parse_rule",
    "secrets_among",
    "secrets_in",
]
