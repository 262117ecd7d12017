"""The fast way to read a cassette: line by line, if every line is as the harness writes it.

Anything else, such as a comment or an unusual quote that a person typed, is left to the YAML
reader: what is read here is compared, piece by piece, with how the writer would write it. Most
lines of a cassette come again and again, because a conversation is sent anew with each call; each
is taken apart once.
"""

import re
from functools import lru_cache
from typing import Any

from harness.formats._yaml_tags import plain_value
from harness.formats._yaml_writing import (
    LONGEST_SIMPLE_KEY,
    is_surely_plain,
    written_scalar,
    written_text,
)

_FIRST, _LAST = b"harness: ", b"\n...\n"
# More than any cassette has; the YAML reader knows what is too deep.
_DEEPEST = 150
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\"")
_ESCAPE = re.compile(r"\\(?:x([0-9A-F]{2})|u([0-9A-F]{4})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", '"': '"', "\\": "\\"}

# What a line is: in a mapping, or of a list.
_ENTRY, _OPENING, _TEXT, _EMPTY, _FIRST_ENTRY, _ITEM = range(6)

_Line = tuple[int, int, Any, Any]
"""The depth of the collection it belongs to, what it is, its key, and its value or the line that is
behind its dash. The depth is twice the column, and one more for a list: that stands right below its
key."""


class _NotCanonical(Exception):
    """The file says something in another way than the writer would."""


def read_canonical(data: bytes) -> dict[str, Any] | None:
    """What the file says, if it is a cassette exactly as the harness writes one; else None."""
    if not data.startswith(_FIRST) or not data.endswith(_LAST):
        return None
    try:
        return _Reading(data[: -len(_LAST)].decode()).read()
    except (_NotCanonical, ValueError, IndexError):
        return None


