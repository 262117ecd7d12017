"""Messages for models, what is known of models, and pictures."""

import json
import warnings

from PIL import Image as PILImage
from pydantic import BaseModel, TypeAdapter

from agentchat.core import FunctionCall, Image
from agentchat.core.models import (
    AssistantMessage,
    ChatCompletionTokenLogprob,
    CreateResult,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    LLMMessage,
    ModelFamily,
    RequestUsage,
    SystemMessage,
    TopLogprob,
    UserMessage,
    validate_model_info,
)
from agentchat.messages import MultiModalMessage
from agentchat.utils import content_to_str, remove_images
from tests.compat.parity.observation import attempt, plain, show


def picture(color=(255, 0, 0)):
    return Image.from_pil(PILImage.new("RGB", (2, 2), color))


async def messages():
    result = FunctionExecutionResult(content="r", name="f", call_id="1")
    kinds = [
        SystemMessage(content="s"),
        UserMessage(content="u", source="me"),
        AssistantMessage(content="a", source="it", thought="t"),
        AssistantMessage(content=[FunctionCall("1", "{}", "f")], source="it"),
        FunctionExecutionResultMessage(content=[result]),
    ]
    adapter = TypeAdapter(LLMMessage)
    return [
        [each.model_dump(mode="json") for each in kinds],
        [adapter.validate_json(each.model_dump_json()) == each for each in kinds],
        [repr(each) for each in kinds],
        attempt(lambda: UserMessage(content="u"))["raised"],
        attempt(lambda: adapter.validate_python({"type": "No", "content": "x"}))["raised"],
        attempt(lambda: CreateResult(finish_reason="no", content="", usage=None, cached=False))[
            "raised"
        ],
    ]


async def results():
    usage = RequestUsage(prompt_tokens=1, completion_tokens=2)
    logprob = ChatCompletionTokenLogprob(
        token="a", logprob=-1.0, top_logprobs=[TopLogprob(logprob=-1.0)], bytes=None
    )
    result = CreateResult(
        finish_reason="stop", content="c", usage=usage, cached=True, logprobs=[logprob]
    )
    return [result.model_dump(mode="json"), repr(result), repr(usage), usage == RequestUsage(1, 2)]


async def families():
    names = sorted(name for name in vars(ModelFamily) if name.isupper())
    return [
        {name: getattr(ModelFamily, name) for name in names if name != "ANY"},
        attempt(ModelFamily)["raised"],
        {
            family: [
                ModelFamily.is_claude(family),
                ModelFamily.is_gemini(family),
                ModelFamily.is_openai(family),
                ModelFamily.is_llama(family),
                ModelFamily.is_mistral(family),
            ]
            for family in (
                *("gpt-4o", "o1", "o3", "r1", "gpt-35", "unknown", "claude-3-opus", "no"),
                *("gemini-1.5-pro", "llama-3.3-8b", "codestral", "mistral", "gpt-5", "pixtral"),
            )
        },
    ]


async def infos():
    info = {
        "vision": True,
        "function_calling": True,
        "json_output": True,
        "family": "unknown",
        "structured_output": True,
    }
    seen = []
    for missing in info:
        partial = {key: value for key, value in info.items() if key != missing}
        with warnings.catch_warnings(record=True) as given:
            warnings.simplefilter("always")
            outcome = attempt(lambda partial=partial: validate_model_info(partial))
        seen.append([outcome, [f"{each.category.__name__}: {each.message}" for each in given]])
    return [attempt(lambda: validate_model_info(info)), seen]


class Framed(BaseModel):
    image: Image


async def pictures():
    image = picture()
    framed = Framed(image=image)
    transparent = Image.from_pil(PILImage.new("RGBA", (1, 1), (1, 2, 3, 4)))
    return [
        image.data_uri.startswith("data:image/png;base64,"),
        sorted(image.to_openai_format()),
        sorted(image.to_openai_format("low")["image_url"]),
        image.to_openai_format("low")["image_url"]["detail"],
        image.to_openai_format()["image_url"]["detail"],
        image.image.mode,
        transparent.image.mode,
        Image.from_base64(image.to_base64()).image.getpixel((0, 0)),
        Image.from_uri(image.data_uri).image.getpixel((0, 0)),
        sorted(json.loads(framed.model_dump_json())["image"]),
        Framed.model_validate(framed.model_dump(mode="json")).image.to_base64()
        == image.to_base64(),
        attempt(lambda: Framed(image=7))["raised"],
        attempt(lambda: Framed(image={}))["raised"],
        attempt(lambda: Image.from_uri("http://x/y.png")),
        attempt(lambda: Image.from_uri("data:text/plain;base64,aa")),
        "<img" in image._repr_html_(),
    ]


async def texts_without_pictures():
    image = picture()
    spoken = [
        UserMessage(content=["look", image, "there"], source="me"),
        UserMessage(content="plain", source="me"),
        SystemMessage(content="s"),
        AssistantMessage(content=[FunctionCall("1", "{}", "f")], source="it"),
    ]
    shown = MultiModalMessage(content=["look", image], source="me")
    return [
        plain(remove_images(spoken)),
        remove_images(spoken)[1] is spoken[1],
        content_to_str("text"),
        content_to_str(["a", image, "b"]),
        content_to_str([FunctionCall("1", "{}", "f")]),
        shown.to_text(),
        shown.to_model_text(),
        shown.to_model_text("[pic]"),
        len(shown.to_model_text(None)) > 60,
        sorted(plain(shown.to_model_message())),
    ]


async def main():
    await show(messages, results, families, infos, pictures, texts_without_pictures)
