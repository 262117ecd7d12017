"""A function's signature as a pydantic model, and as the JSON schema that a model is told."""

import dataclasses
import inspect
import re
import sys
from collections.abc import Callable, Mapping
from enum import Enum
from types import FrameType, GenericAlias
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from pydantic import BaseModel, Field, create_model

ModelT = TypeVar("ModelT", bound=BaseModel)
Fields = Mapping[str, tuple[Any, Any]]
"""Annotation and `Field` of each parameter, by the parameter's name."""

_DEFINITIONS = "#/$defs/"
_SECTION = re.compile(
    r"^(?:Args|Arguments|Parameters):\s*\n(?P<body>(?:[ \t]+.*(?:\n|$)|\n)+)", re.M
)
_GOOGLE_ITEM = re.compile(r"^(?P<name>\*{0,2}\w+)(?:\s*\([^)]*\))?:\s*(?P<text>.*)$")
_SPHINX_ITEM = re.compile(r"^:param (?:[^:]* )?(?P<name>\w+):\s*(?P<text>.*(?:\n[ \t]+.*)*)", re.M)


class MissingAnnotation(ValueError):
    """A parameter's type is unknown, so that a model can't be told what to give.

    Args:
        function: Name of the function.
        parameter: Name of its parameter.
    """

    def __init__(self, function: str, parameter: str) -> None:
        self.function = function
        self.parameter = parameter
        super().__init__(
            f"Parameter {parameter!r} of function {function!r} has neither a type nor a default.\n"
            f"  fix:      annotate it, such as '{parameter}: str'"
        )


def type_hints(function: Any) -> dict[str, Any]:
    """The annotations of a function, as types.

    A name that the function's module doesn't know, as under `from __future__ import annotations`
    when a type is local to a function, is looked up in the functions that are running.

    Raises:
        NameError: An annotation names a type that nobody knows.
    """
    local_names: dict[str, Any] = {}
    while True:
        try:
            return get_type_hints(function, localns=local_names or None, include_extras=True)
        except NameError as error:
            if error.name is None or error.name in local_names:
                raise
            local_names[error.name] = _value_in_running_functions(error)


def get_typed_signature(function: Callable[..., Any]) -> inspect.Signature:
    """The function's signature, with types for annotations.

    A parameter without an annotation has the type of its default.

    Raises:
        MissingAnnotation: It has no default either.
        NameError: An annotation names a type that nobody knows.
    """
    signature = inspect.signature(function)
    hints = type_hints(_annotated_part(function))
    name = name_of(function)
    return signature.replace(
        parameters=[
            parameter.replace(annotation=_annotation(parameter, hints, name))
            for parameter in signature.parameters.values()
        ],
        return_annotation=hints.get("return", signature.return_annotation),
    )


def without_metadata(annotation: Any) -> Any:
    """The type inside an `Annotated`; any other annotation as it is."""
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def name_of(function: Callable[..., Any]) -> str:
    """What the function is called in the source; for other callables, their class's name."""
    function = getattr(function, "func", function)
    return getattr(function, "__name__", type(function).__name__)


def args_base_model_from_signature(
    name: str, signature: inspect.Signature, descriptions: Mapping[str, str] | None = None
) -> type[BaseModel]:
    """A pydantic class of a function's arguments.

    A parameter is described by the text in its `Annotated`, else by `descriptions`, else by its
    type's docstring or its own name. `cancellation_token` is no argument.

    Args:
        name: The class's name.
        signature: A signature with types for annotations.
        descriptions: What is known of the parameters from elsewhere.

    Raises:
        ValueError: An `Annotated` holds something other than a description.
    """
    parameters = signature.parameters.values()
    return model_of(
        name,
        {
            parameter.name: _argument(parameter, (descriptions or {}).get(parameter.name))
            for parameter in parameters
            if parameter.name != "cancellation_token"
            and parameter.kind is not parameter.VAR_KEYWORD
        },
        base=BaseModel,
        open_ended=any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters),
    )


def descriptions_in_docstring(docstring: str | None) -> dict[str, str]:
    r"""What a docstring in Google's or Sphinx's style says of each parameter.

    >>> descriptions_in_docstring("Adds.\n\nArgs:\n    x: One number.\n    y: The other.")
    {'x': 'One number.', 'y': 'The other.'}
    """
    text = inspect.cleandoc(docstring or "")
    described = {item["name"]: _one_line(item["text"]) for item in _SPHINX_ITEM.finditer(text)}
    section = _SECTION.search(text)
    name = None
    for line in inspect.cleandoc("\n" + section["body"]).splitlines() if section else ():
        item = _GOOGLE_ITEM.match(line)
        if item is not None:
            name = item["name"].lstrip("*")
            described[name] = item["text"]
        elif name is not None:
            described[name] += " " + line.strip()
    return {name: text.strip() for name, text in described.items()}


