import pytest

from agentchat.core._function_source import build_python_functions_file, to_code, to_stub
from agentchat.core.code_executor import (
    Alias,
    FunctionWithRequirements,
    FunctionWithRequirementsStr,
    ImportFromModule,
    with_requirements,
)


@with_requirements(["pandas"], ["os", ImportFromModule("math", ["pi", Alias("tau", "turn")])])
def area(radius: float) -> float:
    """The area of a circle."""
    return 3 * radius**2


def plain(x: int) -> int:
    return x


def test_a_function_with_requirements_is_called_as_itself() -> None:
    assert area(2) == 12
    assert area.python_packages == ["pandas"]
    assert area.global_imports == ["os", ImportFromModule("math", ("pi", Alias("tau", "turn")))]


def test_equal_imports_are_equal_values() -> None:
    assert hash(ImportFromModule("a", ["b"])) == hash(ImportFromModule("a", ("b",)))


def test_source_is_given_without_decorators() -> None:
    assert to_code(area) == (
        'def area(radius: float) -> float:\n    """The area of a circle."""\n'
        "    return 3 * radius**2\n"
    )


def test_a_stub_has_the_head_and_the_docstring() -> None:
    assert to_stub(area) == (
        'def area(radius: float) -> float:\n    """The area of a circle."""\n    ...'
    )
    assert to_stub(plain) == "def plain(x: int) -> int:\n    ..."


def test_a_file_begins_with_all_imports() -> None:
    text = FunctionWithRequirements.from_str("def twice(x):\n    return 2 * x", [], ["os", "re"])

    file = build_python_functions_file([area, text, plain])

    assert file.startswith("import os\nfrom math import pi, tau as turn\nimport re\n\n\ndef area(")
    assert file.endswith(
        "def twice(x):\n    return 2 * x\n\n\ndef plain(x: int) -> int:\n    return x\n"
    )
    compile(file, "<file>", "exec")


def test_a_function_as_text_is_compiled_but_not_called() -> None:
    twice = FunctionWithRequirementsStr("def twice(x):\n    return 2 * x")

    assert twice.compiled_func(2) == 4
    with pytest.raises(NotImplementedError, match="not directly callable"):
        twice(2)


@pytest.mark.parametrize("text", ["x = 1", "def a(): pass\ndef b(): pass", "class A: pass"])
def test_a_text_must_hold_exactly_one_function(text: str) -> None:
    with pytest.raises(ValueError, match="must contain exactly one function"):
        FunctionWithRequirementsStr(text)


def test_a_text_must_compile() -> None:
    with pytest.raises(ValueError, match="Could not compile function"):
        FunctionWithRequirementsStr("def a(")
