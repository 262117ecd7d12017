import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from agentchat.ext.code_executors._cell_output import CellOutput, DataItem, Failure, save

PICTURE = base64.b64encode(b"picture").decode()


def output_of(*messages: tuple[str, Mapping[str, Any]]) -> CellOutput:
    cell = CellOutput()
    for kind, content in messages:
        cell.take(kind, content)
    return cell


def stream(text: str, name: str = "stdout") -> tuple[str, Mapping[str, Any]]:
    return "stream", {"name": name, "text": text}


def shown(**data: Any) -> tuple[str, Mapping[str, Any]]:
    return "display_data", {"data": {name.replace("_", "/"): value for name, value in data.items()}}


def test_how_a_stream_is_cut_makes_no_difference() -> None:
    assert output_of(stream("a"), stream("b\n")).text() == output_of(stream("ab\n")).text()


def test_streams_and_values_are_a_line_apart() -> None:
    cell = output_of(stream("a\n"), stream("b", "stderr"), shown(text_plain="1"), stream("c"))

    assert cell.texts == ["a\n", "b", "1", "c"]
    assert cell.text() == "a\n\nb\n1\nc"


def test_of_several_pictures_of_one_thing_the_best_is_taken() -> None:
    cell = output_of(shown(text_plain="<Figure>", image_jpeg="j", image_png="p"))

    assert (cell.texts, cell.items) == (["<Figure>"], [DataItem("image/png", "p")])


@pytest.mark.parametrize("kind", ["png", "jpeg"])
def test_a_picture_alone_is_taken_whatever_its_kind(kind: str) -> None:
    cell = output_of(shown(**{f"image_{kind}": PICTURE}))

    assert cell.items == [DataItem(f"image/{kind}", PICTURE)]


def test_json_is_text_and_a_file() -> None:
    cell = output_of(shown(application_json={"a": "é"}))

    assert cell.texts == ['{"a": "\\u00e9"}']
    assert cell.items == [DataItem("application/json", {"a": "é"})]


def test_what_has_no_file_is_text() -> None:
    cell = output_of(shown(text_markdown="# Title"))

    assert (cell.texts, cell.items) == (['"# Title"'], [])


def test_a_traceback_loses_its_colours() -> None:
    content = {"ename": "KeyError", "evalue": "'a'", "traceback": ["\x1b[0;31mone\x1b[0m", "two"]}

    assert output_of(("error", content)).failure == Failure("KeyError: 'a'", "one\ntwo")


@pytest.mark.parametrize("kind", ["status", "execute_input", "comm_open"])
def test_other_messages_are_no_output(kind: str) -> None:
    cell = output_of((kind, {"data": {"text/plain": "no"}}))

    assert (cell.text(), cell.items, cell.failure) == ("", [], None)


@pytest.mark.parametrize(
    ("item", "suffix", "content"),
    [
        (DataItem("image/png", PICTURE), ".png", b"picture"),
        (DataItem("image/jpeg", PICTURE), ".jpg", b"picture"),
        (DataItem("image/svg+xml", "<svg/>"), ".svg", b"<svg/>"),
        (DataItem("text/html", "<b>é</b>"), ".html", "<b>é</b>".encode()),
        (DataItem("application/json", [1]), ".json", b"[1]"),
    ],
)
def test_each_kind_has_its_file(
    tmp_path: Path, item: DataItem, suffix: str, content: bytes
) -> None:
    (path,) = save([item], tmp_path)

    assert (path.parent, path.suffix, path.read_bytes()) == (tmp_path, suffix, content)
