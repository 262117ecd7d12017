"""Answers that are a pydantic model."""

from typing import Literal

from pydantic import BaseModel

from agentchat.agents import AssistantAgent
from agentchat.conditions import MaxMessageTermination
from agentchat.messages import StructuredMessage
from agentchat.teams import RoundRobinGroupChat
from tests.compat.parity.cast import Speaker, calls, model, piecewise, said
from tests.compat.parity.observation import plain, show, stream_of


class Verdict(BaseModel):
    text: str
    mood: Literal["good", "bad"] = "good"


VERDICT = said('{"text": "fine", "mood": "bad"}')


def judge(*replies, **options):
    return AssistantAgent("judge", model(*replies), output_content_type=Verdict, **options)


def look(what: str) -> str:
    """Looks."""
    return f"saw {what}"


async def an_answer():
    agent = judge(VERDICT)
    stream = await stream_of(agent.run_stream(task="go"))
    return {"stream": stream, "context": plain(await agent.model_context.get_messages())}


async def a_format():
    agent = judge(VERDICT, output_content_type_format="{text} ({mood})")
    return await stream_of(agent.run_stream(task="go"))


async def after_tools():
    agent = judge(calls(("look", '{"what": "a"}')), VERDICT, tools=[look])
    return await stream_of(agent.run_stream(task="go"))


async def after_tools_with_a_format():
    options = {"tools": [look], "output_content_type_format": "{text} ({mood})"}
    agent = judge(calls(("look", '{"what": "a"}')), VERDICT, **options)
    return await stream_of(agent.run_stream(task="go"))


async def a_summary_instead():
    agent = judge(calls(("look", '{"what": "a"}')), tools=[look], reflect_on_tool_use=False)
    return await stream_of(agent.run_stream(task="go"))


async def an_answer_that_does_not_fit():
    return await stream_of(judge(said('{"mood": "ugly"}')).run_stream(task="go"))


async def streamed():
    agent = AssistantAgent(
        "judge", piecewise(VERDICT), output_content_type=Verdict, model_client_stream=True
    )
    return await stream_of(agent.run_stream(task="go"))


async def in_a_team():
    team = RoundRobinGroupChat(
        [judge(VERDICT), Speaker("clerk", "noted")],
        termination_condition=MaxMessageTermination(3),
        custom_message_types=[StructuredMessage[Verdict]],
    )
    stream = await stream_of(team.run_stream(task="go"))
    return {"stream": stream, "state": await team.save_state()}


async def as_a_task():
    team = RoundRobinGroupChat(
        [Speaker("clerk", "noted")],
        max_turns=1,
        custom_message_types=[StructuredMessage[Verdict]],
    )
    task = StructuredMessage[Verdict](content=Verdict(text="hm"), source="user")
    return await stream_of(team.run_stream(task=task))


async def as_a_task_that_nobody_declared():
    team = RoundRobinGroupChat([Speaker("clerk", "noted")], max_turns=1)
    task = StructuredMessage[Verdict](content=Verdict(text="hm"), source="user")
    return [item["raised"] for item in await stream_of(team.run_stream(task=task))]


async def the_types_it_declares():
    return [kind.__name__ for kind in judge(VERDICT).produced_message_types]


async def main():
    await show(
        an_answer,
        a_format,
        after_tools,
        after_tools_with_a_format,
        a_summary_instead,
        an_answer_that_does_not_fit,
        streamed,
        in_a_team,
        as_a_task,
        as_a_task_that_nobody_declared,
        the_types_it_declares,
    )
