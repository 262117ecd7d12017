"""JSON out of a model's text, and pydantic classes out of JSON schemas."""

from agentchat.core._json_schema import (
    FormatNotSupportedError,
    ReferenceNotFoundError,
    SchemaConversionError,
    UnsupportedKeywordError,
    schema_to_pydantic_model,
)
from agentchat.core._json_text import extract_json_from_str

__all__ = [
    "FormatNotSupportedError",
    "ReferenceNotFoundError",
    "SchemaConversionError",
    "UnsupportedKeywordError",
    "extract_json_from_str",
    "schema_to_pydantic_model",
]
