import copy
import inspect
import warnings
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr, ValidationError

from agentchat.core._component import (
    Component,
    ComponentBase,
    ComponentFromConfig,
    ComponentLoader,
    ComponentModel,
    ComponentSchemaType,
    ComponentToConfig,
    is_component_class,
    is_component_instance,
)
from agentchat.core._component_arguments import NotConfigurable


class Shape(ABC, ComponentBase[BaseModel]):
    component_type = "shape"

    @abstractmethod
    def area(self) -> float: ...


class Square(Shape, Component[BaseModel]):
    """A square.

    Its sides are equal.
    """

    def __init__(self, side: float, *, name: str | None = None) -> None:
        self.side = side
        self.name = name

    def area(self) -> float:
        return self.side**2


class Drawing(Shape, Component[BaseModel]):
    def __init__(
        self,
        shapes: list[Shape | int],
        background: Shape | None = None,
        by_name: dict[str, Shape] | None = None,
    ) -> None:
        self.shapes = shapes
        self.background = background
        self.by_name = by_name or {}

    def area(self) -> float:
        return sum(shape.area() for shape in self.shapes if isinstance(shape, Shape))


class TiltedSquare(Square):
    def __init__(self, angle: float) -> None:
        super().__init__(1.0)
        self.angle = angle


class Options(Shape, Component[BaseModel]):
    def __init__(self, first: int, /, *rest: int, path: Path = Path("a"), **more: Any) -> None:
        self.held = (first, rest, path, more)

    def area(self) -> float:
        return 0


class Held(Shape, Component[BaseModel]):
    def __init__(self, value: Any = None, schema: str = "s", _hidden: int = 0) -> None:
        self.held = (value, schema, _hidden)

    def area(self) -> float:
        return 0


class CircleConfig(BaseModel):
    radius: float
    key: SecretStr | None = None


class Circle(Shape, Component[CircleConfig]):
    component_config_schema = CircleConfig
    component_version = 2
    component_label = "round"
    component_description = "A circle."

    def __init__(self, radius: float, unit: str = "m") -> None:
        self.radius = radius
        self.unit = unit

    def area(self) -> float:
        return 3 * self.radius**2

    def _to_config(self) -> CircleConfig:
        return CircleConfig(radius=self.radius)

    @classmethod
    def _from_config(cls, config: CircleConfig) -> Self:
        return cls(config.radius)

    @classmethod
    def _from_config_past_version(cls, config: dict[str, Any], version: int) -> Self:
        return cls(config["diameter"] / 2)


class LabelledSquare(Square):
    """Written the upstream way, over a class that is written by its constructor."""

    component_config_schema = CircleConfig

    def _to_config(self) -> CircleConfig:
        return CircleConfig(radius=self.side)

    @classmethod
    def _from_config(cls, config: CircleConfig) -> Self:
        return cls(config.radius)


class Unwritable(Shape, Component[CircleConfig]):
    component_config_schema = CircleConfig

    def area(self) -> float:
        return 0


@dataclass
class Point:
    x: int
    y: int


def described(cls: type, config: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"provider": f"{cls.__module__}.{cls.__qualname__}", "config": config, **more}


def test_dumps_the_arguments_of_the_constructor() -> None:
    square = Square(2, name="table")

    dumped = square.dump_component()

    assert dumped == ComponentModel(
        provider=f"{__name__}.Square",
        component_type="shape",
        version=1,
        component_version=1,
        description="A square.",
        label="Square",
        config={"side": 2, "name": "table"},
    )


def test_leaves_out_none_where_that_is_the_default() -> None:
    assert Square(2).dump_component().config == {"side": 2}
    assert Held(None, schema="x").dump_component().config == {"schema": "x", "_hidden": 0}


@given(
    # JSON has no word for infinity.
    side=st.floats(allow_nan=False, allow_infinity=False),
    name=st.none() | st.text(),
    count=st.integers(0, 3),
)
def test_loading_what_was_dumped_gives_an_equal_component(
    side: float, name: str | None, count: int
) -> None:
    drawing = Drawing([Square(side, name=name)] * count + [7], Square(1), {"c": Circle(side)})
    dumped = drawing.dump_component()

    loaded = Drawing.load_component(dumped)
    read = Drawing.load_component(ComponentModel.model_validate_json(dumped.model_dump_json()))

    assert loaded.dump_component() == read.dump_component() == dumped
    assert [type(shape) for shape in loaded.shapes] == [Square] * count + [int]
    assert isinstance(loaded.by_name["c"], Circle)


def test_a_subclass_is_written_by_its_own_constructor() -> None:
    dumped = TiltedSquare(45).dump_component()

    assert dumped.config == {"angle": 45}
    assert Shape.load_component(dumped).area() == 1


def test_keeps_positional_and_further_arguments_apart() -> None:
    options = Options(1, 2, 3, path=Path("b"), colour="red")

    dumped = options.dump_component()

    assert dumped.config == {"first": 1, "rest": [2, 3], "path": "b", "colour": "red"}
    assert Options.load_component(dumped).held == options.held


def test_takes_parameters_whose_names_pydantic_needs_for_itself() -> None:
    held = Held(1, schema="x", _hidden=2)

    loaded = Held.load_component(held.dump_component())

    assert loaded.held == (1, "x", 2)


