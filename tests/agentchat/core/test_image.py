import base64
import io
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from agentchat.core._image import Image

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC"
)
JPEG = b"\xff\xd8\xff\xe0 the rest"


class Page(BaseModel):
    picture: Image


class Pixels:
    """Stands in for a Pillow image, and counts how often it is encoded."""

    def __init__(self) -> None:
        self.encoded = 0

    def save(self, target: io.BytesIO, format: str) -> None:  # noqa: A002
        assert format == "PNG"
        self.encoded += 1
        target.write(PNG)


def text_of(encoded: bytes) -> str:
    return base64.b64encode(encoded).decode()


@pytest.mark.parametrize(
    ("encoded", "mime_type"),
    [
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (b"GIF89a the rest", "image/gif"),
        (b"RIFF....WEBP the rest", "image/webp"),
    ],
)
def test_keeps_the_bytes_and_the_format_it_came_in(encoded: bytes, mime_type: str) -> None:
    image = Image.from_base64(text_of(encoded))

    assert image.to_base64() == text_of(encoded)
    assert image.data_uri == f"data:{mime_type};base64,{text_of(encoded)}"


def test_reads_a_file(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(PNG)

    assert Image.from_file(path) == Image.from_base64(text_of(PNG))


def test_reads_back_its_own_data_uri() -> None:
    image = Image.from_base64(text_of(JPEG))

    assert Image.from_uri(image.data_uri) == image


@pytest.mark.parametrize("uri", ["http://example.com/a.png", "data:image/gif;base64,R0lGODlh"])
def test_refuses_any_other_uri(uri: str) -> None:
    with pytest.raises(ValueError, match="It should be a base64 encoded image URI"):
        Image.from_uri(uri)


def test_pixels_are_encoded_once_and_only_when_needed() -> None:
    pixels = Pixels()
    image = Image.from_pil(pixels)
    assert (image.image, pixels.encoded) == (pixels, 0)

    texts = {image.to_base64(), image.to_base64(), image.data_uri.partition(",")[2]}

    assert (texts, pixels.encoded) == ({text_of(PNG)}, 1)


def test_is_written_for_openai_and_for_notebooks() -> None:
    image = Image.from_base64(text_of(PNG))

    assert image.to_openai_format("low") == {
        "type": "image_url",
        "image_url": {"url": image.data_uri, "detail": "low"},
    }
    assert image._repr_html_() == f'<img src="{image.data_uri}"/>'


def test_equal_images_are_equal_values() -> None:
    one, same, other = map(Image.from_base64, [text_of(PNG), text_of(PNG), text_of(JPEG)])

    assert one == same
    assert hash(one) == hash(same)
    assert one != other
    assert one != PNG


def test_a_field_of_it_survives_json() -> None:
    page = Page(picture=Image.from_base64(text_of(JPEG)))

    again = Page.model_validate_json(page.model_dump_json())

    assert page.model_dump() == {"picture": {"data": text_of(JPEG)}}
    assert again == page


def test_says_what_a_field_of_it_takes() -> None:
    wrong: Any = 3
    with pytest.raises(TypeError, match="Expected dict or Image instance"):
        Page(picture=wrong)
    with pytest.raises(ValidationError, match="Expected 'data' key"):
        Page.model_validate({"picture": {}})


def test_decoding_keeps_transparency() -> None:
    pillow = pytest.importorskip("PIL.Image")
    clear = pillow.new("RGBA", (2, 2), (255, 0, 0, 0))

    image = Image.from_base64(Image.from_pil(clear).to_base64())

    assert image.image.getpixel((0, 0)) == (255, 0, 0, 0)


def test_a_format_that_models_do_not_take_becomes_png() -> None:
    pillow = pytest.importorskip("PIL.Image")
    bitmap = io.BytesIO()
    pillow.new("RGB", (2, 2)).save(bitmap, format="BMP")

    image = Image.from_base64(text_of(bitmap.getvalue()))

    assert image.data_uri.startswith("data:image/png;base64,")


def test_names_the_extra_when_pillow_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "PIL.Image", None)

    with pytest.raises(ImportError, match=r"agentchat-harness\[images\]"):
        _ = Image.from_base64(text_of(PNG)).image
