import json
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, ValidationError

from agentchat.core.utils import (
    FormatNotSupportedError,
    ReferenceNotFoundError,
    SchemaConversionError,
    UnsupportedKeywordError,
    extract_json_from_str,
    schema_to_pydantic_model,
)


class Circle(BaseModel):
    kind: Literal["circle"]
    radius: float = Field(gt=0)


class Box(BaseModel):
    kind: Literal["box"]
    sides: list[int] = Field(min_length=2, max_length=3)


class Page(BaseModel):
    title: str = Field(min_length=1, max_length=5, description="What it is called.")
    shapes: list[Circle | Box] = []
    cover: Circle | Box | None = Field(default=None, discriminator="kind")
    words: dict[str, int] = {}
    parts: "list[Page]" = []


def with_field(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": {"x": schema}, "required": ["x"]}


shapes = st.one_of(
    st.builds(Circle, kind=st.just("circle"), radius=st.floats(0.5, 9)),
    st.builds(Box, kind=st.just("box"), sides=st.lists(st.integers(), min_size=2, max_size=3)),
)
pages = st.recursive(
    st.builds(
        Page,
        title=st.text(min_size=1, max_size=5),
        shapes=st.lists(shapes, max_size=2),
        cover=st.none() | shapes,
        words=st.dictionaries(st.text(), st.integers(), max_size=2),
        parts=st.just([]),
    ),
    lambda inner: st.builds(
        Page, title=st.just("book"), parts=st.lists(inner, min_size=1, max_size=2)
    ),
    max_leaves=4,
)
SAME_PAGE = schema_to_pydantic_model(Page.model_json_schema(), "SamePage")


@given(page=pages)
def test_takes_whatever_the_schemas_own_model_takes(page: Page) -> None:
    values = page.model_dump(mode="json")

    assert SAME_PAGE.model_validate(values).model_dump(mode="json") == values


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"title": ""},
        {"title": "too long"},
        {"title": "a", "cover": {"kind": "circle", "radius": 0}},
        {"title": "a", "shapes": [{"kind": "box", "sides": [1]}]},
        {"title": "a", "parts": [{"title": 3}]},
    ],
)
def test_refuses_what_the_schemas_own_model_refuses(values: dict[str, Any]) -> None:
    for model in (Page, SAME_PAGE):
        with pytest.raises(ValidationError, match=r"validation errors? for"):
            model.model_validate(values)


def test_a_field_that_is_not_required_may_be_none() -> None:
    model = schema_to_pydantic_model(
        {
            "type": "object",
            "properties": {"a": {"type": "integer"}, "b": {"default": 3, "type": "integer"}},
        }
    )

    assert model.__name__ == "GeneratedModel"
    assert model().model_dump() == {"a": None, "b": 3}


def test_merges_what_all_of_lists() -> None:
    schema = {
        "$defs": {"Named": {"properties": {"name": {"type": "string"}}, "required": ["name"]}},
        "allOf": [{"$ref": "#/$defs/Named"}, {"properties": {"age": {"type": "integer"}}}],
    }

    model = schema_to_pydantic_model(schema)

    assert model.model_validate({"name": "Ann"}).model_dump() == {"name": "Ann", "age": None}
    with pytest.raises(ValidationError, match="Field required"):
        model()


@pytest.mark.parametrize(
    ("schema", "right", "wrong"),
    [
        ({"type": "string", "format": "uuid"}, "8f14e45f-ceea-467f-a0e6-9d2f1a3b4c5d", "8f14"),
        ({"type": "string", "format": "date"}, "2026-01-31", "2026-02-31"),
        ({"type": "string", "format": "duration"}, "PT5S", "five"),
        ({"type": "string", "format": "uri"}, "https://example.com/", "example"),
        ({"type": "string", "format": "ipv4"}, "10.0.0.1", "10.0.0.256"),
        ({"type": "integer", "format": "int32"}, 2**31 - 1, 2**31),
        ({"type": ["string", "null"]}, None, 3),
        ({"const": 3}, 3, 4),
        ({"enum": ["a", 1]}, 1, "b"),
        ({"type": "number", "multipleOf": 0.5}, 1.5, 1.2),
        ({"type": "string", "pattern": "^a+$"}, "aa", "b"),
    ],
)
def test_checks_formats_and_limits(schema: dict[str, Any], right: Any, wrong: Any) -> None:
    model = schema_to_pydantic_model(with_field(schema))

    assert model.model_validate({"x": right}).model_dump(mode="json") == {"x": right}
    with pytest.raises(ValidationError, match="1 validation error for GeneratedModel"):
        model.model_validate({"x": wrong})


@pytest.mark.parametrize(
    ("schema", "error", "message"),
    [
        ({"type": "weird"}, UnsupportedKeywordError, "Unsupported or missing type `weird`"),
        ({}, UnsupportedKeywordError, "type `None` for field `x` in `GeneratedModel`"),
        ({"anyOf": []}, UnsupportedKeywordError, "Unsupported or missing type"),
        (
            {"type": "string", "format": "odd"},
            FormatNotSupportedError,
            "Unknown format `odd` for `x` in `GeneratedModel`",
        ),
        ({"$ref": "#/$defs/N"}, ReferenceNotFoundError, "Reference `N` not found in cache"),
    ],
)
def test_says_what_it_cannot_convert(
    schema: dict[str, Any], error: type[SchemaConversionError], message: str
) -> None:
    with pytest.raises(error, match=message):
        schema_to_pydantic_model(with_field(schema))


@given(records=st.lists(st.dictionaries(st.text(), st.integers()), min_size=1))
def test_finds_the_json_of_every_fenced_block(records: list[dict[str, int]]) -> None:
    text = "\n".join(f"So:\n```json\n{json.dumps(record)}\n```" for record in records)

    assert extract_json_from_str(text) == records


@pytest.mark.parametrize("text", ['{"a": 1}', '```\n{"a": 1}\n```', 'x\n```JSON\n{"a": 1}\n``` y'])
def test_finds_json_without_a_fence_or_language_too(text: str) -> None:
    assert extract_json_from_str(text) == [{"a": 1}]


def test_refuses_another_language_and_what_is_no_json() -> None:
    with pytest.raises(ValueError, match="found language: python"):
        extract_json_from_str("```python\n{}\n```")
    with pytest.raises(json.JSONDecodeError, match="Expecting value"):
        extract_json_from_str("no json")
