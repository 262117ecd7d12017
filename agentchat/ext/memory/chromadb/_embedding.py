"""Embedding functions, as Chroma takes them."""

from collections.abc import Callable
from typing import Any, Final

from chromadb import Documents, EmbeddingFunction, Embeddings
from chromadb.utils import embedding_functions

from agentchat.ext.memory._lexical_embedding import embedded
from agentchat.ext.memory.chromadb._config import (
    CustomEmbeddingFunctionConfig,
    DefaultEmbeddingFunctionConfig,
    EmbeddingFunctionConfig,
    OfflineEmbeddingFunctionConfig,
    OpenAIEmbeddingFunctionConfig,
    SentenceTransformerEmbeddingFunctionConfig,
)


@embedding_functions.register_embedding_function
class OfflineEmbeddingFunction(EmbeddingFunction[Documents]):  # type: ignore[misc]
    """Words and their parts, hashed.

    Args:
        dimensions: Numbers in a vector.
    """

    def __init__(self, dimensions: int) -> None:
        self._dimensions = dimensions

    def __call__(self, input: Documents) -> Embeddings:  # noqa: A002 - Chroma's name
        return [embedded(text, self._dimensions) for text in input]

    @staticmethod
    def name() -> str:
        """How a collection remembers it."""
        return "agentchat_offline"

    def get_config(self) -> dict[str, Any]:
        """What a collection remembers beside the name."""
        return {"dimensions": self._dimensions}

    @staticmethod
    def build_from_config(config: dict[str, Any]) -> "OfflineEmbeddingFunction":
        """The function that a collection remembers."""
        return OfflineEmbeddingFunction(config["dimensions"])


def embedding_function(config: EmbeddingFunctionConfig) -> Any:
    """The function that a configuration describes.

    Raises:
        ImportError: It needs a library that is not here, or that could not load the model.
        ValueError: A custom function failed.
    """
    return _MAKER_BY_KIND[type(config)](config)


def _default(_: DefaultEmbeddingFunctionConfig) -> Any:
    return embedding_functions.DefaultEmbeddingFunction()


def _sentence_transformer(config: SentenceTransformerEmbeddingFunctionConfig) -> Any:
    try:
        return embedding_functions.SentenceTransformerEmbeddingFunction(
            model_name=config.model_name
        )
    except Exception as error:
        raise ImportError(
            "Failed to create SentenceTransformer embedding function with model "
            f"'{config.model_name}'. Ensure sentence-transformers is installed and the model is "
            f"available. Error: {error}"
        ) from error


def _openai(config: OpenAIEmbeddingFunctionConfig) -> Any:
    try:
        return embedding_functions.OpenAIEmbeddingFunction(
            api_key=config.api_key or None,
            model_name=config.model_name,
            api_base=config.base_url,
            api_key_env_var="OPENAI_API_KEY",
        )
    except Exception as error:
        raise ImportError(
            f"Failed to create OpenAI embedding function with model '{config.model_name}'. "
            f"Ensure openai is installed and API key is valid. Error: {error}"
        ) from error


def _custom(config: CustomEmbeddingFunctionConfig) -> Any:
    try:
        return config.function(**config.params)
    except Exception as error:
        raise ValueError(f"Failed to create custom embedding function. Error: {error}") from error


def _offline(config: OfflineEmbeddingFunctionConfig) -> Any:
    return OfflineEmbeddingFunction(config.dimensions)


_MAKER_BY_KIND: Final[dict[type, Callable[[Any], Any]]] = {
    DefaultEmbeddingFunctionConfig: _default,
    SentenceTransformerEmbeddingFunctionConfig: _sentence_transformer,
    OpenAIEmbeddingFunctionConfig: _openai,
    CustomEmbeddingFunctionConfig: _custom,
    OfflineEmbeddingFunctionConfig: _offline,
}
