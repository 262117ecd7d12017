"""Components: what can be written to a configuration, and made again from it.

A class that says nothing further is written as the arguments of its constructor; one that brings a
configuration class of its own, with `_to_config` and `_from_config`, is written its own way.
"""

import inspect
import warnings
from collections.abc import Sequence
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Generic,
    Literal,
    Self,
    TypeAlias,
    TypeVar,
    cast,
    overload,
)

from pydantic import BaseModel, GetCoreSchemaHandler
from pydantic_core import core_schema

from agentchat.core._component_arguments import (
    ComponentArguments,
    ConstructorSignature,
    DerivedSchema,
    Given,
)
from agentchat.core._component_provider import (
    allowing,
    class_of,
    exported_name,
    provider_of,
)
from agentchat.core._secrets import resolved, with_references

ComponentType: TypeAlias = (
    Literal["model", "agent", "tool", "termination", "token_provider", "workbench"] | str
)
"""What a component is for. The listed kinds are known to tools; any other string will do."""

ConfigT = TypeVar("ConfigT", bound=BaseModel)
FromConfigT = TypeVar("FromConfigT", contravariant=True, bound=BaseModel)
ToConfigT = TypeVar("ToConfigT", covariant=True, bound=BaseModel)
ExpectedT = TypeVar("ExpectedT")


class ComponentModel(BaseModel, defer_build=True):
    """A component as plain data."""

    provider: str
    """Dotted name of the class, such as `agentchat.agents.AssistantAgent`."""

    component_type: ComponentType | None = None
    version: int | None = None
    """Version of this record; None for the current one."""

    component_version: int | None = None
    """Version of the `config`; None for the one that the class has now."""

    description: str | None = None
    label: str | None = None
    """What people call it; the class's name by default."""

    config: dict[str, Any]
    """What the class needs to make it again."""


class ComponentFromConfig(Generic[FromConfigT]):
    """The part of a component that makes an instance from a configuration."""

    @classmethod
    def _from_config(cls, config: FromConfigT) -> Self:
        """Makes an instance from a configuration of the current version."""
        if isinstance(config, ComponentArguments):
            return config.construct_component(cls)
        raise NotImplementedError("This component does not support dumping to config")

    @classmethod
    def _from_config_past_version(cls, config: dict[str, Any], version: int) -> Self:
        """Makes an instance from a configuration that an older version of the class wrote."""
        raise NotImplementedError("This component does not support loading from past versions")


class ComponentToConfig(Generic[ToConfigT]):
    """The part of a component that writes its configuration."""

    component_type: ClassVar[ComponentType]
    component_version: ClassVar[int] = 1
    """Grows when an older configuration can no longer be loaded as it is."""

    component_provider_override: ClassVar[str | None] = None
    """The provider string to write, where it is not the class's own public name."""

    component_description: ClassVar[str | None] = None
    """None: the first paragraph of the class's docstring."""

    component_label: ClassVar[str | None] = None
    """None: the class's name."""

    __signature__: ClassVar[Any] = ConstructorSignature()
    _constructor_arguments: Given
    """What the instance was constructed with."""

    if not TYPE_CHECKING:  # To a type checker the constructor is `__init__` alone.

        def __new__(cls, *args: Any, **kwargs: Any) -> Self:
            if cls.__init__ is object.__init__ and (args or kwargs):
                raise TypeError(f"{cls.__name__}() takes no arguments")
            allocate = super().__new__
            own = allocate is not object.__new__
            component = allocate(cls, *args, **kwargs) if own else allocate(cls)
            # Past any `__setattr__` of the class's own, which may need what `__init__` will set.
            object.__setattr__(component, "_constructor_arguments", (args, kwargs))
            return component

    def _to_config(self) -> ToConfigT:
        """The configuration from which `_from_config` makes an equal component."""
        schema = getattr(type(self), "component_config_schema", None)
        if schema is None or not issubclass(schema, ComponentArguments):
            raise NotImplementedError("This component does not support dumping to config")
        return cast(ToConfigT, schema.of_call(self._constructor_arguments))

    def dump_component(self) -> ComponentModel:
        """The component as plain data.

        A secret that an environment variable holds becomes a reference to it in JSON; any other is
        masked there, so that it is lost.

        Raises:
            TypeError: The class is local to a function, or an argument has no plain form.
            AttributeError: The class has no `component_type`.
            NotImplementedError: The class has a configuration of its own, but no `_to_config`.
        """
        cls = type(self)
        provider = provider_of(cls)
        if not hasattr(cls, "component_type"):
            raise AttributeError("component_type not defined")
        return ComponentModel(
            provider=provider,
            component_type=cls.component_type,
            version=cls.component_version,
            component_version=cls.component_version,
            description=cls.component_description or _first_paragraph(cls.__doc__),
            label=cls.component_label or cls.__name__,
            config=with_references(self._to_config().model_dump(exclude_none=True)),
        )


