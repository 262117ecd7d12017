"""Two-agent code chat: one writes Python, the other runs it."""

from agentchat.agents import AssistantAgent, CodeExecutorAgent
from agentchat.conditions import MaxMessageTermination, TextMentionTermination
from agentchat.ext.code_executors.local import LocalCommandLineCodeExecutor
from agentchat.teams import RoundRobinGroupChat
from harness import (
    Run,
    contains,
    last_message,
    no_errors,
    said,
    scenario,
    speakers,
    stopped,
    within,
)


@scenario(
    task="Write a python script to print 'Hello, world!'",
    expect=[
        speakers("user", "assistant", "code_executor", "assistant"),
        said(by="assistant", text=contains("```python")),
        said(by="code_executor", text=contains("Hello, world!")),
        last_message("TERMINATE", by="assistant"),
        stopped(because="Text 'TERMINATE' mentioned"),
        within(turns=3, tokens=2_000, usd=0.02),
        no_errors(),
    ],
    tags=["code", "round-robin"],
)
def hello_world(run: Run) -> RoundRobinGroupChat:
    """Two-agent code chat: one writes Python, the other runs it.

    The code is really executed, in the run's own folder; only the model's answers are recorded.
    """
    assistant = AssistantAgent(
        name="assistant",
        system_message=(
            "You are a helpful assistant. Write all code in python. "
            "Reply only 'TERMINATE' if the task is done."
        ),
        model_client=run.model("gpt-4o", seed=42, temperature=0),
    )
    code_executor = CodeExecutorAgent(
        name="code_executor",
        code_executor=LocalCommandLineCodeExecutor(work_dir=run.workdir),
    )
    termination = TextMentionTermination("TERMINATE") | MaxMessageTermination(10)
    return RoundRobinGroupChat([assistant, code_executor], termination_condition=termination)
