"""What makes AutoGen slow, by the rows of the table: counted, since seconds differ by machine."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import PIL.Image
from pydantic import model_serializer

from agentchat.agents import AssistantAgent
from agentchat.base import Response
from agentchat.core import CancellationToken, Image
from agentchat.core.model_context import TokenLimitedChatCompletionContext
from agentchat.core.models import CreateResult, LLMMessage, UserMessage
from agentchat.core.tools import FunctionTool, StaticWorkbench, ToolSchema
from agentchat.messages import BaseChatMessage, MultiModalMessage, TextMessage
from agentchat.teams import RoundRobinGroupChat
from tests.compat.pains.stage import Model, Speaker, assistant, calls, soon


class Terse(Speaker):
    """Does nothing but speak."""

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        return Response(chat_message=TextMessage(content="Hello.", source=self.name))


async def _calls_in_a_run(participants: int) -> int:
    """How many Python functions are called in sixty turns."""
    team = RoundRobinGroupChat([Terse(f"a{n}") for n in range(participants)], max_turns=60)
    await team.run(task="Go.")
    called = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal called
        called += event == "call"

    sys.setprofile(count)
    try:
        await team.run()
    finally:
        sys.setprofile(None)
    return called


async def s3_a_turn_costs_the_same_however_many_listen() -> None:
    assert await _calls_in_a_run(30) < 1.2 * await _calls_in_a_run(2)


class Counted(TextMessage):
    """Knows how often it was dumped."""

    dumps: ClassVar[int] = 0

    @model_serializer(mode="wrap")
    def _dumped(self, dump: Callable[[Any], Any]) -> Any:
        type(self).dumps += 1
        return dump(self)


class Countable(Speaker):
    """Says what is counted."""

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        return Response(chat_message=Counted(content="Hello.", source=self.name))


async def s6_nothing_is_dumped_while_nobody_looks_at_the_log() -> None:
    Counted.dumps = 0
    team = RoundRobinGroupChat([Countable("ann")], max_turns=2, custom_message_types=[Counted])

    await soon(team.run(task="Go."))

    assert Counted.dumps == 0


class Listing(StaticWorkbench):
    """Counts how often it is asked what it has."""

    asked = 0

    async def list_tools(self) -> list[ToolSchema]:
        self.asked += 1
        return await super().list_tools()


async def s9_a_workbench_is_asked_for_its_tools_once_a_turn() -> None:
    workbench = Listing([FunctionTool(lambda: "rung", "Rings.", name="ring")])
    agent = assistant(
        calls("ring", "ring"), calls("ring"), "Done.", workbench=workbench, max_tool_iterations=3
    )

    await soon(agent.run(task="Go."))

    assert workbench.asked == 1


class Weighing(Model):
    """Counts ten tokens a message, and how many messages it was shown for that."""

    weighed = 0

    def count_tokens(self, messages: Sequence[LLMMessage], **_: Any) -> int:
        self.weighed += len(messages)
        return 10 * len(messages)


async def s11_the_tokens_of_a_message_are_counted_a_few_times_at_most() -> None:
    client = Weighing()
    context = TokenLimitedChatCompletionContext(client, token_limit=50)
    for number in range(100):
        await context.add_message(UserMessage(content=str(number), source="user"))

    shown = await context.get_messages()

    assert len(shown) == 5
    assert client.weighed <= 3 * 100


class Seeing(Model):
    """Sends images away, as clients of real models do."""

    async def create(self, messages: Sequence[LLMMessage], **arguments: Any) -> CreateResult:
        for message in messages:
            if isinstance(message, UserMessage) and not isinstance(message.content, str):
                [part.to_openai_format() for part in message.content if isinstance(part, Image)]
        return await super().create(messages, **arguments)


@contextmanager
def _counting_encodes() -> Iterator[list[str]]:
    """Lists the format of every image that Pillow encodes in the block."""
    encoded: list[str] = []
    save = PIL.Image.Image.save

    def noted(image: PIL.Image.Image, *arguments: Any, **options: Any) -> None:
        encoded.append(options.get("format", ""))
        save(image, *arguments, **options)

    PIL.Image.Image.save = noted  # type: ignore[assignment, method-assign]
    try:
        yield encoded
    finally:
        PIL.Image.Image.save = save  # type: ignore[method-assign]


async def s12_an_image_is_encoded_once() -> None:
    team = RoundRobinGroupChat(
        [AssistantAgent(name, Seeing("one", "two")) for name in ("ann", "ben", "cat")], max_turns=6
    )
    pixels = PIL.Image.new("RGB", (1024, 1024))
    task = MultiModalMessage(content=["Look.", Image(pixels)], source="user")

    with _counting_encodes() as encoded:
        await soon(team.run(task=task))

    assert encoded == ["PNG"]
