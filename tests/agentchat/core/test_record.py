import pytest
from pydantic import BaseModel

from agentchat.core._record import Record, kept
from agentchat.messages import TextMessage


class Note(Record):
    text: str
    by: str = "ann"


def test_kept_records_share_the_set_of_their_fields() -> None:
    one, two = kept(Note(text="a")), kept(Note(text="b"))

    assert one.model_fields_set is two.model_fields_set
    assert one.model_dump(exclude_unset=True) == {"text": "a"}


@pytest.mark.parametrize("first", [True, False])
def test_a_changed_record_has_its_set_for_itself(first: bool) -> None:
    both = kept(Note(text="a")), kept(Note(text="a"))
    changed, other = both if first else both[::-1]

    changed.by = "ben"

    assert (changed.model_fields_set, other.model_fields_set) == ({"text", "by"}, {"text"})


def test_a_changed_copy_leaves_the_record_as_it_is() -> None:
    note = kept(Note(text="a"))

    copied = note.model_copy(update={"by": "ben"})

    assert (copied.model_fields_set, note.model_fields_set) == ({"text", "by"}, {"text"})


def test_a_kept_message_is_what_it_was() -> None:
    message = TextMessage(content="a", source="ann")
    before = message.model_copy(deep=True)

    assert kept(message) is message
    assert message == before


def test_what_is_no_record_is_left_alone() -> None:
    class Plain(BaseModel):
        text: str = ""

    one, two = kept(Plain()), kept(Plain())

    assert one.model_fields_set is not two.model_fields_set
