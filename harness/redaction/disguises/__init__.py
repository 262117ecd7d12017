"""Spellings that hide a text, and how what is found below is replaced in the hidden one."""

from harness.redaction.disguises._escapes import Escapes
from harness.redaction.disguises._every import EVERY, JSON_ESCAPES, PERCENT
from harness.redaction.disguises._undoing import edits_below, forms_of

__all__ = ["EVERY", "JSON_ESCAPES", "PERCENT", "Escapes", "edits_below", "forms_of"]
