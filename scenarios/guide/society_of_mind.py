"""Society of mind: a whole team that speaks with one voice."""

from agentchat.agents import AssistantAgent, SocietyOfMindAgent
from agentchat.conditions import TextMentionTermination
from agentchat.teams import RoundRobinGroupChat
from harness import (
    Run,
    asked_model,
    contains,
    last_message,
    model_saw,
    no_errors,
    not_,
    said,
    scenario,
    speakers,
    stopped,
    within,
)

STORY = "The lighthouse keeper waited forty years for a ship. The ship had waited for his light."
IN_SPANISH = "El farero esperó un barco durante cuarenta años. El barco había esperado su luz."


@scenario(
    task="Write a two-sentence story with a surprising ending.",
    expect=[
        speakers("user", "writer", "editor", "writer", "editor", "society_of_mind", "translator"),
        said(by="editor", text=contains("no surprise")),
        said(by="society_of_mind", text=STORY),
        asked_model(by="society_of_mind", times=1),
        model_saw(STORY, by="translator"),
        not_(model_saw(contains("no surprise"), by="translator")),
        last_message(IN_SPANISH, by="translator"),
        stopped(because="Maximum number of turns 2 reached."),
        within(model_calls=6, tokens=1_500, usd=0.02),
        no_errors(),
    ],
    tags=["nested", "society-of-mind", "round-robin"],
)
def story_translated(run: Run) -> RoundRobinGroupChat:
    """Society of mind: a team works on a story, and gives it out as one agent.

    Inside, a writer and an editor talk until the editor approves. Outside, a translator hears the
    finished story alone.
    """
    client = run.model("gpt-4o")
    writer = AssistantAgent(
        "writer", model_client=client, system_message="You are a writer, write well."
    )
    editor = AssistantAgent(
        "editor",
        model_client=client,
        system_message="You are an editor, provide critical feedback. Respond with 'APPROVE' if "
        "the text addresses all feedbacks.",
    )
    inner_team = RoundRobinGroupChat(
        [writer, editor], termination_condition=TextMentionTermination("APPROVE")
    )
    society_of_mind = SocietyOfMindAgent("society_of_mind", team=inner_team, model_client=client)
    translator = AssistantAgent(
        "translator", model_client=client, system_message="Translate the text to Spanish."
    )
    return RoundRobinGroupChat([society_of_mind, translator], max_turns=2)
