"""SelectorGroupChat: functions and models that name the next speaker."""

from collections.abc import Sequence
from typing import Any

import PIL.Image
import pytest

from agentchat.agents import UserProxyAgent
from agentchat.core import FunctionCall, Image
from agentchat.core.models import (
    AssistantMessage,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    ModelFamily,
    ModelInfo,
    UserMessage,
)
from agentchat.ext.models.replay import ReplayChatCompletionClient
from agentchat.messages import HandoffMessage, SelectSpeakerEvent
from agentchat.teams import SelectorGroupChat
from harness.scripted import ScriptedModel
from tests.agentchat.teams.talker import Talker


class Watched(ScriptedModel):
    """Keeps what it was asked."""

    def __init__(self, *steps: str, family: str = ModelFamily.UNKNOWN) -> None:
        info = ModelInfo(
            vision=False,
            function_calling=False,
            json_output=False,
            family=family,
            structured_output=False,
        )
        super().__init__(*steps, model_info=info)
        self.asked: list[Any] = []

    async def create(self, messages: Sequence[Any], **arguments: Any) -> Any:
        self.asked.append(list(messages))
        return await super().create(messages, **arguments)


def team(model: ScriptedModel, **options: Any) -> SelectorGroupChat:
    agents = [Talker(name, f"The {name}.") for name in ("writer", "critic", "fact_checker")]
    return SelectorGroupChat(agents, model_client=model, **{"max_turns": 2, **options})


async def speakers(chat: SelectorGroupChat) -> list[str]:
    result = await chat.run(task="go")
    return [message.source for message in result.messages if message.source != "user"]


async def test_the_model_names_the_speaker() -> None:
    assert await speakers(team(Watched("critic", "writer"))) == ["critic", "writer"]


@pytest.mark.parametrize("answer", ["fact checker", r"fact\_checker", "I think fact_checker!"])
async def test_a_name_is_found_as_models_write_it(answer: str) -> None:
    assert await speakers(team(Watched(answer), max_turns=1)) == ["fact_checker"]


async def test_a_part_of_a_word_is_no_name() -> None:
    model = Watched("writers", "critic")

    assert await speakers(team(model, max_turns=1)) == ["critic"]
    assert "No valid name was mentioned" in model.asked[1][-1].content


async def test_the_model_is_told_when_it_repeats_the_speaker() -> None:
    model = Watched("critic", "critic", "writer")

    assert await speakers(team(model)) == ["critic", "writer"]
    assert model.asked[2][-1].content == (
        "Repeated speaker is not allowed, please select a different name from: "
        "['writer', 'fact_checker']."
    )


async def test_two_names_are_sent_back() -> None:
    model = Watched("writer or critic", "critic")

    assert await speakers(team(model, max_turns=1)) == ["critic"]
    assert "Expected exactly one name" in model.asked[1][-1].content


async def test_who_just_spoke_is_no_candidate() -> None:
    model = Watched("critic", "critic, I mean writer")

    assert await speakers(team(model)) == ["critic", "writer"]
    assert "['writer', 'fact_checker']" in model.asked[1][-1].content


async def test_repetition_may_be_allowed() -> None:
    model = Watched("critic", "critic")

    assert await speakers(team(model, allow_repeated_speaker=True)) == ["critic", "critic"]


async def test_after_too_many_attempts_the_first_candidate_speaks() -> None:
    chat = team(Watched("?", "?", "?"), max_turns=1)

    assert await speakers(chat) == ["writer"]


async def test_the_function_goes_first_and_counts_as_the_previous_speaker() -> None:
    model = Watched("writer, no: critic", "critic")
    chat = team(model, selector_func=lambda thread: "writer" if len(thread) == 1 else None)

    assert await speakers(chat) == ["writer", "critic"]


async def test_the_function_may_name_several_who_speak_at_once_in_its_order() -> None:
    chat = team(Watched(), max_turns=1, selector_func=lambda thread: ["critic", "writer"])

    assert await speakers(chat) == ["critic", "writer"]


async def test_only_candidates_can_be_chosen() -> None:
    """AutoGen accepts any participant here (#6944)."""

    async def candidates(thread: Sequence[Any]) -> list[str]:
        return ["writer", "critic"]

    chat = team(Watched("fact_checker", "critic"), max_turns=1, candidate_func=candidates)

    assert await speakers(chat) == ["critic"]


async def test_a_single_candidate_needs_no_model() -> None:
    chat = team(Watched(), max_turns=1, candidate_func=lambda thread: ["critic"])

    assert await speakers(chat) == ["critic"]


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"selector_func": lambda thread: "nobody"}, "Selector function returned an invalid"),
        ({"candidate_func": lambda thread: ["nobody"]}, "Candidate function returned invalid"),
        ({"candidate_func": lambda thread: []}, "non-empty list"),
    ],
)
async def test_unknown_names_are_refused(options: dict[str, Any], error: str) -> None:
    with pytest.raises(ValueError, match=error):
        await team(Watched(), **options).run(task="go")


