"""Image: a picture as it was given, encoded for a model at most once."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path
from typing import Any, Literal, TypeAlias

from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema

PillowImage: TypeAlias = Any
"""A `PIL.Image.Image`. Pillow is optional, so its types can't be named here."""

_DATA_URI = re.compile(r"data:image/(?:png|jpeg);base64,(?P<data>.+)", re.DOTALL)
_PNG = "image/png"


class Image:
    """A picture for a model, kept as the very bytes it came in.

    PNG, JPEG, GIF and WebP travel unchanged; every other format, and an image given as pixels, is
    encoded as PNG once. Pillow is needed for those and for `image` only.

    Two images are equal when their encoded bytes are.

    Args:
        image: Pixels, as a `PIL.Image.Image` of any mode; transparency is kept.
    """

    def __init__(self, image: PillowImage) -> None:
        self._pixels: PillowImage | None = image
        self._encoded: bytes | None = None
        self._base64: str | None = None
        self._data_uri: str | None = None

    @classmethod
    def from_pil(cls, pil_image: PillowImage) -> Image:
        """An image of these pixels."""
        return cls(pil_image)

    @classmethod
    def from_uri(cls, uri: str) -> Image:
        """The image inside a data URI.

        Raises:
            ValueError: The URI is not a base64 data URI of a PNG or JPEG.
        """
        match = _DATA_URI.fullmatch(uri)
        if match is None:
            raise ValueError(
                "Invalid URI format. It should be a base64 encoded image URI, "
                "starting with 'data:image/png;base64,' or 'data:image/jpeg;base64,'."
            )
        return cls.from_base64(match["data"])

    @classmethod
    def from_base64(cls, base64_str: str) -> Image:
        """The image encoded in a base64 text (without the head of a data URI)."""
        return cls._from_bytes(base64.b64decode(base64_str))

    @classmethod
    def from_file(cls, file_path: Path) -> Image:
        """The image in a file, whose bytes are read now."""
        return cls._from_bytes(Path(file_path).read_bytes())

    @classmethod
    def _from_bytes(cls, encoded: bytes) -> Image:
        if _mime_type(encoded) is None:
            return cls(_decoded(encoded))
        image = cls(None)
        image._encoded = encoded
        return image

    @property
    def image(self) -> PillowImage:
        """The pixels as a `PIL.Image.Image`, decoded when first asked for."""
        if self._pixels is None:
            self._pixels = _decoded(self._bytes())
        return self._pixels

    @property
    def data_uri(self) -> str:
        """The image as a `data:` URI with its own MIME type."""
        if self._data_uri is None:
            mime_type = _mime_type(self._bytes()) or _PNG
            self._data_uri = f"data:{mime_type};base64,{self.to_base64()}"
        return self._data_uri

    def to_base64(self) -> str:
        """The encoded bytes as base64 text."""
        if self._base64 is None:
            self._base64 = base64.b64encode(self._bytes()).decode("ascii")
        return self._base64

    def to_openai_format(
        self, detail: Literal["auto", "low", "high"] = "auto"
    ) -> dict[str, str | dict[str, str]]:
        """The image as a part of a chat message in OpenAI's format."""
        return {"type": "image_url", "image_url": {"url": self.data_uri, "detail": detail}}

    def _bytes(self) -> bytes:
        if self._encoded is None:
            buffer = io.BytesIO()
            self.image.save(buffer, format="PNG")
            self._encoded = buffer.getvalue()
        return self._encoded

    def _repr_html_(self) -> str:
        return f'<img src="{self.data_uri}"/>'

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Image):
            return NotImplemented
        return self is other or self._bytes() == other._bytes()

    def __hash__(self) -> int:
        return hash(self._bytes())

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source_type: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.json_or_python_schema(
            json_schema=core_schema.no_info_after_validator_function(
                cls._from_record, core_schema.dict_schema()
            ),
            python_schema=core_schema.no_info_after_validator_function(
                cls._from_object, core_schema.any_schema()
            ),
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda image: {"data": image.to_base64()}
            ),
        )

    @classmethod
    def _from_object(cls, value: Any) -> Image:
        if isinstance(value, Image):
            return value
        if not isinstance(value, dict):
            raise TypeError(f"Expected dict or {cls.__name__} instance, got {type(value)}")
        return cls._from_record(value)

    @classmethod
    def _from_record(cls, record: dict[str, Any]) -> Image:
        if "data" not in record:
            raise ValueError("Expected 'data' key in the dictionary")
        return cls.from_base64(record["data"])


def _mime_type(encoded: bytes) -> str | None:
    """The MIME type by the first bytes; None for a format that models don't take."""
    if encoded.startswith(b"\x89PNG\r\n\x1a\n"):
        return _PNG
    if encoded.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if encoded.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if encoded.startswith(b"RIFF") and encoded[8:12] == b"WEBP":
        return "image/webp"
    return None


def _decoded(encoded: bytes) -> PillowImage:
    try:
        # Pillow is optional, and costs more to import than this whole package.
        import PIL.Image
    except ImportError as error:
        raise ImportError(
            'Decoding an image needs Pillow: pip install "agentchat-harness[images]"'
        ) from error
    return PIL.Image.open(io.BytesIO(encoded))
