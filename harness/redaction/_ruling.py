"""The rules of a project at work: what they find in bodies, with JSON staying JSON."""

import json
import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from harness.redaction._edits import Edit, applied
from harness.redaction._field_spans import field_spans
from harness.redaction._json_spans import LEAF, json_in, spans_at
from harness.redaction._placeholders import PLACEHOLDER, Placeholders
from harness.redaction._rules import ByPattern, ByPointer, Rule
from harness.redaction.disguises import PERCENT, edits_below


class Ruling:
    """Finds what the rules say.

    Args:
        rules: Those that were declared; only what is about bodies counts here.
        placeholders: Makes what stands for what they find.
    """

    def __init__(self, rules: Sequence[Rule], placeholders: Placeholders) -> None:
        self._patterns = [
            (re.compile(rule.pattern), rule.name) for rule in rules if isinstance(rule, ByPattern)
        ]
        self._pointers = [rule for rule in rules if isinstance(rule, ByPointer)]
        self._placeholders = placeholders

    def find(self, data: bytes) -> Iterator[Edit]:
        """All that the rules find in a body or a text."""
        if self._pointers:
            yield from self._in_fields(data)
            for start, end in json_in(data):
                yield from _moved(self._at_pointers(data[start:end]), start)
        if self._patterns:
            yield from self._by_pattern(data)

    def _in_fields(self, data: bytes) -> Iterator[Edit]:
        for rule in self._pointers:
            for start, end in field_spans(rule.pointer, data):
                if not PLACEHOLDER.fullmatch(data[start:end]):
                    yield Edit(start, end, self._placeholders.by_rule(rule.name, data[start:end]))

    def _at_pointers(self, data: bytes) -> Iterator[Edit]:
        for rule in self._pointers:
            for start, end in spans_at(rule.pointer, data):
                if not PLACEHOLDER.fullmatch(data[start:end].strip(b'"')):
                    hidden = self._placeholders.by_rule(rule.name, data[start:end])
                    yield Edit(start, end, b'"%b"' % hidden)

    def _by_pattern(self, data: bytes) -> Iterator[Edit]:
        position = 0
        for start, end in json_in(data):
            yield from self._in_text(data[position:start], position)
            for leaf in LEAF.finditer(data[start:end]):
                changed = self._leaf(json.loads(leaf[0]))
                if changed is not None:
                    yield Edit(start + leaf.start(), start + leaf.end(), changed)
            position = end
        yield from self._in_text(data[position:], position)

    def _in_text(self, data: bytes, offset: int) -> Iterator[Edit]:
        return _moved(edits_below(data, self._matches, (PERCENT,), depth=1), offset)

    def _leaf(self, value: Any) -> bytes | None:
        """What a JSON text or number becomes; None when it stays."""
        text = value if isinstance(value, str) else str(value)
        data = text.encode(errors="surrogatepass")
        if text is not value:
            whole = (edit.text for edit in self._matches(data) if edit[:2] == (0, len(data)))
            return next((b'"%b"' % hidden for hidden in whole), None)
        # A text may be JSON itself: the arguments of a tool call are.
        edits = list(self._by_pattern(data))
        (changed,) = applied(edits, [data])
        return json.dumps(changed.decode(errors="surrogatepass")).encode() if edits else None

    def _matches(self, data: bytes) -> Iterator[Edit]:
        text = data.decode(errors="surrogateescape")
        encoded = partial(str.encode, errors="surrogateescape")
        for pattern, name in self._patterns:
            group = "secret" if "secret" in pattern.groupindex else 0
            position = start = 0
            for match in pattern.finditer(text):
                if not match[group]:
                    continue
                secret = encoded(match[group])
                start += len(encoded(text[position : match.start(group)]))
                position = match.start(group)
                hidden = self._placeholders.by_rule(name, secret)
                yield Edit(start, start + len(secret), hidden)


def _moved(edits: Iterator[Edit] | list[Edit], offset: int) -> Iterator[Edit]:
    return (Edit(offset + start, offset + end, text) for start, end, text in edits)