async def test_the_prompt_tells_roles_candidates_and_history() -> None:
    model = Watched("critic")
    chat = team(model, max_turns=1, selector_prompt="{roles}|{participants}|{history}")

    await chat.run(task="go")

    assert [message.content for message in model.asked[0]] == [
        "writer: The writer.\ncritic: The critic.\nfact_checker: The fact_checker."
        "|['writer', 'critic', 'fact_checker']|user: go\n\n"
    ]


async def test_the_history_tells_calls_and_pictures_in_words() -> None:
    """AutoGen shows a picture as the address of an object."""
    model = Watched("critic")
    call = FunctionCall(id="1", name="f", arguments="{}")
    result = FunctionExecutionResult(content="r", name="f", call_id="1")
    pixel = Image.from_pil(PIL.Image.new("RGB", (1, 1)))
    handoff = HandoffMessage(
        content="yours",
        source="boss",
        target="critic",
        context=[
            AssistantMessage(content=[call], source="boss"),
            FunctionExecutionResultMessage(content=[result]),
            UserMessage(content=["look", pixel], source="user"),
        ],
    )

    await team(model, max_turns=1, selector_prompt="{history}").run(task=handoff)

    assert model.asked[0][0].content == (
        "boss: [FunctionCall(id='1', arguments='{}', name='f')]\n\n\n"
        "user: look [Image]\n\n\n"
        "boss: yours\n\n"
    )


@pytest.mark.parametrize(("family", "role"), [("gpt-4o", "SystemMessage"), ("r1", "UserMessage")])
async def test_only_openai_models_get_a_system_message(family: str, role: str) -> None:
    model = Watched("critic", family=family)

    await team(model, max_turns=1).run(task="go")

    assert [message.type for message in model.asked[0]] == [role]


async def test_a_streamed_choice_is_shown_with_the_team_events() -> None:
    chat = team(Watched("critic"), max_turns=1, model_client_streaming=True, emit_team_events=True)

    shown = [item async for item in chat.run_stream(task="go")]

    assert [type(item).__name__ for item in shown] == [
        "TextMessage",
        "ModelClientStreamingChunkEvent",
        "SelectorEvent",
        "SelectSpeakerEvent",
        "TextMessage",
        "TaskResult",
    ]
    assert isinstance(shown[3], SelectSpeakerEvent)
    assert shown[3].content == ["critic"]


async def test_a_loaded_team_tells_the_model_the_conversation_once() -> None:
    """AutoGen adds the loaded thread to what the context holds already."""
    first = team(Watched("critic"), max_turns=1)
    await first.run(task="go")
    model = Watched("writer", "fact_checker")
    second = team(model, max_turns=1, selector_prompt="{history}")
    await second.run(task="before")

    await second.load_state(await first.save_state())
    await second.run()

    assert model.asked[1][0].content == "user: go\n\n\ncritic: critic\n\n"


def test_a_choice_needs_two_participants() -> None:
    with pytest.raises(ValueError, match="At least two participants"):
        SelectorGroupChat([Talker("one", "One.")], model_client=ScriptedModel())


class Strict(Watched):
    """Can be held to a schema."""

    @property
    def model_info(self) -> ModelInfo:
        return ModelInfo(**{**super().model_info, "structured_output": True})

    async def create(self, messages: Sequence[Any], **arguments: Any) -> Any:
        self.forms = [*getattr(self, "forms", []), arguments["json_output"]]
        return await super().create(messages, **arguments)


async def test_a_choice_may_be_held_to_the_candidates() -> None:
    model = Strict('{"speaker": "critic"}', '{"speaker": "writer"}')

    assert await speakers(team(model, choice_format="json")) == ["critic", "writer"]
    assert [form.model_json_schema()["properties"]["speaker"]["enum"] for form in model.forms] == [
        ["writer", "critic", "fact_checker"],
        ["writer", "fact_checker"],
    ]


async def test_a_choice_that_does_not_keep_to_the_form_is_read_as_words() -> None:
    model = Strict('{"speaker": "nobody"}', "The critic.")

    assert await speakers(team(model, choice_format="json", max_turns=1)) == ["critic"]
    assert "No valid name was mentioned" in model.asked[1][-1].content


async def test_without_the_option_the_request_asks_for_no_form() -> None:
    model = Strict("critic")

    await team(model, max_turns=1).run(task="go")

    assert model.forms == [None]


def test_a_model_without_structured_output_cannot_be_held_to_a_form() -> None:
    with pytest.raises(ValueError, match="Watched can't be held to a schema"):
        team(Watched(), choice_format="json")


def test_the_option_is_in_a_configuration_only_when_it_is_used() -> None:
    able = Strict().model_info
    people = [UserProxyAgent("ann"), UserProxyAgent("ben")]

    def options(**given: Any) -> dict[str, Any]:
        client = ReplayChatCompletionClient([], model_info=able)
        return SelectorGroupChat(people, client, **given).dump_component().config

    assert "choice_format" not in options()
    assert options(choice_format="json")["choice_format"] == "json"


async def test_a_stream_without_a_result_is_an_attempt_that_names_nobody() -> None:
    class Mute(Watched):
        async def create_stream(self, messages: Sequence[Any], **_: Any) -> Any:
            yield "critic"

    chat = team(Mute(), max_turns=1, model_client_streaming=True)

    assert await speakers(chat) == ["writer"]
