"""Section E of the pains: orchestration."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import aclosing
from typing import Any
from warnings import catch_warnings, simplefilter

from agentchat import utils
from agentchat.agents import CodeExecutorAgent, SocietyOfMindAgent, UserProxyAgent
from agentchat.base import Response
from agentchat.conditions import ExternalTermination, HandoffTermination
from agentchat.core import CancellationToken
from agentchat.core.code_executor import CodeResult
from agentchat.ext.code_executors.local import LocalCommandLineCodeExecutor
from agentchat.ext.models.replay import ReplayChatCompletionClient
from agentchat.messages import BaseChatMessage, HandoffMessage, UserInputRequestedEvent
from agentchat.teams import (
    DiGraphBuilder,
    GraphFlow,
    MagenticOneGroupChat,
    RoundRobinGroupChat,
    SelectorGroupChat,
    Swarm,
)
from tests.compat.pains.stage import (
    ABLE,
    Executor,
    FailsOnce,
    Model,
    Patient,
    Speaker,
    coder,
    failure_of,
    kinds,
    said,
    soon,
    texts,
)


def _three() -> list[Any]:
    return [Speaker("ann"), Speaker("ben"), Speaker("cat")]


async def e30_only_a_candidate_is_selected() -> None:
    team = SelectorGroupChat(
        _three(), Model("cat", "ben"), candidate_func=lambda _: ["ann", "ben"], max_turns=1
    )

    assert texts((await soon(team.run(task="Go."))).messages) == ["Go.", "ben speaks"]


async def e30_who_was_named_by_a_function_is_not_selected_again() -> None:
    names = iter(["ann", None])
    team = SelectorGroupChat(
        _three(), Model("ann", "ben"), selector_func=lambda _: next(names), max_turns=2
    )

    result = await soon(team.run(task="Go."))

    assert texts(result.messages) == ["Go.", "ann speaks", "ben speaks"]


async def e30_nobody_speaks_twice_when_the_model_names_nobody() -> None:
    team = SelectorGroupChat(
        _three(), Model("ben", "Hm.", "Hm."), max_selector_attempts=2, max_turns=2
    )

    result = await soon(team.run(task="Go."))

    assert texts(result.messages) == ["Go.", "ben speaks", "ann speaks"]


async def e30_the_choice_can_be_held_to_the_candidates() -> None:
    model = Model('{"speaker": "ben"}')
    team = SelectorGroupChat(_three(), model, choice_format="json", max_turns=1)

    assert texts((await soon(team.run(task="Go."))).messages) == ["Go.", "ben speaks"]
    form = model.create_calls[0]["json_output"].model_json_schema()
    assert form["properties"]["speaker"]["enum"] == ["ann", "ben", "cat"]


class Meeting(Speaker):
    """Speaks when all who were expected are there."""

    def __init__(self, name: str, everybody: asyncio.Barrier) -> None:
        super().__init__(name)
        self._everybody = everybody

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        async with self._everybody:
            return await super().on_messages(messages, cancellation_token)


async def e31_a_function_may_name_several_who_speak_at_once() -> None:
    both = asyncio.Barrier(2)
    team = SelectorGroupChat(
        [Meeting("ann", both), Meeting("ben", both), Speaker("cat")],
        Model(),
        selector_func=lambda _: ["ann", "ben"],
        max_turns=1,
    )

    result = await soon(team.run(task="Go."))

    assert sorted(texts(result.messages)) == ["Go.", "ann speaks", "ben speaks"]


async def e31_what_was_said_at_once_is_heard_in_the_order_of_the_speakers() -> None:
    ben, cat = Speaker("ben"), Speaker("cat")
    ann = Patient("ann", ben)
    builder = DiGraphBuilder().add_node(ann).add_node(ben).add_node(cat)
    graph = builder.add_edge(ann, cat).add_edge(ben, cat).build()

    await soon(GraphFlow([ann, ben, cat], graph).run(task="Go."))

    assert cat.heard == [["Go.", "ann speaks", "ben speaks"]]


async def e32_a_graph_begins_in_the_order_in_which_it_was_built() -> None:
    agents = [Speaker(f"agent{number}") for number in range(12)]
    builder = DiGraphBuilder()
    for agent in agents:
        builder.add_node(agent)

    result = await soon(GraphFlow([*agents], builder.build()).run(task="Go."))

    assert [message.source for message in result.messages[1:]] == [agent.name for agent in agents]


async def e32_a_graph_that_was_left_goes_on_where_it_was() -> None:
    ann, ben, cat = _three()
    builder = DiGraphBuilder().add_node(ann).add_node(ben).add_node(cat)
    team = GraphFlow([ann, ben, cat], builder.add_edge(ann, ben).add_edge(ben, cat).build())

    async with aclosing(team.run_stream(task="Go.")) as stream:
        async for item in stream:
            if getattr(item, "source", "") == "ben":
                break
    result = await soon(team.run())

    assert texts(result.messages) == ["cat speaks"]


class HandsOver(Speaker):
    """Hands the turn to somebody."""

    produced_message_types = (HandoffMessage,)

    def __init__(self, name: str, target: str) -> None:
        super().__init__(name)
        self._target = target

    async def on_messages(
        self, messages: Sequence[BaseChatMessage], cancellation_token: CancellationToken
    ) -> Response:
        message = HandoffMessage(content="Yours.", source=self.name, target=self._target)
        return Response(chat_message=message)


async def e33_a_handoff_to_nobody_is_an_error_that_names_the_target() -> None:
    team = Swarm([HandsOver("ann", "zoe"), Speaker("ben")], max_turns=2)

    error = await failure_of(team.run(task="Go."))

    assert isinstance(error.__cause__, ValueError)
    assert "'zoe'" in str(error.__cause__)


async def e33_after_a_handoff_to_the_user_their_plain_words_go_on() -> None:
    team = Swarm(
        [HandsOver("ann", "ben"), HandsOver("ben", "user")],
        termination_condition=HandoffTermination("user"),
        outsiders=["user"],
    )

    await soon(team.run(task="Go."))
    result = await soon(team.run(task="Yes."))

    assert [message.source for message in result.messages] == ["user", "ben"]


async def e34_a_nested_team_goes_on_when_there_is_nothing_new() -> None:
    inner = RoundRobinGroupChat([Speaker("ann")], max_turns=1)

    result = await soon(RoundRobinGroupChat([inner], max_turns=2).run(task="Go."))

    assert texts(result.messages) == ["Go.", "ann speaks", "ann speaks"]


def _society(inner: Speaker, *replies: str) -> SocietyOfMindAgent:
    return SocietyOfMindAgent("society", RoundRobinGroupChat([inner], max_turns=1), Model(*replies))


async def e34_a_society_of_mind_remembers_its_own_answers() -> None:
    agent = _society(Speaker("ann"), "Hello.")

    await soon(agent.run(task="Go."))

    assert "Hello." in texts(await agent.model_context.get_messages())


async def e34_a_society_of_mind_is_complete_with_its_response() -> None:
    agent = _society(Speaker("ann"), "Hello.")

    async for item in agent.on_messages_stream([said("Go.")], CancellationToken()):
        if isinstance(item, Response):
            break

    assert "Go." in texts(await agent.model_context.get_messages())


def _ledger(next_speaker: str, done: bool = False) -> str:
    """What an orchestrator thinks of the progress."""
    answers: dict[str, bool | str] = {
        "is_request_satisfied": done,
        "is_in_loop": False,
        "is_progress_being_made": True,
        "next_speaker": next_speaker,
        "instruction_or_question": "Do it.",
    }
    return json.dumps(
        {name: {"reason": "So it is.", "answer": answer} for name, answer in answers.items()}
    )


async def e35_an_orchestrator_that_names_nobody_is_asked_again() -> None:
    model = Model("facts", "plan", _ledger("zoe"), _ledger("ann"), _ledger("ann", True), "Done.")
    team = MagenticOneGroupChat([Speaker("ann"), Speaker("ben")], model)

    result = await soon(team.run(task="Go."))

    assert texts(result.messages)[-3:] == ["Do it.", "ann speaks", "Done."]


async def e35_an_orchestrator_takes_the_failed_turn_again() -> None:
    model = Model("facts", "plan", _ledger("ann"), _ledger("ann"), _ledger("ann", True), "Done.")
    team = MagenticOneGroupChat([FailsOnce("ann"), Speaker("ben")], model)

    await failure_of(team.run(task="Go."))
    result = await soon(team.run())

    assert texts(result.messages) == ["Do it.", "ann speaks", "Done."]


async def e35_a_saved_orchestration_goes_on() -> None:
    def team_with(last: Speaker, *replies: str) -> MagenticOneGroupChat:
        return MagenticOneGroupChat([Speaker("ann"), last], Model(*replies))

    before = team_with(FailsOnce("ben"), "facts", "plan", _ledger("ben"))
    after = team_with(Speaker("ben"), _ledger("ben"), _ledger("ben", True), "Done.")
    await failure_of(before.run(task="Go."))
    await after.load_state(await before.save_state())

    assert texts((await soon(after.run())).messages) == ["Do it.", "ben speaks", "Done."]


FAILED = CodeResult(exit_code=1, output="ZeroDivisionError")
WORKED = CodeResult(exit_code=0, output="42")
CODE = "```python\nprint(6 * 7)\n```"
AGAIN = '{"reason": "Divide by one.", "retry": true}'


async def e36_a_retry_reads_each_message_once() -> None:
    model = Model(CODE, AGAIN, CODE, "It is 42.")
    agent = coder(model, Executor(FAILED, WORKED), max_retries_on_error=1)

    await soon(agent.run(task="Go."))

    assert [texts(request).count("Go.") for request in model.asked] == [1, 1, 1, 1]


async def e36_a_reset_clears_the_conversation() -> None:
    agent = coder(Model("Hello."))

    await soon(agent.run(task="Go."))
    await agent.on_reset(CancellationToken())

    assert await agent.model_context.get_messages() == []


async def e36_what_was_run_is_among_the_inner_messages() -> None:
    agent = coder(Model(CODE, "It is 42."))

    response = await soon(agent.on_messages([said("Go.")], CancellationToken()))

    assert kinds(response.inner_messages or []) == ["CodeGenerationEvent", "CodeExecutionEvent"]


async def e36_the_retries_are_kept_in_a_configuration() -> None:
    with catch_warnings():
        simplefilter("ignore")  # That code runs here, and unasked.
        executor = LocalCommandLineCodeExecutor()
        client = ReplayChatCompletionClient([], model_info=ABLE)
        agent = CodeExecutorAgent("coder", executor, model_client=client, max_retries_on_error=3)

    assert agent.dump_component().config["max_retries_on_error"] == 3


async def e37_a_team_may_be_used_in_another_event_loop() -> None:
    ann = Speaker("ann")
    team = RoundRobinGroupChat([Speaker("zoe"), ann], max_turns=2)

    async def leave_in_the_middle() -> None:
        stream = team.run_stream(task="Go.")
        await soon(anext(stream))

    await asyncio.to_thread(asyncio.run, leave_in_the_middle())
    result = await asyncio.to_thread(asyncio.run, soon(team.run()))

    assert texts(result.messages) == ["zoe speaks", "ann speaks"]


async def e37_a_team_may_be_used_without_async_code() -> None:
    team = RoundRobinGroupChat([Speaker("ann")], max_turns=1)

    first, second = utils.run_sync(team.run(task="Go.")), utils.run_sync(team.run())

    assert texts([*first.messages, *second.messages]) == ["Go.", "ann speaks", "ann speaks"]


async def e37_a_request_for_input_can_end_the_run_and_be_answered_in_another() -> None:
    async def nobody(prompt: str, token: CancellationToken | None) -> str:
        await asyncio.Event().wait()
        return ""

    async def somebody(prompt: str, token: CancellationToken | None) -> str:
        return "Yes."

    def team_with(ask: Any, stop: ExternalTermination) -> RoundRobinGroupChat:
        people: list[Any] = [Speaker("ann"), UserProxyAgent("pat", input_func=ask)]
        return RoundRobinGroupChat(people, termination_condition=stop, max_turns=2)

    stop = ExternalTermination()
    asking, answered = team_with(nobody, stop), team_with(somebody, ExternalTermination())

    async def run_until_asked() -> None:
        async for item in asking.run_stream(task="Go."):
            if isinstance(item, UserInputRequestedEvent):
                stop.set()

    await soon(run_until_asked())
    await answered.load_state(await asking.save_state())
    result = await soon(answered.run())

    assert [m.source for m in result.messages][:2] == ["pat", "pat"]
