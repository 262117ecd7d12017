import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentchat.core._function_call import FunctionCall
from agentchat.core.models import ChatCompletionTokenLogprob, CreateResult, RequestUsage
from agentchat.ext.models._assembler import ReplyAssembler, finish_reason_of
from agentchat.ext.models.openai._reply import ChatCompletionReader

Chunk = dict[str, Any]

words = st.text(alphabet="ab <think/>é研", max_size=12)
objects = st.dictionaries(words, st.integers() | words, max_size=3).map(json.dumps)
calls = st.builds(
    FunctionCall, id=st.from_regex(r"call_\d{1,3}", fullmatch=True), arguments=objects, name=words
)
logprobs = st.builds(ChatCompletionTokenLogprob, token=words, logprob=st.floats(-9, 0))


@dataclass
class Reply:
    """What a model has to say."""

    reasoning: str
    text: str
    calls: list[FunctionCall]
    logprobs: list[ChatCompletionTokenLogprob]

    def result(self) -> CreateResult:
        thought = [self.reasoning, self.text] if self.calls else [self.reasoning]
        return CreateResult(
            finish_reason="function_calls" if self.calls else "stop",
            content=self.calls or self.text,
            usage=RequestUsage(3, 4),
            cached=False,
            thought="\n".join(part for part in thought if part) or None,
            logprobs=self.logprobs or None,
        )

    def finish_reason(self) -> str:
        return "tool_calls" if self.calls else "stop"


replies = st.builds(
    Reply, words, words, st.lists(calls, max_size=3), st.lists(logprobs, max_size=3)
)


def pieces(draw: Callable[[Any], Any], text: str) -> list[str]:
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=4)))
    return [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]


def call_deltas(draw: Callable[[Any], Any], index: int, call: FunctionCall) -> list[Chunk]:
    def delta(**part: Any) -> Chunk:
        return {"tool_calls": [{"index": index, **part}]}

    return [
        *(delta(id=piece) for piece in pieces(draw, call.id)),
        *(delta(function={"name": piece}) for piece in pieces(draw, call.name)),
        *(delta(function={"arguments": piece}) for piece in pieces(draw, call.arguments)),
    ]


def interleaved(draw: Callable[[Any], Any], sequences: list[list[Chunk]]) -> list[Chunk]:
    """One sequence in which each of the others keeps its order."""
    order = draw(st.permutations([at for at, items in enumerate(sequences) for _ in items]))
    # Calls are numbered by when they begin.
    iterators = [iter(items) for items in sequences]
    return [next(iterators[at]) for at in order]


@st.composite
def cut_up(draw: Callable[[Any], Any], reply: Reply) -> list[Chunk]:
    """The reply as the chunks of a stream, cut and mixed in any way."""
    spoken = [
        *({"reasoning_content": piece} for piece in pieces(draw, reply.reasoning)),
        *({"content": piece} for piece in pieces(draw, reply.text)),
    ]
    called = [delta for at, call in enumerate(reply.calls) for delta in call_deltas(draw, at, call)]
    deltas = interleaved(draw, [spoken, called])
    chunks = [{"choices": [{"delta": delta}]} for delta in deltas]
    for probability in reply.logprobs:
        token = probability.model_dump() | {"top_logprobs": None}
        chunks.append({"choices": [{"delta": {}, "logprobs": {"content": [token]}}]})
    usage = {"prompt_tokens": 3, "completion_tokens": 4}
    end = {"choices": [{"delta": {}, "finish_reason": reply.finish_reason()}]}
    tail = draw(st.sampled_from([[end | {"usage": usage}], [end, {"choices": [], "usage": usage}]]))
    empty: Chunk = {"choices": []}
    return [*([empty] * draw(st.integers(0, 2))), *chunks, *tail]


