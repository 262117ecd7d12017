"""A team whose members hand the turn over themselves."""

from agentchat.agents import AssistantAgent
from agentchat.conditions import HandoffTermination, MaxMessageTermination
from agentchat.messages import HandoffMessage, TextMessage
from agentchat.teams import RoundRobinGroupChat, Swarm
from tests.compat.parity.cast import Speaker, calls, model, said
from tests.compat.parity.observation import attempt, plain, show, stream_of


def look(what: str) -> str:
    """Looks."""
    return f"saw {what}"


def desk(*replies, name="desk"):
    return AssistantAgent(
        name, model(*replies), handoffs=["shop", "user"], tools=[look], system_message=None
    )


def shop(*replies):
    return AssistantAgent("shop", model(*replies), handoffs=["desk"], system_message=None)


TO_SHOP = ("transfer_to_shop", "{}")
TO_DESK = ("transfer_to_desk", "{}")
TO_USER = ("transfer_to_user", "{}")


async def there_and_back():
    team = Swarm([desk(calls(TO_SHOP), said("bye")), shop(calls(TO_DESK))], max_turns=3)
    return await stream_of(team.run_stream(task="go"))


async def what_the_other_is_told():
    there = shop(said("got it"))
    looking = calls(("look", '{"what": "shelf"}'), TO_SHOP, thought="first look")
    team = Swarm([desk(looking), there], max_turns=2)
    stream = await stream_of(team.run_stream(task="go"))
    return [stream, plain(await there.model_context.get_messages())]


async def nobody_hands_over():
    team = Swarm([desk(said("one"), said("two")), shop()], max_turns=2)
    return await stream_of(team.run_stream(task="go"))


async def to_the_user_and_on():
    team = Swarm(
        [desk(calls(TO_USER), said("thanks"), said("really"), said("bye")), shop()],
        termination_condition=HandoffTermination("user") | MaxMessageTermination(8),
        max_turns=3,
    )
    first = await stream_of(team.run_stream(task="go"))
    back = HandoffMessage(content="here", source="user", target="desk")
    return [first, await stream_of(team.run_stream(task=back))]


async def to_the_user_and_on_in_words():
    team = Swarm(
        [desk(calls(TO_USER), said("x"))], termination_condition=HandoffTermination("user")
    )
    await team.run(task="go")
    return await stream_of(team.run_stream(task="plain words"))


async def a_handoff_as_the_task():
    team = Swarm([desk(), shop(said("hello"))], max_turns=1)
    task = HandoffMessage(content="go there", source="user", target="shop")
    return await stream_of(team.run_stream(task=task))


async def several_messages_as_the_task():
    team = Swarm([desk(), shop(said("hello"))], max_turns=1)
    task = [
        HandoffMessage(content="go there", source="user", target="shop"),
        TextMessage(content="quick", source="user"),
    ]
    return await stream_of(team.run_stream(task=task))


async def a_handoff_to_a_stranger_as_the_task():
    team = Swarm([desk(), shop()], max_turns=1)
    task = HandoffMessage(content="go there", source="user", target="moon")
    return await stream_of(team.run_stream(task=task))


async def a_handoff_to_a_stranger():
    team = Swarm([desk(calls(TO_USER), said("x")), shop()], max_turns=3)
    items = await stream_of(team.run_stream(task="go"))
    return [item.get("class", item.get("raised")) for item in items]


async def a_second_run():
    team = Swarm([desk(calls(TO_SHOP)), shop(*map(said, ("one", "two", "three")))], max_turns=2)
    return [await stream_of(team.run_stream(task=task)) for task in ("go", None)]


async def after_a_reset():
    team = Swarm([desk(calls(TO_SHOP), said("me again")), shop(said("one"))], max_turns=1)
    await team.run(task="go")
    await team.reset()
    return await stream_of(team.run_stream(task="again"))


async def with_team_events():
    team = Swarm([desk(calls(TO_SHOP)), shop(said("one"))], max_turns=2, emit_team_events=True)
    return await stream_of(team.run_stream(task="go"))


async def refusals():
    inner = RoundRobinGroupChat([Speaker("x", "X1")], max_turns=1)
    first = attempt(lambda: Swarm([Speaker("x", "X1"), shop()]))
    nested = attempt(lambda: Swarm([shop(), inner]))
    return [first, nested["raised"], nested["text"].partition(" ")[0], attempt(lambda: Swarm([]))]


async def main():
    await show(
        there_and_back,
        what_the_other_is_told,
        nobody_hands_over,
        to_the_user_and_on,
        to_the_user_and_on_in_words,
        a_handoff_as_the_task,
        several_messages_as_the_task,
        a_handoff_to_a_stranger_as_the_task,
        a_handoff_to_a_stranger,
        a_second_run,
        after_a_reset,
        with_team_events,
        refusals,
    )
