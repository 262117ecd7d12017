from reports._voices import COLOURS, voices


def test_an_agent_keeps_its_colour_from_conversation_to_conversation() -> None:
    alone = voices(["assistant"])["assistant"]
    together = voices(["user", "assistant", "code_executor"])["assistant"]

    assert alone == together


def test_agents_of_one_conversation_have_different_colours() -> None:
    names = [f"agent_{number}" for number in range(COLOURS)]

    colours = [voice.colour for voice in voices(names).values()]

    assert sorted(colours, key=int) == list(range(COLOURS))


def test_more_agents_than_colours_share_them() -> None:
    shown = voices([f"agent_{number}" for number in range(COLOURS + 1)])

    assert len(shown) == COLOURS + 1


def test_the_user_is_no_agent_and_a_nameless_one_has_a_mark() -> None:
    shown = voices(["user", ""])

    assert [(voice.initial, voice.colour is None) for voice in shown.values()] == [
        ("U", True),
        ("·", False),
    ]
