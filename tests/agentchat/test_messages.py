import json
from datetime import UTC, datetime
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from agentchat.core import FunctionCall, Image
from agentchat.core.code_executor import CodeBlock, CodeResult
from agentchat.core.memory import MemoryContent, MemoryMimeType
from agentchat.core.models import FunctionExecutionResult, RequestUsage, UserMessage
from agentchat.messages import (
    AgentEvent,
    BaseAgentEvent,
    BaseChatMessage,
    ChatMessage,
    CodeExecutionEvent,
    CodeGenerationEvent,
    HandoffMessage,
    MemoryQueryEvent,
    MessageFactory,
    ModelClientStreamingChunkEvent,
    MultiModalMessage,
    SelectorEvent,
    SelectSpeakerEvent,
    StopMessage,
    StructuredMessage,
    StructuredMessageFactory,
    TextMessage,
    ThoughtEvent,
    ToolCallExecutionEvent,
    ToolCallRequestEvent,
    ToolCallSummaryMessage,
    UserInputRequestedEvent,
)

PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2"
    "FzhVAAAAAElFTkSuQmCC"
)


class Verdict(BaseModel):
    text: str
    score: int


class Mood(BaseAgentEvent):
    feeling: str
    type: Literal["Mood"] = "Mood"

    def to_text(self) -> str:
        return self.feeling


calls = st.builds(FunctionCall, id=st.text(), arguments=st.text(), name=st.text())
results = st.builds(
    FunctionExecutionResult,
    content=st.text(),
    name=st.text(),
    call_id=st.text(),
    is_error=st.none() | st.booleans(),
)
user_messages = st.builds(UserMessage, content=st.text(), source=st.text())
memories = st.builds(
    MemoryContent,
    content=st.text(),
    mime_type=st.sampled_from([kind.value for kind in MemoryMimeType]),
    metadata=st.none(),
)
content_by_kind: dict[type[BaseChatMessage] | type[BaseAgentEvent], dict[str, Any]] = {
    TextMessage: {"content": st.text()},
    StopMessage: {"content": st.text()},
    MultiModalMessage: {"content": st.lists(st.text())},
    HandoffMessage: {
        "content": st.text(),
        "target": st.text(),
        "context": st.lists(user_messages, max_size=2),
    },
    ToolCallSummaryMessage: {
        "content": st.text(),
        "tool_calls": st.lists(calls, max_size=2),
        "results": st.lists(results, max_size=2),
    },
    StructuredMessage[Verdict]: {
        "content": st.builds(Verdict, text=st.text(), score=st.integers()),
        "format_string": st.none() | st.just("{text}: {score}"),
    },
    ToolCallRequestEvent: {"content": st.lists(calls, max_size=2)},
    ToolCallExecutionEvent: {"content": st.lists(results, max_size=2)},
    MemoryQueryEvent: {"content": st.lists(memories, max_size=2)},
    SelectSpeakerEvent: {"content": st.lists(st.text(), max_size=2)},
    SelectorEvent: {"content": st.text()},
    ThoughtEvent: {"content": st.text()},
    UserInputRequestedEvent: {"request_id": st.text()},
    ModelClientStreamingChunkEvent: {
        "content": st.text(),
        "full_message_id": st.none() | st.text(),
        "kind": st.sampled_from(["text", "reasoning", "tool_call"]),
    },
    CodeGenerationEvent: {
        "retry_attempt": st.integers(),
        "content": st.text(),
        "code_blocks": st.lists(st.builds(CodeBlock, code=st.text(), language=st.text())),
    },
    CodeExecutionEvent: {
        "retry_attempt": st.integers(),
        "result": st.builds(CodeResult, exit_code=st.integers(), output=st.text()),
    },
}
envelopes = st.fixed_dictionaries(
    {"source": st.text()},
    optional={
        "id": st.text(),
        "models_usage": st.builds(
            RequestUsage, prompt_tokens=st.integers(0), completion_tokens=st.integers(0)
        ),
        "metadata": st.dictionaries(st.text(), st.text(), max_size=2),
        "created_at": st.datetimes(timezones=st.just(UTC)),
    },
)


