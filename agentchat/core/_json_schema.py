"""A JSON schema as a pydantic class: the way back from `_schema`."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import reduce
from importlib.util import find_spec
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from operator import or_
from types import GenericAlias, NoneType
from typing import Annotated, Any, ForwardRef, Literal, NamedTuple, TypeGuard, Union
from uuid import UUID

from pydantic import (
    UUID1,
    UUID3,
    UUID4,
    UUID5,
    AnyUrl,
    BaseModel,
    EmailStr,
    Field,
    Json,
    Strict,
)

from agentchat.core._schema import model_of

Schema = Mapping[str, Any]


class SchemaConversionError(Exception):
    """A JSON schema has no pydantic form."""


class ReferenceNotFoundError(SchemaConversionError):
    """A schema refers to a definition that it doesn't have.

    Args:
        reference: What it refers to.
        available: The definitions it has.
    """

    def __init__(self, reference: str, available: Sequence[str]) -> None:
        self.reference = reference
        super().__init__(
            f"Reference `{reference}` not found in cache. Available: {list(available)}"
        )


class FormatNotSupportedError(SchemaConversionError):
    """A schema names a format that nobody knows.

    Args:
        format_name: The format.
        field: The field that has it.
        model: The model that has the field.
    """

    def __init__(self, format_name: str, field: str, model: str) -> None:
        self.format_name = format_name
        super().__init__(f"Unknown format `{format_name}` for `{field}` in `{model}`")


class UnsupportedKeywordError(SchemaConversionError):
    """A schema does not say what type a value has, or names one that nobody knows.

    Args:
        type_name: The type; None if the schema does not say.
        field: The field that has it.
        model: The model that has the field.
    """

    def __init__(self, type_name: object, field: str, model: str) -> None:
        self.type_name = type_name
        super().__init__(
            f"Unsupported or missing type `{type_name}` for field `{field}` in `{model}`"
        )


def schema_to_pydantic_model(schema: Schema, model_name: str = "GeneratedModel") -> type[BaseModel]:
    """A pydantic class that takes what the schema describes.

    Known are objects, arrays, enums and constants, `$defs` (also recursive ones), `allOf`, `anyOf`,
    `oneOf` with or without a discriminator, limits of numbers, strings and arrays, and the common
    formats. A field that is not required and has no default may be None.

    Args:
        schema: A JSON schema of an object.
        model_name: The class's name.

    Raises:
        SchemaConversionError: The schema uses something else.
    """
    return _Conversion(schema.get("$defs") or schema.get("definitions", {})).root(
        schema, model_name
    )


class _Place(NamedTuple):
    """Where in the result a schema belongs, for names and messages."""

    model: str
    field: str


class _Conversion:
    """One schema's definitions, and what has been made of them so far."""

    def __init__(self, definitions: Mapping[str, Schema]) -> None:
        self._definitions = definitions
        self._types: dict[str, Any] = {}
        self._begun: set[str] = set()
        self._models: list[type[BaseModel]] = []

    def root(self, schema: Schema, name: str) -> type[BaseModel]:
        model = self._model(self._merged(schema), name)
        for made in self._models:
            # A definition that contains itself was named before it was made.
            made.model_rebuild(_types_namespace=self._types)
        return model

    def _model(self, schema: Schema, name: str) -> type[BaseModel]:
        required = schema.get("required", ())
        fields = {
            field: self._field(described, field in required, _Place(name, field))
            for field, described in schema.get("properties", {}).items()
        }
        model = model_of(name, fields, base=BaseModel)
        self._models.append(model)
        return model

    def _field(self, schema: Schema, is_required: bool, place: _Place) -> tuple[Any, Any]:
        annotation = self._type(schema, place)
        told = {
            name: schema[name] for name in ("title", "description", "examples") if name in schema
        }
        if is_required:
            return annotation, Field(**told)
        if "default" in schema:
            return annotation, Field(default=schema["default"], **told)
        return _union([annotation, NoneType]), Field(default=None, **told)

    def _type(self, schema: Schema, place: _Place) -> Any:
        for keyword, convert in _BY_KEYWORD.items():
            if keyword in schema:
                return convert(self, schema, place)
        name = schema.get("type")
        if isinstance(name, list):
            return _union([self._type({**schema, "type": each}, place) for each in name])
        if name == "object" or "properties" in schema:
            return self._object(schema, place)
        if name == "array":
            items = schema.get("items")
            inner = self._type(items, place) if items else Any
            return _constrained(GenericAlias(list, (inner,)), schema)
        if not isinstance(name, str) or name not in _BY_TYPE:
            raise UnsupportedKeywordError(name, place.field, place.model)
        return _constrained(_BY_TYPE[name], schema)

    def _object(self, schema: Schema, place: _Place) -> Any:
        if "properties" in schema:
            return self._model(schema, f"{place.model}_{place.field}")
        values = schema.get("additionalProperties")
        return GenericAlias(dict, (str, self._type(values, place))) if _is_schema(values) else dict

    def _referenced(self, schema: Schema, place: _Place) -> Any:
        name = _definition_name(schema["$ref"])
        key = re.sub(r"\W", "_", name)
        if key not in self._types:
            if name in self._begun:
                return ForwardRef(key)
            self._begun.add(name)
            definition = self._merged(self._definition(name))
            is_model = "properties" in definition
            made = self._model(definition, name) if is_model else self._type(definition, place)
            self._types[key] = made
        return self._types[key]

    def _all_of(self, schema: Schema, place: _Place) -> Any:
        return self._type(self._merged(schema), place)

    def _any_of(self, schema: Schema, place: _Place) -> Any:
        members = schema.get("anyOf") or schema.get("oneOf") or ()
        if not members:
            raise UnsupportedKeywordError(None, place.field, place.model)
        union = _union([self._type(member, place) for member in members])
        if "discriminator" in schema:
            return Annotated[union, Field(discriminator=schema["discriminator"]["propertyName"])]
        return union

    def _enum(self, schema: Schema, place: _Place) -> Any:
        return Literal[tuple(schema["enum"])]

    def _const(self, schema: Schema, place: _Place) -> Any:
        return Literal[schema["const"]]

    def _format(self, schema: Schema, place: _Place) -> Any:
        name = schema["format"]
        if name not in _BY_FORMAT:
            raise FormatNotSupportedError(name, place.field, place.model)
        return _constrained(_BY_FORMAT[name], schema)

    def _definition(self, name: str) -> Schema:
        if name not in self._definitions:
            raise ReferenceNotFoundError(name, list(self._definitions))
        return self._definitions[name]

    def _merged(self, schema: Schema) -> Schema:
        """The schema with what it refers to, and all that it is made of, in one."""
        merged = {key: value for key, value in schema.items() if key not in ("$ref", "allOf")}
        parts = [self._merged(part) for part in schema.get("allOf", ())]
        if "$ref" in schema:
            parts.append(self._merged(self._definition(_definition_name(schema["$ref"]))))
        for part in parts:
            both = (part, merged)
            properties = [each["properties"] for each in both if "properties" in each]
            required = [name for each in both for name in each.get("required", ())]
            merged = {**part, **merged}
            if properties:
                merged["properties"] = reduce(or_, properties)
                merged["required"] = required
        return merged