class _Reading:
    """A walk over the lines, with the collections that are open where it is."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._next = 0
        self._depths = [0]
        self._open: list[Any] = [{}]

    def read(self) -> dict[str, Any]:
        """The whole; the loop is the cost of opening a cassette, so it does the usual by itself."""
        lines, depths, collections = self._lines, self._depths, self._open
        known: dict[str, _Line] = {}
        number, end = 0, len(lines)
        while number < end:
            text = lines[number]
            number += 1
            line = known.get(text)
            if line is None:
                line = known[text] = _line(text)
            depth, kind, key, value = line
            while depths[-1] > depth:
                depths.pop()
                collections.pop()
            inside = collections[-1]
            if depths[-1] != depth or (kind < _FIRST_ENTRY and key in inside):
                raise _NotCanonical
            if kind == _ENTRY:
                inside[key] = value
            elif kind == _FIRST_ENTRY:
                mapping = {key: value}
                inside.append(mapping)
                depths.append(depth + 3)
                collections.append(mapping)
            else:
                self._next = number
                self._put(inside, line)
                number = self._next
        tree: dict[str, Any] = collections[0]
        return tree

    def _put(self, inside: Any, line: _Line) -> None:
        """Puts what needs a look at the lines below it."""
        if line[1] == _ITEM:
            self._put_item(inside, line[3])
        else:
            inside[line[2]] = self._value(line)

    def _put_item(self, items: list[Any], line: _Line) -> None:
        """Puts what stands behind a dash: a value, or the beginning of a collection."""
        depth, kind, key, value = line
        if kind == _FIRST_ENTRY:
            items.append(self._push([{key: value}], depth))
            self._push(items[-1][0], depth + 3)
        elif kind == _ITEM:
            items.append(self._push([], depth))
            self._put_item(items[-1], value)
        elif key is None:
            items.append(self._value(line))
        else:
            items.append(self._push({}, depth))
            items[-1][key] = self._value(line)

    def _value(self, line: _Line) -> Any:
        depth, kind, key, value = line
        if kind == _OPENING:
            return self._opened(depth // 2)
        if kind == _TEXT:
            return self._text(depth // 2 + (0 if key is None else 2), value)
        # Each time another one: the line is taken apart once, and comes again.
        return type(value)() if kind == _EMPTY else value

    def _opened(self, column: int) -> Any:
        """The collection that begins on the next line, below a key in that column."""
        line = self._lines[self._next]
        first = len(line) - len(line.lstrip(" "))
        is_list = line.startswith("- ", first)
        if first != (column if is_list else column + 2):
            raise _NotCanonical
        return self._push([], 2 * column + 1) if is_list else self._push({}, 2 * first)

    def _push(self, collection: Any, depth: int) -> Any:
        if len(self._open) > _DEEPEST:
            raise _NotCanonical
        self._depths.append(depth)
        self._open.append(collection)
        return collection

    def _text(self, column: int, opening: str) -> str:
        """A text of several lines: behind `|`, or between double quotes."""
        indent, begin = " " * column, self._next
        while self._next < len(self._lines):
            line = self._lines[self._next]
            if line and not line.startswith(indent):
                break
            self._next += 1
        lines = self._lines[begin : self._next]
        raw = [line[column:] for line in lines]
        text = _literal(opening, raw) if opening[0] == "|" else _joined([opening, *raw])
        if "".join(written_text(text, indent)) != "\n".join([f" {opening}", *lines, ""]):
            raise _NotCanonical
        return text


def _line(text: str) -> _Line:
    content = text.lstrip(" ")
    depth = 2 * (len(text) - len(content))
    if content.startswith("- "):
        return _item(depth + 1, content[2:])
    line = _content(depth, content)
    if line[2] is None:
        raise _NotCanonical
    return line


def _item(depth: int, content: str) -> _Line:
    if content.startswith("- "):
        return depth, _ITEM, None, _item(depth + 4, content[2:])
    line = _content(depth + 3, content)
    if line[1] == _ENTRY and line[2] is not None:
        return depth, _FIRST_ENTRY, line[2], line[3]
    return depth, _ITEM, None, line


def _content(depth: int, content: str) -> _Line:
    """What stands on a line behind its indentation and dashes."""
    key, rest = _key(content)
    if is_surely_plain(rest):
        return depth, _ENTRY, key, rest
    if not rest and key is not None:
        return depth, _OPENING, key, None
    if rest[:1] == "|" or (rest[:1] == '"' and rest[-1] == "\\"):
        return depth, _TEXT, key, rest
    if rest in ("{}", "[]"):
        return depth, _EMPTY, key, {} if rest == "{}" else []
    return depth, _ENTRY, key, _scalar(rest)


@lru_cache
def _is_plain_key(key: str) -> bool:
    # Every message has the same few.
    return len(key) <= LONGEST_SIMPLE_KEY and is_surely_plain(key)


def _key(content: str) -> tuple[str | None, str]:
    """The key, if there is one, and what follows its colon."""
    if content[:1] in ("'", '"'):
        quoted = _QUOTED.match(content)
        key = quoted[0] if quoted else content
        rest = content[len(key) :]
    else:
        key, colon, rest = content.partition(": ")
        if colon and _is_plain_key(key):
            return key, rest
        key, rest = (key, colon + rest) if colon or key[-1:] != ":" else (key[:-1], ":")
    if not rest:
        return None, content
    name = _scalar(key) if len(key) <= LONGEST_SIMPLE_KEY else None
    if not isinstance(name, str) or not (rest == ":" or (rest[:2] == ": " and rest[2:])):
        raise _NotCanonical
    return name, rest[2:]


def _scalar(text: str) -> Any:
    """What a value on one line means, if it is what the writer writes for it."""
    if text[:1] == "'":
        value: Any = text[1:-1].replace("''", "'")
    elif text[:1] == '"':
        value = _unescaped(text[1:-1])
    else:
        value = plain_value(text)
    if written_scalar(value) != text:
        raise _NotCanonical
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
