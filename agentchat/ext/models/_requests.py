"""A call on its way to a vendor: what all of them ask of the arguments, whatever their wire."""

import difflib
import json
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import BaseModel

from agentchat.core._component_arguments import NotConfigurable, as_plain
from agentchat.core._function_call import FunctionCall
from agentchat.core._image import Image
from agentchat.core.models import (
    AssistantMessage,
    LLMMessage,
    ModelCapabilities,
    ModelFamily,
    ModelInfo,
    SystemMessage,
    UserMessage,
    validate_model_info,
)
from agentchat.core.tools import Tool, ToolSchema
from agentchat.ext.models._cache_key import Call

OPTION_BY_ARGUMENT: Final = {
    "timeout": "timeout",
    "extra_headers": "headers",
    "extra_query": "params",
    "extra_body": "extra_json",
}
"""Arguments of a call that an SDK, not the model, is told, by the SDK's name for each."""


@dataclass(frozen=True)
class Request:
    """One call, ready to be sent."""

    model: str
    """The name of the model that is asked."""

    body: dict[str, Any]
    options: Mapping[str, Any] = field(default_factory=dict)
    """What is said to whoever sends it, and not to the model: headers, a time limit."""

    name_by_api_name: Mapping[str, str] = field(default_factory=dict)
    """What the tools are called here, by what the model calls them."""

    output_type: type[BaseModel] | None = None
    """The class that the answer shall be of."""


def taken_options(arguments: dict[str, Any]) -> dict[str, Any]:
    """The options of an SDK, taken out of the arguments that they came among."""
    return {
        option: arguments.pop(argument)
        for argument, option in OPTION_BY_ARGUMENT.items()
        if argument in arguments
    }


def refuse_unknown(client: str, arguments: Iterable[str], known: Sequence[str]) -> None:
    """Checks the names of a client's arguments.

    Raises:
        TypeError: One is not known; the message names the nearest that is.
    """
    for argument in arguments:
        if argument not in known:
            nearest = difflib.get_close_matches(argument, known, n=1)
            hint = f". Did you mean {nearest[0]!r}?" if nearest else ""
            raise TypeError(f"{client}() got an unexpected keyword argument {argument!r}{hint}")


def check_arguments(call: Call, is_known: Callable[[str], bool]) -> None:
    """Refuses, by ValueError, a call with arguments that its vendor does not know."""
    invalid = [name for name in call.extra_create_args if not is_known(name)]
    if invalid:
        raise ValueError(f"Extra create args are invalid: {invalid}")


def given_model_info(
    capabilities: ModelCapabilities | None, model_info: ModelInfo | None
) -> ModelInfo | None:
    """What the caller says that the model can do; None when nothing was said.

    Raises:
        ValueError: Both arguments were given, or a required field is missing.
    """
    if capabilities is None:
        if model_info is not None:
            validate_model_info(model_info)
        return model_info
    if model_info is not None:
        raise ValueError("model_capabilities and model_info are mutually exclusive")
    warnings.warn(
        "model_capabilities is deprecated, use model_info instead",
        DeprecationWarning,
        stacklevel=5,
    )
    return ModelInfo(
        vision=capabilities["vision"],
        function_calling=capabilities["function_calling"],
        json_output=capabilities["json_output"],
        family=ModelFamily.UNKNOWN,
        structured_output=False,
    )


