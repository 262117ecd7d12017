"""What YAML's scalars and tags mean here: data. Of an object, what it wraps is read."""

import base64
import binascii
import re
from collections.abc import Iterable
from typing import Any

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_FRACTION = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
_STANDARD = "tag:yaml.org,2002:"
_TEXT = re.compile(r"!|str|python/(?:str|unicode)|timestamp")
_BINARY = re.compile(r"!?binary|python/bytes")
_PLAIN = re.compile(r"int|float|bool|null|python/(?:int|long|float|bool|none)")
_COLLECTION = re.compile(
    r"!|map|seq|python/(?:tuple|list|dict|object:vcr\.request\.Request)|!ruby/(?:hash|array).*"
)
_PYTHON_OBJECT = re.compile(r"python/object(?:/new|/apply)?:(?:[A-Za-z_]\w*\.)*([A-Za-z_]\w*)")
# Header names, statuses and bodies, then collections of headers, dressed up as objects.
_TEXTS = frozenset({"istr", "HTTPStatus", "BytesIO", "iter"})
_WRAPPERS = _TEXTS | {
    "CIMultiDict", "CIMultiDictProxy", "MultiDict", "MultiDictProxy", "OrderedDict",
    "CaseInsensitiveDict", "HTTPHeaderDict", "HeadersDict", "frozenset",
}  # fmt: skip
# Under one of these names stands what an object was built from.
_INSIDE = ("dictitems", "args", "state", "_store", "_container")


def plain_value(text: str) -> Any:
    """What a scalar without quotes means: what it means in JSON.

    Raises:
        ValueError: A number of more digits than Python reads.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in "-0123456789":
        if _INTEGER.fullmatch(text):
            return int(text)
        if _FRACTION.fullmatch(text):
            return float(text)
    return text


def tagged_scalar(tag: str, text: str) -> Any:
    """What a scalar means that has a tag.

    Raises:
        ValueError: The tag would build an object, or the text is not what the tag says.
    """
    name = tag.removeprefix(_STANDARD)
    if _TEXT.fullmatch(name):
        return text
    if _BINARY.fullmatch(name):
        try:
            return base64.b64decode(text)
        except binascii.Error as error:
            raise ValueError(f"not base64: {error}") from error
    if _PLAIN.fullmatch(name):
        return plain_value(text)
    # An object with nothing in it, such as an empty map.
    if not text and _COLLECTION.fullmatch(name):
        return None
    raise _refused(tag)


def tagged_collection(tag: str, value: dict[Any, Any] | list[Any]) -> Any:
    """What a mapping or a list means that has a tag.

    Raises:
        ValueError: The tag would build an object that is none of those known from recordings.
    """
    name = tag.removeprefix(_STANDARD)
    if _COLLECTION.fullmatch(name):
        return value
    wrapper = _PYTHON_OBJECT.fullmatch(name)
    if wrapper is None or wrapper[1] not in _WRAPPERS:
        raise _refused(tag)
    return _inside(wrapper[1], value)


def _inside(kind: str, value: Any) -> Any:
    """What an object was built from."""
    while isinstance(value, dict) and (names := [name for name in _INSIDE if name in value]):
        value = value[names[0]]
    # Arguments of a call, or a buffer's state: the first is the content.
    if isinstance(value, list) and value and (kind in _TEXTS or not _is_pairs(value)):
        value = value[0]
    if kind == "iter" and isinstance(value, list):
        return b"".join(each for each in value if isinstance(each, bytes))
    if isinstance(value, list) and _is_pairs(value):
        return _mapping(value)
    return _mapping(value.items()) if isinstance(value, dict) else value


def _is_pairs(value: list[Any]) -> bool:
    return all(
        isinstance(each, list) and len(each) == 2 and not isinstance(each[0], list | dict)
        for each in value
    )


def _mapping(pairs: Iterable[Any]) -> dict[Any, Any]:
    """Names with all their values; of a name as looked up and one as sent, the latter."""
    values: dict[Any, list[Any]] = {}
    for name, value in pairs:
        sent = [name, value]
        if isinstance(value, list) and len(value) == 2 and _same(name, value[0]):
            sent = value
        values.setdefault(sent[0], []).extend(sent[1] if isinstance(sent[1], list) else [sent[1]])
    return dict(values)


def _same(one: Any, other: Any) -> bool:
    return isinstance(one, str) and isinstance(other, str) and one.lower() == other.lower()


def _refused(tag: str) -> ValueError:
    return ValueError(f"the tag {tag!r}: a cassette is data, no objects are built from it")