def read(chunks: list[Chunk]) -> tuple[str, ReplyAssembler]:
    reader = ChatCompletionReader("gpt-4o")
    shown = "".join(piece for chunk in chunks for piece in reader.read_event(chunk))
    return shown + "".join(reader.assembler.end_thinking()), reader.assembler


@given(data=st.data(), reply=replies)
def test_however_a_reply_is_cut_the_result_is_the_same(data: st.DataObject, reply: Reply) -> None:
    _, assembler = read(data.draw(cut_up(reply)))

    result = assembler.result()

    expected = reply.result()
    assert result.model_dump(exclude={"logprobs"}) == expected.model_dump(exclude={"logprobs"})
    assert [token.token for token in result.logprobs or []] == [
        token.token for token in reply.logprobs
    ]


@given(data=st.data(), reply=replies)
def test_however_a_reply_is_cut_a_reader_sees_the_same(data: st.DataObject, reply: Reply) -> None:
    reply.calls = []

    shown, _ = read(data.draw(cut_up(reply)))

    reasoning = f"<think>{reply.reasoning}</think>" if reply.reasoning else ""
    assert shown == reasoning + reply.text


@given(reply=replies)
def test_a_whole_reply_gives_the_result_of_its_stream(reply: Reply) -> None:
    message = {
        "content": reply.text,
        "reasoning_content": reply.reasoning,
        "tool_calls": [
            {"id": call.id, "function": {"name": call.name, "arguments": call.arguments}}
            for call in reply.calls
        ],
    }
    choice = {"message": message, "finish_reason": reply.finish_reason()}
    reader = ChatCompletionReader("gpt-4o")

    is_reply = reader.read_whole(
        {"choices": [choice], "usage": {"prompt_tokens": 3, "completion_tokens": 4}}
    )

    reply.logprobs = []
    assert is_reply
    assert reader.assembler.result() == reply.result()


def test_parts_that_are_thoughts_are_told_from_text() -> None:
    content = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
        {"type": "text", "text": "Hi"},
    ]

    shown, assembler = read([{"choices": [{"delta": {"content": content}}]}])

    assert shown == "<think>hm</think>Hi"
    assert (assembler.text, assembler.result().thought) == ("Hi", "hm")


def test_thinking_that_comes_back_is_shown_as_such() -> None:
    deltas = [{"reasoning": "a"}, {"content": "b"}, {"reasoning": "c"}]

    shown, assembler = read([{"choices": [{"delta": delta}]} for delta in deltas])

    assert shown == "<think>a</think>b<think>c</think>"
    assert assembler.result().thought == "ac"


@pytest.mark.parametrize(
    ("text", "thought", "answer", "warning"),
    [
        ("<think> a </think> b ", "a", "b", None),
        ("b", None, "b", "Could not find <think>..</think> field"),
        ("</think>a<think>", None, "</think>a<think>", "Found </think> before <think>"),
    ],
)
def test_a_model_that_thinks_aloud_is_understood(
    text: str, thought: str | None, answer: str, warning: str | None
) -> None:
    _, assembler = read([{"choices": [{"delta": {"content": text}}]}])

    if warning is None:
        result = assembler.result(thinks_aloud=True)
    else:
        with pytest.warns(UserWarning, match=warning):
            result = assembler.result(thinks_aloud=True)

    assert (result.thought, result.content) == (thought, answer)


@pytest.mark.parametrize(
    ("reason", "ours"),
    [
        ("stop", "stop"),
        ("end_turn", "stop"),
        ("LENGTH", "length"),
        ("tool_calls", "function_calls"),
        ("content_filter", "content_filter"),
        ("", "unknown"),
        (None, "unknown"),
        ("odd", "unknown"),
    ],
)
def test_finish_reasons_have_our_names(reason: str | None, ours: str) -> None:
    assert finish_reason_of(reason) == ours


def test_the_first_finish_reason_counts() -> None:
    assembler = ReplyAssembler()

    for reason in (None, "", "length", "stop"):
        assembler.finish(reason)

    assert assembler.finish_reason == "length"
