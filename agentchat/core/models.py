"""Model clients and what is said to them: messages, results, usage, and a model's abilities."""

import warnings
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, Required, Self, TypeAlias, get_args

from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from agentchat.core._cancellation import CancellationToken
from agentchat.core._component import ComponentBase, ComponentType
from agentchat.core._function_call import FunctionCall
from agentchat.core._image import Image
from agentchat.core._record import Record
from agentchat.core.tools import Tool, ToolSchema

__all__ = [
    "AssistantMessage",
    "ChatCompletionClient",
    "ChatCompletionTokenLogprob",
    "CreateResult",
    "FinishReasons",
    "FunctionExecutionResult",
    "FunctionExecutionResultMessage",
    "LLMMessage",
    "ModelCapabilities",
    "ModelFamily",
    "ModelInfo",
    "RequestUsage",
    "SystemMessage",
    "TopLogprob",
    "UserMessage",
    "validate_model_info",
]


class SystemMessage(Record, defer_build=True):
    """Instructions from the developer."""

    content: str
    type: Literal["SystemMessage"] = "SystemMessage"


class UserMessage(Record, defer_build=True):
    """What a person, or another agent, says to the model."""

    content: str | list[str | Image]
    source: str
    """Name of the agent that said it."""

    type: Literal["UserMessage"] = "UserMessage"


class AssistantMessage(Record, defer_build=True):
    """What the model said, or the calls it asked for."""

    content: str | list[FunctionCall]
    thought: str | None = None
    """Reasoning that came with the content; not every model gives one."""

    source: str
    """Name of the agent that the model spoke for."""

    type: Literal["AssistantMessage"] = "AssistantMessage"


class FunctionExecutionResult(BaseModel, defer_build=True):
    """What came of one function call."""

    content: str
    name: str
    call_id: str
    """The `id` of the FunctionCall."""

    is_error: bool | None = None


class FunctionExecutionResultMessage(Record, defer_build=True):
    """The results of the calls in the AssistantMessage before it."""

    content: list[FunctionExecutionResult]
    type: Literal["FunctionExecutionResultMessage"] = "FunctionExecutionResultMessage"


LLMMessage: TypeAlias = Annotated[
    SystemMessage | UserMessage | AssistantMessage | FunctionExecutionResultMessage,
    Field(discriminator="type"),
]


@dataclass
class RequestUsage:
    """Tokens that were spent."""

    prompt_tokens: int
    completion_tokens: int


FinishReasons: TypeAlias = Literal["stop", "length", "function_calls", "content_filter", "unknown"]


@dataclass
class TopLogprob:
    """How likely one of the alternatives of a token was."""

    logprob: float
    bytes: list[int] | None = None


class ChatCompletionTokenLogprob(BaseModel, defer_build=True):
    """How likely a token of the answer was, and its alternatives."""

    token: str
    logprob: float
    top_logprobs: list[TopLogprob] | None = None
    bytes: list[int] | None = None


class CreateResult(BaseModel, defer_build=True):
    """A model's answer."""

    finish_reason: FinishReasons
    content: str | list[FunctionCall]
    usage: RequestUsage
    cached: bool
    """Whether the answer came from a cache, so that nothing was spent."""

    logprobs: list[ChatCompletionTokenLogprob] | None = None
    thought: str | None = None
    """Reasoning that came with the content; not every model gives one."""


class ModelFamily:
    """Names of the model families that clients and agents treat differently.

    A family that is not listed is written as its own string.
    """

    GPT_5 = "gpt-5"
    GPT_41 = "gpt-41"
    GPT_45 = "gpt-45"
    GPT_4O = "gpt-4o"
    O1 = "o1"
    O3 = "o3"
    O4 = "o4"
    GPT_4 = "gpt-4"
    GPT_35 = "gpt-35"
    R1 = "r1"
    GEMINI_1_5_FLASH = "gemini-1.5-flash"
    GEMINI_1_5_PRO = "gemini-1.5-pro"
    GEMINI_2_0_FLASH = "gemini-2.0-flash"
    GEMINI_2_5_PRO = "gemini-2.5-pro"
    GEMINI_2_5_FLASH = "gemini-2.5-flash"
    CLAUDE_3_HAIKU = "claude-3-haiku"
    CLAUDE_3_SONNET = "claude-3-sonnet"
    CLAUDE_3_OPUS = "claude-3-opus"
    CLAUDE_3_5_HAIKU = "claude-3-5-haiku"
    CLAUDE_3_5_SONNET = "claude-3-5-sonnet"
    CLAUDE_3_7_SONNET = "claude-3-7-sonnet"
    CLAUDE_4_OPUS = "claude-4-opus"
    CLAUDE_4_SONNET = "claude-4-sonnet"
    LLAMA_3_3_8B = "llama-3.3-8b"
    LLAMA_3_3_70B = "llama-3.3-70b"
    LLAMA_4_SCOUT = "llama-4-scout"
    LLAMA_4_MAVERICK = "llama-4-maverick"
    CODESRAL = "codestral"
    OPEN_CODESRAL_MAMBA = "open-codestral-mamba"
    MISTRAL = "mistral"
    MINISTRAL = "ministral"
    PIXTRAL = "pixtral"
    UNKNOWN = "unknown"

    ANY: TypeAlias = Literal[
        "gpt-5",
        "gpt-41",
        "gpt-45",
        "gpt-4o",
        "o1",
        "o3",
        "o4",
        "gpt-4",
        "gpt-35",
        "r1",
        "gemini-1.5-flash",
        "gemini-1.5-pro",
        "gemini-2.0-flash",
        "gemini-2.5-pro",
        "gemini-2.5-flash",
        "claude-3-haiku",
        "claude-3-sonnet",
        "claude-3-opus",
        "claude-3-5-haiku",
        "claude-3-5-sonnet",
        "claude-3-7-sonnet",
        "claude-4-opus",
        "claude-4-sonnet",
        "llama-3.3-8b",
        "llama-3.3-70b",
        "llama-4-scout",
        "llama-4-maverick",
        "codestral",
        "open-codestral-mamba",
        "mistral",
        "ministral",
        "pixtral",
        "unknown",
    ]

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Refuses: there is nothing to make.

        Raises:
            TypeError: Always.
        """
        raise TypeError(f"{cls.__name__} is a namespace class and cannot be instantiated.")

    @staticmethod
    def is_claude(family: str) -> bool:
        """Whether it is a listed family of Anthropic's."""
        return family in _FAMILIES and family.startswith("claude-")

    @staticmethod
    def is_gemini(family: str) -> bool:
        """Whether it is a listed family of Google's Gemini."""
        return family in _FAMILIES and family.startswith("gemini-")

    @staticmethod
    def is_openai(family: str) -> bool:
        """Whether it is a listed family of OpenAI's."""
        return family in _FAMILIES and family.startswith(("gpt-", "o1", "o3", "o4"))

    @staticmethod
    def is_llama(family: str) -> bool:
        """Whether it is a listed family of Meta's Llama."""
        return family in _FAMILIES and family.startswith("llama-")

    @staticmethod
    def is_mistral(family: str) -> bool:
        """Whether it is a listed family of Mistral's."""
        return family in _MISTRAL_FAMILIES


