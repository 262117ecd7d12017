"""Section F of the pains: context, memory, cost, security."""

import os
from collections.abc import Sequence
from typing import Any
from warnings import catch_warnings, simplefilter

from agentchat.agents import AssistantAgent, UserProxyAgent
from agentchat.core import ComponentModel, FunctionCall
from agentchat.core.memory import ListMemory, MemoryContent, MemoryMimeType
from agentchat.core.model_context import TokenLimitedChatCompletionContext
from agentchat.core.models import (
    AssistantMessage,
    CreateResult,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    LLMMessage,
    RequestUsage,
    UserMessage,
)
from agentchat.core.tools import FunctionTool, StaticWorkbench
from agentchat.ext.models.cache import ChatCompletionCache
from agentchat.ext.models.openai import OpenAIChatCompletionClient
from agentchat.teams import RoundRobinGroupChat, SelectorGroupChat
from tests.compat.pains.stage import (
    Model,
    Speaker,
    assistant,
    failure_of,
    kinds,
    soon,
    texts,
)


def _memory() -> ListMemory:
    fact = MemoryContent(content="The sky is green.", mime_type=MemoryMimeType.TEXT)
    return ListMemory(memory_contents=[fact])


async def f38_a_memory_is_told_once_in_a_long_conversation() -> None:
    model = Model("one", "two", "three")
    agent = AssistantAgent("bob", model, memory=[_memory()])

    for _ in range(3):
        await soon(agent.run(task="Go."))

    assert str(model.asked[-1]).count("The sky is green.") == 1


async def f38_system_messages_stand_together_where_a_model_needs_it() -> None:
    model = Model("one", "two", multiple_system_messages=False)
    agent = AssistantAgent("bob", model, memory=[_memory()])

    await soon(agent.run(task="Go."))
    await soon(agent.run(task="Go on."))

    expected = ["SystemMessage", "SystemMessage", "UserMessage", "AssistantMessage", "UserMessage"]
    assert kinds(model.asked[-1]) == expected


class Weighing(Model):
    """Counts ten tokens a message."""

    def count_tokens(self, messages: Sequence[LLMMessage], **_: Any) -> int:
        return 10 * len(messages)


async def f38_a_call_and_its_result_are_left_out_together() -> None:
    context = TokenLimitedChatCompletionContext(Weighing(), token_limit=40)
    call = FunctionCall(id="1", name="ring", arguments="{}")
    result = FunctionExecutionResult(content="rung", name="ring", call_id="1", is_error=False)
    for message in (
        UserMessage(content="Go.", source="user"),
        UserMessage(content="Ring.", source="user"),
        AssistantMessage(content=[call], source="bob"),
        FunctionExecutionResultMessage(content=[result]),
        AssistantMessage(content="Done.", source="bob"),
    ):
        await context.add_message(message)

    shown = kinds(await context.get_messages())

    assert ("FunctionExecutionResultMessage" in shown) == (shown.count("AssistantMessage") == 2)


async def f38_a_long_conversation_can_be_summarized() -> None:
    from agentchat.core.model_context import SummarizingChatCompletionContext  # AutoGen has none.

    context = SummarizingChatCompletionContext(
        Weighing("They greeted each other."), token_limit=20, keep=1
    )
    for text in ("Hello.", "Hello to you.", "How are you?"):
        await context.add_message(UserMessage(content=text, source="user"))

    assert texts(await context.get_messages()) == ["They greeted each other.", "How are you?"]


def _answer(text: str) -> CreateResult:
    """A reply that took eight tokens to ask and two to answer."""
    return CreateResult(
        finish_reason="stop",
        content=text,
        usage=RequestUsage(prompt_tokens=8, completion_tokens=2),
        cached=False,
    )


async def f38_what_was_learned_is_part_of_the_state() -> None:
    memory = ListMemory()
    before, after = assistant(memory=[_memory()]), assistant(memory=[memory])

    await after.load_state(await before.save_state())

    assert texts(memory.content) == ["The sky is green."]


