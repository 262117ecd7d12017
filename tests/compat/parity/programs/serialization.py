"""Messages as bytes, by the name of their type."""

from dataclasses import dataclass, field
from typing import Optional, Union

from pydantic import BaseModel

from agentchat.core import (
    JSON_DATA_CONTENT_TYPE,
    PROTOBUF_DATA_CONTENT_TYPE,
    AgentId,
    AgentType,
    RoutedAgent,
    SingleThreadedAgentRuntime,
    UnknownPayload,
    message_handler,
    try_get_known_serializers_for_type,
)
from agentchat.core._serialization import (
    DataclassJsonMessageSerializer,
    PydanticJsonMessageSerializer,
    SerializationRegistry,
)
from tests.compat.parity.observation import attempt, outcome_of, show


class Model(BaseModel):
    text: str
    inner: Optional["Model"] = None


@dataclass
class Flat:
    text: str
    numbers: list[int] = field(default_factory=list)


@dataclass
class OfUnion:
    text: int | str


@dataclass
class OfOptional:
    text: Optional[str] = None  # noqa: UP045


@dataclass
class OfOldUnion:
    text: Union[int, str] = 1  # noqa: UP007


@dataclass
class Nested:
    flat: Flat


@dataclass
class ListOfNested:
    flats: list[Flat]


@dataclass
class OfModel:
    model: Model


@dataclass
class MapOfModels:
    models: dict[str, list[Model]]


async def known():
    seen = {}
    for cls in (Model, Flat, str, dict, AgentId):
        found = try_get_known_serializers_for_type(cls)
        seen[cls.__name__] = [
            [type(each).__name__, each.type_name, each.data_content_type] for each in found
        ]
    return [seen, JSON_DATA_CONTENT_TYPE, PROTOBUF_DATA_CONTENT_TYPE]


async def refused_dataclasses():
    classes = OfUnion, OfOptional, OfOldUnion, Nested, ListOfNested, OfModel, MapOfModels
    return [
        attempt(lambda cls=cls: type(DataclassJsonMessageSerializer(cls)).__name__)
        for cls in classes
    ]


async def there_and_back():
    registry = SerializationRegistry()
    registry.add_serializer(PydanticJsonMessageSerializer(Model))
    registry.add_serializer([DataclassJsonMessageSerializer(Flat)])
    model, flat = Model(text="a", inner=Model(text="b")), Flat("c", [1])
    written = [
        registry.serialize(
            each, type_name=type(each).__name__, data_content_type="application/json"
        )
        for each in (model, flat)
    ]
    again = [
        registry.deserialize(
            data, type_name=type(each).__name__, data_content_type=JSON_DATA_CONTENT_TYPE
        )
        for data, each in zip(written, (model, flat), strict=True)
    ]
    unknown = registry.deserialize(b"{}", type_name="No", data_content_type=JSON_DATA_CONTENT_TYPE)
    return [
        [each.decode() for each in written],
        again == [model, flat],
        repr(unknown),
        isinstance(unknown, UnknownPayload),
        attempt(
            lambda: registry.serialize(7, type_name="No", data_content_type=JSON_DATA_CONTENT_TYPE)
        ),
        registry.is_registered("Model", JSON_DATA_CONTENT_TYPE),
        registry.is_registered("Model", PROTOBUF_DATA_CONTENT_TYPE),
        registry.type_name(model),
        registry.type_name(flat),
    ]


class Upper:
    data_content_type = JSON_DATA_CONTENT_TYPE
    type_name = "Flat"

    def serialize(self, message):
        return message.text.upper().encode()

    def deserialize(self, payload):
        return Flat(payload.decode())


async def the_last_one_wins():
    registry = SerializationRegistry()
    registry.add_serializer(try_get_known_serializers_for_type(Flat))
    registry.add_serializer(Upper())
    written = registry.serialize(
        Flat("a"), type_name="Flat", data_content_type=JSON_DATA_CONTENT_TYPE
    )
    runtime = SingleThreadedAgentRuntime()
    return [
        written.decode(),
        runtime.add_message_serializer(Upper()),
        runtime.add_message_serializer([Upper()]),
    ]


async def agents_of_what_has_no_serializer():
    class OfNested(RoutedAgent):
        @message_handler
        async def handle(self, message: Nested, ctx) -> str:
            return message.flat.text

    runtime = SingleThreadedAgentRuntime()
    registered = await outcome_of(OfNested.register(runtime, "nested", lambda: OfNested("d")))
    return isinstance(registered, AgentType)


async def main():
    await show(
        known,
        refused_dataclasses,
        there_and_back,
        the_last_one_wins,
        agents_of_what_has_no_serializer,
    )
