"""A multi-modal agent: words and a picture in one message."""

from pathlib import Path

from agentchat.agents import AssistantAgent
from agentchat.core import Image
from agentchat.messages import MultiModalMessage
from harness import Run, Trace, contains, last_message, no_errors, said, scenario, speakers, within

CHART = Image.from_file(Path(__file__).with_name("bars.png"))


def picture_shown(trace: Trace) -> bool | str:
    """The model is shown the picture with the very bytes of the file."""
    [call] = trace.model_calls()
    *_, question = call.messages
    return {"data": CHART.to_base64()} in question["content"] or "it is another picture, or none"


@scenario(
    task=MultiModalMessage(content=["Which of these bars is the tallest?", CHART], source="user"),
    expect=[
        speakers("user", "assistant"),
        said(by="user", type="MultiModalMessage"),
        picture_shown,
        last_message(contains("blue"), by="assistant"),
        within(turns=1, usd=0.01),
        no_errors(),
    ],
    tags=["assistant", "vision"],
)
def tallest_bar(run: Run) -> AssistantAgent:
    """Multi-modal agent: words and a picture in one message.

    The assistant passes the picture on because its model client says that the model sees. The
    picture's bytes go to the model as they are in the file.
    """
    client = run.model("gpt-4o", seed=42, temperature=0)
    assert client.model_info["vision"]
    return AssistantAgent(
        name="assistant",
        system_message="You are a helpful assistant.",
        model_client=client,
    )
