import warnings
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from agentchat.base import TaskResult
from agentchat.core._world import now, scope, sleep
from agentchat.core.models import ChatCompletionClient, CreateResult, UserMessage
from agentchat.messages import ModelClientStreamingChunkEvent, TextMessage, ThoughtEvent
from harness import Run, Scenario, contains, said, scenario
from harness.errors import UnexpectedModelCall, UsageError
from harness.result import Failure, Judgement
from harness.run import Settings
from harness.runner import Trial, run_trial
from harness.trace import Failed, MessageSent, Stopped

HERE = "tests/harness/test_runner.py"


class Writer:
    """A subject of one voice: says what it is given to say, or what a model says."""

    def __init__(self, *words: str, model: ChatCompletionClient | None = None) -> None:
        self._words = words
        self._model = model

    async def run_stream(self, *, task: str) -> AsyncGenerator[Any, None]:
        yield TextMessage(content=task, source="user")
        for turn, word in enumerate(self._words):
            with scope(f"writer#{turn}"):
                message = TextMessage(content=await self._said(word), source="writer")
            yield message
        yield TaskResult(messages=[], stop_reason="No words are left")

    async def _said(self, word: str) -> str:
        if self._model is None:
            return word
        result = await self._model.create([UserMessage(content=word, source="user")])
        assert isinstance(result.content, str)
        return result.content


def run(function: Any, task: Any = "Hi", expect: Any = (), seed: int = 0) -> Trial:
    name = function.__name__.strip("<>")
    story: Scenario = scenario(task=task, expect=expect, name=name)(function)
    return run_trial(story, Settings(seed=seed))


def told(trial: Trial) -> list[tuple[str, str]]:
    return [(each.source, each.text) for each in trial.trace.messages()]


def test_what_the_subject_streams_becomes_the_trace() -> None:
    trial = run(lambda run: Writer("Hello", "Bye"))

    assert told(trial) == [("user", "Hi"), ("writer", "Hello"), ("writer", "Bye")]
    assert [each.number for each in trial.trace.events] == [0, 1, 2, 3]
    assert trial.trace.stop_reason == "No words are left"
    assert trial.result.outcome == "passed"


def test_a_message_is_kept_whole() -> None:
    first = run(lambda run: Writer()).trace.events[0]

    assert isinstance(first, MessageSent)
    assert (first.type, first.is_chat) == ("TextMessage", True)
    assert first.body["content"] == "Hi"
    assert first.body["created_at"] == "2026-01-01T00:00:00Z"


def test_events_are_told_apart_from_chat_and_pieces_are_left_out() -> None:
    async def thinking(run: Run) -> AsyncGenerator[Any, None]:
        yield ModelClientStreamingChunkEvent(content="He", source="writer")
        yield ThoughtEvent(content="Polite?", source="writer")
        yield TextMessage(content="Hello", source="writer")

    trial = run(thinking)

    assert [(each.type, each.is_chat) for each in trial.trace.messages()] == [
        ("ThoughtEvent", False),
        ("TextMessage", True),
    ]
    assert isinstance(trial.trace.events[-1], Stopped)


async def alone(run: Run) -> str:
    return "Hello"


async def in_messages(run: Run) -> list[TextMessage]:
    return [TextMessage(content=run.task, source="user"), TextMessage(content="Hello", source="me")]


async def in_a_result(run: Run) -> TaskResult:
    return TaskResult(messages=await in_messages(run), stop_reason="Enough")


@pytest.mark.parametrize(
    ("function", "speaker", "reason"),
    [(alone, "alone", None), (in_messages, "me", None), (in_a_result, "me", "Enough")],
)
def test_a_function_may_tell_the_story_itself(
    function: Any, speaker: str, reason: str | None
) -> None:
    trial = run(function)

    assert told(trial) == [("user", "Hi"), (speaker, "Hello")]
    assert trial.trace.events[-1] == Stopped(number=2, at_ns=0, reason=reason)


