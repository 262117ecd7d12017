"""Sequential chat: four agents of the core API in a row, each with a topic of its own."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import ClassVar

from agentchat.core import (
    MessageContext,
    RoutedAgent,
    SingleThreadedAgentRuntime,
    TopicId,
    message_handler,
    type_subscription,
)
from agentchat.core.models import ChatCompletionClient, SystemMessage, UserMessage
from agentchat.messages import TextMessage
from harness import Run, asked_model, contains, last_message, model_saw, scenario, speakers, within

Chat = asyncio.Queue[TextMessage | None]
"""Where the agents show what they publish; None is the end."""


@dataclass
class Draft:
    """What goes from topic to topic."""

    text: str


class Step(RoutedAgent):
    """Asks its model about what it gets, and publishes the answer to the next topic."""

    instruction: ClassVar[str]
    next_topic: ClassVar[str]

    def __init__(self, model: ChatCompletionClient, chat: Chat) -> None:
        super().__init__(self.instruction)
        self._model = model
        self._chat = chat

    @message_handler
    async def work(self, message: Draft, ctx: MessageContext) -> None:
        answer = await self._model.create(
            [
                SystemMessage(content=self.instruction),
                UserMessage(content=message.text, source=self.id.key),
            ]
        )
        text = str(answer.content)
        self._chat.put_nowait(TextMessage(content=text, source=self.id.type))
        await self.publish_message(Draft(text), TopicId(self.next_topic, source=self.id.key))


@type_subscription(topic_type="extractor")
class Extractor(Step):
    instruction = "List features, audience and selling points."
    next_topic = "writer"


@type_subscription(topic_type="writer")
class Writer(Step):
    instruction = "Write an advertisement of two sentences."
    next_topic = "proofreader"


@type_subscription(topic_type="proofreader")
class Proofreader(Step):
    instruction = "Correct the text, and say nothing else."
    next_topic = "printer"


@type_subscription(topic_type="printer")
class Printer(RoutedAgent):
    def __init__(self, chat: Chat) -> None:
        super().__init__("Prints what comes out in the end.")
        self._chat = chat

    @message_handler
    async def show(self, message: Draft, ctx: MessageContext) -> None:
        self._chat.put_nowait(TextMessage(content=f"* {message.text} *", source=self.id.type))


@scenario(
    task="An eco-friendly stainless steel water bottle that keeps drinks cold for 24 hours",
    expect=[
        speakers("user", "extractor", "writer", "proofreader", "printer"),
        model_saw(contains("water bottle"), by="extractor"),
        model_saw(contains("Audience: hikers"), by="writer"),
        model_saw(contains("it's ice"), by="proofreader"),
        *(asked_model(by=name, times=1) for name in ("extractor", "writer", "proofreader")),
        last_message(contains("* Cold at sunrise", "its ice"), by="printer"),
        within(turns=4, model_calls=3, tokens=500, usd=0.01),
    ],
    tags=["core", "workflow"],
)
async def advertisement(run: Run) -> AsyncGenerator[TextMessage, None]:
    """Sequential chat: an advertisement goes through four agents, from topic to topic.

    They are agents of the core API. Each listens to a topic of its own and publishes to that of
    the next; none knows the others. What they publish is shown as their messages.
    """
    model, chat = run.model("gpt-4o"), Chat()
    runtime = SingleThreadedAgentRuntime()
    await Extractor.register(runtime, "extractor", lambda: Extractor(model, chat))
    await Writer.register(runtime, "writer", lambda: Writer(model, chat))
    await Proofreader.register(runtime, "proofreader", lambda: Proofreader(model, chat))
    await Printer.register(runtime, "printer", lambda: Printer(chat))

    yield TextMessage(content=run.task, source="user")
    runtime.start()
    await runtime.publish_message(Draft(run.task), TopicId("extractor", source="default"))
    work = asyncio.create_task(runtime.stop_when_idle())
    work.add_done_callback(lambda _: chat.put_nowait(None))
    while (message := await chat.get()) is not None:
        yield message
    await work
    await runtime.close()
