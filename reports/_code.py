"""Code as coloured tokens. Colours only: every character comes out as it went in."""

import json
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any, Literal, NamedTuple

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import (
    Comment,
    Generic,
    Keyword,
    Name,
    Number,
    String,
    _TokenType,
)

_LANGUAGES = """
    bash c console cpp csharp css diff go html java javascript js json jsx kotlin php powershell
    py pycon python python3 r ruby rust sh shell sql swift toml ts tsx typescript xml yaml yml
"""
LANGUAGES = frozenset(_LANGUAGES.split())
"""Languages that are coloured. A closed list: the language is named by a model, and not every
lexer behaves on every text."""

LONGEST = 50_000
"""Characters; longer code is shown without colours."""

STYLE_OF_TOKEN = {
    Comment: "comment",
    Keyword: "keyword",
    Name.Attribute: "name",
    Name.Builtin: "builtin",
    Name.Class: "name",
    Name.Decorator: "builtin",
    Name.Exception: "builtin",
    Name.Function: "name",
    Name.Tag: "name",
    Number: "number",
    String: "string",
    Generic.Deleted: "deleted",
    Generic.Inserted: "inserted",
}


class Token(NamedTuple):
    """A stretch of code in one colour."""

    style: str
    """The colour's name, empty for plain."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """A block of code, of JSON, or of plain text whose every space counts."""

    label: str
    """What it says it is: the rest of the fence's line; empty when it says nothing."""

    tokens: tuple[Token, ...]
    kind: Literal["code"] = "code"

    @property
    def text(self) -> str:
        """The code without its colours."""
        return "".join(token.text for token in self.tokens)


def code(text: str, label: str = "") -> Code:
    """Colours a text by the language that the label's first word names."""
    words = label.lower().split()
    language = words[0] if words else ""
    return Code(label, _tokens(text, language))


def json_code(value: Any, label: str = "") -> Code:
    """A JSON value, indented."""
    return Code(label, _tokens(json.dumps(value, ensure_ascii=False, indent=2), "json"))


def readable(text: str, label: str = "") -> Code:
    """A text that may be JSON: then it is indented, if that changes nothing but white space."""
    try:
        indented = json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return code(text, label)
    if "".join(indented.split()) != "".join(text.split()):
        return code(text, label)
    return Code(label, _tokens(indented, "json"))


def _tokens(text: str, language: str) -> tuple[Token, ...]:
    if language not in LANGUAGES or len(text) > LONGEST:
        return (Token("", text),)
    styled = (
        (_style(kind), value) for _, kind, value in _lexer(language).get_tokens_unprocessed(text)
    )
    merged = tuple(
        Token(style, "".join(value for _, value in same))
        for style, same in groupby(styled, key=lambda pair: pair[0])
    )
    faithful = "".join(token.text for token in merged) == text
    return merged if faithful else (Token("", text),)


@cache
def _lexer(language: str) -> Lexer:
    return get_lexer_by_name(language)


@cache
def _style(kind: _TokenType) -> str:
    ancestry = reversed(kind.split())
    return next((STYLE_OF_TOKEN[part] for part in ancestry if part in STYLE_OF_TOKEN), "")
