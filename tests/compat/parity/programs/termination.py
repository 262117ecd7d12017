"""A round robin that ends by each condition, and by their combinations."""

from agentchat.agents import AssistantAgent
from agentchat.conditions import (
    ExternalTermination,
    FunctionalTermination,
    FunctionCallTermination,
    HandoffTermination,
    MaxMessageTermination,
    SourceMatchTermination,
    StopMessageTermination,
    TextMentionTermination,
    TextMessageTermination,
    TimeoutTermination,
    TokenUsageTermination,
)
from agentchat.messages import HandoffMessage, StopMessage
from agentchat.teams import RoundRobinGroupChat
from tests.compat.parity.cast import Speaker, calls, model
from tests.compat.parity.observation import show, stream_of


def add(a: int, b: int) -> int:
    """Adds two numbers."""
    return a + b


async def ended_by(condition, task="go", **options):
    team = RoundRobinGroupChat(
        [Speaker("a", "one", "DONE"), Speaker("b", "two", "four")],
        termination_condition=condition,
        **options,
    )
    return await result(team, task)


async def result(team, task):
    items = await stream_of(team.run_stream(task=task))
    last = items[-1]
    told = [f"{item['source']}: {item['to_text']}" for item in items[:-1]]
    return [*told, last.get("stop_reason", last)]


async def max_messages():
    return await ended_by(MaxMessageTermination(3))


async def max_messages_reached_by_the_task():
    return await ended_by(MaxMessageTermination(1))


async def text_mention():
    return await ended_by(TextMentionTermination("DONE"))


async def text_mention_in_the_task():
    return await ended_by(TextMentionTermination("DONE"), task="say DONE")


async def text_mention_of_a_source():
    return await ended_by(TextMentionTermination("o", sources=["b"]))


async def stop_message_as_task():
    return await ended_by(StopMessageTermination(), StopMessage(content="x", source="user"))


async def tokens():
    return await ended_by(TokenUsageTermination(max_total_token=9))


async def prompt_tokens():
    return await ended_by(TokenUsageTermination(max_prompt_token=6))


async def completion_tokens():
    return await ended_by(TokenUsageTermination(max_completion_token=1))


async def handoff_as_task():
    task = HandoffMessage(content="x", source="user", target="b")
    return await ended_by(HandoffTermination("b"), task)


async def handoff_to_another():
    task = HandoffMessage(content="x", source="user", target="b")
    return await ended_by(HandoffTermination("a"), task, max_turns=1)


async def timeout():
    return await ended_by(TimeoutTermination(0))


async def external():
    condition = ExternalTermination()
    condition.set()
    return await ended_by(condition)


async def source_match():
    return await ended_by(SourceMatchTermination(["b"]))


async def text_message():
    return await ended_by(TextMessageTermination())


async def text_message_of_a_source():
    return await ended_by(TextMessageTermination("b"))


async def functional():
    return await ended_by(FunctionalTermination(lambda messages: messages[-1].source == "b"))


async def functional_async():
    async def has_four(messages):
        return any(message.to_text() == "four" for message in messages)

    return await ended_by(FunctionalTermination(has_four))


async def function_call():
    replies = [calls(("add", '{"a": 1, "b": 2}'))] * 2
    worker = AssistantAgent("worker", model(*replies), tools=[add])
    team = RoundRobinGroupChat(
        [Speaker("boss", "add!"), worker], termination_condition=FunctionCallTermination("add")
    )
    return await result(team, "go")


async def messages_and_events():
    replies = [calls(("add", '{"a": 1, "b": 2}'))] * 2
    worker = AssistantAgent("worker", model(*replies), tools=[add])
    condition = MaxMessageTermination(5, include_agent_event=True)
    team = RoundRobinGroupChat([worker], termination_condition=condition)
    return await result(team, "go")


async def either():
    return await ended_by(MaxMessageTermination(9) | TextMentionTermination("DONE"))


async def either_and_both_at_once():
    return await ended_by(MaxMessageTermination(4) | TextMentionTermination("DONE"))


async def both():
    return await ended_by(MaxMessageTermination(3) & TextMentionTermination("DONE"))


async def both_in_the_other_order():
    return await ended_by(TextMentionTermination("one") & MaxMessageTermination(4))


async def three():
    condition = (MaxMessageTermination(2) & SourceMatchTermination(["b"])) | TextMentionTermination(
        "four"
    )
    return await ended_by(condition)


async def max_turns():
    return await ended_by(None, max_turns=3)


async def max_turns_and_a_condition_at_once():
    return await ended_by(MaxMessageTermination(3), max_turns=2)


async def a_second_run():
    team = RoundRobinGroupChat(
        [Speaker("a", "one", "DONE"), Speaker("b", "two", "four")],
        termination_condition=MaxMessageTermination(3) | TextMentionTermination("four"),
    )
    return [await result(team, "go"), await result(team, None), await result(team, "more")]


async def a_condition_that_has_fired_before():
    condition = MaxMessageTermination(2)
    await condition([StopMessage(content="x", source="y")] * 2)
    return await ended_by(condition)


async def a_condition_that_fails():
    def broken(messages):
        if messages[-1].source == "b":
            raise ZeroDivisionError("in the condition")
        return False

    return await ended_by(FunctionalTermination(broken))


async def a_condition_that_fails_on_the_task():
    return await ended_by(FunctionalTermination(lambda messages: 1 / 0))


async def main():
    await show(
        max_messages,
        max_messages_reached_by_the_task,
        text_mention,
        text_mention_in_the_task,
        text_mention_of_a_source,
        stop_message_as_task,
        tokens,
        prompt_tokens,
        completion_tokens,
        handoff_as_task,
        handoff_to_another,
        timeout,
        external,
        source_match,
        text_message,
        text_message_of_a_source,
        functional,
        functional_async,
        function_call,
        messages_and_events,
        either,
        either_and_both_at_once,
        both,
        both_in_the_other_order,
        three,
        max_turns,
        max_turns_and_a_condition_at_once,
        a_second_run,
        a_condition_that_has_fired_before,
        a_condition_that_fails,
        a_condition_that_fails_on_the_task,
    )
