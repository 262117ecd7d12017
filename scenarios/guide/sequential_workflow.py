"""Sequential chat: four agents of the core API in a row, each with a topic of its own."""

from dataclasses import dataclass

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
from harness import (
    Run,
    asked_model,
    contains,
    last_message,
    model_saw,
    no_errors,
    said,
    scenario,
    speakers,
    within,
)

BOTTLE = "An eco-friendly stainless steel water bottle that keeps drinks cold for 24 hours"


@dataclass
class Draft:
    """What goes from topic to topic."""

    text: str


class Step(RoutedAgent):
    """Asks its model about what it gets, and publishes the answer to the next topic."""

    def __init__(
        self, model: ChatCompletionClient, chat: list[TextMessage], instruction: str, next_: str
    ) -> None:
        super().__init__("A step of the workflow.")
        self._model = model
        self._chat = chat
        self._instruction = SystemMessage(content=instruction)
        self._next = next_

    @message_handler
    async def work(self, message: Draft, ctx: MessageContext) -> None:
        given = UserMessage(content=message.text, source=self.id.key)
        answer = await self._model.create(
            [self._instruction, given], cancellation_token=ctx.cancellation_token
        )
        text = str(answer.content)
        self._chat.append(
            TextMessage(content=text, source=self.id.type, models_usage=answer.usage)
        )
        await self.publish_message(Draft(text), TopicId(self._next, source=self.id.key))


@type_subscription(topic_type="extractor")
class Extractor(Step):
    def __init__(self, model: ChatCompletionClient, chat: list[TextMessage]) -> None:
        super().__init__(model, chat, "List features, audience and selling points.", "writer")


@type_subscription(topic_type="writer")
class Writer(Step):
    def __init__(self, model: ChatCompletionClient, chat: list[TextMessage]) -> None:
        super().__init__(model, chat, "Write an advertisement of two sentences.", "proofreader")


@type_subscription(topic_type="proofreader")
class Proofreader(Step):
    def __init__(self, model: ChatCompletionClient, chat: list[TextMessage]) -> None:
        super().__init__(model, chat, "Correct the text, and say nothing else.", "printer")


@type_subscription(topic_type="printer")
class Printer(RoutedAgent):
    def __init__(self, chat: list[TextMessage]) -> None:
        super().__init__("Prints what comes out in the end.")
        self._chat = chat

    @message_handler
    async def show(self, message: Draft, ctx: MessageContext) -> None:
        self._chat.append(TextMessage(content=f"* {message.text} *", source=self.id.type))


@scenario(
    task=BOTTLE,
    expect=[
        speakers("user", "extractor", "writer", "proofreader", "printer"),
        model_saw(BOTTLE, by="extractor"),
        model_saw(contains("Audience: hikers"), by="writer"),
        model_saw(contains("it's ice"), by="proofreader"),
        said(by="proofreader", text=contains("its ice")),
        *(asked_model(by=name, times=1) for name in ("extractor", "writer", "proofreader")),
        last_message(contains("* Cold at sunrise", "its ice"), by="printer"),
        within(turns=4, model_calls=3, tokens=500, usd=0.01),
        no_errors(),
    ],
    tags=["core", "workflow"],
)
async def advertisement(run: Run) -> list[TextMessage]:
    """Sequential chat: an advertisement goes through four agents, from topic to topic.

    They are agents of the core API. Each listens to a topic of its own and publishes to that of
    the next; none knows the others. What they publish is shown as their messages.
    """
    model = run.model("gpt-4o")
    chat = [TextMessage(content=run.task, source="user")]
    runtime = SingleThreadedAgentRuntime()
    await Extractor.register(runtime, "extractor", lambda: Extractor(model, chat))
    await Writer.register(runtime, "writer", lambda: Writer(model, chat))
    await Proofreader.register(runtime, "proofreader", lambda: Proofreader(model, chat))
    await Printer.register(runtime, "printer", lambda: Printer(chat))

    runtime.start()
    await runtime.publish_message(Draft(run.task), TopicId("extractor", source="default"))
    await runtime.stop_when_idle()
    await runtime.close()
    return chat
