from collections.abc import AsyncGenerator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from agentchat.core import Component, FunctionCall
from agentchat.core.model_context import (
    BufferedChatCompletionContext,
    ChatCompletionContext,
    HeadAndTailChatCompletionContext,
    SummarizingChatCompletionContext,
    TokenLimitedChatCompletionContext,
    UnboundedChatCompletionContext,
)
from agentchat.core.models import (
    AssistantMessage,
    ChatCompletionClient,
    CreateResult,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    LLMMessage,
    ModelInfo,
    RequestUsage,
    SystemMessage,
    UserMessage,
)


class Scribe(ChatCompletionClient, Component[BaseModel]):
    """Counts 2 tokens a request and 3 a message; answers with the number of its answer."""

    def __init__(self, window: int = 20) -> None:
        self.window = window
        self.counted = 0
        self.asked: list[list[LLMMessage]] = []

    def count_tokens(self, messages: Sequence[LLMMessage], *, tools: Sequence[Any] = []) -> int:
        self.counted += len(messages)
        return 2 + 3 * len(messages) + len(tools)

    def remaining_tokens(self, messages: Sequence[LLMMessage], *, tools: Sequence[Any] = []) -> int:
        return self.window - self.count_tokens(messages, tools=tools)

    async def create(self, messages: Sequence[LLMMessage], **_: Any) -> CreateResult:
        self.asked.append(list(messages))
        return CreateResult(
            finish_reason="stop",
            content=f"summary {len(self.asked)}",
            usage=RequestUsage(0, 0),
            cached=False,
        )

    async def create_stream(self, *_: Any, **__: Any) -> AsyncGenerator[str | CreateResult, None]:
        raise NotImplementedError
        yield ""

    async def close(self) -> None: ...

    def actual_usage(self) -> RequestUsage:
        return RequestUsage(0, 0)

    total_usage = actual_usage

    @property
    def model_info(self) -> ModelInfo:
        return ModelInfo(
            vision=False,
            function_calling=True,
            json_output=False,
            family="unknown",
            structured_output=False,
        )

    capabilities = model_info


def said(text: str) -> UserMessage:
    return UserMessage(content=text, source="user")


def pair(number: int = 1) -> list[LLMMessage]:
    call = FunctionCall(id=str(number), arguments="{}", name="look")
    result = FunctionExecutionResult(content="seen", name="look", call_id=str(number))
    return [
        AssistantMessage(content=[call], source="agent"),
        FunctionExecutionResultMessage(content=[result]),
    ]


def shown(messages: Sequence[LLMMessage]) -> str:
    """A letter a message: what was said, or C for a call and R for its result."""
    return "".join(
        "C"
        if isinstance(message, AssistantMessage)
        else "R"
        if isinstance(message, FunctionExecutionResultMessage)
        else str(message.content)
        for message in messages
    )


CONVERSATION = [said("1"), *pair(), said("4"), said("5"), *pair(), said("8")]

turns = st.lists(st.sampled_from("sc"), max_size=12).map(
    lambda kinds: [
        message
        for number, kind in enumerate(kinds)
        for message in (pair(number) if kind == "c" else [said(str(number))])
    ]
)
sizes = st.integers(1, 8)
limited = st.builds(
    lambda limit, window: {"model_client": Scribe(window), "token_limit": limit},
    st.none() | st.integers(1, 40),
    st.integers(1, 40),
)
contexts = st.one_of(
    st.builds(BufferedChatCompletionContext, sizes, turns),
    st.builds(HeadAndTailChatCompletionContext, sizes, sizes, turns),
    st.builds(
        lambda options, messages: TokenLimitedChatCompletionContext(
            **options, initial_messages=messages
        ),
        limited,
        turns,
    ),
    st.builds(
        lambda options, keep, messages: SummarizingChatCompletionContext(
            **options, keep=keep, initial_messages=messages
        ),
        limited,
        sizes,
        turns,
    ),
)


@given(context=contexts)
async def test_no_context_splits_a_call_from_its_result(context: ChatCompletionContext) -> None:
    messages = await context.get_messages()

    rest = shown(messages).replace("CR", "")
    assert "C" not in rest
    assert "R" not in rest


@given(context=contexts)
async def test_every_context_is_what_was_dumped_of_it(context: ChatCompletionContext) -> None:
    dumped = context.dump_component()

    loaded = ChatCompletionContext.load_component(dumped)

    assert type(loaded) is type(context)
    assert loaded.dump_component() == dumped
    assert await loaded.get_messages() == await context.get_messages()


@given(context=contexts)
async def test_every_context_takes_up_its_saved_state(context: ChatCompletionContext) -> None:
    before = await context.get_messages()
    state = await context.save_state()

    await context.clear()
    empty = await context.get_messages()
    await context.load_state(state)

    assert (empty, await context.get_messages()) == ([], before)


