from pathlib import Path

import pytest

from harness.discovery import discover, load
from harness.errors import NoScenarios, UnloadableScenarios, UsageError

STORY = """
from harness import scenario

@scenario(task="Hi")
def {first}(run): ...

@scenario(task="Hi")
def {second}(run): ...

again = {first}
"""


def project(folder: Path, **sources: str) -> Path:
    """A project with stories; `a__b` is the file a/b.py."""
    (folder / "pyproject.toml").touch()
    for name, source in sources.items():
        file = folder / "scenarios" / f"{name.replace('__', '/')}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source, encoding="utf-8")
    return folder / "scenarios"


def story(first: str, second: str) -> str:
    return STORY.format(first=first, second=second)


def test_finds_scenarios_folder_by_folder_in_the_order_written(tmp_path: Path) -> None:
    folder = project(
        tmp_path, guide__b=story("z", "a"), guide__a=story("m", "k"), tour=story("x", "y")
    )

    ids = [each.id for each in discover([folder])]

    assert ids == [
        "scenarios/guide/a.py::m",
        "scenarios/guide/a.py::k",
        "scenarios/guide/b.py::z",
        "scenarios/guide/b.py::a",
        "scenarios/tour.py::x",
        "scenarios/tour.py::y",
    ]


def test_paths_that_overlap_give_a_scenario_once(tmp_path: Path) -> None:
    folder = project(tmp_path, tour=story("x", "y"))

    names = [each.name for each in discover([Path(f"{folder}/tour.py::y"), folder])]

    assert names == ["y", "x"]


def test_passes_over_private_and_hidden_files(tmp_path: Path) -> None:
    folder = project(tmp_path, _shared="raise SystemExit", tour=story("x", "y"))
    (folder / ".cache").mkdir()
    (folder / ".cache" / "old.py").write_text("raise SystemExit", encoding="utf-8")

    assert [each.name for each in discover([folder])] == ["x", "y"]


@pytest.mark.parametrize("greeting", ["Hi", "Hello"])
def test_a_story_imports_what_lies_beside_it(tmp_path: Path, greeting: str) -> None:
    importing = f"from scenarios.guide._shared import GREETING\nassert GREETING == {greeting!r}\n"
    shared = f"GREETING = {greeting!r}"
    folder = project(tmp_path, guide___shared=shared, guide__a=importing + story("x", "y"))

    assert [each.name for each in discover([folder])] == ["x", "y"]


def test_a_file_that_can_not_be_imported_is_told_with_its_line(tmp_path: Path) -> None:
    folder = project(tmp_path, broken="import os\n\nprint(undefined)\n")

    with pytest.raises(UnloadableScenarios, match=r"broken.py:3: can't be imported: NameError"):
        discover([folder])


def test_a_file_that_can_not_be_read_is_told_with_its_line(tmp_path: Path) -> None:
    folder = project(tmp_path, broken="\ndef x(:\n")

    with pytest.raises(UnloadableScenarios, match=r"broken.py:2: can't be imported: SyntaxError"):
        discover([folder])


def test_two_scenarios_of_a_file_must_not_share_a_name(tmp_path: Path) -> None:
    twice = story("x", "y") + '\n@scenario(name="x")\ndef other(run): ...\n'
    folder = project(tmp_path, tour=twice)

    with pytest.raises(UnloadableScenarios, match="two scenarios are named 'x'"):
        load(folder / "tour.py")


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoScenarios, match="No scenario was found"):
        discover([project(tmp_path, empty="")])


def test_a_missing_path_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere: there is no such file or folder"):
        discover([tmp_path / "nowhere"])
