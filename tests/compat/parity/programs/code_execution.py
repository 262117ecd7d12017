"""An agent that runs code on this machine, with a model and without."""

import json
import tempfile

from agentchat.agents import ApprovalResponse, CodeExecutorAgent
from agentchat.core import CancellationToken
from agentchat.core.code_executor import CodeBlock
from agentchat.ext.code_executors.local import LocalCommandLineCodeExecutor
from agentchat.messages import TextMessage
from agentchat.teams import RoundRobinGroupChat
from tests.compat.parity.cast import Speaker, model, said
from tests.compat.parity.observation import attempt, plain, show, stream_of, warned_by


def block(code, language="python"):
    return f"```{language}\n{code}\n```"


def decision(retry):
    return json.dumps({"reason": "because", "retry": retry})


async def seen(task, *replies, **options):
    if replies:
        options["model_client"] = model(*replies)
    with tempfile.TemporaryDirectory() as folder:
        async with LocalCommandLineCodeExecutor(work_dir=folder) as executor:
            agent = CodeExecutorAgent("runner", executor, **options)
            return await stream_of(agent.run_stream(task=task))


async def code_in_the_task():
    return await seen(f"Run it:\n{block('print(6 * 7)')}\nand\n{block('echo shell', 'sh')}")


async def no_code():
    return await seen("Just words.")


async def a_language_it_does_not_speak():
    return await seen(block("main()", "c") + "\n" + block("print(1)", "Python"))


async def languages_chosen():
    task = block("print(1)") + "\n" + block("echo 2", "sh")
    return await seen(task, supported_languages=["sh"])


async def code_without_output():
    return await seen(block("x = 1"))


async def code_that_fails():
    return await seen(block("import sys; print('so far'); sys.exit(3)"))


async def only_some_sources():
    task = [
        TextMessage(content=block("print('a')"), source="a"),
        TextMessage(content=block("print('b')"), source="b"),
    ]
    return await seen(task, sources=["b"])


async def a_model_that_writes():
    return await seen("go", said(f"So:\n{block('print(6 * 7)')}"), said("It is 42."))


async def a_model_that_only_talks():
    return await seen("go", said("No code needed.", thought="easy"))


async def a_model_that_tries_again():
    replies = (
        said(block("import sys; sys.exit(1)")),
        said(decision(True)),
        said(block("print('better')")),
        said("Now it works."),
    )
    return await seen("go", *replies, max_retries_on_error=2)


async def a_model_that_gives_up():
    replies = said(block("import sys; sys.exit(1)")), said(decision(False)), said("It failed.")
    return await seen("go", *replies, max_retries_on_error=2)


async def denied():
    def deny(request):
        return ApprovalResponse(approved=False, reason="not today")

    return await seen(block("print(1)"), approval_func=deny)


async def approved():
    asked = []

    async def approve(request):
        asked.append([request.code, plain(request.context)])
        return ApprovalResponse(approved=True, reason="fine")

    return [await seen(block("print(1)"), approval_func=approve), asked]


async def in_a_team():
    async with LocalCommandLineCodeExecutor() as executor:
        team = RoundRobinGroupChat(
            [Speaker("coder", block("print('hi')")), CodeExecutorAgent("runner", executor)],
            max_turns=2,
        )
        return await stream_of(team.run_stream(task="go"))


async def the_executor_itself():
    async with LocalCommandLineCodeExecutor(timeout=1) as executor:
        results = []
        for code, language in (
            ("print(1)", "python"),
            ("echo 2", "bash"),
            ("echo err >&2; echo out", "sh"),
            ("x", "cobol"),
            ("# filename: ../out.py\nprint(1)", "python"),
            ("print('slow', flush=True); import time; time.sleep(3)", "python"),
        ):
            blocks = [CodeBlock(code=code, language=language)]
            result = await executor.execute_code_blocks(blocks, CancellationToken())
            results.append([result.exit_code, result.output])
        return results


async def warnings_and_refusals():
    async def make():
        CodeExecutorAgent("runner", LocalCommandLineCodeExecutor())

    given = await warned_by(make())
    executor = LocalCommandLineCodeExecutor()
    unable = model(structured_output=False)
    return [
        sorted(warning.partition(":")[0] for warning in given),
        attempt(lambda: CodeExecutorAgent("r", executor, max_retries_on_error=1)),
        attempt(
            lambda: CodeExecutorAgent("r", executor, max_retries_on_error=1, model_client=unable)
        ),
        attempt(lambda: LocalCommandLineCodeExecutor(timeout=0)),
        attempt(lambda: LocalCommandLineCodeExecutor(functions_module="not a name")),
        attempt(
            CodeExecutorAgent("r", executor, approval_func=lambda request: None).dump_component
        ),
    ]


async def main():
    await show(
        code_in_the_task,
        no_code,
        a_language_it_does_not_speak,
        languages_chosen,
        code_without_output,
        code_that_fails,
        only_some_sources,
        a_model_that_writes,
        a_model_that_only_talks,
        a_model_that_tries_again,
        a_model_that_gives_up,
        denied,
        approved,
        in_a_team,
        the_executor_itself,
        warnings_and_refusals,
    )
