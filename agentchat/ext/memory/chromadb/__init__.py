"""A memory in a Chroma database, in this process or behind a server."""

try:
    import chromadb as _chromadb  # noqa: F401
except ImportError as _missing:
    raise ImportError(
        'ChromaDBVectorMemory needs chromadb: pip install "agentchat-harness[chromadb]"'
    ) from _missing

from agentchat.ext.memory.chromadb._config import (
    ChromaDBVectorMemoryConfig,
    CustomEmbeddingFunctionConfig,
    DefaultEmbeddingFunctionConfig,
    HttpChromaDBVectorMemoryConfig,
    OfflineEmbeddingFunctionConfig,
    OpenAIEmbeddingFunctionConfig,
    PersistentChromaDBVectorMemoryConfig,
    SentenceTransformerEmbeddingFunctionConfig,
)
from agentchat.ext.memory.chromadb._memory import ChromaDBVectorMemory

__all__ = [
    "ChromaDBVectorMemory",
    "ChromaDBVectorMemoryConfig",
    "CustomEmbeddingFunctionConfig",
    "DefaultEmbeddingFunctionConfig",
    "HttpChromaDBVectorMemoryConfig",
    "OfflineEmbeddingFunctionConfig",
    "OpenAIEmbeddingFunctionConfig",
    "PersistentChromaDBVectorMemoryConfig",
    "SentenceTransformerEmbeddingFunctionConfig",
]
