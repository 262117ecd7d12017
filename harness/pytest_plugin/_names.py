"""Which file is a test's cassette: its name is one that every file system takes."""

import re
import unicodedata
from collections import Counter
from hashlib import blake2b
from pathlib import Path, PurePath

import pytest

from harness.cassette_names import is_named_as_cassette

Node = pytest.Item | pytest.Collector

EVERYTHING = "session"
"""What all tests share is called so, and who owns it."""

# The hidden files beside a cassette have longer names than it has, and 255 bytes is the limit.
_LONGEST = 150
_UNSAFE = re.compile(r'[<>:"/\\|?*\s\x00-\x1f\x7f]')

_CLASHES = pytest.StashKey[frozenset[str]]()


def note_clashes(collector: pytest.Collector, children: list[Node]) -> None:
    """Remembers which children would have the same file, on a system that knows no case at least.

    All that is collected counts, whatever of it is run: so a test's cassette has one name.
    """
    names = [_folded(child.name) for child in children]
    twice = {name for name, count in Counter(names).items() if count > 1}
    collector.stash[_CLASHES] = frozenset(twice)


def path_of(name: str | Path, folder: Path, root: Path) -> Path:
    """The file that a name stands for: below the folder; with a suffix, from the root on."""
    if isinstance(name, Path) or is_named_as_cassette(name):
        return root / name
    return folder / f"{name}.yaml"


def name_of(item: pytest.Item) -> str:
    """A test's cassette below the cassettes' folder: `tests/test_weather/test_sunny[paris]`."""
    return f"{_module_name(item)}/{_stem(item)}"


def common_name_of(node: pytest.Collector) -> str:
    """The cassette that the tests of a node share.

    That of a file is `tests/test_weather`, of a class `tests/test_weather/TestSunny`, of a package
    `tests/cities/__init__`, which no test file has.
    """
    match node:
        case pytest.Class():
            return f"{_module_name(node)}/{_safe('.'.join(_classes(node)))}"
        case pytest.Package():
            return "/".join((*map(_safe, _below_root(node).parts), "__init__"))
        case pytest.Module():
            return _module_name(node)
        case _:
            return EVERYTHING


def nodeid_of(node: Node) -> str:
    """What pytest calls a test, or tests; pytest-xdist adds a group to that."""
    mark = node.get_closest_marker("xdist_group") if isinstance(node, pytest.Item) else None
    nodeid = node.nodeid.rpartition("@")[0] if mark and "@" in node.nodeid else node.nodeid
    return nodeid or EVERYTHING


def _module_name(node: Node) -> str:
    return "/".join(_safe(part) for part in _below_root(node).with_suffix("").parts)


def _stem(item: pytest.Item) -> str:
    whole = ".".join((*_classes(item), item.name))
    parent = item.parent
    clashing = parent.stash.get(_CLASHES, frozenset()) if parent is not None else frozenset()
    is_ambiguous = _folded(item.name) in clashing
    return _safe(whole, is_ambiguous)


def _below_root(node: Node) -> PurePath:
    path, root = node.path, node.config.rootpath
    return path.relative_to(root) if path.is_relative_to(root) else PurePath(path.name)


def _classes(node: Node) -> list[str]:
    return [each.name for each in node.listchain() if isinstance(each, pytest.Class)]


def _safe(name: str, is_ambiguous: bool = False) -> str:
    safe = _UNSAFE.sub("_", unicodedata.normalize("NFC", name)).rstrip(".")
    is_long = len(safe.encode()) > _LONGEST
    if not is_long and not is_ambiguous:
        return safe
    digest = blake2b(name.encode(errors="surrogatepass"), digest_size=5).hexdigest()
    kept = safe.encode()[: _LONGEST - len(digest) - 3].decode(errors="ignore")
    # What comes behind a bracket is not taken for a part of the function's name.
    return f"{kept}~{digest}" if "[" in kept else f"{kept}[~{digest}]"


def _folded(name: str) -> str:
    return _UNSAFE.sub("_", unicodedata.normalize("NFC", name)).casefold()
