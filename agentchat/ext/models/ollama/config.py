"""The arguments of the Ollama client, as types for callers and as configurations for files."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import httpx2
from pydantic import BaseModel, ConfigDict
from typing_extensions import TypedDict

from agentchat.core.models import ModelCapabilities, ModelInfo

__all__ = [
    "BaseOllamaClientConfiguration",
    "BaseOllamaClientConfigurationConfigModel",
    "CreateArguments",
    "CreateArgumentsConfigModel",
    "ModelCapabilities",
    "ModelInfo",
    "Options",
]


class Options(TypedDict, total=False):
    """How a model is loaded, and how it writes; see Ollama's reference for their meaning.

    Each may be given to the client or a call directly, as well as in `options`.
    """

    numa: bool | None
    num_ctx: int | None
    num_batch: int | None
    num_gpu: int | None
    main_gpu: int | None
    low_vram: bool | None
    f16_kv: bool | None
    logits_all: bool | None
    vocab_only: bool | None
    use_mmap: bool | None
    use_mlock: bool | None
    embedding_only: bool | None
    num_thread: int | None
    num_keep: int | None
    seed: int | None
    num_predict: int | None
    """The most tokens that an answer may have."""

    top_k: int | None
    top_p: float | None
    min_p: float | None
    tfs_z: float | None
    typical_p: float | None
    repeat_last_n: int | None
    temperature: float | None
    repeat_penalty: float | None
    presence_penalty: float | None
    frequency_penalty: float | None
    mirostat: int | None
    mirostat_tau: float | None
    mirostat_eta: float | None
    penalize_newline: bool | None
    stop: list[str] | None


class CreateArguments(TypedDict, total=False):
    """Arguments of every request."""

    model: str
    host: str | None
    """Where Ollama is: `http://localhost:11434`, or what `OLLAMA_HOST` says, unless given."""

    response_format: Any
    """Deprecated: a pydantic class; use `json_output`."""

    format: Literal["", "json"] | Mapping[str, Any] | None
    """What form an answer shall have: `json`, or a JSON schema."""

    keep_alive: float | str | None
    """How long the model shall stay loaded: seconds, or a text such as `5m`."""

    think: bool | Literal["low", "medium", "high"] | None
    logprobs: bool | None
    top_logprobs: int | None


class BaseOllamaClientConfiguration(CreateArguments, Options, total=False):
    """Arguments of OllamaChatCompletionClient."""

    follow_redirects: bool
    timeout: Any
    """Seconds, or an `httpx2.Timeout`; None waits for ever."""

    headers: Mapping[str, str] | None
    http_client: httpx2.AsyncClient
    """Sends the requests, in the place of the client's own; closed with it; can't be saved."""

    model_capabilities: ModelCapabilities
    """Deprecated: use `model_info`."""

    model_info: ModelInfo
    """What the model can do; needed for a model that is not in the table."""

    options: Mapping[str, Any] | None
    """See Options."""


class CreateArgumentsConfigModel(BaseModel):
    """Saved arguments of every request."""

    # Whatever else a client was given is kept too, as long as JSON can say it.
    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow")

    model: str
    host: str | None = None
    response_format: Any = None


class BaseOllamaClientConfigurationConfigModel(CreateArgumentsConfigModel):
    """A saved OllamaChatCompletionClient."""

    follow_redirects: bool = True
    timeout: Any = None
    headers: Mapping[str, str] | None = None
    model_capabilities: ModelCapabilities | None = None
    model_info: ModelInfo | None = None
    options: Mapping[str, Any] | None = None