def plain_arguments(client: object, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as a configuration can have them.

    Raises:
        NotConfigurable: One is a live object, such as an `http_client`.
    """
    plain = {}
    for name, value in arguments.items():
        try:
            plain[name] = as_plain(value)
        except NotConfigurable as error:
            where = f"{type(client).__name__}({name}=...)"
            raise NotConfigurable(error.value, where) from None
    return plain


def check_images(messages: Sequence[LLMMessage], model_info: ModelInfo) -> None:
    """Checks that a model which can't see is shown no image.

    Raises:
        ValueError: It is.
    """
    if not model_info["vision"] and any(
        isinstance(part, Image)
        for message in messages
        if isinstance(message, UserMessage) and isinstance(message.content, list)
        for part in message.content
    ):
        raise ValueError("Model does not support vision and image was provided")


def check_output(json_output: bool | type[BaseModel] | None, model_info: ModelInfo) -> None:
    """Checks that the model can be held to the form that its answer shall have.

    Raises:
        ValueError: It can't, or there is no such form.
    """
    if json_output is None or json_output is False:
        return
    if json_output is True:
        if not model_info["json_output"]:
            raise ValueError("Model does not support JSON output.")
    elif not isinstance(json_output, type) or not issubclass(json_output, BaseModel):
        raise ValueError(
            f"json_output must be a boolean or a Pydantic model class, got {type(json_output)}"
        )
    elif not model_info.get("structured_output"):
        raise ValueError("Model does not support structured output.")


def tool_schemas(tools: Sequence[Tool | ToolSchema]) -> list[ToolSchema]:
    """The schemas of the tools, some of which may be schemas already."""
    return [tool if isinstance(tool, dict) else tool.schema for tool in tools]


def check_tools(tools: Sequence[Tool | ToolSchema], model_info: ModelInfo) -> None:
    """Checks that a model which can't call tools is given none.

    Raises:
        ValueError: It is.
    """
    if tools and not model_info["function_calling"]:
        raise ValueError("Model does not support function calling")


def chosen_tool(
    choice: object, schemas: Sequence[ToolSchema], *, called: str = "available"
) -> str | None:
    """The name of the tool that the model must call; None when it is left a choice.

    Args:
        choice: One of the tools, or `auto`, `required` or `none`.
        schemas: The tools of the call.
        called: What the vendor's users expect an error to call these tools.

    Raises:
        ValueError: The tool is not among the tools, or the choice is none of the four.
    """
    if isinstance(choice, str) and choice in ("auto", "required", "none"):
        return None
    schema = getattr(choice, "schema", None)
    if not isinstance(schema, dict):
        # The type of error is upstream's.
        raise ValueError(  # noqa: TRY004
            "tool_choice must be a Tool object, 'auto', 'required', or 'none', "
            f"got {choice!r} ({type(choice)})"
        )
    if not schemas:
        raise ValueError("tool_choice specified but no tools provided")
    name = str(schema["name"])
    if all(schema["name"] != name for schema in schemas):
        raise ValueError(f"tool_choice references '{name}' but it's not in the {called} tools")
    return name


def with_stripped_end(messages: Sequence[LLMMessage]) -> list[LLMMessage]:
    """The messages without white space at the end of a final assistant text."""
    last = messages[-1] if messages else None
    if not isinstance(last, AssistantMessage) or not isinstance(last.content, str):
        return list(messages)
    return [*messages[:-1], last.model_copy(update={"content": last.content.rstrip()})]


def system_text(messages: Sequence[LLMMessage], model_info: ModelInfo) -> str:
    """All system messages as one text, for an API that has one place for them.

    Raises:
        ValueError: They stand apart, and the model is not known to be fine with that.
    """
    places = [at for at, message in enumerate(messages) if isinstance(message, SystemMessage)]
    stand_apart = bool(places) and places[-1] - places[0] + 1 != len(places)
    if stand_apart and not model_info.get("multiple_system_messages"):
        raise ValueError(
            "Multiple and Not continuous system messages are not supported if "
            "model_info['multiple_system_messages'] is False"
        )
    return "\n".join(str(messages[at].content) for at in places).rstrip()


def arguments_as_object(call: FunctionCall) -> dict[str, Any]:
    """A call's arguments for an API that wants an object, not a text.

    What a model wrote may be anything: all that is not an object is put into one, as `text`.
    """
    try:
        arguments = json.loads(call.arguments) if call.arguments else {}
    except ValueError:
        return {"text": call.arguments}
    return arguments if isinstance(arguments, dict) else {"text": call.arguments}
