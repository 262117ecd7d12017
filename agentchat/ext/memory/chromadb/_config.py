"""How a Chroma memory is made: where the database is, and how texts become vectors."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    BaseModel,
    Field,
    ModelWrapValidatorHandler,
    SecretStr,
    field_serializer,
    field_validator,
    model_validator,
)


class DefaultEmbeddingFunctionConfig(BaseModel):
    """Chroma's default: all-MiniLM-L6-v2, which is downloaded when it is first used."""

    function_type: Literal["default"] = "default"


class SentenceTransformerEmbeddingFunctionConfig(BaseModel):
    """A model of the sentence-transformers library."""

    function_type: Literal["sentence_transformer"] = "sentence_transformer"
    model_name: str = "all-MiniLM-L6-v2"


class OpenAIEmbeddingFunctionConfig(BaseModel):
    """A model behind OpenAI's embeddings API."""

    function_type: Literal["openai"] = "openai"
    api_key: str = ""
    """By default that in the environment variable `OPENAI_API_KEY`; never written out."""

    model_name: str = "text-embedding-ada-002"
    base_url: str | None = None
    """Where the API is; by default OpenAI's."""

    @field_validator("api_key", mode="before")
    @classmethod
    def _revealed(cls, value: Any) -> Any:
        return value.get_secret_value() if isinstance(value, SecretStr) else value

    @field_serializer("api_key")
    def _hidden(self, value: str) -> str | SecretStr:
        return SecretStr(value) if value else value


class CustomEmbeddingFunctionConfig(BaseModel):
    """Whatever a function makes. It can't be written to a configuration."""

    function_type: Literal["custom"] = "custom"
    function: Callable[..., Any]
    """Gives an embedding function as Chroma takes it."""

    params: dict[str, Any] = Field(default_factory=dict)
    """Arguments of the function."""


class OfflineEmbeddingFunctionConfig(BaseModel):
    """Words and their parts, hashed: without a model, a download or a network.

    Finds what shares words with the question; what means the same in other words, it does not find.
    """

    function_type: Literal["offline"] = "offline"
    dimensions: int = Field(default=512, ge=16)
    """Numbers in a vector; with fewer, more words are taken for each other."""


EmbeddingFunctionConfig = Annotated[
    DefaultEmbeddingFunctionConfig
    | SentenceTransformerEmbeddingFunctionConfig
    | OpenAIEmbeddingFunctionConfig
    | CustomEmbeddingFunctionConfig
    | OfflineEmbeddingFunctionConfig,
    Field(discriminator="function_type"),
]


class ChromaDBVectorMemoryConfig(BaseModel):
    """A saved Chroma memory; reading one gives the class of its `client_type`."""

    class_by_client_type: ClassVar[dict[str, type["ChromaDBVectorMemoryConfig"]]] = {}

    client_type: Literal["persistent", "http"]
    collection_name: str = "memory_store"
    distance_metric: str = "cosine"
    """`cosine`, `l2` or `ip`. A collection that exists already keeps its own."""

    k: int = 3
    """How many things to tell at most."""

    score_threshold: float | None = None
    """Scores run from 0 to 1; what is below the threshold is not told."""

    allow_reset: bool = False
    """Whether `reset` may delete the whole database."""

    tenant: str = "default_tenant"
    database: str = "default_database"
    embedding_function_config: EmbeddingFunctionConfig = Field(
        default_factory=DefaultEmbeddingFunctionConfig
    )
    where: dict[str, Any] | None = None
    """What the metadata of everything that is told must be, as Chroma writes filters."""

    @model_validator(mode="wrap")
    @classmethod
    def _as_its_client_type(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if cls is ChromaDBVectorMemoryConfig and isinstance(value, Mapping):
            kind = cls.class_by_client_type.get(str(value.get("client_type")))
            if kind is not None:
                found: Any = kind.model_validate(value)
                return found  # type: ignore[no-any-return]
        return handler(value)


class PersistentChromaDBVectorMemoryConfig(ChromaDBVectorMemoryConfig):
    """A database in a folder, used by this process alone."""

    client_type: Literal["persistent", "http"] = "persistent"
    persistence_path: str = "./chroma_db"


class HttpChromaDBVectorMemoryConfig(ChromaDBVectorMemoryConfig):
    """A database behind a Chroma server."""

    client_type: Literal["persistent", "http"] = "http"
    host: str = "localhost"
    port: int = 8000
    ssl: bool = False
    headers: dict[str, str] | None = None
    """Sent with every request."""


ChromaDBVectorMemoryConfig.class_by_client_type.update(
    persistent=PersistentChromaDBVectorMemoryConfig, http=HttpChromaDBVectorMemoryConfig
)
