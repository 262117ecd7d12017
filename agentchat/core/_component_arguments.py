"""The constructor is the schema: a component's arguments as a configuration, and back.

An instance keeps the arguments it was constructed with. The pydantic class that describes them is
built when somebody first writes or loads a configuration, since most programs never do.
"""

import dataclasses
import inspect
from collections.abc import Callable, Mapping, Set
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from types import GenericAlias, NoneType, SimpleNamespace
from typing import Any, ClassVar, Self, TypeVar, cast, get_args
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter

from agentchat.core._schema import attribute_of, bound_call, model_of, type_hints

T = TypeVar("T")
Given = tuple[tuple[Any, ...], dict[str, Any]]
"""The positional and the named arguments of a call."""


class NotConfigurable(TypeError):
    """A component holds something that a configuration can't express.

    Args:
        value: What it holds.
        where: The class and the parameter it was given as; None while that is not known.
    """

    def __init__(self, value: object, where: str | None = None) -> None:
        self.value = value
        self.where = where
        super().__init__(
            f"{value!r} can't be written to a configuration.\n"
            f"  where:    {where or 'unknown'}\n"
            f"  fix:      leave it out, or write _to_config and _from_config for the class"
        )


class ComponentArguments(BaseModel, defer_build=True):
    """A configuration derived from a constructor: a field a parameter, of its name and type."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        arbitrary_types_allowed=True, validate_by_name=True, validate_by_alias=True
    )

    component_class: ClassVar[type]
    """Whose constructor it is."""

    signature: ClassVar[inspect.Signature]
    """The constructor's signature, without `self`."""

    @classmethod
    def of_call(cls, given: Given) -> Self:
        """The arguments of a call, as they are: nothing is validated or copied."""
        arguments = cls.signature.bind(*given[0], **given[1]).arguments
        for parameter in cls.signature.parameters.values():
            if parameter.kind is parameter.VAR_KEYWORD:
                arguments |= arguments.pop(parameter.name, {})
        return cls.model_construct(**{_attribute_of(name): arguments[name] for name in arguments})

    def construct_component(self, component_class: type[T]) -> T:
        """Calls the constructor; what was not configured is left to its own defaults."""
        call = bound_call(self.signature, self, ComponentArguments)
        return component_class(*call.args, **call.kwargs)

    def model_dump(self, **_: Any) -> dict[str, Any]:
        """The arguments as plain values; None is left out where it is the default.

        Raises:
            NotConfigurable: An argument is a function, a class, or another thing without a form.
        """
        written = {}
        for attribute, field in type(self).model_fields.items():
            value, name = getattr(self, attribute), field.alias or attribute
            if value is None and field.default is None:
                continue
            try:
                written[name] = as_plain(_masked(value, field.annotation))
            except NotConfigurable as error:
                # A default is made again by the constructor.
                if attribute in self.model_fields_set:
                    where = f"{self.component_class.__qualname__}({name}=...)"
                    raise NotConfigurable(error.value, where) from None
        return written | {name: as_plain(value) for name, value in (self.model_extra or {}).items()}


class ConstructorSignature:
    """Shows the signature of `__init__` for a class whose `__new__` takes everything."""

    def __get__(self, instance: object, owner: type) -> inspect.Signature:
        if instance is not None:
            # An instance that can be called has the signature of its own `__call__`.
            raise AttributeError("__signature__")
        return constructor_signature(owner)


class DerivedSchema:
    """The configuration class of a component that brings none: built at first use, then kept."""

    def __get__(self, instance: object, owner: type) -> type[ComponentArguments]:
        derived: type[ComponentArguments] | None = owner.__dict__.get("_derived_schema")
        if derived is None:
            derived = _derive(owner)
            type.__setattr__(owner, "_derived_schema", derived)
        return derived


def constructor_signature(component_class: type) -> inspect.Signature:
    """What a class is called with; `self` is left out."""
    constructor = _constructor(component_class)
    if constructor is object.__init__:
        return inspect.Signature()
    signature = inspect.signature(constructor)
    return signature.replace(parameters=list(signature.parameters.values())[1:])


def as_plain(value: Any) -> Any:
    """The value as JSON would have it, except that secrets, times and bytes stay as they are.

    Raises:
        NotConfigurable: There is no such form.
    """
    if isinstance(value, type):
        raise NotConfigurable(value)
    if hasattr(value, "dump_component"):
        return value.dump_component().model_dump(exclude_none=True)
    if dataclasses.is_dataclass(value):
        return {
            field.name: as_plain(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    for kinds, plain in _PLAIN_BY_KINDS:
        if isinstance(value, kinds):
            return plain(value)
    if hasattr(value, "__get_pydantic_core_schema__"):
        return TypeAdapter(type(value)).dump_python(value)
    raise NotConfigurable(value)


_PLAIN_BY_KINDS: tuple[tuple[type | tuple[type, ...], Callable[[Any], Any]], ...] = (
    (Enum, lambda value: value.value),
    (PurePath, str),
    (
        (str, int, float, bytes, NoneType, SecretStr, date, time, timedelta, Decimal, UUID),
        lambda value: value,
    ),
    (BaseModel, lambda value: value.model_dump(exclude_none=True)),
    (Mapping, lambda value: {key: as_plain(item) for key, item in value.items()}),
    ((list, tuple), lambda value: [as_plain(item) for item in value]),
    # A set has no order of its own, and a configuration must not differ from run to run.
    (Set, lambda value: sorted((as_plain(item) for item in value), key=repr)),
)


def _constructor(component_class: Any) -> Callable[..., Any]:
    return cast(Callable[..., Any], component_class.__init__)


def _masked(value: Any, annotation: Any) -> Any:
    """The value as a secret, if the parameter is declared to take one."""
    if isinstance(value, str) and SecretStr in (annotation, *get_args(annotation)):
        return SecretStr(value)
    return value


def _attribute_of(parameter: str) -> str:
    return attribute_of(parameter, ComponentArguments)


def _derive(component_class: type) -> type[ComponentArguments]:
    signature = constructor_signature(component_class)
    parameters = signature.parameters.values()
    derived = model_of(
        f"{component_class.__name__}Arguments",
        {
            parameter.name: _field_of(parameter, component_class)
            for parameter in parameters
            if parameter.kind is not parameter.VAR_KEYWORD
        },
        base=ComponentArguments,
        open_ended=any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters),
    )
    derived.component_class = component_class
    derived.signature = signature
    return derived


def _field_of(parameter: inspect.Parameter, component_class: type) -> tuple[Any, Any]:
    hint = _hint_of(parameter.name, inspect.unwrap(_constructor(component_class)))
    if parameter.kind is parameter.VAR_POSITIONAL:
        return GenericAlias(tuple, (hint, ...)), Field(default=())
    if parameter.default is parameter.empty:
        return hint, Field()
    return hint, Field(default=parameter.default)


def _hint_of(parameter: str, function: Callable[..., Any]) -> Any:
    """The parameter's type; Any where it has none, or one that is imported for type checkers."""
    annotations = getattr(function, "__annotations__", {})
    # Each on its own, so that one unknown name costs one type only.
    alone = SimpleNamespace(
        __annotations__={parameter: annotations.get(parameter, Any)},
        __globals__=getattr(function, "__globals__", {}),
    )
    try:
        return type_hints(alone)[parameter]
    except NameError:
        return Any
