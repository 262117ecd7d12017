"""Scripts of model replies: reading, choosing, and running out."""

from pathlib import Path

import pytest

from harness.errors import UnexpectedModelCall, UnreadableScript, UnusedReplies
from harness.script import Asked, Performance, Reply, Script, When

ANYTHING = Asked(model="gpt-4o", system="", last="hi", tools=())


def written(folder: Path, text: str) -> Path:
    path = folder / "story.script.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_reply_is_for_the_requests_that_meet_all_its_conditions() -> None:
    replies = [
        Reply(when=When(model="gpt-4o-mini"), say="small"),
        Reply(when=When(system="planner", last="again"), say="planned"),
        Reply(when=When(tool="search"), say="searched"),
    ]
    show = Performance(replies)

    answers = [
        show.answer(Asked("gpt-4o", "you are a planner", "once again", ())),
        show.answer(Asked("gpt-4o", "", "hi", ("add", "search"))),
        show.answer(Asked("gpt-4o-mini", "", "hi", ())),
    ]

    assert [answer.say for answer in answers] == ["planned", "searched", "small"]


def test_each_reply_answers_once_and_in_order() -> None:
    show = Performance([Reply(say="one"), Reply(say="two")])

    assert [show.answer(ANYTHING).say, show.answer(ANYTHING).say] == ["one", "two"]
    show.assert_complete()
    with pytest.raises(UnexpectedModelCall) as caught:
        show.answer(ANYTHING)
    assert caught.value.call == 3
    assert str(caught.value).endswith(
        "  left:  nothing, every reply was used\n  fix:   add a reply to the script"
    )


def test_what_was_not_asked_for_is_an_error_that_names_it() -> None:
    show = Performance([Reply(say="one"), Reply(when=When(model="o3"), say="two")])
    show.answer(ANYTHING)

    with pytest.raises(UnusedReplies) as caught:
        show.assert_complete()

    assert str(caught.value) == (
        "1 of the script's replies was not asked for in 1 model call.\n"
        "  left: reply 2 ('two') for model 'o3'"
    )


def test_several_replies_that_were_not_asked_for_are_counted() -> None:
    with pytest.raises(UnusedReplies, match=r"2 of the script's replies were .* in 0 model calls"):
        Performance([Reply(say="one"), Reply(say="two")]).assert_complete()


def test_an_unexpected_call_shows_what_is_left_and_how_to_mend_it() -> None:
    show = Performance([Reply(when=When(model="o3"), say="two")])

    with pytest.raises(UnexpectedModelCall) as caught:
        show.answer(ANYTHING)

    assert str(caught.value) == (
        "The script has no reply for model call 1.\n"
        "  model: gpt-4o\n"
        "  asked: 'hi'\n"
        "  left:  reply 1 ('two') for model 'o3'\n"
        "  fix:   add a reply to the script, or loosen the `when` (`if` in a file) of one that is "
        "left"
    )


def test_a_file_may_hold_the_replies_of_several_scenarios(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "harness: script\nversion: 1\nreplies:\n  first: [{say: one}]\n  second: [{say: two}]\n",
    )

    script = Script.load(path)

    assert script.part("second") == Script(replies=(Reply(say="two"),))
    assert script.part("third") == Script()


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("replies: [", 1, "it is not YAML"),
        ("harness: script\nversion: 9\n", 2, "version: Input should be 1"),
        ("version: 1\nreplies:\n  - say: hi\n  - sing: la\n", 4, "replies: 1: sing: Extra inputs"),
        ("replies:\n  - say: hi\n    refuse: never\n", 2, "a reply has one of"),
        (
            "replies:\n  - fail: {status: 200}\n",
            2,
            "status: Input should be greater",
        ),
        ("- 1\n", 1, "Input should be a valid dictionary"),
        ("", 1, "Input should be a valid dictionary"),
    ],
)
def test_a_malformed_script_is_refused_with_its_line(
    tmp_path: Path, text: str, line: int, why: str
) -> None:
    path = written(tmp_path, text)

    with pytest.raises(UnreadableScript) as caught:
        Script.load(path)

    assert (caught.value.path, caught.value.line) == (path, line)
    assert why in caught.value.why


def test_a_missing_script_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableScript, match="No such file"):
        Script.load(tmp_path / "none.yaml")


def test_a_tag_that_would_run_code_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "replies: !!python/object/apply:os.system [echo]\n")

    with pytest.raises(UnreadableScript, match="could not determine a constructor"):
        Script.load(path)
