"""A team in which a model or a function chooses who speaks."""

from agentchat.agents import AssistantAgent
from agentchat.conditions import MaxMessageTermination
from agentchat.core import FunctionCall, Image
from agentchat.core.model_context import BufferedChatCompletionContext
from agentchat.core.models import (
    AssistantMessage,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    SystemMessage,
    UserMessage,
)
from agentchat.messages import HandoffMessage, MultiModalMessage
from agentchat.teams import RoundRobinGroupChat, SelectorGroupChat
from tests.compat.parity.cast import Speaker, calls, model, said
from tests.compat.parity.observation import attempt, outcome_of, plain, show, stream_of

# One black pixel.
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC"
)
PROMPT = "ROLES {roles}|PARTICIPANTS {participants}|HISTORY {history}"


def cast():
    return [Speaker("ann", "A1", "A2"), Speaker("ben_1", "B1", "B2"), Speaker("cy", "C1")]


async def seen(client, people=None, **options):
    options.setdefault("max_turns", 3)
    options.setdefault("selector_prompt", PROMPT)
    team = SelectorGroupChat(people or cast(), client, **options)
    items = await stream_of(team.run_stream(task="go"))
    return {"stream": items, "asked": [plain(call["messages"]) for call in client.create_calls]}


async def chosen_by_a_model():
    return await seen(model("cy", "ann", "ben_1"))


async def chosen_by_a_model_of_openai():
    return await seen(model("cy", "ann", "cy", family="gpt-4o"))


async def with_team_events():
    return await seen(model("cy", "ann", "cy"), emit_team_events=True)


async def a_mention_in_a_sentence():
    return await seen(model("I think Ann; no, `cy` should.", "ben 1", r"ben\_1"), max_turns=2)


async def nobody_then_somebody():
    return await seen(model("dora", "ann and cy", "cy"), max_turns=1)


async def nobody_at_all():
    return await seen(model(*["dora"] * 6), max_turns=2)


async def one_attempt():
    return await seen(model("dora", "cy"), max_selector_attempts=1, max_turns=1)


async def the_same_again():
    return await seen(model("ann", "ann", "cy"), max_turns=2)


async def the_same_again_to_the_end():
    return await seen(model(*["ann"] * 4), max_turns=2)


async def the_same_again_allowed():
    return await seen(model("ann", "ann"), max_turns=2, allow_repeated_speaker=True)


async def two_people_take_turns():
    return await seen(model("ann"), people=cast()[:2], max_turns=3)


async def a_function():
    def choose(messages):
        return {"go": "cy", "C1": None, "B1": "ann"}[messages[-1].to_text()]

    return await seen(model("ben_1"), selector_func=choose)


async def an_async_function():
    async def choose(messages):
        return "ben_1"

    return await seen(model(), selector_func=choose, max_turns=2)


async def a_function_that_names_a_stranger():
    return await seen(model(), selector_func=lambda messages: "dora")


async def a_function_that_is_shown_everything():
    seen_lengths = []

    def choose(messages):
        seen_lengths.append([type(message).__name__ for message in messages])
        return "worker" if len(seen_lengths) == 1 else "cy"

    def add(a: int, b: int) -> int:
        """Adds."""
        return a + b

    worker = AssistantAgent("worker", model(calls(("add", '{"a": 1, "b": 2}'))), tools=[add])
    await seen(model(), people=[worker, Speaker("cy", "C1")], selector_func=choose, max_turns=2)
    return seen_lengths


async def candidates():
    def among(messages):
        return ["ann", "cy"] if messages[-1].source == "user" else ["ben_1"]

    return await seen(model("cy"), candidate_func=among, max_turns=2)


async def no_candidates():
    return await seen(model("cy"), candidate_func=lambda messages: [])


async def unknown_candidates():
    return await seen(model("cy"), candidate_func=lambda messages: ["dora", "cy"])


async def a_limited_history():
    return await seen(model("cy", "ann", "cy"), model_context=BufferedChatCompletionContext(2))


async def kinds_of_messages_in_the_history():
    picture = MultiModalMessage(content=["Look:", Image.from_base64(PIXEL), "nice"], source="eve")
    call = FunctionCall(id="1", name="f", arguments="{}")
    result = FunctionExecutionResult(content="r", name="f", call_id="1", is_error=False)
    handoff = HandoffMessage(
        content="yours",
        source="eve",
        target="ann",
        context=[
            UserMessage(content="before", source="dan"),
            AssistantMessage(content=[call], source="eve"),
            FunctionExecutionResultMessage(content=[result]),
            SystemMessage(content="system"),
        ],
    )
    client = model("cy")
    team = SelectorGroupChat(cast(), client, selector_prompt=PROMPT, max_turns=1)
    await team.run(task=[picture, handoff])
    return client.create_calls[0]["messages"][0].content


async def a_second_run():
    client = model("cy", "ann", "cy", "ann")
    team = SelectorGroupChat(cast(), client, selector_prompt=PROMPT, max_turns=2)
    streams = [await stream_of(team.run_stream(task=task)) for task in ("go", "more")]
    return [streams, [plain(call["messages"]) for call in client.create_calls]]


async def after_a_reset():
    client = model("cy", "cy")
    team = SelectorGroupChat(cast(), client, selector_prompt=PROMPT, max_turns=1)
    await team.run(task="go")
    await team.reset()
    stream = await stream_of(team.run_stream(task="again"))
    return [stream, [plain(call["messages"]) for call in client.create_calls]]


async def streamed():
    client = model("cy", "ann")
    return await seen(client, model_client_streaming=True, emit_team_events=True, max_turns=2)


async def streamed_in_silence():
    return await seen(model("cy", "ann"), model_client_streaming=True, max_turns=2)


async def a_team_among_the_speakers():
    inner = RoundRobinGroupChat(
        [Speaker("x", "X1")], max_turns=1, name="inner", description="A crew."
    )
    return await seen(model("inner", "cy"), people=[inner, Speaker("cy", "C1")], max_turns=2)


async def a_summary_is_no_end():
    team = SelectorGroupChat(
        cast(), model("cy", "ann"), termination_condition=MaxMessageTermination(3)
    )
    return (await team.run(task="go")).stop_reason


async def refusals():
    return [
        attempt(lambda: SelectorGroupChat(cast()[:1], model())),
        attempt(lambda: SelectorGroupChat([], model())),
        await outcome_of(SelectorGroupChat(cast(), model(), max_turns=1).run(task="go")),
    ]


async def an_answer_of_tools():
    return await seen(model(calls(("x", "{}")), said("cy")), max_turns=1)


async def main():
    await show(
        chosen_by_a_model,
        chosen_by_a_model_of_openai,
        with_team_events,
        a_mention_in_a_sentence,
        nobody_then_somebody,
        nobody_at_all,
        one_attempt,
        the_same_again,
        the_same_again_to_the_end,
        the_same_again_allowed,
        two_people_take_turns,
        a_function,
        an_async_function,
        a_function_that_names_a_stranger,
        a_function_that_is_shown_everything,
        candidates,
        no_candidates,
        unknown_candidates,
        a_limited_history,
        kinds_of_messages_in_the_history,
        a_second_run,
        after_a_reset,
        streamed,
        streamed_in_silence,
        a_team_among_the_speakers,
        a_summary_is_no_end,
        refusals,
        an_answer_of_tools,
    )
