"""Names of tools as vendors take them: letters, digits, `_`, `-`, at most 64."""

import hashlib
import re

_LEGAL = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_ILLEGAL_CHARACTER = re.compile(r"[^a-zA-Z0-9_-]")
_MAX_LENGTH = 64
_DIGEST_LENGTH = 8


def api_name(name: str) -> str:
    """A legal name in the place of any other; legal names stand for themselves.

    The same name always gives the same one, and two names don't give one: what is lost is made up
    for by a digest.

    >>> api_name("look_up"), api_name("Müller & Co")
    ('look_up', 'M_ller___Co_d06ab175')
    """
    if _LEGAL.fullmatch(name):
        return name
    digest = hashlib.blake2b(name.encode(), digest_size=_DIGEST_LENGTH // 2).hexdigest()
    return f"{normalized(name)[: _MAX_LENGTH - _DIGEST_LENGTH - 1]}_{digest}"


def normalized(name: str) -> str:
    """A name that a model made up, with `_` for every illegal character, cut to length."""
    return _ILLEGAL_CHARACTER.sub("_", name)[:_MAX_LENGTH]