def parameters_schema(args_type: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of a tool's arguments, all definitions written where they are used.

    Only a definition that contains itself remains one, under `$defs`.
    """
    schema = args_type.model_json_schema()
    definitions = schema.get("$defs", {})
    recursive: set[str] = set()
    parameters = {
        "type": "object",
        "properties": _inlined(schema.get("properties", {}), definitions, recursive, ()),
        "required": schema.get("required", []),
        "additionalProperties": schema.get("additionalProperties", False),
    }
    if recursive:
        parameters["$defs"] = definitions
    return parameters


def model_of(
    name: str, fields: Fields, *, base: type[ModelT], open_ended: bool = False
) -> type[ModelT]:
    """A pydantic class with these fields; one whose name pydantic needs for itself gets an alias.

    Args:
        name: The class's name.
        fields: What the class holds, by the names that JSON uses.
        base: The class to extend.
        open_ended: Whether further fields are taken too.
    """
    definitions: dict[str, Any] = {}
    for parameter, (annotation, field) in fields.items():
        attribute = attribute_of(parameter, base)
        if attribute != parameter:
            annotation = Annotated[annotation, Field(alias=parameter)]
        definitions[attribute] = (annotation, field)
    options = {"extra": "allow"} if open_ended else None
    return create_model(name, __base__=base, __cls_kwargs__=options, **definitions)


def attribute_of(parameter: str, base: type[BaseModel] = BaseModel) -> str:
    """The attribute that holds a parameter in its model: `field_schema` for `schema`, say."""
    is_taken = parameter.startswith("_") or hasattr(base, parameter)
    return f"field_{parameter}" if is_taken else parameter


def bound_call(
    signature: inspect.Signature, model: BaseModel, base: type[BaseModel] = BaseModel
) -> inspect.BoundArguments:
    """The arguments for a call, out of a model of its signature.

    A parameter that was not set is left to its own default, which may be an object of its own.
    """
    call = signature.bind_partial()
    for parameter in signature.parameters.values():
        attribute = attribute_of(parameter.name, base)
        if parameter.kind is parameter.VAR_KEYWORD:
            call.arguments[parameter.name] = model.model_extra or {}
        elif attribute in model.model_fields_set or parameter.default is parameter.empty:
            call.arguments[parameter.name] = getattr(model, attribute)
    return call


def _value_in_running_functions(error: NameError) -> Any:
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        if error.name in frame.f_locals:
            return frame.f_locals[error.name]
        frame = frame.f_back
    raise error


def _annotated_part(function: Callable[..., Any]) -> Callable[..., Any]:
    """Where the annotations of a callable are: not on a partial, nor on an object."""
    function = inspect.unwrap(getattr(function, "func", function))
    return function if inspect.isroutine(function) else type(function).__call__


def _annotation(parameter: inspect.Parameter, hints: Mapping[str, Any], function: str) -> Any:
    if parameter.name in hints:
        return hints[parameter.name]
    if parameter.name == "cancellation_token" or parameter.kind in (
        parameter.VAR_POSITIONAL,
        parameter.VAR_KEYWORD,
    ):
        return Any
    if parameter.default is parameter.empty:
        raise MissingAnnotation(function, parameter.name)
    return Any if parameter.default is None else type(parameter.default)


def _argument(parameter: inspect.Parameter, description: str | None) -> tuple[Any, Any]:
    annotation = parameter.annotation
    if get_origin(annotation) is Annotated:
        annotation, description = get_args(annotation)[:2]
        if not isinstance(description, str):
            raise ValueError(
                f"Invalid description {description} for parameter {parameter.name}, "
                "should be a string."
            )
    if description is None and not _describes_itself(annotation):
        description = parameter.name
    if parameter.kind is parameter.VAR_POSITIONAL:
        return GenericAlias(list, (annotation,)), Field(default=[], description=description)
    if parameter.default is parameter.empty:
        return annotation, Field(description=description)
    return annotation, Field(default=parameter.default, description=description)


def _describes_itself(annotation: Any) -> bool:
    """Whether a JSON schema of the type has a title, and maybe a text, of its own."""
    return isinstance(annotation, type) and (
        issubclass(annotation, BaseModel | Enum) or dataclasses.is_dataclass(annotation)
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _inlined(
    node: Any, definitions: Mapping[str, Any], recursive: set[str], inside: tuple[str, ...]
) -> Any:
    if isinstance(node, list):
        return [_inlined(item, definitions, recursive, inside) for item in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if not isinstance(reference, str):
        return {key: _inlined(item, definitions, recursive, inside) for key, item in node.items()}
    name = reference.removeprefix(_DEFINITIONS)
    if name in inside:
        recursive.add(name)
        return node
    beside = {key: item for key, item in node.items() if key != "$ref"}
    return _inlined({**definitions[name], **beside}, definitions, recursive, (*inside, name))
