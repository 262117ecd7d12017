"""Messages with pictures, to models that can see and to models that can't."""

from agentchat.agents import AssistantAgent
from agentchat.core import Image
from agentchat.core.models import UserMessage
from agentchat.messages import MultiModalMessage
from agentchat.teams import RoundRobinGroupChat
from agentchat.utils import content_to_str, remove_images
from tests.compat.parity.cast import Speaker, model, said
from tests.compat.parity.observation import show, stream_of

# One black pixel.
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC"
)


def picture():
    return MultiModalMessage(content=["What is it?", Image.from_base64(PIXEL)], source="user")


async def asked(vision):
    client = model(said("a pixel"), vision=vision)
    await AssistantAgent("eye", client, system_message=None).run(task=picture())
    (message,) = client.create_calls[0]["messages"]
    content = message.content
    return content if isinstance(content, str) else [type(part).__name__ for part in content]


async def a_model_that_sees():
    return await asked(vision=True)


async def a_model_that_does_not():
    return await asked(vision=False)


async def in_a_team():
    team = RoundRobinGroupChat([Speaker("eye", "a pixel"), Speaker("ear", "a beep")], max_turns=2)
    items = await stream_of(team.run_stream(task=picture()))
    return [
        {key: item[key] for key in ("class", "to_text", "metadata") if key in item}
        for item in items
    ]


async def utilities():
    image = Image.from_base64(PIXEL)
    removed = remove_images(
        [UserMessage(content=["a", image, "b"], source="u"), UserMessage(content="c", source="u")]
    )
    return [
        [message.content for message in removed],
        content_to_str(["a", image]),
        content_to_str("a"),
        content_to_str([]),
    ]


async def main():
    await show(a_model_that_sees, a_model_that_does_not, in_a_team, utilities)
