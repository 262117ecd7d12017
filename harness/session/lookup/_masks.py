"""Addresses of which a recorder hid a part, or all.

`https://<REGION>.example/v1`, `{BASE}/chat`, and LangChain's `**REDACTED**`.
"""

import re
from collections.abc import Iterable, Iterator

_MASK = re.compile(r"<[A-Z][A-Z0-9_]*>|\{[A-Z][A-Z0-9_]*\}|\*\*[A-Z][A-Z0-9_]*\*\*")


class Masks:
    """The recorded addresses with masks in them, each of which stands for any text.

    Args:
        urls: All that were recorded.
    """

    def __init__(self, urls: Iterable[str]) -> None:
        self._urls = [url for url in dict.fromkeys(urls) if _MASK.search(url)]

    def over(self, url: str) -> Iterator[str]:
        """The recorded addresses that a requested one may be, in recorded order.

        One that is asked as it stands in the file is among them: clients escape the mask.
        """
        return (masked for masked in self._urls if _fits(masked, url.lower()))


def _fits(masked: str, url: str) -> bool:
    """Whether a URL in lower case is the masked one with some text in place of each mask."""
    # Step by step: a regular expression with many masks could take for ever.
    first, *between, last = (part.lower() for part in _MASK.split(masked))
    if not url.startswith(first):
        return False
    at = len(first)
    for part in between:
        found = url.find(part, at + 1)
        if found < 0:
            return False
        at = found + len(part)
    return url.endswith(last) and at < len(url) - len(last)