@pytest.mark.parametrize("kind", content_by_kind, ids=lambda kind: kind.__name__)
@settings(max_examples=25)
@given(data=st.data())
def test_load_takes_back_what_dump_gave(kind: type[BaseChatMessage], data: st.DataObject) -> None:
    fields = data.draw(envelopes) | data.draw(st.fixed_dictionaries(content_by_kind[kind]))
    message = kind(**fields)

    restored = kind.load(json.loads(json.dumps(message.dump())))

    assert restored == message


@pytest.mark.parametrize(
    "kind",
    [each for each in content_by_kind if each not in (SelectorEvent, StructuredMessage[Verdict])],
    ids=lambda kind: kind.__name__,
)
@settings(max_examples=25)
@given(data=st.data())
def test_the_factory_restores_every_built_in_kind(
    kind: type[BaseChatMessage], data: st.DataObject
) -> None:
    message = kind(source="a", **data.draw(st.fixed_dictionaries(content_by_kind[kind])))

    restored = MessageFactory().create(message.dump())

    assert (type(restored), restored) == (kind, message)


def test_prints_the_fields_in_the_order_users_know() -> None:
    message = TextMessage(
        id="1", source="user", content="hi", created_at=datetime(2025, 1, 2, tzinfo=UTC)
    )

    assert repr(message) == (
        "TextMessage(id='1', source='user', models_usage=None, metadata={}, "
        "created_at=datetime.datetime(2025, 1, 2, 0, 0, tzinfo=datetime.timezone.utc), "
        "content='hi', type='TextMessage')"
    )


def test_two_messages_differ_in_id_and_share_no_metadata() -> None:
    first, second = TextMessage(source="a", content=""), TextMessage(source="a", content="")

    first.metadata["seen"] = "yes"

    assert first.id != second.id
    assert second.metadata == {}


def test_a_text_message_is_the_same_text_to_people_and_models() -> None:
    message = TextMessage(source="a", content="hi")

    texts = (message.to_text(), message.to_model_text(), message.to_model_message())

    assert texts == ("hi", "hi", UserMessage(content="hi", source="a"))


def test_a_multi_modal_message_stands_for_its_images_in_text() -> None:
    image = Image.from_uri(PIXEL)
    message = MultiModalMessage(source="a", content=["see", image, "this"])

    assert message.to_text() == "see\n<image>\nthis"
    assert message.to_text(iterm=True) == (
        f"see\n\033]1337;File=inline=1:{image.to_base64()}\a\n\nthis"
    )
    assert message.to_model_text() == "see [image]this"
    assert message.to_model_text(image_placeholder="") == "see this"
    assert message.to_model_text(image_placeholder=None) == f"see {image.to_base64()}this"
    assert message.to_model_message().content == ["see", image, "this"]


