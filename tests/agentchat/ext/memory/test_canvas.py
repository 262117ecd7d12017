import difflib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentchat.core import CancellationToken
from agentchat.core.memory import MemoryContent, MemoryMimeType
from agentchat.core.model_context import UnboundedChatCompletionContext
from agentchat.core.models import SystemMessage
from agentchat.ext.memory.canvas import PatchDoesNotFit, TextCanvas, TextCanvasMemory

OLD = "one\ntwo\nthree\n"
PATCH = "--- a\n+++ b\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n"


def canvas_of(*revisions: str) -> TextCanvas:
    canvas = TextCanvas()
    for content in revisions:
        canvas.add_or_update_file("a.md", content)
    return canvas


def test_every_revision_is_kept() -> None:
    canvas = canvas_of("one", "two")

    assert canvas.list_files() == {"a.md": 2}
    assert canvas.get_latest_content("a.md") == "two"
    assert [canvas.get_revision_content("a.md", number) for number in (0, 1, 2, 3)] == [
        "",
        "one",
        "two",
        "",
    ]
    assert canvas.get_latest_content("b.md") == ""


def test_a_diff_names_the_revisions() -> None:
    canvas = canvas_of("one\n", "two\n")

    diff = "--- a.md@r1\n+++ a.md@r2\n@@ -1 +1 @@\n-one\n+two\n"
    assert canvas.get_diff("a.md", 1, 2) == diff
    assert canvas.get_revision_diffs("a.md") == [diff]


def test_a_patch_makes_a_revision() -> None:
    canvas = canvas_of(OLD)

    canvas.apply_patch("a.md", PATCH)

    assert canvas.get_latest_content("a.md") == "one\n2\nthree\n"
    assert canvas.list_files() == {"a.md": 2}


lines = st.lists(st.sampled_from(["", "a", "b", "- c", "+ d", "@@", "\\ e"]))


@given(old=lines, new=lines, context=st.integers(0, 3), last=st.sampled_from(["", "\n"]))
def test_a_diff_is_a_patch(old: list[str], new: list[str], context: int, last: str) -> None:
    before, after = [f"{line}\n" for line in old], [f"{line}\n" for line in new]
    canvas = canvas_of("".join(before))
    diff = "".join(difflib.unified_diff(before, after, n=context))

    if diff:
        canvas.apply_patch("a.md", diff.removesuffix("\n") + last)

    assert canvas.get_latest_content("a.md").rstrip("\n") == "".join(after).rstrip("\n")


def test_a_file_without_a_last_line_break_can_be_patched() -> None:
    canvas = canvas_of("one\ntwo")

    canvas.apply_patch("a.md", "@@ -2 +2,2 @@\n two\n+three\n\\ No newline at end of file\n")

    assert canvas.get_latest_content("a.md") == "one\ntwo\nthree"


def test_an_empty_line_of_context_may_have_lost_its_space() -> None:
    canvas = canvas_of("one\n\ntwo\n")

    canvas.apply_patch("a.md", "@@ -1,3 +1,3 @@\n one\n\n-two\n+2\n")

    assert canvas.get_latest_content("a.md") == "one\n\n2\n"


def test_a_patch_for_another_content_leaves_the_file_as_it_is() -> None:
    canvas = canvas_of("one\nzwei\nthree\n")

    with pytest.raises(PatchDoesNotFit, match="line 2 should be 'two'") as caught:
        canvas.apply_patch("a.md", PATCH)

    assert (caught.value.found, canvas.list_files()) == ("zwei", {"a.md": 1})


@pytest.mark.parametrize(
    ("file", "patch", "error"),
    [
        ("b.md", PATCH, "File 'b.md' does not exist on the canvas; create it first."),
        ("a.md", "", "Empty patch text provided."),
        ("a.md", "just words", "Empty patch text provided."),
        ("a.md", "@@ -1 +1 @@\nx\n", "A line of a patch begins with"),
        ("a.md", "@@ -3 +3 @@\n three\n@@ -1 +1 @@\n one\n", "in the order of the file"),
        ("a.md", "@@ -9 +9 @@\n nine\n", "line 9 should be 'nine'"),
    ],
)
def test_refuses_what_is_no_patch_for_it(file: str, patch: str, error: str) -> None:
    with pytest.raises(ValueError, match=error):
        canvas_of(OLD).apply_patch(file, patch)


async def test_agents_see_the_files_as_they_are_in_one_note() -> None:
    memory = TextCanvasMemory(canvas_of("one"))
    context = UnboundedChatCompletionContext()

    await memory.update_context(context)
    memory.canvas.add_or_update_file("a.md", "two")
    result = await memory.update_context(context)

    snapshot = "=== CANVAS FILES ===\nFile: a.md (rev 2):\ntwo\n\n=== END OF CANVAS ==="
    assert await context.get_messages() == [SystemMessage(content=f"\n{snapshot}\n")]
    assert result.memories.results == [
        MemoryContent(content=snapshot, mime_type=MemoryMimeType.TEXT)
    ]


async def test_the_tools_write_the_files() -> None:
    memory = TextCanvasMemory()
    update, patch = memory.get_update_file_tool(), memory.get_apply_patch_tool()
    token = CancellationToken()

    written = await update.run_json({"filename": "a.md", "new_content": OLD}, token)
    changed = await patch.run_json({"filename": "a.md", "patch_text": PATCH}, token)

    assert (update.name, patch.name) == ("update_file", "apply_patch")
    assert json.loads(update.return_value_as_string(written)) == {"status": "OK"}
    assert json.loads(patch.return_value_as_string(changed)) == {"status": "PATCH APPLIED"}
    assert memory.canvas.get_latest_content("a.md") == "one\n2\nthree\n"


async def test_a_cleared_memory_has_a_new_canvas() -> None:
    canvas = canvas_of("one")
    memory = TextCanvasMemory(canvas)

    await memory.clear()

    assert (memory.canvas.list_files(), canvas.list_files()) == ({}, {"a.md": 1})
