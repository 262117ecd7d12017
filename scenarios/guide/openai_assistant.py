"""An agent that is an assistant of OpenAI's Assistants API."""

from collections.abc import AsyncGenerator

from openai import AsyncOpenAI

from agentchat.base import TaskResult
from agentchat.core import CancellationToken
from agentchat.ext.agents.openai import OpenAIAssistantAgent
from agentchat.messages import BaseAgentEvent, BaseChatMessage
from harness import (
    Run,
    contains,
    last_message,
    no_errors,
    said,
    scenario,
    speakers,
    tool_called,
    tool_result,
    within,
)

Messages = AsyncGenerator[BaseAgentEvent | BaseChatMessage, None]

SCHEDULE = """\
Monday: algebra, room 12, with Ms Noether.
Tuesday: geometry, room 3, with Mr Thales.
"""


def openai_client(run: Run) -> AsyncOpenAI:
    """The vendor's own client; what it sends is recorded and replayed."""
    return AsyncOpenAI(http_client=run.http_client(), api_key=run.api_key, max_retries=0)


async def asked(agent: OpenAIAssistantAgent, question: str) -> Messages:
    """A question, and what the agent does to answer it."""
    async for item in agent.run_stream(task=question):
        if not isinstance(item, TaskResult):
            yield item


def square_root(number: float) -> float:
    """The square root of a number."""
    return float(number**0.5)


@scenario(
    expect=[
        speakers("user", "tutor", "user", "tutor"),
        tool_called("square_root", args={"number": 1764}, by="tutor", times=1),
        tool_result("square_root", "42.0"),
        said(by="tutor", text="The square root of 1764 is 42."),
        last_message(contains("1764", "42 times 42"), by="tutor"),
        within(turns=3, tool_calls=1),
        no_errors(),
    ],
    tags=["openai-assistant", "tools"],
)
async def math_tutor(run: Run) -> Messages:
    """GPT assistant: its thread is kept by the vendor, its tool is run here.

    The second question is sent alone; what was said before is in the thread. The vendor asks the
    model itself, so no model call is told of. The assistant is deleted in the end.
    """
    tutor = OpenAIAssistantAgent(
        name="tutor",
        description="A tutor for mathematics.",
        client=openai_client(run),
        model="gpt-4o",
        instructions="You are a math tutor. Compute with the tools.",
        tools=[square_root],
    )
    async for message in asked(tutor, "What is the square root of 1764?"):
        yield message
    async for message in asked(tutor, "How can I check that?"):
        yield message
    await tutor.delete_assistant(CancellationToken())


@scenario(
    expect=[
        speakers("user", "secretary"),
        last_message("Geometry is on Tuesday in room 3.", by="secretary"),
        within(turns=1, tool_calls=0),
        no_errors(),
    ],
    tags=["openai-assistant", "files"],
)
async def schedule_searched(run: Run) -> Messages:
    """GPT assistant: a file is uploaded, and the vendor searches it for the answer.

    What is said of the file is the model's answer; the search itself is not seen from here. File,
    vector store and assistant are deleted in the end.
    """
    file = run.workdir / "schedule.txt"
    file.write_text(SCHEDULE, encoding="utf-8")
    secretary = OpenAIAssistantAgent(
        name="secretary",
        description="Knows the schedule.",
        client=openai_client(run),
        model="gpt-4o",
        instructions="Answer from the files, in one sentence.",
        tools=["file_search"],
    )
    token = CancellationToken()
    await secretary.on_upload_for_file_search(str(file), token)
    async for message in asked(secretary, "When and where is geometry?"):
        yield message
    await secretary.delete_uploaded_files(token)
    await secretary.delete_vector_store(token)
    await secretary.delete_assistant(token)
