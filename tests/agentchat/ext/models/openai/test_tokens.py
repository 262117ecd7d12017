import hashlib
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from agentchat.core.models import SystemMessage, UserMessage
from agentchat.core.tools import FunctionTool
from agentchat.ext.models.openai import OpenAIChatCompletionClient, _tokens
from agentchat.ext.models.openai._tokens import estimate, image_tokens, measure_of

MESSAGES = [SystemMessage(content="Be brief."), UserMessage(content="Hello world", source="user")]
TABLE = "https://openaipublic.blob.core.windows.net/encodings/o200k_base.tiktoken"


def look(city: str, days: int = 3) -> str:
    return city * days


@pytest.fixture(autouse=True)
def _nothing_is_remembered() -> Iterator[None]:
    yield
    measure_of.cache_clear()
    _tokens._say_once.cache_clear()


@pytest.fixture
def without_tiktoken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tiktoken", None)
    measure_of.cache_clear()


@pytest.fixture
def tiktoken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """A tiktoken that counts words, and would load a table only if it is on disk."""

    def encoding_name_for_model(model: str) -> str:
        return {"gpt-4o": "o200k_base"}[model]

    def get_encoding(name: str) -> Any:
        return SimpleNamespace(encode=lambda text, disallowed_special: text.split())

    module = ModuleType("tiktoken")
    module.__dict__.update(
        encoding_name_for_model=encoding_name_for_model, get_encoding=get_encoding
    )
    monkeypatch.setitem(sys.modules, "tiktoken", module)
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    measure_of.cache_clear()
    return module


def client_of(model: str = "gpt-4o") -> OpenAIChatCompletionClient:
    info: Any = {
        "vision": True,
        "function_calling": True,
        "json_output": True,
        "family": "unknown",
        "structured_output": True,
    }
    return OpenAIChatCompletionClient(model=model, api_key="sk-test", model_info=info)


@pytest.mark.usefixtures("without_tiktoken")
def test_a_token_is_taken_for_four_bytes_and_that_is_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = client_of()

    with caplog.at_level(logging.WARNING):
        counts = [client.count_tokens(MESSAGES), client_of("other").count_tokens(MESSAGES)]

    # Three for the reply, three for each message, then the values of each, and one for the name.
    expected = 3 + (3 + 3 + 2) + (3 + 1 + 1 + 1 + 3)
    assert counts == [expected, expected]
    assert caplog.messages == ["Tokens are estimated at 4 bytes each: tiktoken is not installed."]


def test_the_estimate_goes_by_bytes() -> None:
    assert [estimate(text) for text in ("", "a", "abcd", "abcde", "研究员", "\ud800")] == [
        0,
        1,
        1,
        2,
        3,
        1,
    ]


def test_tiktoken_counts_when_its_table_is_on_disk(tiktoken: ModuleType, tmp_path: Path) -> None:
    (tmp_path / hashlib.sha1(TABLE.encode()).hexdigest()).touch()

    assert measure_of("gpt-4o")("three words here") == 3


def test_tiktoken_may_not_download(tiktoken: ModuleType) -> None:
    assert measure_of("gpt-4o") is estimate


def test_tiktoken_may_download_if_told_so(
    tiktoken: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTCHAT_TIKTOKEN_DOWNLOAD", "1")

    assert measure_of("gpt-4o")("three words here") == 3
    assert measure_of("unknown-model")("three words here") == 3


@pytest.mark.usefixtures("without_tiktoken")
def test_tools_have_their_price() -> None:
    client = client_of()
    bare: Any = {"name": "bare", "description": "Does it."}
    empty: Any = {"name": "bare", "parameters": {"type": "object", "properties": {}}}
    options: Any = {
        "name": "bare",
        "parameters": {
            "properties": {"a": {"enum": ["x", "y"], "anyOf": [{"type": "string"}], "minimum": 1}}
        },
    }
    without = client.count_tokens([])

    prices = [client.count_tokens([], tools=[tool]) - without for tool in (bare, empty, options)]

    assert without == 3
    assert prices == [12 + 1 + 2 - 2, 12 + 1 - 2 + 9, 12 + 1 - 2 + 11 + 1 + (8 - 3) + (5 - 3)]


@pytest.mark.usefixtures("without_tiktoken")
def test_a_function_has_the_price_of_its_schema() -> None:
    tool = FunctionTool(look, description="Looks.")

    price = client_of().count_tokens([], tools=[tool]) - client_of().count_tokens([])

    city = 1 + (2 + 1) + (2 + 1) + (2 + 2)
    days = 1 + (2 + 1) + (2 + 1) + (2 + 1) + (2 + 2)
    assert price == 12 + 1 + 2 - 2 + 11 + city + days


@pytest.mark.parametrize(
    ("size", "tokens"),
    [
        ((1, 1), 85 + 170),
        ((512, 512), 85 + 170),
        ((513, 512), 85 + 2 * 170),
        ((1024, 1024), 85 + 4 * 170),
        ((2048, 4096), 85 + 6 * 170),
        ((10_000, 100), 85 + 4 * 170),
    ],
)
def test_an_image_costs_by_its_tiles(size: tuple[int, int], tokens: int) -> None:
    assert image_tokens(*size) == tokens


@pytest.mark.usefixtures("without_tiktoken")
def test_what_remains_is_the_limit_less_the_request() -> None:
    assert client_of().remaining_tokens(MESSAGES) == 128_000 - client_of().count_tokens(MESSAGES)


@pytest.mark.usefixtures("without_tiktoken")
def test_a_model_without_a_known_limit_has_no_limit() -> None:
    assert client_of("my-model").remaining_tokens(MESSAGES) > 10**9
