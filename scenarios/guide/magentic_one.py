"""Magentic-One: an orchestrator plans, instructs, watches progress, and answers."""

from agentchat.agents import AssistantAgent, CodeExecutorAgent
from agentchat.ext.code_executors.local import LocalCommandLineCodeExecutor
from agentchat.teams import MagenticOneGroupChat
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
    stopped,
    within,
)


@scenario(
    task="How many days of the year 2028 are both a Friday and the 13th?",
    expect=[
        speakers(
            "user",
            "MagenticOneOrchestrator",
            "MagenticOneOrchestrator",
            "coder",
            "MagenticOneOrchestrator",
            "executor",
            "MagenticOneOrchestrator",
        ),
        said(by="MagenticOneOrchestrator", text=contains("1. coder: write")),
        said(by="coder", text=contains("```python")),
        said(by="executor", text=contains("1: 2028-10-13")),
        model_saw(contains("1: 2028-10-13"), by="MagenticOneOrchestrator"),
        last_message("One day: Friday, 13 October 2028.", by="MagenticOneOrchestrator"),
        stopped(because=contains("counted them all")),
        asked_model(by="coder", times=1),
        within(turns=6, model_calls=7, tokens=8_000, usd=0.05),
        no_errors(),
    ],
    tags=["magentic-one", "code"],
)
def fridays_the_13th(run: Run) -> MagenticOneGroupChat:
    """Magentic-One: a question is planned, programmed, computed and answered.

    The orchestrator takes stock of facts and makes a plan. After every step it fills in a ledger:
    is it done, is there progress, who is next and with what instruction. The code is really run.
    """
    client = run.model("gpt-4o")
    coder = AssistantAgent(
        "coder",
        description="Writes Python programs.",
        system_message="You write short Python programs.",
        model_client=client,
    )
    executor = CodeExecutorAgent(
        "executor",
        description="Runs the program that was written last.",
        code_executor=LocalCommandLineCodeExecutor(work_dir=run.workdir),
        sources=["coder"],
    )
    return MagenticOneGroupChat([coder, executor], model_client=client)