def test_writes_records_and_sets_as_plain_values() -> None:
    held = Held({"point": Point(1, 2), "names": {"b", "a"}, "circle": CircleConfig(radius=1)})

    config = held.dump_component().config

    assert config["value"] == {
        "point": {"x": 1, "y": 2},
        "names": ["a", "b"],
        "circle": {"radius": 1.0},
    }


@pytest.mark.parametrize("value", [print, int, object(), [lambda: 1]])
def test_refuses_to_dump_what_has_no_plain_form(value: object) -> None:
    with pytest.raises(NotConfigurable, match=r"where:    Held\(value=...\)"):
        Held(value).dump_component()


def test_an_upstream_style_class_is_written_its_own_way() -> None:
    dumped = Circle(2).dump_component()

    assert dumped == ComponentModel(
        provider=f"{__name__}.Circle",
        component_type="shape",
        version=2,
        component_version=2,
        description="A circle.",
        label="round",
        config={"radius": 2.0},
    )
    assert Circle.load_component(dumped).radius == 2


def test_both_styles_work_on_one_class() -> None:
    dumped = LabelledSquare(3).dump_component()

    assert dumped.config == {"radius": 3.0}
    assert LabelledSquare.load_component(dumped).side == 3


def test_an_older_configuration_is_left_to_the_class() -> None:
    loaded = Shape.load_component(described(Circle, {"diameter": 4}, component_version=1))

    assert loaded.area() == 12


def test_an_older_configuration_that_the_class_cannot_read_is_refused() -> None:
    old = described(Square, {"side": 1}, component_version=0) | {"component_version": -1}

    with pytest.raises(NotImplementedError, match="_from_config_past_version is not implemented"):
        Square.load_component(old)


def test_a_class_with_a_schema_of_its_own_must_write_it() -> None:
    with pytest.raises(NotImplementedError, match="does not support dumping to config"):
        Unwritable().dump_component()
    with pytest.raises(NotImplementedError, match="does not support dumping to config"):
        Unwritable.load_component(described(Unwritable, {"radius": 1}))


def test_says_what_is_wrong_with_a_configuration() -> None:
    with pytest.raises(ValidationError, match="Field required"):
        Square.load_component(described(Square, {}))


def test_refuses_a_component_that_was_not_expected() -> None:
    dumped = Circle(1).dump_component()

    with pytest.raises(TypeError, match="Expected type does not match"):
        Square.load_component(dumped)
    with pytest.raises(TypeError, match="Expected type does not match"):
        ComponentLoader.load_component(dumped, expected=Square)


def test_refuses_a_class_that_is_no_component() -> None:
    with pytest.raises(TypeError, match="Invalid component class"):
        ComponentLoader.load_component(described(Point, {}))


def test_a_local_class_cannot_be_dumped() -> None:
    class Local(Square):
        pass

    with pytest.raises(TypeError, match="Cannot dump component with local class"):
        Local(1).dump_component()


def test_a_class_without_a_type_is_warned_about_and_refused() -> None:
    with pytest.warns(UserWarning, match="'component_type' must be defined in Untyped"):
        untyped = type(
            "Untyped",
            (ComponentBase, Component),
            {"__module__": __name__, "__qualname__": "Untyped"},
        )

    with pytest.raises(AttributeError, match="component_type not defined"):
        untyped().dump_component()


def test_a_class_with_half_of_the_parts_is_warned_about() -> None:
    with pytest.warns(UserWarning, match="Component class 'Half' must subclass the following"):

        class Half(Component[CircleConfig]):
            component_type: ClassVar[str] = "half"
            component_config_schema = CircleConfig

    assert not is_component_class(Half)


def test_a_whole_component_is_not_warned_about() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")

        class Whole(
            ComponentToConfig[CircleConfig],
            ComponentFromConfig[CircleConfig],
            ComponentSchemaType[CircleConfig],
            ComponentLoader,
        ):
            component_type: ClassVar[str] = "whole"
            component_config_schema = CircleConfig

    assert is_component_class(Whole)
    assert is_component_instance(Whole())
    assert not is_component_instance(Whole)


def test_shows_the_signature_of_the_constructor() -> None:
    signatures = [str(inspect.signature(cls)) for cls in (Square, TiltedSquare, LabelledSquare)]

    assert signatures == [
        "(side: float, *, name: str | None = None) -> None",
        "(angle: float) -> None",
        "(side: float, *, name: str | None = None) -> None",
    ]


def test_an_abstract_class_stays_abstract() -> None:
    with pytest.raises(TypeError, match="abstract"):
        Shape()


def test_a_class_without_a_constructor_takes_no_arguments() -> None:
    with pytest.raises(TypeError, match=r"Unwritable\(\) takes no arguments"):
        Unwritable(1)  # type: ignore[call-arg]


def test_a_copy_can_be_dumped_too() -> None:
    drawing = Drawing([Square(1)])

    shallow, deep = copy.copy(drawing), copy.deepcopy(drawing)

    assert shallow.dump_component() == deep.dump_component() == drawing.dump_component()


def test_a_field_of_an_interface_takes_an_instance_or_its_configuration() -> None:
    class Page(BaseModel):
        shape: Shape

    page = Page(shape=Square(2))

    again = Page.model_validate(page.model_dump(exclude_none=True))

    assert again.shape.area() == 4


def test_the_schema_is_derived_from_the_constructor() -> None:
    schema = Square.component_config_schema.model_json_schema()

    assert schema["properties"].keys() == {"side", "name"}
    assert schema["required"] == ["side"]
