from __future__ import annotations

import functools
import inspect
import keyword
from enum import Enum
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, create_model

from agentchat.core._schema import (
    MissingAnnotation,
    args_base_model_from_signature,
    bound_call,
    descriptions_in_docstring,
    get_typed_signature,
    parameters_schema,
)


class Address(BaseModel):
    """Where somebody lives."""

    city: str


class Tree(BaseModel):
    children: list[Tree] = []


class Size(Enum):
    SMALL = "small"


def schema_of(function: Any, descriptions: dict[str, str] | None = None) -> dict[str, Any]:
    signature = get_typed_signature(function)
    return parameters_schema(args_base_model_from_signature("args", signature, descriptions))


def signature_with(parameters: dict[str, tuple[Any, Any]]) -> inspect.Signature:
    return inspect.Signature(
        [
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default
            )
            for name, (annotation, default) in parameters.items()
        ]
    )


defaults = st.one_of(
    st.tuples(st.just(int), st.integers()),
    st.tuples(st.just(str | None), st.none() | st.text()),
    st.tuples(st.just(list[float]), st.lists(st.floats(allow_nan=False))),
    st.tuples(st.just(dict[str, bool]), st.dictionaries(st.text(), st.booleans())),
    st.tuples(st.just(Literal["a", "b"]), st.sampled_from(["a", "b"])),
    st.tuples(st.just(Annotated[bytes, "raw"]), st.text().map(str.encode)),
    st.tuples(st.just(Size), st.just(Size.SMALL)),
    st.tuples(st.just(Address), st.builds(Address, city=st.text())),
)
identifiers = st.from_regex(r"_{0,2}[a-z]{1,6}", fullmatch=True)
names = identifiers.filter(lambda name: not keyword.iskeyword(name)) | st.sampled_from(
    ["schema", "json", "copy", "model_config", "model_fields", "dict", "self"]
)


@given(parameters=st.dictionaries(names, defaults, max_size=4))
def test_a_model_of_any_signature_accepts_its_own_defaults(
    parameters: dict[str, tuple[Any, Any]],
) -> None:
    signature = signature_with(parameters)
    given_values = {name: default for name, (_, default) in parameters.items()}

    model = args_base_model_from_signature("args", signature)
    call = bound_call(signature, model.model_validate(given_values))

    assert call.kwargs == given_values
    assert bound_call(signature, model()).kwargs == {}
    assert parameters_schema(model)["properties"].keys() == parameters.keys()


def test_describes_parameters_by_the_best_that_is_known() -> None:
    def move(
        home: Address,
        to: Annotated[str, "A town."],
        how: str = "by car",
        when: int = 3,
        cancellation_token: Any = None,
    ) -> None: ...

    properties = schema_of(move, {"how": "Means of travel."})["properties"]

    assert {name: shown.get("description") for name, shown in properties.items()} == {
        "home": "Where somebody lives.",
        "to": "A town.",
        "how": "Means of travel.",
        "when": "when",
    }


def test_writes_definitions_where_they_are_used() -> None:
    def move(home: Address, others: list[Address]) -> None: ...

    parameters = schema_of(move)

    assert "$ref" not in str(parameters)
    assert parameters["required"] == ["home", "others"]
    assert parameters["additionalProperties"] is False


def test_keeps_a_definition_that_contains_itself() -> None:
    def plant(tree: Tree) -> None: ...

    parameters = schema_of(plant)

    assert parameters["$defs"].keys() == {"Tree"}
    assert parameters["properties"]["tree"]["properties"]["children"]["items"] == {
        "$ref": "#/$defs/Tree"
    }


def test_further_arguments_are_additional_properties() -> None:
    def call(first: int, *rest: int, **more: str) -> None: ...

    signature = get_typed_signature(call)

    model = args_base_model_from_signature("args", signature)
    bound = bound_call(signature, model.model_validate({"first": 1, "rest": [2, 3], "x": "y"}))

    assert parameters_schema(model)["required"] == ["first"]
    assert parameters_schema(model)["additionalProperties"] is True
    assert (bound.args, bound.kwargs) == ((1, 2, 3), {"x": "y"})


def test_knows_types_that_are_local_to_a_function() -> None:
    class Local(BaseModel):
        x: int

    def take(value: Local) -> Local: ...

    signature = get_typed_signature(take)

    assert signature.parameters["value"].annotation is Local
    assert signature.return_annotation is Local


def test_a_type_that_nobody_knows_is_an_error() -> None:
    def take(value: Unheard) -> None: ...  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(NameError, match="Unheard"):
        get_typed_signature(take)


def test_a_default_tells_the_type() -> None:
    def take(x=3, y=None): ...  # type: ignore[no-untyped-def]

    annotations = [
        parameter.annotation for parameter in get_typed_signature(take).parameters.values()
    ]

    assert annotations == [int, Any]


def test_a_parameter_needs_a_type_or_a_default() -> None:
    with pytest.raises(MissingAnnotation, match="Parameter 'x' of function '<lambda>'") as missing:
        get_typed_signature(lambda x: x)

    assert (missing.value.function, missing.value.parameter) == ("<lambda>", "x")


def test_a_description_must_be_text() -> None:
    def take(x: Annotated[int, 3]) -> None: ...

    with pytest.raises(
        ValueError, match="Invalid description 3 for parameter x, should be a string"
    ):
        schema_of(take)


def test_takes_partials_methods_and_callable_objects() -> None:
    class Adder:
        def add(self, x: int, y: int) -> int:
            return x + y

        __call__ = add

    adder = Adder()
    ways = [adder.add, adder, functools.partial(adder.add), functools.partial(adder.add, 1)]

    shown = [list(schema_of(way)["properties"]) for way in ways]

    assert shown == [["x", "y"], ["x", "y"], ["x", "y"], ["y"]]


@pytest.mark.parametrize(
    "docstring",
    [
        "Adds.\n\n    Args:\n        x: One number,\n            any.\n"
        "        *y (int): Others.\n\n    Returns:\n        z: no.",
        "Adds.\n\n:param x: One number,\n   any.\n:param int y: Others.\n:returns: no.",
    ],
)
def test_reads_descriptions_out_of_a_docstring(docstring: str) -> None:
    assert descriptions_in_docstring(docstring) == {"x": "One number, any.", "y": "Others."}


def test_a_docstring_without_parameters_describes_none() -> None:
    assert descriptions_in_docstring(None) == descriptions_in_docstring("Adds: a, b.") == {}


def test_an_open_model_says_so() -> None:
    model = create_model("Open", __cls_kwargs__={"extra": "allow"})

    assert parameters_schema(model)["additionalProperties"] is True
