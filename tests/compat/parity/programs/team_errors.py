"""What reaches the caller when something inside a team fails."""

from pydantic import BaseModel

from agentchat.agents import AssistantAgent, BaseChatAgent
from agentchat.base import Response
from agentchat.conditions import MaxMessageTermination
from agentchat.messages import StructuredMessage, TextMessage
from agentchat.teams import RoundRobinGroupChat, SelectorGroupChat
from tests.compat.parity.cast import Failing, Speaker, model, said
from tests.compat.parity.observation import show, stream_of


async def the_first_speaker():
    chat = RoundRobinGroupChat([Failing("a", "fail"), Speaker("b", "b1")], max_turns=2)
    return await stream_of(chat.run_stream(task="go"))


async def the_second_speaker():
    chat = RoundRobinGroupChat([Speaker("a", "a1"), Failing("b", "fail")], max_turns=2)
    return await stream_of(chat.run_stream(task="go"))


async def a_model_without_replies():
    chat = RoundRobinGroupChat([AssistantAgent("a", model())], max_turns=2)
    return await stream_of(chat.run_stream(task="go"))


async def a_message_that_nobody_declared():
    class Odd(BaseModel):
        x: int

    class Surprising(BaseChatAgent):
        produced_message_types = (TextMessage,)

        async def on_messages(self, messages, cancellation_token):
            return Response(chat_message=StructuredMessage[Odd](content=Odd(x=1), source=self.name))

        async def on_reset(self, cancellation_token):
            pass

    chat = RoundRobinGroupChat([Surprising("a", "odd"), Speaker("b", "b1")], max_turns=1)
    items = await stream_of(chat.run_stream(task="go"))
    return [items[-1]["raised"], items[-1]["text"].partition("<class")[0]]


async def no_answer():
    class Silent(Speaker):
        async def on_messages_stream(self, messages, cancellation_token):
            if False:
                yield

    chat = RoundRobinGroupChat([Silent("a", "x"), Speaker("b", "b1")], max_turns=1)
    return await stream_of(chat.run_stream(task="go"))


async def two_answers():
    class Double(Speaker):
        async def on_messages_stream(self, messages, cancellation_token):
            yield await self.on_messages(messages, cancellation_token)
            yield await self.on_messages(messages, cancellation_token)

    chat = RoundRobinGroupChat([Double("a", "x", "y"), Speaker("b", "b1")], max_turns=2)
    return await stream_of(chat.run_stream(task="go"))


async def the_first_choice():
    def choose(messages):
        raise KeyError("nobody")

    chat = SelectorGroupChat(
        [Speaker("a", "a1"), Speaker("b", "b1")], model(), selector_func=choose, max_turns=2
    )
    return await stream_of(chat.run_stream(task="go"))


async def a_later_choice():
    def choose(messages):
        if len(messages) > 1:
            raise KeyError("nobody")
        return "a"

    chat = SelectorGroupChat(
        [Speaker("a", "a1"), Speaker("b", "b1")], model(), selector_func=choose, max_turns=2
    )
    return await stream_of(chat.run_stream(task="go"))


async def a_nested_team():
    inner = RoundRobinGroupChat([Failing("x", "fail")], max_turns=1, name="inner")
    outer = RoundRobinGroupChat([inner, Speaker("b", "b1")], max_turns=2)
    return await stream_of(outer.run_stream(task="go"))


async def run_raises_it_too():
    chat = RoundRobinGroupChat(
        [Failing("a", "fail")], termination_condition=MaxMessageTermination(3)
    )
    await chat.run(task="go")


async def running_again_after_a_failure():
    chat = RoundRobinGroupChat([Failing("a", "a1", "fail", "a2"), Speaker("b", "b1")], max_turns=3)
    return [await stream_of(chat.run_stream(task=task)) for task in ("go", None)]


async def resetting_after_a_failure():
    chat = RoundRobinGroupChat([Failing("a", "a1", "fail", "a2"), Speaker("b", "b1")], max_turns=3)
    first = await stream_of(chat.run_stream(task="go"))
    await chat.reset()
    return [len(first), await stream_of(chat.run_stream(task="again"))]


async def a_summary_of_thought():
    chat = RoundRobinGroupChat([AssistantAgent("a", model(said("x", thought="y")))], max_turns=1)
    return await stream_of(chat.run_stream(task="go"))


async def main():
    await show(
        the_first_speaker,
        the_second_speaker,
        a_model_without_replies,
        a_message_that_nobody_declared,
        no_answer,
        two_answers,
        the_first_choice,
        a_later_choice,
        a_nested_team,
        run_raises_it_too,
        running_again_after_a_failure,
        resetting_after_a_failure,
        a_summary_of_thought,
    )
