import io
import os
from typing import Any

import pytest

pytest.importorskip("mcp", reason="needs mcp: its SDK is not installed")

from mcp import types
from pydantic import TypeAdapter

from agentchat.ext.tools.mcp import StdioElicitor, StreamElicitor

FORM = {
    "message": "Who are you?",
    "requestedSchema": {
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "How to call you"},
            "age": {"type": "integer"},
            "member": {"type": "boolean"},
            "size": {"type": "string", "enum": ["S", "M"]},
        },
        "required": ["name", "age", "size"],
    },
}


def request(**given: Any) -> Any:
    return TypeAdapter(types.ElicitRequestParams).validate_python(given)


async def elicited(entered: str, **given: Any) -> tuple[Any, str]:
    output = io.StringIO()
    result = await StreamElicitor(io.StringIO(entered), output).elicit(request(**(given or FORM)))
    return (result.action, result.content), output.getvalue()


async def test_asks_field_by_field() -> None:
    result, shown = await elicited("accept\nAda\n36\nyes\nM\n")

    assert result == ("accept", {"name": "Ada", "age": 36, "member": True, "size": "M"})
    assert "name [string] How to call you: " in shown
    assert "member [boolean] (optional): " in shown


async def test_takes_all_fields_as_one_json_object() -> None:
    result, _ = await elicited('a\n{"name": "Ada", "age": 36, "size": "S"}\n')

    assert result == ("accept", {"name": "Ada", "age": 36, "size": "S"})


async def test_asks_again_for_what_does_not_fit() -> None:
    result, shown = await elicited("what?\na\nAda\nold\n36\nmaybe\n\nXL\nS\n")

    assert result == ("accept", {"name": "Ada", "age": 36, "size": "S"})
    assert "That does not fit: please enter yes or no" in shown
    assert "That does not fit: please enter one of S, M" in shown


@pytest.mark.parametrize(
    ("entered", "action"),
    [("d\n", "decline"), ("cancel\n", "cancel"), ("", "cancel"), ("a\nAda\n", "cancel")],
)
async def test_a_person_may_refuse(entered: str, action: str) -> None:
    result, _ = await elicited(entered)

    assert result == (action, None)


async def test_shows_where_to_go() -> None:
    result, shown = await elicited(
        "a\n", mode="url", message="Log in.", url="https://example.com/", elicitationId="1"
    )

    assert result == ("accept", None)
    assert "Please go to: https://example.com/" in shown


async def test_cancels_for_a_person_who_says_nothing() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading) as silent, os.fdopen(writing, "w") as end:
        elicitor = StreamElicitor(silent, io.StringIO(), timeout=0.01)

        result = await elicitor.elicit(request(**FORM))

        end.write("\n")

    assert result.action == "cancel"


@pytest.mark.parametrize("timeout", [None, 2.5])
def test_an_elicitor_is_saved_and_loaded(timeout: float | None) -> None:
    saved = StdioElicitor(timeout).dump_component()

    assert StdioElicitor.load_component(saved).timeout == timeout
