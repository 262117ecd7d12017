"""The text of a conversation, written piece by piece."""

from hypothesis import given
from hypothesis import strategies as st

from agentchat.core.models import (
    AssistantMessage,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    LLMMessage,
    UserMessage,
)
from agentchat.teams._transcript import Transcript

RESULT = FunctionExecutionResultMessage(
    content=[FunctionExecutionResult(content="3", name="add", call_id="1", is_error=False)]
)

messages = st.one_of(
    st.builds(UserMessage, content=st.text(max_size=3), source=st.sampled_from("ab")),
    st.builds(AssistantMessage, content=st.text(max_size=3), source=st.just("c")),
    st.just(RESULT),
)


def test_results_of_tools_are_left_out_and_blocks_stand_apart() -> None:
    said = [UserMessage(content="hi", source="a"), RESULT, UserMessage(content="yo", source="b")]

    assert Transcript().of(said) == "a: hi\n\n\nb: yo\n\n"


@given(views=st.lists(st.lists(messages, max_size=5), max_size=4), grows=st.booleans())
def test_what_was_written_before_does_not_change_the_text(
    views: list[list[LLMMessage]], grows: bool
) -> None:
    """Also when a context shows less than before, or other messages."""
    transcript, view = Transcript(), list[LLMMessage]()

    for part in views:
        view = [*view, *part] if grows else part
        assert transcript.of(view) == Transcript().of(view)
