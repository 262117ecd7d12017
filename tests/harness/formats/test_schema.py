"""The JSON schema: it is what the reader takes, and lies where people and tools look for it."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from harness.formats import SCHEMA
from harness.formats._own_shape import schema_text

ROOT = Path(__file__).parents[3]
FILES = sorted((ROOT / "cassettes").rglob("*.yaml"))
WRITE_ANEW = "write `harness.formats._own_shape.schema_text()` into both files"


def wrong(tree: Any) -> list[str]:
    validator = jsonschema.Draft202012Validator(yaml.safe_load(schema_text()))
    return [error.json_path for error in validator.iter_errors(tree)]


def test_the_schema_in_the_package_and_in_the_docs_is_that_of_the_reader() -> None:
    shipped = files("harness.formats").joinpath("cassette-format.schema.json").read_text("utf-8")
    documented = (ROOT / "docs" / "cassette-format.schema.json").read_text("utf-8")

    assert shipped == schema_text(), WRITE_ANEW
    assert documented == schema_text(), WRITE_ANEW
    assert SCHEMA.read_text("utf-8") == schema_text()


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(yaml.safe_load(schema_text()))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_cassette_of_this_project_follows_the_schema(file: Path) -> None:
    assert wrong(yaml.safe_load(file.read_text("utf-8"))) == []


def tree(**changes: Any) -> dict[str, Any]:
    response = {"status": 200, "duration_ns": 7, "text": "hello", **changes}
    request = {"method": "GET", "url": "http://x/"}
    interactions = [{"request": request, "response": response}]
    return {"harness": "cassette", "version": 1, "origin": "live", "interactions": interactions}


DAMAGES = [
    {"status": "fine"},
    {"status": 7},
    {"layout": "wide"},
    {"duration_ns": -1},
    {"json": {}},
    {"chunks": []},
    {"colour": "red"},
    {"chunks": [{"at_ns": 1, "text": "a", "base64": "YQ=="}], "text": None},
]


@pytest.mark.parametrize("changes", DAMAGES, ids=str)
def test_the_schema_refuses_what_the_reader_refuses(changes: dict[str, Any]) -> None:
    assert wrong(tree()) == []
    assert [path[:26] for path in wrong(tree(**changes))][:1] == ["$.interactions[0].response"]