async def f39_a_ledger_tells_who_has_spent_what() -> None:
    from agentchat.usage import UsageLedger  # AutoGen has none.

    bob = AssistantAgent("bob", Model(_answer("Hello.")))
    team = SelectorGroupChat(
        [bob, Speaker("ann"), Speaker("ben")], Model(_answer("bob")), max_turns=1
    )

    with UsageLedger() as ledger:
        await soon(team.run(task="Go."))

    spent = {agent: calls.total_usage() for agent, calls in ledger.by_agent().items()}
    assert {agent: usage.prompt_tokens for agent, usage in spent.items()} == {
        "SelectorGroupChatManager": 8,
        "bob": 8,
    }


async def f39_a_budget_ends_a_run() -> None:
    from agentchat.conditions import CostTermination  # AutoGen has none.
    from agentchat.usage import ModelPrice

    team = RoundRobinGroupChat(
        [AssistantAgent("bob", Model(_answer("one"), _answer("two"), _answer("three")))],
        termination_condition=CostTermination(
            0.00002, lambda call: ModelPrice(prompt=1, completion=1).of(call)
        ),
    )

    result = await soon(team.run(task="Go."))

    assert texts(result.messages) == ["Go.", "one", "two"]


async def f39_a_cached_answer_costs_nothing() -> None:
    from agentchat.usage import UsageLedger  # AutoGen has none.

    client = ChatCompletionCache(Model(_answer("Hello.")))

    with UsageLedger() as ledger:
        for _ in range(2):
            await client.create([UserMessage(content="Go.", source="user")])

    assert [ledger.actual_usage().calls, ledger.total_usage().calls] == [1, 2]


async def f39_a_cache_tells_requests_apart_by_their_tool_choice() -> None:
    question = [UserMessage(content="Go.", source="user")]
    client = ChatCompletionCache(Model(_answer("Shall I?"), _answer("I must.")))

    answers = [
        (await client.create(question, tool_choice=choice)).content
        for choice in ("auto", "required")
    ]

    assert answers == ["Shall I?", "I must."]


async def f39_an_answer_from_a_cache_can_not_be_changed_for_others() -> None:
    question = [UserMessage(content="Go.", source="user")]
    client = ChatCompletionCache(Model(_answer("Hello.")))

    (await client.create(question)).content = "Changed."

    assert (await client.create(question)).content == "Hello."


def ring() -> str:
    """Rings."""
    return "rung"


async def f40_code_in_a_configuration_is_not_run_unless_that_is_allowed() -> None:
    configuration = StaticWorkbench([FunctionTool(ring, "Rings.")]).dump_component()

    async def load() -> None:
        StaticWorkbench.load_component(configuration)

    assert "holds source code" in str(await failure_of(load()))


async def f40_a_configuration_can_not_name_any_module() -> None:
    configuration = ComponentModel(provider="colorsys.Colors", config={})

    async def load() -> None:
        Model.load_component(configuration)

    assert "not in a trusted namespace" in str(await failure_of(load()))


async def f40_a_secret_survives_as_a_reference_to_the_environment() -> None:
    os.environ["PAINS_API_KEY"] = "s3cret"
    try:
        client = OpenAIChatCompletionClient(model="gpt-4o", api_key="s3cret")
        written = client.dump_component().model_dump_json()
        loaded = OpenAIChatCompletionClient.load_component(
            ComponentModel.model_validate_json(written)
        )
        again = loaded.dump_component().config["api_key"].get_secret_value()
    finally:
        del os.environ["PAINS_API_KEY"]

    assert "s3cret" not in written
    assert again == "s3cret"


async def f40_an_option_that_can_not_be_written_is_not_left_out_in_silence() -> None:
    speakers = [assistant(), AssistantAgent("ann", Model())]
    team = SelectorGroupChat([*speakers], Model(), selector_func=lambda _: "ann")

    async def dump() -> None:
        team.dump_component()

    assert "selector_func" in str(await failure_of(dump()))


async def f40_it_is_said_that_a_function_is_left_out_of_a_configuration() -> None:
    agent = assistant(tools=[ring], tool_call_summary_formatter=lambda call, result: "done")

    with catch_warnings(record=True) as warned:
        simplefilter("always")
        agent.dump_component()

    assert "tool_call_summary_formatter" in " ".join(str(each.message) for each in warned)


async def f40_it_is_said_that_a_person_is_left_out_of_a_configuration() -> None:
    agent = UserProxyAgent("pat", input_func=lambda _: "Yes.")

    with catch_warnings(record=True) as warned:
        simplefilter("always")
        agent.dump_component()

    assert "input_func" in " ".join(str(each.message) for each in warned)
