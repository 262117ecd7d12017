"""JSON out of texts, and classes out of schemas."""

from datetime import date, datetime

from pydantic import BaseModel

from agentchat.core import InMemoryStore
from agentchat.core.utils import extract_json_from_str, schema_to_pydantic_model
from tests.compat.parity.observation import attempt, plain, show


async def json_out_of_texts():
    texts = [
        '{"a": 1}',
        'before\n```json\n{"a": 1}\n```\nafter\n```\n{"b": [1]}\n```',
        "```python\n{}\n```",
        "no json",
        "",
        "[1, 2]",
        '```json\n{"a": }\n```',
        '```JSON\n{"a": 1}\n```',
        '{"a": 1} {"b": 2}',
    ]
    return [attempt(lambda text=text: extract_json_from_str(text)) for text in texts]


def fields_of(schema, *documents):
    def read():
        made = schema_to_pydantic_model(schema, "Made")
        return [
            made.__name__,
            {name: field.is_required() for name, field in made.model_fields.items()},
            [attempt(lambda each=each: plain(made.model_validate(each))) for each in documents],
        ]

    return attempt(read)


def of(properties, required=(), **more):
    return {"type": "object", "properties": properties, "required": list(required), **more}


async def kinds():
    plain_kinds = of(
        {
            "s": {"type": "string"},
            "i": {"type": "integer"},
            "n": {"type": "number"},
            "b": {"type": "boolean"},
            "l": {"type": "array", "items": {"type": "integer"}},
            "o": {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]},
            "z": {"type": "null"},
        },
        ["s"],
    )
    return [
        fields_of(
            plain_kinds,
            {"s": "a"},
            {},
            {"s": "a", "i": 1, "n": 1.5, "b": True, "l": [1], "o": {"x": 1}, "z": None},
            {"s": "a", "i": "one"},
            {"s": "a", "o": {}},
        ),
        fields_of(of({"a": {"type": "string", "default": "d"}}), {}, {"a": "b"}),
        fields_of(of({"a": {"enum": ["x", "y"]}}, ["a"]), {"a": "x"}, {"a": "z"}),
        fields_of(of({"a": {"type": ["string", "null"]}}, ["a"]), {"a": None}),
    ]


async def constraints():
    schema = of(
        {
            "text": {"type": "string", "minLength": 2, "maxLength": 3, "pattern": "^a"},
            "number": {"type": "number", "minimum": 1, "exclusiveMaximum": 3},
            "whole": {"type": "integer", "multipleOf": 2},
            "list": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2},
        }
    )
    documents = [
        {"text": "ab", "number": 1, "whole": 4, "list": ["a"]},
        {"text": "a"},
        {"text": "abcd"},
        {"text": "bb"},
        {"number": 0},
        {"number": 3},
        {"whole": 3},
        {"list": []},
        {"list": ["a", "b", "c"]},
    ]
    return fields_of(schema, *documents)


def _read(schema, value):
    made = schema_to_pydantic_model(schema, "Made")
    refused = attempt(lambda: made.model_validate({"a": "no such thing"}))
    return [type(made.model_validate({"a": value}).a).__name__, "raised" in refused]


async def formats():
    names = ["date", "date-time", "time", "duration", "email", "uri", "uuid", "ipv4", "ipv6"]
    values = {
        "date": "2025-01-02",
        "date-time": "2025-01-02T03:04:05",
        "time": "03:04:05",
        "duration": "P1D",
        "email": "a@b.co",
        "uri": "http://a.test/x",
        "uuid": "12345678-1234-5678-1234-567812345678",
        "ipv4": "1.2.3.4",
        "ipv6": "::1",
    }
    seen = {}
    for name in names:
        if name == "email":  # It needs a further library.
            continue
        schema = of({"a": {"type": "string", "format": name}}, ["a"])
        seen[name] = attempt(lambda schema=schema, name=name: _read(schema, values[name]))
    return seen


async def references():
    definitions = {"Point": of({"x": {"type": "integer"}}, ["x"])}
    schema = of({"p": {"$ref": "#/$defs/Point"}}, ["p"], **{"$defs": definitions})
    many = of(
        {"ps": {"type": "array", "items": {"$ref": "#/$defs/Point"}}}, **{"$defs": definitions}
    )
    tree = {
        "$ref": "#/$defs/Node",
        "$defs": {
            "Node": of(
                {
                    "value": {"type": "string"},
                    "children": {"type": "array", "items": {"$ref": "#/$defs/Node"}},
                },
                ["value"],
            )
        },
    }
    return [
        fields_of(schema, {"p": {"x": 1}}, {"p": {}}),
        fields_of(many, {"ps": [{"x": 1}]}, {"ps": [{}]}),
        fields_of(tree, {"value": "a", "children": [{"value": "b"}]}),
        attempt(
            lambda: schema_to_pydantic_model(of({"p": {"$ref": "#/$defs/No"}}, ["p"])).__name__
        )["raised"],
    ]


async def unions():
    any_of = of({"a": {"anyOf": [{"type": "string"}, {"type": "integer"}]}}, ["a"])
    one_of = of({"a": {"oneOf": [{"type": "string"}, {"type": "null"}]}})
    all_of = {
        "allOf": [
            of({"a": {"type": "string"}}, ["a"]),
            of({"b": {"type": "integer"}}, ["b"]),
        ]
    }
    return [
        fields_of(any_of, {"a": "x"}, {"a": 1}, {"a": []}),
        fields_of(one_of, {"a": "x"}, {"a": None}, {}),
        fields_of(all_of, {"a": "x", "b": 1}, {"a": "x"}),
    ]


async def refused_schemas():
    schemas = [
        of({"a": {"type": "odd"}}, ["a"]),
        of({"a": {"type": "string", "format": "odd"}}, ["a"]),
        {"type": "string"},
        {},
    ]
    return [attempt(lambda each=each: schema_to_pydantic_model(each).__name__) for each in schemas]


class Whole(BaseModel):
    name: str
    when: datetime
    day: date | None = None
    tags: list[str] = []
    scores: dict[str, int] = {}


async def a_model_of_a_model():
    made = schema_to_pydantic_model(Whole.model_json_schema(), "Whole")
    document = {"name": "a", "when": "2025-01-02T03:04:05", "tags": ["x"], "scores": {"y": 1}}
    return [made.__name__, plain(made.model_validate(document))]


async def a_store():
    store = InMemoryStore()
    store.set("a", [1])
    return [store.get("a"), store.get("b"), store.get("b", 7)]


async def main():
    await show(
        json_out_of_texts,
        kinds,
        constraints,
        formats,
        references,
        unions,
        refused_schemas,
        a_model_of_a_model,
        a_store,
    )
