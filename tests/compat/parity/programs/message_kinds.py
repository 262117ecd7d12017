"""Every kind of message: its fields, its texts, what a model is told, and the factory."""

import base64
import re

from pydantic import BaseModel

from agentchat.core import FunctionCall, Image
from agentchat.core.code_executor import CodeBlock, CodeResult
from agentchat.core.memory import MemoryContent, MemoryMimeType
from agentchat.core.models import FunctionExecutionResult, RequestUsage, UserMessage
from agentchat.messages import (
    CodeExecutionEvent,
    CodeGenerationEvent,
    HandoffMessage,
    MemoryQueryEvent,
    MessageFactory,
    ModelClientStreamingChunkEvent,
    MultiModalMessage,
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
from tests.compat.parity.observation import attempt, component, described, plain, show

# One black pixel.
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC"
)


class Place(BaseModel):
    city: str
    zip: int = 0


CALL = FunctionCall(id="1", name="add", arguments="{}")
RESULT = FunctionExecutionResult(content="3", name="add", call_id="1", is_error=False)
CHAT = [
    TextMessage(content="hi", source="a", models_usage=RequestUsage(1, 2), metadata={"k": "v"}),
    StopMessage(content="stop", source="a"),
    HandoffMessage(
        content="yours", source="a", target="b", context=[UserMessage(content="x", source="u")]
    ),
    ToolCallSummaryMessage(content="3", source="a", tool_calls=[CALL], results=[RESULT]),
    StructuredMessage[Place](content=Place(city="Ulm"), source="a"),
    StructuredMessage[Place](content=Place(city="Ulm"), format_string="{city}/{zip}", source="a"),
]
EVENTS = [
    ToolCallRequestEvent(content=[CALL], source="a"),
    ToolCallExecutionEvent(content=[RESULT], source="a"),
    MemoryQueryEvent(
        content=[MemoryContent(content="tea", mime_type=MemoryMimeType.TEXT)], source="a"
    ),
    UserInputRequestedEvent(request_id="r", source="a"),
    ModelClientStreamingChunkEvent(content="pie", source="a", full_message_id="m"),
    ThoughtEvent(content="hm", source="a"),
    SelectSpeakerEvent(content=["a", "b"], source="m"),
    CodeGenerationEvent(
        retry_attempt=1,
        content="code",
        code_blocks=[CodeBlock(code="1", language="python")],
        source="a",
    ),
    CodeExecutionEvent(retry_attempt=1, result=CodeResult(exit_code=1, output="no"), source="a"),
]


async def chat_messages():
    return [described(message) for message in CHAT]


async def events():
    return [described(event) for event in EVENTS]


async def what_a_model_is_told():
    return [plain(message.to_model_message()) for message in CHAT]


async def dumped_and_loaded():
    return [
        type(message).load(message.dump()).dump() == message.dump() for message in CHAT + EVENTS
    ]


async def dumps():
    return [message.dump() for message in CHAT + EVENTS]


async def a_picture():
    message = MultiModalMessage(content=["Look:", Image.from_base64(PIXEL), "nice"], source="user")
    told = message.to_model_message()
    return {
        "text": message.to_text(),
        "model_text": message.to_model_text(),
        "other_placeholder": message.to_model_text(image_placeholder="<pic>"),
        "fields": sorted(message.dump()),
        "told": [told.source, told.content[0], type(told.content[1]).__name__, told.content[2]],
        "openai": sorted(told.content[1].to_openai_format(detail="low")["image_url"]),
    }


async def picture_addresses():
    uri = "data:image/png;base64," + base64.b64encode(b"no picture").decode()
    return [
        attempt(lambda: Image.from_uri("http://x/y.png"))["raised"],
        attempt(lambda: Image.from_uri(uri.replace("png", "gif")))["raised"],
    ]


def failed(function):
    """The failure, but for the names of private modules."""
    return re.sub(r"<class .*?>", "<class>", attempt(function)["text"])


async def the_factory():
    factory = MessageFactory()
    kinds = [type(message) for message in CHAT + EVENTS]
    return {
        "known": {kind.__name__: factory.is_registered(kind) for kind in kinds},
        "again": failed(lambda: factory.register(TextMessage)),
        "no_message": failed(lambda: factory.register(Place)),
        "no_type": attempt(lambda: factory.create({"content": "x"})),
        "unknown_type": attempt(lambda: factory.create({"type": "Poem"})),
        "odd_type": attempt(lambda: factory.create({"type": 7})),
        "created": attempt(lambda: factory.create(CHAT[0].dump())),
        "custom": [
            factory.register(StructuredMessage[Place]),
            factory.create(CHAT[4].dump()).dump(),
        ],
    }


async def the_structured_factory():
    factory = StructuredMessageFactory(input_model=Place, format_string="{city}")
    made = factory.StructuredMessage(
        content=factory.ContentModel(city="Ulm"), source="a", format_string="{city}"
    )
    again = StructuredMessageFactory.load_component(factory.dump_component())
    return {
        "made": described(made),
        "component": component(factory),
        "again": [again.ContentModel.__name__, again.StructuredMessage.__name__],
        "neither": attempt(lambda: StructuredMessageFactory()),
    }


async def refusals():
    return [
        attempt(lambda: TextMessage(content=1, source="a"))["raised"],
        attempt(lambda: TextMessage(content="x"))["raised"],
        attempt(lambda: HandoffMessage(content="x", source="a"))["raised"],
        attempt(lambda: TextMessage.load({"content": "x", "source": "a", "type": "Other"}))[
            "raised"
        ],
    ]


async def texts_of_objects():
    return [str(CHAT[3].results[0]), str(CALL), repr(RequestUsage(1, 2))]


async def main():
    await show(
        chat_messages,
        events,
        what_a_model_is_told,
        dumped_and_loaded,
        dumps,
        a_picture,
        picture_addresses,
        the_factory,
        the_structured_factory,
        refusals,
        texts_of_objects,
    )
