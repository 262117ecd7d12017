"""Searches that name secrets instead of replacing them, or what stands for them."""

from collections.abc import Iterator
from typing import NamedTuple

from harness.redaction._known import KnownSecrets
from harness.redaction._patterns import find_patterns
from harness.redaction._placeholders import PLACEHOLDER
from harness.redaction._rewriting import event_texts
from harness.redaction.disguises import EVERY, forms_of


class Revealed(NamedTuple):
    """A secret that stands in the open, or in a disguise."""

    name: str
    secret: bytes
    """As it stands there, without its disguise."""


def secrets_in(data: bytes, known: KnownSecrets) -> list[Revealed]:
    """The secrets in some bytes, each once: those that are known, and those that look like one."""
    found = (each for form in _forms(data) for each in _secrets_in_the_clear(form, known))
    return list(dict.fromkeys(found))


def names_replaced_in(data: bytes) -> set[str]:
    """The names of the secrets for which something stands in some bytes, whatever it wears."""
    return {name[1].decode() for form in _forms(data) for name in PLACEHOLDER.finditer(form)}


def _forms(data: bytes) -> Iterator[bytes]:
    for text in (data, *event_texts(data)):
        yield from forms_of(text, EVERY)


def _secrets_in_the_clear(data: bytes, known: KnownSecrets) -> Iterator[Revealed]:
    end = 0
    # What a secret is part of says more than the secret: the key behind `Bearer`, once.
    for each in sorted([*known.find(data), *find_patterns(data)], key=lambda at: (at[1], -at[2])):
        if each.start >= end:
            yield Revealed(each.name, data[each.start : each.end])
            end = each.end