def test_a_function_that_returns_nothing_is_an_error() -> None:
    trial = run(lambda run: None)

    assert trial.result.outcome == "error"
    assert trial.result.failure is not None
    assert trial.result.failure.error == "NotAScenario"
    assert "returned nothing, which can't be run." in trial.result.failure.text


def test_expectations_decide() -> None:
    demands = [said(text="Hello"), said(text=contains("Bye"))]

    trial = run(lambda run: Writer("Hello"), expect=demands)

    assert trial.result.outcome == "failed"
    assert trial.result.judgements == (
        Judgement(expectation="said(text='Hello')", holds=True, event=1),
        Judgement(
            expectation="said(text=contains('Bye'))",
            holds=False,
            why="what came: #1 writer: 'Hello' (and 1 before)",
            event=1,
        ),
    )


def failing(run: Run) -> Any:
    raise ValueError(f"nothing at {run.workdir}/x, nor at {Path(__file__).resolve()}")


def test_an_error_of_the_subject_ends_the_trace() -> None:
    trial = run(failing)

    line = failing.__code__.co_firstlineno + 1
    text = f"nothing at <workdir>/x, nor at {HERE}"
    where = f"{HERE}:{line} in failing"
    assert trial.result.outcome == "error"
    assert trial.result.failure == Failure(error="ValueError", text=text, where=where)
    assert trial.trace.events == (
        Failed(number=0, at_ns=0, error="ValueError", text=text, where=where),
    )


async def wrapping(run: Run) -> str:
    try:
        failing(run)
    except ValueError as error:
        raise RuntimeError(f"ValueError: {error}\nTraceback:\n...") from error
    return ""


def test_an_error_that_a_team_wraps_keeps_its_class() -> None:
    failure = run(wrapping).result.failure

    assert failure is not None
    assert failure.error == "ValueError"
    assert failure.where is not None
    assert failure.where.endswith("in failing")


def test_an_address_in_an_error_is_not_told() -> None:
    def pointing(run: Run) -> Any:
        raise LookupError(object())

    failure = run(pointing).result.failure

    assert failure is not None
    assert failure.text == "<object object at 0x…>"


async def missing(run: Run) -> str:
    raise UnexpectedModelCall(2, "gpt-4o", "Hi", [])


def test_an_unforeseen_model_call_is_a_miss_and_nothing_is_judged() -> None:
    result = run(missing, expect=[said(text="Hello")]).result

    assert (result.outcome, result.judgements) == ("miss", ())
    assert result.failure is not None
    assert result.failure.text.startswith("The script has no reply for model call 2.")


async def missing_in_a_task_group(run: Run) -> str:
    raise BaseExceptionGroup("several", [ValueError("x"), UnexpectedModelCall(1, "m", "Hi", [])])


def test_a_miss_among_several_errors_is_a_miss() -> None:
    assert run(missing_in_a_task_group).result.outcome == "miss"


def test_each_trial_has_a_world_of_its_own() -> None:
    async def late(run: Run) -> str:
        await sleep(1.5)
        return now().isoformat()

    first, second = run(late), run(late)

    assert first.trace == second.trace
    assert told(first)[-1] == ("late", "2026-01-01T00:00:01.500000+00:00")
    assert first.trace.events[-1].at_ns == 1_500_000_000


def test_another_seed_gives_other_ids_and_no_other_difference() -> None:
    first, second = (run(lambda run: Writer("Hello"), seed=seed) for seed in (0, 1))

    assert first.trace.messages()[0].body["id"] != second.trace.messages()[0].body["id"]
    assert told(first) == told(second)


