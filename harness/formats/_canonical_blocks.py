"""Blocks of YAML, exactly as the harness writes them, as JSON.

From the text of the one to the text of the other, with no value between, which costs less than to
build one. A block is split into its members, and each member's text is looked up before it is
taken apart: a conversation is sent anew with each call, so that most of a cassette says again, word
for word, what it has said before.

What is not sure at a glance is compared with how the writer would write it.
"""

import re
from functools import cached_property, lru_cache
from typing import Any

from harness.formats._json_layouts import JsonLayout
from harness.formats._yaml_tags import plain_value
from harness.formats._yaml_writing import (
    LONGEST_SIMPLE_KEY,
    is_surely_plain,
    written_scalar,
    written_text,
)

# More than any body has that is stored as structured data.
_DEEPEST = 80
_KEY = re.compile(r"('(?:[^'\n]|'')*'|\"(?:[^\"\\\n]|\\.)*\"|[^'\"\n][^\n]*?):(?=[ \n])")
_ESCAPE = re.compile(r"\\(?:x([0-9A-F]{2})|u([0-9A-F]{4})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", '"': '"', "\\": "\\"}


class NotCanonical(Exception):
    """The text says something in another way than the writer would."""


class _Place:
    """Where in a tree a collection stands.

    Args:
        layout: How the JSON is laid out.
        column: The collection's, in the YAML.
        depth: How many collections the collection is in; below 0 for what is in no JSON.

    Raises:
        NotCanonical: It is deeper than anything that the harness writes.
    """

    def __init__(self, layout: JsonLayout, column: int, depth: int) -> None:
        if depth > _DEEPEST:
            raise NotCanonical
        self._layout, self._column, self._depth = layout, column, depth
        self._indent = " " * column
        self._before, self._between, self._behind = layout.around(depth)

    @cached_property
    def _further_in(self) -> "Entries":
        """A mapping behind a dash, or on the lines below a key."""
        return Entries(self._layout, self._column + 2, self._depth + 1)

    def _scalar(self, text: str) -> str:
        """A value that is no collection, or an empty one."""
        if text[:1] == "'":
            return self._layout.text(text[1:-1] if _is_surely_quoted(text) else _value(text))
        if is_surely_plain(text):
            return self._layout.text(text)
        if "\n" in text:
            return self._layout.text(self._text_of_lines(text))
        return text if text in ("{}", "[]") else self._layout.written(_value(text))

    def _text_of_lines(self, text: str) -> str:
        """A text behind `|`, or between double quotes."""
        opening, *lines = text.split("\n")
        raw = [line[self._column + 2 :] for line in lines]
        value = _literal(opening, raw) if opening[:1] == "|" else _joined([opening, *raw])
        if "".join(written_text(value, f"{self._indent}  ")) != f" {text}\n":
            raise NotCanonical
        return value


class Entries(_Place, dict[str, tuple[str, str]]):
    """The entries of the mappings that stand in one place: of each text, its key and its JSON."""

    def __init__(self, layout: JsonLayout, column: int, depth: int) -> None:
        super().__init__(layout, column, depth)
        self.split = _at_keys(column).split
        """A mapping's text into those of its entries."""

    @cached_property
    def _items(self) -> "_Items":
        # A list stands below its key, not further in.
        return _Items(self._layout, self._column, self._depth + 1)

    def written(self, text: str) -> str:
        """A mapping.

        Args:
            text: Its lines, the first one without its indentation.

        Raises:
            NotCanonical: It would be written otherwise.
        """
        texts = self.split(text)
        entries = dict(map(self.__getitem__, texts))
        if len(entries) != len(texts):
            raise NotCanonical
        return f"{{{self._before}{self._between.join(entries.values())}{self._behind}}}"

    def __missing__(self, text: str) -> tuple[str, str]:
        key, rest = _at_colon(text)
        json = f"{self._layout.text(key)}{self._layout.colon}{self.value(rest)}"
        self[text] = entry = key, json
        return entry

    def value(self, rest: str) -> str:
        """What follows a key's colon."""
        if rest[:1] == " ":
            return self._scalar(rest[1:])
        border = len(self._indent) + 3
        if rest[:border] == f"\n{self._indent}- ":
            return self._items.written(rest[border:])
        if rest[:border] == f"\n{self._indent}  ":
            return self._further_in.written(rest[border:])
        raise NotCanonical


class _Items(_Place, dict[str, str]):
    """The items of the lists that stand in one place: of each text, its JSON."""

    @cached_property
    def _lists(self) -> "_Items":
        return _Items(self._layout, self._column + 2, self._depth + 1)

    def written(self, text: str) -> str:
        """A list.

        Args:
            text: Its lines, the first one without its dash.

        Raises:
            NotCanonical: It would be written otherwise.
        """
        items = map(self.__getitem__, text.split(f"\n{self._indent}- "))
        return f"[{self._before}{self._between.join(items)}{self._behind}]"

    def __missing__(self, text: str) -> str:
        if text[:2] == "- ":
            json = self._lists.written(text[2:])
        elif _KEY.match(text):
            json = self._further_in.written(text)
        else:
            json = self._scalar(text)
        self[text] = json
        return json


@lru_cache(maxsize=2 * _DEEPEST)
def _at_keys(column: int) -> re.Pattern[str]:
    return re.compile(f"\n {{{column}}}(?=[^ \n-])")


def _at_colon(text: str) -> tuple[str, str]:
    """An entry's key, and all that follows its colon."""
    key, _, rest = text.partition(":")
    if rest[:1] in (" ", "\n") and _is_plain(key):
        return key, rest
    found = _KEY.match(text)
    if found is None or len(found[1]) > LONGEST_SIMPLE_KEY:
        raise NotCanonical
    key = _value(found[1])
    if not isinstance(key, str):
        raise NotCanonical
    return key, text[found.end() :]


@lru_cache
def _is_plain(key: str) -> bool:
    # Every message has the same few.
    return is_surely_plain(key) and len(key) <= LONGEST_SIMPLE_KEY


def _is_surely_quoted(text: str) -> bool:
    """Whether a text between quotes is written as it is; a quick look, as that for plain text."""
    return text[-1] == "'" and text.count("'") == 2 and text.isascii() and text.isprintable()


def _value(text: str) -> Any:
    """What stands on one line."""
    if text[:1] == "'":
        value: Any = text[1:-1].replace("''", "'")
    elif text[:1] == '"':
        value = _unescaped(text[1:-1])
    else:
        value = plain_value(text)
    if written_scalar(value) != text:
        raise NotCanonical
    return value


def _unescaped(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        return chr(int(code, 16)) if code else _ESCAPED.get(match[3], "")

    return _ESCAPE.sub(character, text)


def _literal(opening: str, lines: list[str]) -> str:
    text = "\n".join(lines)
    return text if opening.endswith("-") else text + "\n"


def _joined(lines: list[str]) -> str:
    """Lines between double quotes: a backslash joins them, and one marks leading white space."""
    parts = [line.removesuffix("\\") for line in lines]
    unmarked = [part[1:] if part[:2] == "\\ " else part for part in parts[1:]]
    return _unescaped("".join([parts[0], *unmarked])[1:-1])
