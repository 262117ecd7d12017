from dataclasses import dataclass
from typing import Any, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from agentchat.core import (
    JSON_DATA_CONTENT_TYPE,
    PROTOBUF_DATA_CONTENT_TYPE,
    MessageSerializer,
    UnknownPayload,
    try_get_known_serializers_for_type,
)
from agentchat.core._serialization import SerializationRegistry, as_text


class Model(BaseModel):
    text: str
    numbers: list[int] = []


@dataclass
class Flat:
    text: str
    numbers: list[int]


@dataclass
class HoldsDataclass:
    flat: Flat


@dataclass
class HoldsModel:
    models: dict[str, list[Model]]


@dataclass
class HoldsUnion:
    values: list[int | str]


@dataclass
class HoldsOptional:
    value: Optional[int]  # noqa: UP045 - both spellings are refused


def registry_of(*classes: type[Any]) -> SerializationRegistry:
    registry = SerializationRegistry()
    for cls in classes:
        registry.add_serializer(try_get_known_serializers_for_type(cls))
    return registry


@given(st.text(), st.lists(st.integers()))
def test_a_message_is_read_back_as_it_was_written(text: str, numbers: list[int]):
    registry = registry_of(Model, Flat)

    for message in (Model(text=text, numbers=numbers), Flat(text, numbers)):
        names = {
            "type_name": registry.type_name(message),
            "data_content_type": JSON_DATA_CONTENT_TYPE,
        }
        assert registry.deserialize(registry.serialize(message, **names), **names) == message


def test_known_serializers_name_the_class_and_write_json():
    (serializer,) = try_get_known_serializers_for_type(Model)

    assert (serializer.type_name, serializer.data_content_type) == ("Model", "application/json")
    assert serializer.serialize(Model(text="hi")) == b'{"text":"hi","numbers":[]}'
    assert isinstance(serializer, MessageSerializer)


@pytest.mark.parametrize("cls", [HoldsUnion, HoldsOptional])
def test_a_dataclass_with_a_union_is_refused(cls):
    with pytest.raises(ValueError, match="Dataclass has a union type, which is not supported"):
        try_get_known_serializers_for_type(cls)


@pytest.mark.parametrize("cls", [HoldsDataclass, HoldsModel])
def test_a_dataclass_that_holds_others_is_refused(cls):
    with pytest.raises(ValueError, match="nested dataclasses or base models"):
        try_get_known_serializers_for_type(cls)


def test_other_classes_have_no_known_serializer():
    assert try_get_known_serializers_for_type(str) == []


def test_what_nobody_can_write_is_refused():
    with pytest.raises(ValueError, match="Unknown type Model with content type application/json"):
        registry_of().serialize(
            Model(text=""), type_name="Model", data_content_type=JSON_DATA_CONTENT_TYPE
        )


def test_what_nobody_can_read_is_kept_as_it_came():
    read = registry_of().deserialize(b"1", type_name="Model", data_content_type="text/plain")

    assert read == UnknownPayload("Model", "text/plain", b"1")


def test_the_last_serializer_of_a_type_wins():
    class Shouting:
        type_name = "Model"
        data_content_type = JSON_DATA_CONTENT_TYPE

        def serialize(self, message: Model) -> bytes:
            return message.text.upper().encode()

    registry = registry_of(Model)
    registry.add_serializer(Shouting())

    assert as_text(registry, Model(text="hi")) == "HI"


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (Flat("hi", [1]), '{"text": "hi", "numbers": [1]}'),
        (Model(text="hi"), '{"text":"hi","numbers":[]}'),
        (HoldsUnion([1]), "Message could not be serialized"),
        ("hi", "Message could not be serialized"),
    ],
)
def test_a_log_gets_json_or_a_fixed_text(message, text):
    assert as_text(SerializationRegistry(), message) == text


def test_a_protobuf_message_is_read_back_as_it_was_written():
    wrappers = pytest.importorskip("google.protobuf.wrappers_pb2")
    (serializer,) = try_get_known_serializers_for_type(wrappers.StringValue)

    read = serializer.deserialize(serializer.serialize(wrappers.StringValue(value="hi")))

    assert read == wrappers.StringValue(value="hi")
    assert (serializer.type_name, serializer.data_content_type) == (
        "google.protobuf.StringValue",
        PROTOBUF_DATA_CONTENT_TYPE,
    )