class ComponentLoader:
    """The part of a component that loads what `dump_component` has written."""

    @overload
    @classmethod
    def load_component(
        cls,
        model: ComponentModel | dict[str, Any],
        expected: None = None,
        *,
        allow: Sequence[str] = (),
    ) -> Self: ...

    @overload
    @classmethod
    def load_component(
        cls,
        model: ComponentModel | dict[str, Any],
        expected: type[ExpectedT],
        *,
        allow: Sequence[str] = (),
    ) -> ExpectedT: ...

    @classmethod
    def load_component(
        cls,
        model: ComponentModel | dict[str, Any],
        expected: type[ExpectedT] | None = None,
        *,
        allow: Sequence[str] = (),
    ) -> Self | ExpectedT:
        """Makes the component that a configuration describes.

        Args:
            model: What `dump_component` gave, or the same as a dict.
            expected: What the component must be; by default the class this is called on.
            allow: Full names of further classes or packages that the configuration, or one inside
                it, may name. A class that runs code out of its configuration, as FunctionTool
                does, must be named itself.

        Raises:
            ValueError: The provider is no dotted name, or not trusted; pydantic's ValidationError
                when the configuration does not fit.
            TypeError: The provider is no component, or not what was expected.
            NotImplementedError: The configuration is of an older version that the class can't read.
        """
        described = ComponentModel(**model) if isinstance(model, dict) else model
        # Whoever calls the method of a class has named that class.
        with allowing((*allow, exported_name(cls))):
            found = class_of(described.provider)
            if not is_component_class(found):
                raise TypeError("Invalid component class")
            component = _made(found, described)
        if not isinstance(component, expected or cls):
            raise TypeError("Expected type does not match")
        return component


class ComponentSchemaType(Generic[ConfigT]):
    """The part of a component that says what its configuration looks like."""

    component_config_schema: ClassVar[type[BaseModel]] = cast(type[BaseModel], DerivedSchema())
    """A pydantic class; derived from the constructor unless the class brings its own."""

    required_class_vars: ClassVar[list[str]] = ["component_config_schema", "component_type"]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.__module__ == __name__:
            return
        for name in cls.required_class_vars:
            # Looked for in the classes, since asking for a derived schema would derive it now.
            if not any(name in vars(base) for base in cls.__mro__):
                warnings.warn(
                    f"Class variable '{name}' must be defined in {cls.__name__} to be a valid "
                    "component",
                    stacklevel=2,
                )


class ComponentBase(ComponentToConfig[ConfigT], ComponentLoader, Generic[ConfigT]):
    """What an interface extends, so that its implementations can be components.

    As the type of a pydantic field, such a class takes an instance or a configuration of one, and
    is written as its configuration.
    """

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        if issubclass(cls, BaseModel):
            return handler(source)
        return core_schema.no_info_after_validator_function(
            cls._validated,
            core_schema.any_schema(),
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda component: component.dump_component().model_dump(exclude_none=True)
            ),
        )

    @classmethod
    def _validated(cls, value: Any) -> Self:
        if isinstance(value, cls):
            return value
        if not isinstance(value, ComponentModel | dict):
            # pydantic tries the next member of a union after a ValueError only.
            raise ValueError(  # noqa: TRY004
                f"Expected {cls.__name__}, or its configuration, not {value!r}"
            )
        try:
            return ComponentLoader.load_component(value, expected=cls)
        except TypeError as error:
            raise ValueError(str(error)) from error


class Component(ComponentFromConfig[ConfigT], ComponentSchemaType[ConfigT], Generic[ConfigT]):
    """What a class extends, beside an interface that is a ComponentBase, to be a component."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not is_component_class(cls):
            warnings.warn(
                f"Component class '{cls.__name__}' must subclass the following: "
                "ComponentFromConfig, ComponentToConfig, ComponentSchemaType, ComponentLoader, "
                "individually or with ComponentBase and Component. Look at the component config "
                "documentation or how OpenAIChatCompletionClient does it.",
                stacklevel=2,
            )


def is_component_class(cls: type) -> bool:
    """Whether a class has all four parts of a component."""
    return isinstance(cls, type) and all(issubclass(cls, part) for part in _PARTS)


def is_component_instance(cls: Any) -> bool:
    """Whether an object's class has all four parts of a component."""
    return is_component_class(type(cls))


_PARTS = (ComponentFromConfig, ComponentToConfig, ComponentSchemaType, ComponentLoader)


def _made(found: Any, described: ComponentModel) -> Any:
    """An instance of a component class, from a configuration of this version or an older one."""
    for name in found.required_class_vars:
        if not hasattr(found, name):
            raise AttributeError(f"{name} not defined")
    config = resolved(described.config)
    version = described.component_version or found.component_version
    if version >= found.component_version:
        return found._from_config(found.component_config_schema.model_validate(config))
    try:
        return found._from_config_past_version(config, version)
    except NotImplementedError as error:
        raise NotImplementedError(
            f"Tried to load component {found} which is on version {found.component_version} with "
            f"a config on version {version} but _from_config_past_version is not implemented"
        ) from error


def _first_paragraph(docstring: str | None) -> str | None:
    return None if docstring is None else inspect.cleandoc(docstring).split("\n\n")[0]