_BY_KEYWORD: Mapping[str, Callable[[_Conversion, Schema, _Place], Any]] = {
    "$ref": _Conversion._referenced,
    "allOf": _Conversion._all_of,
    "anyOf": _Conversion._any_of,
    "oneOf": _Conversion._any_of,
    "enum": _Conversion._enum,
    "const": _Conversion._const,
    "format": _Conversion._format,
}

_BY_TYPE: Mapping[str, Any] = {
    "string": str,
    "number": float,
    "integer": int,
    "boolean": bool,
    "null": NoneType,
}

_BY_FORMAT: Mapping[str, Any] = {
    "uuid": UUID4,
    "uuid1": UUID1,
    "uuid2": UUID,
    "uuid3": UUID3,
    "uuid4": UUID4,
    "uuid5": UUID5,
    # Without that library pydantic refuses to make a class with an address in it.
    "email": EmailStr if find_spec("email_validator") else str,
    "uri": AnyUrl,
    "hostname": Annotated[str, Strict()],
    "ipv4": IPv4Address,
    "ipv6": IPv6Address,
    "ipv4-network": IPv4Network,
    "ipv6-network": IPv6Network,
    "date-time": datetime,
    "date": date,
    "time": time,
    "duration": timedelta,
    "int32": Annotated[int, Strict(), Field(ge=-(2**31), le=2**31 - 1)],
    "int64": Annotated[int, Strict(), Field(ge=-(2**63), le=2**63 - 1)],
    "float": Annotated[float, Strict()],
    "double": float,
    "decimal": Decimal,
    "byte": Annotated[bytes, Strict()],
    "binary": Annotated[bytes, Strict()],
    "password": str,
    "path": str,
    "json": Json,
}

_CONSTRAINTS = {
    "minLength": "min_length",
    "maxLength": "max_length",
    "pattern": "pattern",
    "minimum": "ge",
    "maximum": "le",
    "exclusiveMinimum": "gt",
    "exclusiveMaximum": "lt",
    "multipleOf": "multiple_of",
    "minItems": "min_length",
    "maxItems": "max_length",
}


def _constrained(annotation: Any, schema: Schema) -> Any:
    limits = {ours: schema[theirs] for theirs, ours in _CONSTRAINTS.items() if theirs in schema}
    return Annotated[annotation, Field(**limits)] if limits else annotation


def _union(members: Sequence[Any]) -> Any:
    # Not by `|`, which a ForwardRef doesn't know in every Python.
    return Union[tuple(members)]  # noqa: UP007


def _is_schema(value: object) -> TypeGuard[Schema]:
    return isinstance(value, Mapping) and bool(value)


def _definition_name(reference: str) -> str:
    return reference.removeprefix("#/$defs/").removeprefix("#/definitions/")
