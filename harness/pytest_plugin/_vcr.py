"""`@pytest.mark.vcr`, where neither pytest-recording nor pytest-vcr is there to see to it.

What was written for them runs as it is, and plays their cassettes where they lie. It is a plugin of
its own, so that nothing stands in their way where they are.
"""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from harness.in_use import CassetteInUse

MARKER = "vcr"
NAME = "harness-vcr"
_PEERS = frozenset({"pytest_recording.plugin", "pytest_vcr", "cassetter.pytest_plugin"})

_SAME = frozenset(
    {"allow_playback_repeats", "ignore_hosts", "ignore_localhost", "record_on_exception"}
)
# How a file is written is not the test's business here, and bodies are kept unpacked.
_NEEDLESS = frozenset({"decode_compressed_response", "drop_unused_requests", "serializer"})
_FILTERS = ("headers", "query_parameters", "post_data_parameters")
_TRANSLATED = frozenset({"match_on", "record_mode", *(f"filter_{each}" for each in _FILTERS)})
_HOW = {
    "before_record_request": "redact=[...] says what is secret, ignore=[...] what does not count",
    "before_record_response": "redact=[...] says what is secret",
    "allowed_hosts": "harness_allowed_hosts, or --allowed-hosts",
}
_UNSAFE = r"<>?%*:|\"'/\\"


@pytest.fixture
def vcr_config() -> dict[str, Any]:
    """Vcrpy's settings for all tests that see this fixture; override it."""
    return {}


@pytest.fixture(scope="module")
def vcr_cassette_dir(request: pytest.FixtureRequest) -> str:
    """The folder of a test file's cassettes; override it."""
    return str(_folder(request.path))


@pytest.fixture
def default_cassette_name(request: pytest.FixtureRequest) -> str:
    """The test's cassette, without a suffix; override it."""
    mark = request.node.get_closest_marker("default_cassette")
    return str(mark.args[0]) if mark and mark.args else _name(request.node)


@pytest.fixture
def vcr(_cassette_in_use: "CassetteInUse") -> "CassetteInUse":
    """The cassette in use."""
    return _cassette_in_use


def has_no_owner(config: pytest.Config) -> bool:
    """Whether no other plugin sees to the marker."""
    plugins = config.pluginmanager.get_plugins()
    return _PEERS.isdisjoint(getattr(plugin, "__name__", "") for plugin in plugins)


def is_vcr(node: Any) -> bool:
    """Whether a test has the marker, and nobody else sees to it."""
    is_ours = node.config.pluginmanager.has_plugin(NAME)
    return is_ours and node.get_closest_marker(MARKER) is not None


def files_of_peers(item: pytest.Item) -> Iterator[Path]:
    """Where pytest-recording, and then pytest-vcr, would have recorded a test."""
    folder = _folder(item.path)
    yield folder / f"{_name(item)}.yaml"
    yield folder.parent / f"{_name(item)}.yaml"


def file_of(request: pytest.FixtureRequest) -> Path:
    """The file of a test with the marker, as the fixtures say."""
    name: str = request.getfixturevalue("default_cassette_name")
    file = name if name.endswith((".yaml", ".yml", ".json")) else f"{name}.yaml"
    own: Path = Path(request.getfixturevalue("vcr_cassette_dir")) / file
    if own.exists():
        return own
    return next((each for each in files_of_peers(request.node) if each.exists()), own)


def arguments_of(request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    """What the test's markers say, the closest one first, and then `vcr_config`.

    Raises:
        UsageError: Something that only vcrpy can do.
    """
    folder = Path(request.getfixturevalue("vcr_cassette_dir"))
    if request.node.get_closest_marker("default_cassette"):
        yield {"name": file_of(request)}
    for mark in request.node.iter_markers(MARKER):
        said = _translated(mark.kwargs, "@pytest.mark.vcr")
        yield {**said, "shared": [folder / each for each in mark.args]}
    yield _translated(request.getfixturevalue("vcr_config"), "vcr_config")


def _translated(given: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Arguments of `@pytest.mark.cassette` that say what vcrpy's do."""
    for name in given:
        if name not in _SAME | _NEEDLESS | _TRANSLATED:
            raise pytest.UsageError(_no_such(name, where))
    headers, queries, fields = (_names(given.get(f"filter_{each}", ())) for each in _FILTERS)
    said: dict[str, Any] = {name: given[name] for name in _SAME.intersection(given)}
    said["redact"] = [
        *(f"header:{name}" for name in headers),
        *(f"query:{name}" for name in queries),
        *(f"pointer:/{name} -> {re.sub(r'[^A-Za-z0-9_.-]', '-', name)}" for name in fields),
    ]
    # In what vcrpy recorded they are missing.
    said["ignore"] = [*(f"query:{name}" for name in queries), *(f"/{name}" for name in fields)]
    if "match_on" in given:
        said["match"] = [f"match_on:{','.join(given['match_on'])}"]
    if "record_mode" in given:
        said["record_mode"] = _mode(given["record_mode"])
    return said


def _mode(mode: Any) -> str:
    """Vcrpy's modes are texts of a class of their own, and one has another name."""
    text = str(mode.value if isinstance(mode, Enum) else mode)
    return "new_episodes" if text == "any" else text


def _names(filters: Any) -> list[str]:
    """Vcrpy takes names, and pairs of a name and what stands for its value."""
    return [each if isinstance(each, str) else each[0] for each in filters]


def _no_such(name: str, where: str) -> str:
    near = get_close_matches(name, sorted(_SAME | _NEEDLESS | _TRANSLATED), n=1)
    meant = f" Did you mean {near[0]!r}?" if near and name not in _HOW else ""
    how = _HOW.get(name, "only vcrpy has it; pip install pytest-recording brings it back")
    return f"{where}: {name!r} is not taken.{meant}\n  fix: {how} (docs/pytest.md)"


def _folder(file: Path) -> Path:
    return file.parent / "cassettes" / file.stem


def _name(item: pytest.Item) -> str:
    cls = getattr(item, "cls", None)
    name = f"{cls.__name__}.{item.name}" if cls is not None else item.name
    return "".join("-" if each in _UNSAFE else each for each in name)
