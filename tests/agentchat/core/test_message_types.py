from types import NoneType
from typing import Annotated, Any, Literal, Optional, Union

import pytest

from agentchat.core._message_types import AnyType, handler_types


def handler(message_annotation: Any, return_annotation: Any = None):
    async def handle(self, message, ctx): ...

    handle.__annotations__ = {"message": message_annotation, "return": return_annotation}
    return handle


@pytest.mark.parametrize(
    ("annotation", "classes"),
    [
        (str, [str]),
        (int | str, [int, str]),
        (Union[int, str], [int, str]),  # noqa: UP007 - both spellings are understood
        (Optional[int], [int, NoneType]),  # noqa: UP045 - both spellings are understood
        (None, [NoneType]),
        (Any, [AnyType]),
        (Annotated[int, "a number"], [int]),
    ],
)
def test_annotations_name_classes(annotation, classes):
    assert handler_types(handler(annotation, annotation)) == (classes, classes)


@pytest.mark.parametrize("annotation", [list[str], Literal["a"]])
def test_an_annotation_that_names_no_class_is_refused(annotation):
    with pytest.raises(AssertionError, match="Message type not found"):
        handler_types(handler(annotation))
    with pytest.raises(AssertionError, match="Return type not found"):
        handler_types(handler(str, annotation))


def test_missing_annotations_are_refused():
    async def without_message(self, message, ctx) -> None: ...
    async def without_return(self, message: str, ctx): ...

    with pytest.raises(AssertionError, match="message parameter not found"):
        handler_types(without_message)
    with pytest.raises(AssertionError, match="return parameter not found"):
        handler_types(without_return)
