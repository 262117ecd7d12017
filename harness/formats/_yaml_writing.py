r"""Plain values as YAML that people review: block style, a line of text a line of the file.

Not PyYAML's emitter: through libyaml that one escapes emoji and writes such texts on one line, and
its two versions differ. Here the same value always gives the same bytes; what is written reads
the same in PyYAML, this project's reader and any YAML 1.1 or 1.2 parser.
"""

import re
from collections.abc import Iterator
from typing import Any

# Printable, and without the line breaks that only some versions of YAML know.
_PRINTABLE = "\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff"
# ` #` begins a comment, and `: ` ends a key.
_PLAIN = re.compile(f"(?!.*(?: #|:(?: |$)))[A-Za-z_/(][{_PRINTABLE}]*")
_ONE_LINE = re.compile(f"[{_PRINTABLE}]*")
_LITERAL = re.compile(f"[{_PRINTABLE}\t\n]*")
_ESCAPED = re.compile(f'[^{_PRINTABLE}]|["\\\\]')
# What some YAML reader takes for something else than text.
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_LONGEST_WORD = 5
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}
# A longer key would have to be found by looking further ahead than parsers do.
LONGEST_SIMPLE_KEY = 200


def write_yaml(value: dict[str, Any]) -> bytes:
    """The value as YAML, in UTF-8; keys stay in their order.

    Args:
        value: Of dicts with text keys, lists, texts without surrogates, and JSON's scalars.
    """
    return "".join(_mapping(value, "")).encode()


def _mapping(value: dict[str, Any], indent: str) -> Iterator[str]:
    for key, inner in value.items():
        text = _one_line(key)
        if len(text) > LONGEST_SIMPLE_KEY:
            yield f"{indent}? {text}\n{indent}:"
        else:
            yield f"{indent}{text}:"
        # A list in a mapping stands below its key, not further in.
        yield from _value(inner, indent if isinstance(inner, list) else indent + "  ")


def _sequence(value: list[Any], indent: str) -> Iterator[str]:
    for inner in value:
        yield f"{indent}-"
        if isinstance(inner, dict | list) and inner:
            yield " "
            # The first line of what is inside stands on the dash's line.
            lines = _block(inner, indent + "  ")
            yield next(lines).removeprefix(indent + "  ")
            yield from lines
        else:
            yield from _value(inner, indent + "  ")


def _block(value: dict[str, Any] | list[Any], indent: str) -> Iterator[str]:
    return _mapping(value, indent) if isinstance(value, dict) else _sequence(value, indent)


def _value(value: Any, indent: str) -> Iterator[str]:
    """What follows a key's colon or a dash, to the end of the line or block."""
    if isinstance(value, dict | list):
        if value:
            yield "\n"
            yield from _block(value, indent)
        else:
            yield " {}\n" if isinstance(value, dict) else " []\n"
    elif isinstance(value, str):
        yield from written_text(value, indent)
    else:
        yield f" {written_scalar(value)}\n"


def written_scalar(value: Any) -> str:
    """A text without line ends, or one of JSON's other scalars, as it is written."""
    if isinstance(value, str):
        return _one_line(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = repr(value)
    # YAML 1.1 wants a point in a number with an exponent.
    return text.replace("e", ".0e") if "e" in text and "." not in text else text


def written_text(text: str, indent: str) -> Iterator[str]:
    """What follows a key's colon or a dash for this text, to the end of its last line."""
    if "\n" not in text:
        yield f" {_one_line(text)}\n"
    elif _LITERAL.fullmatch(text):
        yield from _literal(text, indent)
    else:
        yield from _quoted_lines(text, indent)


def is_surely_plain(text: str) -> bool:
    """Whether a text is written as it is; a quick look, that takes some for doubtful."""
    return (
        text.isascii()
        and text.isprintable()
        and text[:1].isalpha()
        and ": " not in text
        and " #" not in text
        and text[-1] not in ": "
        and (len(text) > _LONGEST_WORD or text.lower() not in _WORDS)
    )


def _one_line(text: str) -> str:
    if is_surely_plain(text):
        return text
    if _PLAIN.fullmatch(text) and text[-1] != " " and text.lower() not in _WORDS:
        return text
    if _ONE_LINE.fullmatch(text):
        return "'" + text.replace("'", "''") + "'"
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _literal(text: str, indent: str) -> Iterator[str]:
    """A block after `|`, with the marks for leading space and for how the text ends."""
    lead = "2" if text[0] in " \n\t" else ""
    yield f" |{lead}{_chomping(text)}\n"
    for line in text.removesuffix("\n").split("\n"):
        yield f"{indent}{line}\n" if line else "\n"


def _chomping(text: str) -> str:
    if not text.endswith("\n"):
        return "-"
    return "+" if text.endswith("\n\n") or text == "\n" else ""


def _quoted_lines(text: str, indent: str) -> Iterator[str]:
    """Between double quotes, still a line of text a line: a backslash joins them."""
    lines = text.split("\n")
    yield ' "'
    for number, line in enumerate(lines):
        escaped = _ESCAPED.sub(_escape, line)
        if number:
            # White space at a line's beginning would be taken for indentation.
            escaped = "\\" + escaped if escaped[:1] == " " else escaped
            yield indent
        yield escaped + ('"\n' if number == len(lines) - 1 else "\\n\\\n")


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    if character in _ESCAPES:
        return _ESCAPES[character]
    return f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}"
