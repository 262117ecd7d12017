"""What handlers of the event log are given: users count tokens and follow tools with it."""

import json
import logging
from contextlib import contextmanager
from dataclasses import dataclass

from agentchat import EVENT_LOGGER_NAME as CHAT_EVENTS
from agentchat import TRACE_LOGGER_NAME as CHAT_TRACE
from agentchat.agents import AssistantAgent
from agentchat.core import (
    EVENT_LOGGER_NAME,
    ROOT_LOGGER_NAME,
    TRACE_LOGGER_NAME,
    AgentId,
    DefaultTopicId,
    RoutedAgent,
    SingleThreadedAgentRuntime,
    default_subscription,
    message_handler,
)
from agentchat.core.logging import (
    LLMCallEvent,
    LLMStreamEndEvent,
    LLMStreamStartEvent,
    ToolCallEvent,
)
from agentchat.teams import RoundRobinGroupChat
from tests.compat.parity.cast import calls, model
from tests.compat.parity.observation import outcome_of, show


class Page(logging.Handler):
    """Keeps the events of the types asked for, as JSON."""

    def __init__(self, *types):
        super().__init__()
        self.types = types
        self.events = []

    def emit(self, record):
        event = json.loads(str(record.msg))
        if event["type"] in self.types:
            self.events.append([type(record.msg).__name__, record.name, record.levelname, event])


@contextmanager
def listening(*types):
    page, logger = Page(*types), logging.getLogger(EVENT_LOGGER_NAME)
    level = logger.level
    logger.addHandler(page)
    logger.setLevel(logging.INFO)
    try:
        yield page.events
    finally:
        logger.removeHandler(page)
        logger.setLevel(level)


def add(a: int, b: int) -> int:
    """Adds two numbers."""
    return a + b


def worker(name="worker"):
    return AssistantAgent(name, model(calls(("add", '{"a": 1, "b": 2}'))), tools=[add])


async def names():
    return [ROOT_LOGGER_NAME, EVENT_LOGGER_NAME, TRACE_LOGGER_NAME, CHAT_EVENTS, CHAT_TRACE]


async def a_tool_of_a_lone_agent():
    with listening("ToolCall") as events:
        await worker().run(task="go")
    return events


async def a_tool_in_a_team():
    with listening("ToolCall") as events:
        await RoundRobinGroupChat([worker()], max_turns=1).run(task="go")
    return events


async def events_of_models():
    messages = [{"role": "user", "content": "hi"}]
    response = {"content": "hello"}
    events = [
        LLMCallEvent(
            messages=messages, response=response, prompt_tokens=3, completion_tokens=2, x=1
        ),
        LLMStreamStartEvent(messages=messages),
        LLMStreamEndEvent(response=response, prompt_tokens=3, completion_tokens=2),
        ToolCallEvent(tool_name="add", arguments={"a": 1}, result="1"),
    ]
    usage = [[event.prompt_tokens, event.completion_tokens] for event in (events[0], events[2])]
    return [usage, [event.kwargs for event in events], [json.loads(str(event)) for event in events]]


@dataclass
class Ask:
    text: str


@default_subscription
class Answering(RoutedAgent):
    def __init__(self) -> None:
        super().__init__("answers")

    @message_handler
    async def on_ask(self, message: Ask, ctx) -> str:
        if message.text == "fail":
            raise LookupError("not found")
        return message.text


async def messages_of_a_runtime():
    runtime = SingleThreadedAgentRuntime()
    await Answering.register(runtime, "answering", Answering)
    with listening("Message", "MessageDropped", "MessageHandlerException") as events:
        runtime.start()
        for text in ("hi", "fail"):
            await outcome_of(runtime.send_message(Ask(text), AgentId("answering", "one")))
        await runtime.publish_message(Ask("hear"), DefaultTopicId())
        await runtime.stop_when_idle()
    return events


async def main():
    await show(
        names, a_tool_of_a_lone_agent, a_tool_in_a_team, events_of_models, messages_of_a_runtime
    )
