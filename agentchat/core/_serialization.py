"""A message as bytes, by type name: for where it leaves the process, or is written down."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, is_dataclass
from importlib import import_module
from types import UnionType
from typing import (
    Any,
    Protocol,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    runtime_checkable,
)

from pydantic import BaseModel

T = TypeVar("T")

JSON_DATA_CONTENT_TYPE = "application/json"
PROTOBUF_DATA_CONTENT_TYPE = "application/x-protobuf"


@runtime_checkable
class MessageSerializer(Protocol[T]):
    """Writes and reads the messages of one type, in one format."""

    @property
    def data_content_type(self) -> str:
        """The format, as a MIME type."""

    @property
    def type_name(self) -> str:
        """Names the type on the wire."""

    def deserialize(self, payload: bytes) -> T:
        """The message that was written."""

    def serialize(self, message: T) -> bytes:
        """The message, written."""


@dataclass
class UnknownPayload:
    """A message that arrived here, where nobody knows how to read it."""

    type_name: str
    """What it says it is."""

    data_content_type: str
    """The format it is written in."""

    payload: bytes
    """The message as it came."""


class PydanticJsonMessageSerializer(MessageSerializer[BaseModel]):
    """Pydantic models as JSON."""

    def __init__(self, cls: type[BaseModel]) -> None:
        self.cls = cls

    @property
    def data_content_type(self) -> str:
        return JSON_DATA_CONTENT_TYPE

    @property
    def type_name(self) -> str:
        return self.cls.__name__

    def deserialize(self, payload: bytes) -> BaseModel:
        return self.cls.model_validate_json(payload)

    def serialize(self, message: BaseModel) -> bytes:
        return message.model_dump_json().encode()


class DataclassJsonMessageSerializer(MessageSerializer[Any]):
    """Flat dataclasses as JSON.

    Raises:
        ValueError: A field may be of several types, or holds dataclasses or models; JSON would not
            say which, and what is read would not equal what was written.
    """

    def __init__(self, cls: type[Any]) -> None:
        _check_flat(cls)
        self.cls = cls

    @property
    def data_content_type(self) -> str:
        return JSON_DATA_CONTENT_TYPE

    @property
    def type_name(self) -> str:
        return self.cls.__name__

    def deserialize(self, payload: bytes) -> Any:
        return self.cls(**json.loads(payload))

    def serialize(self, message: Any) -> bytes:
        return json.dumps(asdict(message)).encode()


class ProtobufMessageSerializer(MessageSerializer[Any]):
    """Protobuf messages, each wrapped in an `Any` that names its type."""

    def __init__(self, cls: type[Any]) -> None:
        # Here, because protobuf need not be installed: whoever has such a message has it.
        any_pb2 = import_module("google.protobuf.any_pb2")

        self.cls = cls
        self._wrapper = any_pb2.Any

    @property
    def data_content_type(self) -> str:
        return PROTOBUF_DATA_CONTENT_TYPE

    @property
    def type_name(self) -> str:
        return str(self.cls.DESCRIPTOR.full_name)

    def deserialize(self, payload: bytes) -> Any:
        wrapped, message = self._wrapper(), self.cls()
        wrapped.ParseFromString(payload)
        if not wrapped.Unpack(message):
            raise ValueError(f"Expected a message of type {self.type_name}, got {wrapped.type_url}")
        return message

    def serialize(self, message: Any) -> bytes:
        wrapped = self._wrapper()
        wrapped.Pack(message)
        return bytes(wrapped.SerializeToString())


class SerializationRegistry:
    """The serializers in use, by type name and format; the last one given wins."""

    def __init__(self) -> None:
        self._serializers: dict[tuple[str, str], MessageSerializer[Any]] = {}

    def add_serializer(
        self, serializer: MessageSerializer[Any] | Sequence[MessageSerializer[Any]]
    ) -> None:
        """Puts serializers to use."""
        for one in serializer if isinstance(serializer, Sequence) else (serializer,):
            self._serializers[one.type_name, one.data_content_type] = one

    def is_registered(self, type_name: str, data_content_type: str) -> bool:
        """Whether messages of the type can be written in the format."""
        return (type_name, data_content_type) in self._serializers

    def type_name(self, message: Any) -> str:
        """The name under which a message of this class is written."""
        return type_name(message)

    def serialize(self, message: Any, *, type_name: str, data_content_type: str) -> bytes:
        """The message, written.

        Raises:
            ValueError: Nobody knows how.
        """
        serializer = self._serializers.get((type_name, data_content_type))
        if serializer is None:
            raise ValueError(f"Unknown type {type_name} with content type {data_content_type}")
        return serializer.serialize(message)

    def deserialize(self, payload: bytes, *, type_name: str, data_content_type: str) -> Any:
        """The message that was written; an `UnknownPayload` when nobody knows how to read it."""
        serializer = self._serializers.get((type_name, data_content_type))
        if serializer is None:
            return UnknownPayload(type_name, data_content_type, payload)
        return serializer.deserialize(payload)


def try_get_known_serializers_for_type(cls: type[Any]) -> list[MessageSerializer[Any]]:
    """The serializers that need nothing but the class; none for a class of another kind.

    Raises:
        ValueError: It is a dataclass that JSON cannot hold, see `DataclassJsonMessageSerializer`.
    """
    if issubclass(cls, BaseModel):
        return [PydanticJsonMessageSerializer(cls)]
    if is_dataclass(cls):
        return [DataclassJsonMessageSerializer(cls)]
    if _is_protobuf(cls):
        return [ProtobufMessageSerializer(cls)]
    return []


def type_name(message: Any) -> str:
    """The name under which a message is written: that of its class, or of its protobuf type."""
    cls: type[Any] = message if isinstance(message, type) else type(message)
    return str(cls.DESCRIPTOR.full_name) if _is_protobuf(cls) else cls.__name__


def as_text(registry: SerializationRegistry, message: Any) -> str:
    """The message as JSON for a log or a span; a fixed text when it cannot be had."""
    try:
        name = type_name(message)
        if not registry.is_registered(name, JSON_DATA_CONTENT_TYPE):
            registry.add_serializer(try_get_known_serializers_for_type(type(message)))
        return registry.serialize(
            message, type_name=name, data_content_type=JSON_DATA_CONTENT_TYPE
        ).decode()
    except Exception:
        return "Message could not be serialized"


def _is_protobuf(cls: type[Any]) -> bool:
    # A protobuf class can only be there when protobuf has been imported.
    protobuf = sys.modules.get("google.protobuf.message")
    return protobuf is not None and issubclass(cls, protobuf.Message)


def _check_flat(cls: type[Any]) -> None:
    hints = get_type_hints(cls)
    for field in fields(cls):
        parts = _parts(hints[field.name])
        if any(get_origin(part) in (Union, UnionType) for part in parts):
            raise ValueError(
                "Dataclass has a union type, which is not supported. "
                "To use a union, use a Pydantic model"
            )
        if any(is_dataclass(part) or _is_model(part) for part in parts):
            raise ValueError(
                "Dataclass has nested dataclasses or base models, which are not supported. "
                "To use nested types, use a Pydantic model"
            )


def _parts(annotation: Any) -> list[Any]:
    """An annotation and all that it is made of: `list[int]` is `list[int]` and `int`."""
    return [annotation, *(part for argument in get_args(annotation) for part in _parts(argument))]


def _is_model(part: Any) -> bool:
    return isinstance(part, type) and issubclass(part, BaseModel)