def test_a_model_call_is_told_with_who_asked_and_what_is_new() -> None:
    trial = run(lambda run: Writer("a", "a", model=run.replay(["Hello", "Bye"])))

    first, second = trial.trace.model_calls()
    assert (first.agent, first.path, first.call, first.kept) == ("writer", ("writer#0",), 1, 0)
    assert first.messages == ({"content": "a", "source": "user", "type": "UserMessage"},)
    assert (first.answer, first.origin, first.model) == ("Hello", "scripted", "replay")
    assert (second.call, second.kept, second.messages) == (2, 1, ())
    assert [type(each).__name__ for each in trial.trace.events] == [
        "MessageSent",
        "ModelCalled",
        "MessageSent",
        "ModelCalled",
        "MessageSent",
        "Stopped",
    ]


def test_a_stream_is_told_with_its_pieces() -> None:
    async def streaming(run: Run) -> str:
        model = run.replay(["one two three"])
        items = [item async for item in model.create_stream([])]
        return "|".join(each for each in items if not isinstance(each, CreateResult))

    trial = run(streaming)

    assert told(trial)[-1] == ("streaming", "one |two |three")
    assert [call.chunks for call in trial.trace.model_calls()] == [3]


def test_warnings_of_the_scenario_are_kept_and_stop_nothing() -> None:
    async def warning(run: Run) -> str:
        for _ in range(2):
            warnings.warn("this may be unsafe", UserWarning, stacklevel=1)
        return "Hello"

    trial = run(warning)

    assert trial.result.outcome == "passed"
    assert trial.warnings == ("UserWarning: this may be unsafe",)


def test_the_working_folder_is_empty_and_gone_afterwards() -> None:
    folders: list[Path] = []

    async def working(run: Run) -> str:
        folders.append(run.workdir)
        (run.workdir / "made.txt").touch()
        return f"in {run.workdir}: {[each.name for each in run.workdir.iterdir()]}"

    trials = [run(working), run(working)]

    assert [told(each)[-1][1] for each in trials] == ["in <workdir>: ['made.txt']"] * 2
    assert not any(folder.exists() for folder in folders)


def test_a_scripted_user_answers_in_order_and_then_fails() -> None:
    async def asking(run: Run) -> str:
        ask = run.user("yes", "no")
        return " ".join([await ask("Sure?", None) for _ in range(3)])

    failure = run(asking).result.failure

    assert failure is not None
    assert failure.error == "AnswersUsedUp"
    assert failure.text.startswith("The user was asked 3 times and has 2 answers.")


def test_what_a_run_hands_out_is_closed_at_its_end() -> None:
    class Tap:
        is_open = True

        async def close(self) -> None:
            self.is_open = False

    tap = Tap()

    async def drinking(run: Run) -> str:
        return str(run.closing(tap).is_open)

    assert told(run(drinking))[-1][1] == "True"
    assert not tap.is_open


def test_an_error_on_closing_is_an_error_of_the_trial() -> None:
    class Stuck:
        async def close(self) -> None:
            raise OSError("it does not close")

    async def leaving(run: Run) -> str:
        run.closing(Stuck())
        return "Bye"

    failure = run(leaving).result.failure

    assert failure is not None
    assert (failure.error, failure.text) == ("OSError", "it does not close")


def test_the_cause_of_an_error_is_told_with_it() -> None:
    async def hiding(run: Run) -> str:
        raise ConnectionError("Connection error.") from OSError("no route")

    failure = run(hiding).result.failure

    assert failure is not None
    assert failure.text == "Connection error.\ncaused by OSError: no route"


def test_what_the_harness_refuses_is_no_error_of_the_subject() -> None:
    async def misusing(run: Run) -> str:
        raise ValueError("wrapped") from UsageError("not like this")

    with pytest.raises(UsageError, match="not like this"):
        run(misusing)


def test_the_description_is_what_follows_the_title() -> None:
    def telling(run: Run) -> Any:
        """A title.

        A paragraph:
            indented.
        """
        return Writer("Hello")

    result = run(telling).result

    assert (result.title, result.description) == ("A title.", "A paragraph:\n    indented.")