_FAMILIES = frozenset(get_args(ModelFamily.ANY))
_MISTRAL_FAMILIES = frozenset(
    {
        ModelFamily.CODESRAL,
        ModelFamily.OPEN_CODESRAL_MAMBA,
        ModelFamily.MISTRAL,
        ModelFamily.MINISTRAL,
        ModelFamily.PIXTRAL,
    }
)


class ModelCapabilities(TypedDict, total=False):
    """What a model can do. Deprecated: use ModelInfo, which also names the family."""

    vision: Required[bool]
    function_calling: Required[bool]
    json_output: Required[bool]


class ModelInfo(TypedDict, total=False):
    """What a model can do; agents and clients choose their requests by it."""

    vision: Required[bool]
    """Whether it takes images."""

    function_calling: Required[bool]
    """Whether it can ask for tools."""

    json_output: Required[bool]
    """Whether it can be held to JSON (which need not follow a schema)."""

    family: Required[ModelFamily.ANY | str]
    """A constant of ModelFamily, or a name of its own."""

    structured_output: Required[bool]
    """Whether it can be held to a JSON schema."""

    multiple_system_messages: bool | None
    """Whether system messages may stand apart from each other."""


def validate_model_info(model_info: ModelInfo) -> None:
    """Checks that nothing is missing that clients rely on.

    A missing `structured_output` is only warned about.

    Raises:
        ValueError: A required field is missing.
    """
    for field in ("vision", "function_calling", "json_output", "family"):
        if field not in model_info:
            raise ValueError(
                f"Missing required field '{field}' in ModelInfo. "
                "Starting in v0.4.7, the required fields are enforced."
            )
    if "structured_output" not in model_info:
        warnings.warn(
            "Missing required field 'structured_output' in ModelInfo. "
            "This field will be required in a future version of AutoGen.",
            UserWarning,
            stacklevel=2,
        )


class ChatCompletionClient(ComponentBase[BaseModel], ABC):
    """Asks one model, and counts what that costs."""

    component_type: ClassVar[ComponentType] = "model"

    @abstractmethod
    async def create(
        self,
        messages: Sequence[LLMMessage],
        *,
        tools: Sequence[Tool | ToolSchema] = [],
        tool_choice: Tool | Literal["auto", "required", "none"] = "auto",
        json_output: bool | type[BaseModel] | None = None,
        extra_create_args: Mapping[str, Any] = {},
        cancellation_token: CancellationToken | None = None,
    ) -> CreateResult:
        """The model's answer.

        Args:
            messages: The conversation so far, oldest first.
            tools: What the model may call.
            tool_choice: Whether it must call a tool, may not, or which one it must call.
            json_output: True for JSON, False for text, a pydantic class for JSON of its schema,
                None for the model's own choice.
            extra_create_args: Passed on to the model's API as they are.
            cancellation_token: Stops the call.
        """

    @abstractmethod
    def create_stream(
        self,
        messages: Sequence[LLMMessage],
        *,
        tools: Sequence[Tool | ToolSchema] = [],
        tool_choice: Tool | Literal["auto", "required", "none"] = "auto",
        json_output: bool | type[BaseModel] | None = None,
        extra_create_args: Mapping[str, Any] = {},
        cancellation_token: CancellationToken | None = None,
    ) -> AsyncGenerator[str | CreateResult, None]:
        """The model's answer as pieces of text, and at the end, once, the whole of it.

        The arguments are those of `create`.
        """

    @abstractmethod
    async def close(self) -> None:
        """Lets go of connections; the client can't be asked afterwards."""

    @abstractmethod
    def actual_usage(self) -> RequestUsage:
        """The tokens spent so far; answers from a cache don't count."""

    @abstractmethod
    def total_usage(self) -> RequestUsage:
        """The tokens of all answers so far, cached ones included."""

    @abstractmethod
    def count_tokens(
        self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = []
    ) -> int:
        """How many tokens a request would take; an estimate for most models."""

    @abstractmethod
    def remaining_tokens(
        self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = []
    ) -> int:
        """How many tokens the request would leave free; negative when it is too long."""

    @property
    @abstractmethod
    def capabilities(self) -> ModelCapabilities:
        """An older form of `model_info`."""

    @property
    @abstractmethod
    def model_info(self) -> ModelInfo:
        """What the model can do."""