def test_a_structured_message_reads_as_json_unless_it_has_a_format() -> None:
    content = Verdict(text="good", score=3)
    plain = StructuredMessage[Verdict](source="a", content=content)
    formatted = StructuredMessage[Verdict](
        source="a", content=content, format_string="{text}: {score}"
    )

    assert plain.to_text() == plain.to_model_text() == '{"text":"good","score":3}'
    assert formatted.to_text() == formatted.to_model_text() == "good: 3"
    assert formatted.to_model_message().content == '{"text":"good","score":3}'
    assert plain.dump()["type"] == plain.type == "StructuredMessage[Verdict]"


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (
            ToolCallRequestEvent(
                source="a", content=[FunctionCall(id="1", arguments="{}", name="f")]
            ),
            "[FunctionCall(id='1', arguments='{}', name='f')]",
        ),
        (
            ToolCallExecutionEvent(
                source="a",
                content=[FunctionExecutionResult(content="3", name="f", call_id="1")],
            ),
            "[FunctionExecutionResult(content='3', name='f', call_id='1', is_error=None)]",
        ),
        (SelectSpeakerEvent(source="a", content=["b", "c"]), "['b', 'c']"),
        (UserInputRequestedEvent(source="a", request_id="1"), ""),
        (ThoughtEvent(source="a", content="hm"), "hm"),
        (
            CodeExecutionEvent(
                source="a", retry_attempt=0, result=CodeResult(exit_code=0, output="4")
            ),
            "4",
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_event_reads_as_its_content(event: BaseAgentEvent, text: str) -> None:
    assert event.to_text() == text


def test_a_chunk_is_text_unless_it_says_otherwise() -> None:
    chunk = ModelClientStreamingChunkEvent.load({"source": "a", "content": "h"})

    assert chunk.kind == "text"
    assert "kind" not in repr(chunk)


def test_the_unions_tell_the_built_in_kinds_apart() -> None:
    stop = StopMessage(source="a", content="enough")
    thought = ThoughtEvent(source="a", content="hm")

    assert TypeAdapter(ChatMessage).validate_python(stop.dump()) == stop
    assert TypeAdapter(AgentEvent).validate_python(thought.dump()) == thought


def test_a_registered_kind_is_restored() -> None:
    factory = MessageFactory()
    mood = Mood(source="a", feeling="fine")

    factory.register(Mood)

    assert factory.is_registered(Mood)
    assert factory.create(mood.dump()) == mood


def test_a_kind_is_registered_once() -> None:
    with pytest.raises(ValueError, match=r"TextMessage.* is already registered"):
        MessageFactory().register(TextMessage)


def test_only_messages_are_registered() -> None:
    with pytest.raises(ValueError, match="must be a subclass of BaseChatMessage or BaseAgentEvent"):
        MessageFactory().register(Verdict)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ({"source": "a"}, "Field 'type' is required"),
        ({"type": "Mood"}, "Unknown message type: Mood"),
        ({"type": ["Mood"]}, "must be a string"),
    ],
)
def test_the_factory_says_what_it_can_not_restore(data: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        MessageFactory().create(data)


def test_a_message_without_content_is_refused() -> None:
    with pytest.raises(ValidationError, match="Field required"):
        TextMessage.load({"source": "a"})


def test_a_structured_kind_is_made_from_a_model_or_its_schema() -> None:
    factory = StructuredMessageFactory(input_model=Verdict, format_string="{text}: {score}")

    loaded = StructuredMessageFactory.load_component(factory.dump_component())

    message = loaded.StructuredMessage(
        source="a",
        content=loaded.ContentModel(text="good", score=3),
        format_string=loaded.format_string,
    )
    assert factory.ContentModel is Verdict
    assert message.to_text() == "good: 3"
    assert message.dump()["type"] == "StructuredMessage[Verdict]"


def test_a_structured_kind_needs_a_content() -> None:
    with pytest.raises(ValueError, match="Either `json_schema` or `input_model` must be provided"):
        StructuredMessageFactory()


def test_the_model_message_of_a_text_is_one_and_the_same() -> None:
    message = TextMessage(content="a", source="ann")
    before = message.model_copy(deep=True)

    model_message = message.to_model_message()

    assert message.to_model_message() is model_message
    assert message == before
    assert message.dump() == before.dump()
    assert message.model_copy().to_model_message() is not model_message


@pytest.mark.parametrize("changed", ["message", "model message"])
def test_a_change_makes_another_model_message(changed: str) -> None:
    message = TextMessage(content="a", source="ann")
    first = message.to_model_message()

    (message if changed == "message" else first).content = "b"

    expected = UserMessage(content=message.content, source="ann")
    assert message.to_model_message() == expected
    assert message.to_model_message() is not first
