import pytest

from agentchat.ext.code_executors._command_line import interpreter_of, silence_pip


@pytest.mark.parametrize(
    ("language", "code", "silenced"),
    [
        ("sh", "pip install a\necho pip install", "pip install -qqq a\necho pip install"),
        ("python", "! pip install a\n!pip install b", "! pip install -qqq a\n!pip install -qqq b"),
        ("sh", "pip install -qqq a", "pip install -qqq a"),
        ("python", "pip install a", "pip install a"),
    ],
)
def test_pip_is_made_quiet(language: str, code: str, silenced: str) -> None:
    assert silence_pip(code, language) == silenced


def test_shells_are_run_by_their_names() -> None:
    assert [interpreter_of(language) for language in ("bash", "sh", "shell")] == [
        ["bash"],
        ["sh"],
        ["sh"],
    ]


def test_powershell_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(ValueError, match="Powershell or pwsh is not installed"):
        interpreter_of("ps1")