@pytest.mark.parametrize(
    ("size", "expected"), [(1, "8"), (2, "8"), (3, "CR8"), (6, "45CR8"), (9, "1CR45CR8")]
)
async def test_a_buffer_shows_the_last_messages(size: int, expected: str) -> None:
    context = BufferedChatCompletionContext(size, list(CONVERSATION))

    assert shown(await context.get_messages()) == expected


@pytest.mark.parametrize(
    ("head", "tail", "expected"),
    [
        (1, 1, "1(6)8"),
        (2, 2, "1(4)8"),
        (3, 3, "1CR(2)CR8"),
        (4, 4, "1CR45CR8"),
    ],
)
async def test_head_and_tail_tell_of_the_gap(head: int, tail: int, expected: str) -> None:
    context = HeadAndTailChatCompletionContext(head, tail, list(CONVERSATION))

    text = shown(await context.get_messages())

    assert text.replace("Skipped ", "(").replace(" messages.", ")") == expected


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (1, ""),
        (5, "1"),
        (8, "18"),
        (14, "1CR8"),
        (20, "1CRCR8"),
        (26, "1CR45CR8"),
        (None, "1CRCR8"),
    ],
)
async def test_a_token_limit_leaves_out_the_middle(limit: int | None, expected: str) -> None:
    context = TokenLimitedChatCompletionContext(
        Scribe(), token_limit=limit, initial_messages=list(CONVERSATION)
    )

    assert shown(await context.get_messages()) == expected


async def test_a_message_is_counted_alone_only_once() -> None:
    client = Scribe()
    many = [said(str(number)) for number in range(100)]
    context = TokenLimitedChatCompletionContext(client, token_limit=20, initial_messages=many)
    await context.get_messages()
    first = client.counted

    await context.get_messages()

    assert client.counted - first < first <= 4 * len(many)


async def test_tools_count_against_the_limit() -> None:
    context = TokenLimitedChatCompletionContext(
        Scribe(),
        token_limit=9,
        tool_schema=[{"name": "look"}, {"name": "listen"}],
        initial_messages=[said("1"), said("2")],
    )

    assert shown(await context.get_messages()) == "1"


async def test_a_summary_takes_the_place_of_the_beginning() -> None:
    client = Scribe()
    context = SummarizingChatCompletionContext(
        client, token_limit=15, keep=2, initial_messages=[said("a"), *pair(), said("b"), said("c")]
    )

    messages = await context.get_messages()

    assert messages == [UserMessage(content="summary 1", source="summary"), said("b"), said("c")]
    assert client.asked[0][1] == said("user: a\n\nagent: calls look({})\n\nlook returned: seen")


async def test_a_later_summary_takes_in_the_one_before() -> None:
    client = Scribe()
    context = SummarizingChatCompletionContext(
        client, token_limit=11, keep=1, initial_messages=[said(letter) for letter in "abcd"]
    )
    await context.get_messages()

    await context.add_message(said("e"))
    fits = await context.get_messages()
    await context.add_message(said("f"))
    exceeds = await context.get_messages()

    assert (shown(fits), shown(exceeds)) == ("summary 1de", "summary 2f")
    assert client.asked[1][1] == said("summary: summary 1\n\nuser: d\n\nuser: e")


async def test_a_summary_follows_the_prompt_it_was_given() -> None:
    client = Scribe()
    context = SummarizingChatCompletionContext(
        client, token_limit=5, prompt="Be brief.", initial_messages=[said("a"), said("b")]
    )

    await context.get_messages()

    assert client.asked[0][0] == SystemMessage(content="Be brief.")


async def test_replaces_a_message_where_it_stands() -> None:
    context = UnboundedChatCompletionContext([said("a"), said("b"), said("c")])

    answers = [
        await context.replace_message(said("b"), said("x")),
        await context.replace_message(said("c"), None),
        await context.replace_message(said("nobody"), said("y")),
    ]

    assert answers == [True, True, False]
    assert shown(await context.get_messages()) == "ax"


async def test_clearing_does_not_bring_back_what_was_there_initially() -> None:
    context = UnboundedChatCompletionContext([said("a")])

    await context.clear()

    assert await context.get_messages() == []
    assert context.dump_component().config == {
        "initial_messages": [{"content": "a", "source": "user", "type": "UserMessage"}]
    }


@pytest.mark.parametrize(
    ("construct", "message"),
    [
        (lambda: BufferedChatCompletionContext(0), "buffer_size must be greater than 0"),
        (lambda: HeadAndTailChatCompletionContext(0, 1), "head_size must be greater than 0"),
        (lambda: HeadAndTailChatCompletionContext(1, 0), "tail_size must be greater than 0"),
        (
            lambda: TokenLimitedChatCompletionContext(Scribe(), token_limit=0),
            "token_limit must be greater than 0",
        ),
        (
            lambda: SummarizingChatCompletionContext(Scribe(), keep=0),
            "keep must be greater than 0",
        ),
    ],
)
def test_a_size_must_be_positive(construct: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        construct()
