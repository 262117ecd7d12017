"""Components that a user writes: their versions, names and secrets, and what is refused."""

import json
import warnings

from pydantic import BaseModel, SecretStr

from agentchat.core import (
    Component,
    ComponentBase,
    ComponentFromConfig,
    ComponentLoader,
    ComponentModel,
    ComponentToConfig,
    is_component_class,
    is_component_instance,
)
from agentchat.core.models import ChatCompletionClient
from tests.compat.parity.observation import attempt, first_line, show, trusting

HERE = "tests.compat.parity.programs.components_of_ones_own"


class PartConfig(BaseModel):
    info: str
    number: int | None = None


class Part(ComponentBase[PartConfig], Component[PartConfig]):
    """A part of one's own.

    More of it.
    """

    component_config_schema = PartConfig
    component_type = "custom"

    def __init__(self, info, number=None):
        self.info = info
        self.number = number

    def _to_config(self):
        return PartConfig(info=self.info, number=self.number)

    @classmethod
    def _from_config(cls, config):
        return cls(config.info, config.number)


class Named(Part):
    component_provider_override = f"{HERE}.Part"
    component_description = "Said by hand."
    component_label = "A label"


class Second(Part):
    component_version = 2

    @classmethod
    def _from_config_past_version(cls, config, version):
        return cls(f"{config['old']} of {version}")


class SecondOnly(Part):
    component_version = 2


class SecretConfig(BaseModel):
    key: SecretStr


class Secretive(ComponentBase[SecretConfig], Component[SecretConfig]):
    component_config_schema = SecretConfig
    component_type = "custom"

    def __init__(self, key):
        self.key = key

    def _to_config(self):
        return SecretConfig(key=SecretStr(self.key))

    @classmethod
    def _from_config(cls, config):
        return cls(config.key.get_secret_value())


class OuterConfig(BaseModel):
    part: ComponentModel
    parts: list[ComponentModel]


class Outer(ComponentBase[OuterConfig], Component[OuterConfig]):
    component_config_schema = OuterConfig
    component_type = "custom"

    def __init__(self, part, parts):
        self.part = part
        self.parts = parts

    def _to_config(self):
        return OuterConfig(
            part=self.part.dump_component(), parts=[each.dump_component() for each in self.parts]
        )

    @classmethod
    def _from_config(cls, config):
        return cls(
            Part.load_component(config.part), [Part.load_component(each) for each in config.parts]
        )


class Untyped(ComponentBase[PartConfig], Component[PartConfig]):
    component_config_schema = PartConfig
    component_type = "custom"


class NoComponent:
    pass


async def dumps():
    return [
        each.dump_component().model_dump(mode="json")
        for each in (Part("a"), Part("a", 7), Named("n"), Second("s"))
    ]


async def nested():
    outer = Outer(Part("a"), [Part("b"), Part("c", 3)])
    with trusting(HERE):
        again = Outer.load_component(json.loads(outer.dump_component().model_dump_json()))
    return [again.part.info, [each.number for each in again.parts]]


async def secrets():
    dumped = Secretive("sk-very-secret").dump_component()
    with trusting(HERE):
        again = Secretive.load_component(dumped)
    return [again.key, "very-secret" in dumped.model_dump_json(), "very-secret" in repr(dumped)]


def load(provider, config, cls=ComponentLoader, expected=None, **fields):
    model = {"provider": provider, "config": config, **fields}
    with trusting(HERE):
        loaded = cls.load_component(model, expected) if expected else cls.load_component(model)
    return [type(loaded).__name__, loaded.info]


async def loading():
    part, second, good = f"{HERE}.Part", f"{HERE}.Second", {"info": "a"}
    return [
        attempt(lambda: load(part, good, Part)),
        attempt(lambda: load(part, good, expected=Part)),
        attempt(lambda: load(part, good, expected=Second)),
        attempt(lambda: load(part, good, Second)),
        attempt(lambda: load(second, good, Part)),
        attempt(lambda: load(second, {"old": "a"}, Second, component_version=1)),
        attempt(lambda: load(f"{HERE}.SecondOnly", good, SecondOnly, component_version=1))[
            "raised"
        ],
        attempt(lambda: load(part, {}, Part))["raised"],
        attempt(lambda: load(f"{HERE}.NoComponent", good))["raised"],
        attempt(lambda: load(f"{HERE}.Nowhere", good, Part))["raised"],
        attempt(lambda: load("Part", good, Part))["raised"],
        attempt(lambda: load(part, good, Part, extra="field")),
        attempt(lambda: Part.load_component(7))["raised"],
        attempt(lambda: Part.load_component({"config": {}}))["raised"],
    ]


async def refusals():
    class Local(Part):
        pass

    return [
        attempt(lambda: Local("a").dump_component()),
        attempt(lambda: Untyped().dump_component())["raised"],
        [is_component_class(cls) for cls in (Part, Outer, NoComponent, ComponentLoader)],
        [is_component_instance(each) for each in (Part("a"), NoComponent(), Part)],
        issubclass(Part, ComponentFromConfig),
        issubclass(Part, ComponentToConfig),
    ]


async def half_a_component():
    seen = []
    for bases, variables in (
        ((Component[PartConfig],), {}),
        ((ComponentBase[PartConfig], Component[PartConfig]), {"component_type": "custom"}),
    ):
        with warnings.catch_warnings(record=True) as given:
            warnings.simplefilter("always")
            attempt(lambda bases=bases, variables=variables: _made(bases, variables))
        seen.append(sorted({first_line(str(each.message))[:60] for each in given}))
    return seen


def _made(bases, variables):
    import types

    return types.new_class("Half", bases, {}, lambda space: space.update(variables)).__name__


async def short_names():
    config = {"model": "gpt-4o", "api_key": "sk-none"}
    return [
        type(ChatCompletionClient.load_component({"provider": name, "config": config})).__name__
        for name in ("OpenAIChatCompletionClient", "openai_chat_completion_client")
    ]


async def main():
    await show(dumps, nested, secrets, loading, refusals, half_a_component, short_names)
