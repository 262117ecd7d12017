"""Chat messages whose content is a model of the user's."""

from typing import Any, ClassVar, Generic, Self, TypeVar

from pydantic import BaseModel, computed_field

from agentchat.core import Component, ComponentBase
from agentchat.core.models import UserMessage
from agentchat.messages._base import BaseChatMessage

StructuredContentType = TypeVar("StructuredContentType", bound=BaseModel, covariant=True)


class StructuredMessage(BaseChatMessage, Generic[StructuredContentType]):
    """A message whose content is a pydantic model: `StructuredMessage[Verdict](content=...)`."""

    content: StructuredContentType

    format_string: str | None = None
    """How to_text and to_model_text render it, as in `"{name} is {age}"`; None renders JSON."""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def type(self) -> str:
        """The class name with its content type, such as `StructuredMessage[Verdict]`."""
        return self.__class__.__name__

    def to_text(self) -> str:
        if self.format_string is None:
            return self.content.model_dump_json()
        return self.format_string.format(**self.content.model_dump())

    def to_model_text(self) -> str:
        return self.to_text()

    def to_model_message(self) -> UserMessage:
        return UserMessage(content=self.content.model_dump_json(), source=self.source)


class StructureMessageConfig(BaseModel, defer_build=True):
    """Configuration of a StructuredMessageFactory."""

    json_schema: dict[str, Any]
    format_string: str | None = None
    content_model_name: str


class StructuredMessageFactory(
    ComponentBase[StructureMessageConfig], Component[StructureMessageConfig]
):
    """Makes the classes for structured messages from a model, or from its JSON schema.

    `ContentModel` is the content's class, `StructuredMessage` the message's.

    Args:
        json_schema: Schema of the content; wins over `input_model`.
        input_model: The content's class.
        format_string: How a message is rendered, as in `"{name} is {age}"`.
        content_model_name: Name of the class made from `json_schema`.

    Raises:
        ValueError: Neither `json_schema` nor `input_model` is given.
    """

    component_config_schema: ClassVar[type[BaseModel]] = StructureMessageConfig
    component_type: ClassVar[str] = "structured_message"

    def __init__(
        self,
        json_schema: dict[str, Any] | None = None,
        input_model: type[BaseModel] | None = None,
        format_string: str | None = None,
        content_model_name: str | None = None,
    ) -> None:
        self.format_string = format_string
        self.ContentModel: type[BaseModel] = _content_model(
            json_schema, input_model, content_model_name
        )
        self.StructuredMessage: type[StructuredMessage[BaseModel]] = StructuredMessage[
            self.ContentModel  # type: ignore[name-defined]
        ]

    def _to_config(self) -> StructureMessageConfig:
        return StructureMessageConfig(
            json_schema=self.ContentModel.model_json_schema(),
            format_string=self.format_string,
            content_model_name=self.ContentModel.__name__,
        )

    @classmethod
    def _from_config(cls, config: StructureMessageConfig) -> Self:
        return cls(**config.model_dump())


def _content_model(
    json_schema: dict[str, Any] | None, input_model: type[BaseModel] | None, name: str | None
) -> type[BaseModel]:
    if json_schema:
        # Only those who bring a schema pay for its reader.
        from agentchat.core.utils import schema_to_pydantic_model

        return schema_to_pydantic_model(json_schema, model_name=name or "GeneratedContentModel")
    if input_model:
        return input_model
    raise ValueError("Either `json_schema` or `input_model` must be provided.")
