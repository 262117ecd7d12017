"""Key parts that let texts which differ in every run count as equal."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from harness.errors import UsageError
from harness.matching._content import Counted, Sent
from harness.matching._parts import KeyPart
from harness.matching._values import changed, steps_of, texts_of, with_leaves


@dataclass(frozen=True, slots=True)
class Normalise(KeyPart):
    """Replaces what a pattern finds in texts, and numbers that it matches wholly.

    Raises:
        UsageError: The pattern is not a regular expression, or has no such groups.
    """

    pattern: str
    """A regular expression: `\\d{4}-\\d\\d-\\d\\d`."""

    replacement: str
    """Also with what the pattern's groups matched: `\\1`."""

    pointer: str = ""
    """Only below this JSON pointer; in the whole body and the address's path if empty."""

    def __post_init__(self) -> None:
        pattern = _compiled(self.pattern)
        try:
            pattern.sub(self.replacement, "")
        except (re.error, IndexError) as error:
            raise UsageError(
                f"{self.replacement!r} can't replace what {self.pattern!r} finds: {error}."
            ) from error

    def applied(self, what: Counted, request: Sent) -> Counted:
        """What of the request counts with the texts replaced."""
        pattern = _compiled(self.pattern)

        def change(leaf: Any) -> Any:
            if isinstance(leaf, str):
                return pattern.sub(self.replacement, leaf)
            if isinstance(leaf, bool) or not isinstance(leaf, int | float):
                return leaf
            match = pattern.fullmatch(str(leaf))
            return match.expand(self.replacement) if match else leaf

        return _in_leaves(what, self.pointer, change)


@dataclass(frozen=True, slots=True)
class Numbered(KeyPart):
    """Replaces what a pattern finds in texts by its number, in the order of appearance.

    Equal texts get equal numbers, so that what belongs together still does.

    Raises:
        UsageError: The pattern is not a regular expression.
    """

    pattern: str
    name: str
    """What comes before the number: `uuid` gives `<uuid:1>`."""

    pointer: str = ""
    """As in `Normalise`."""

    def __post_init__(self) -> None:
        _compiled(self.pattern)

    def applied(self, what: Counted, request: Sent) -> Counted:
        """What of the request counts with numbers in it."""
        pattern = _compiled(self.pattern)
        texts = _texts(what, self.pointer)
        numbers = _numbers(self.name, (hit[0] for text in texts for hit in pattern.finditer(text)))
        return _in_texts(
            what, self.pointer, lambda text: pattern.sub(lambda hit: numbers[hit[0]], text)
        )


@dataclass(frozen=True, slots=True)
class WhiteSpace(KeyPart):
    """Lets it not count how much white space stands between words, and around them."""

    pointer: str = ""
    """As in `Normalise`."""

    def applied(self, what: Counted, request: Sent) -> Counted:
        """What of the request counts with single spaces."""
        return _in_texts(what, self.pointer, lambda text: " ".join(text.split()))


@dataclass(frozen=True, slots=True)
class CallIds(KeyPart):
    """Replaces the ids of tool calls by numbers, whatever their form.

    Only needed for ids that the program makes: those that a model gave come back in a replay.
    """

    pointer: str = ""
    """As in `Normalise`."""

    def applied(self, what: Counted, request: Sent) -> Counted:
        """What of the request counts with numbers for ids."""
        numbers = _numbers("call", _call_ids(what.body))
        return _in_texts(what, self.pointer, lambda text: numbers.get(text, text))


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise UsageError(f"{pattern!r} is not a regular expression: {error}.") from error


def _in_texts(what: Counted, pointer: str, change: Callable[[str], str]) -> Counted:
    return _in_leaves(what, pointer, lambda leaf: change(leaf) if isinstance(leaf, str) else leaf)


def _in_leaves(what: Counted, pointer: str, change: Callable[[Any], Any]) -> Counted:
    body = changed(_readable(what.body), steps_of(pointer), lambda part: with_leaves(part, change))
    path = what.path if pointer else change(what.path)
    return what._replace(path=path, body=body.encode() if isinstance(body, str) else body)


def _texts(what: Counted, pointer: str) -> list[str]:
    found = [] if pointer else [what.path]
    changed(_readable(what.body), steps_of(pointer), lambda part: found.extend(texts_of(part)))
    return found


def _readable(body: Any) -> Any:
    """The text that bytes are, if they are one."""
    try:
        return body.decode() if isinstance(body, bytes) else body
    except UnicodeDecodeError:
        return body


def _numbers(name: str, found: Iterable[str]) -> dict[str, str]:
    return {text: f"<{name}:{number}>" for number, text in enumerate(dict.fromkeys(found), start=1)}


_ID_KEYS = ("tool_call_id", "call_id", "tool_use_id", "toolUseId", "toolCallId")
_CALL_TYPES = ("function", "function_call", "tool_call", "tool_use", "server_tool_use")


def _call_ids(value: Any) -> Iterator[str]:
    """The ids of tool calls below a value, in an order that does not depend on that of the keys."""
    if isinstance(value, list):
        for inner in value:
            yield from _call_ids(inner)
    elif isinstance(value, dict):
        keys = ("id", *_ID_KEYS) if value.get("type") in _CALL_TYPES else _ID_KEYS
        yield from (value[key] for key in keys if isinstance(value.get(key), str))
        for key in sorted(value):
            yield from _call_ids(value[key])
