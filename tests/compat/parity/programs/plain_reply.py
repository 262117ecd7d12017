"""A lone assistant that answers in words, asked in every way."""

from agentchat.agents import AssistantAgent
from agentchat.core import CancellationToken
from agentchat.core.models import UserMessage
from agentchat.messages import HandoffMessage, StopMessage, TextMessage
from tests.compat.parity.cast import model, said
from tests.compat.parity.observation import outcome_of, plain, show, stream_of

HI = TextMessage(content="hi", source="user", metadata={"room": "7"})


def assistant(*replies, **options):
    options.setdefault("system_message", "Be brief.")
    return AssistantAgent("helper", model(*(replies or ("Hello there.",))), **options)


async def a_text_as_task():
    return await stream_of(assistant().run_stream(task="hi"))


async def a_message_as_task():
    return await stream_of(assistant().run_stream(task=HI))


async def a_list_as_task():
    messages = [HI, StopMessage(content="enough", source="critic")]
    return await stream_of(assistant().run_stream(task=messages))


async def no_task():
    return await stream_of(assistant().run_stream())


async def the_task_is_not_repeated():
    return await stream_of(assistant().run_stream(task=HI, output_task_messages=False))


async def run():
    result = await assistant(said("Hello.")).run(task=HI)
    return [result, result.stop_reason]


async def run_without_the_task():
    return await assistant(said("Hello.")).run(task=HI, output_task_messages=False)


async def an_empty_list():
    await assistant().run(task=[])


async def a_list_of_strings():
    await assistant().run(task=["hi"])


async def a_number():
    await assistant().run(task=7)


async def on_messages():
    return await outcome_of(assistant().on_messages([HI], CancellationToken()))


async def on_messages_stream():
    return await stream_of(assistant().on_messages_stream([HI], CancellationToken()))


async def what_the_model_is_asked():
    agent = assistant("one", "two")
    await agent.run(task="first")
    handoff = HandoffMessage(
        content="yours",
        source="other",
        target="helper",
        context=[UserMessage(content="before", source="customer")],
    )
    await agent.run(task=[handoff])
    return [plain(call["messages"]) for call in agent._model_client.create_calls]


async def without_a_system_message():
    agent = assistant(system_message=None)
    await agent.run(task="hi")
    return [plain(call["messages"]) for call in agent._model_client.create_calls]


async def the_model_fails():
    agent = assistant("only one")
    await agent.run(task="first")
    return await stream_of(agent.run_stream(task="second"))


async def state():
    agent = assistant("one", "two")
    fresh = await agent.save_state()
    await agent.run(task="hi")
    spoken = await agent.save_state()
    other = assistant("three")
    await other.load_state(spoken)
    loaded = await other.save_state()
    await other.on_reset(CancellationToken())
    return [fresh, spoken, loaded, await other.save_state()]


async def bad_state():
    await assistant().load_state({"llm_context": {"messages": "none"}})


async def cancelled_before_it_begins():
    token = CancellationToken()
    token.cancel()
    return await stream_of(assistant().run_stream(task="hi", cancellation_token=token))


async def main():
    await show(
        a_text_as_task,
        a_message_as_task,
        a_list_as_task,
        no_task,
        the_task_is_not_repeated,
        run,
        run_without_the_task,
        an_empty_list,
        a_list_of_strings,
        a_number,
        on_messages,
        on_messages_stream,
        what_the_model_is_asked,
        without_a_system_message,
        the_model_fails,
        state,
        bad_state,
        cancelled_before_it_begins,
    )
