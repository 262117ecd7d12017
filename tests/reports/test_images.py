import base64

import pytest

from reports._images import Image, image

PNG = b"\x89PNG\r\n\x1a\n....."


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "png"),
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"GIF89a..", "gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "webp"),
    ],
)
def test_the_bytes_say_which_kind_of_image_they_are(content: bytes, kind: str) -> None:
    encoded = base64.b64encode(content).decode()

    assert image(encoded) == Image(f"data:image/{kind};base64,{encoded}")


@pytest.mark.parametrize(
    "encoded",
    ["", "not base64!", "é", base64.b64encode(b"<svg onload='alert(1)'/>").decode()],
)
def test_shows_nothing_of_another_kind(encoded: str) -> None:
    assert image(encoded) == Image(None)
