"""What all executors that hand files to a command line have in common."""

import re
import shutil
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from agentchat.core.code_executor import CodeResult

SUPPORTED_LANGUAGES: Final = ("bash", "shell", "sh", "pwsh", "powershell", "ps1", "python")

FUNCTION_PROMPT_TEMPLATE: Final = """You have access to the following user defined functions. \
They can be accessed from the module called `$module_name` by their function names.

For example, if there was a function called `foo` you could import it by writing \
`from $module_name import foo`

$functions"""

_POWERSHELL: Final = ("pwsh", "powershell", "ps1")
_FILENAME_MARK: Final = "# filename:"
_PIP_IN_PYTHON = re.compile(r"^! ?pip install(?!.*-qqq)", re.MULTILINE)
_PIP_IN_SHELL = re.compile(r"^pip install(?!.*-qqq)", re.MULTILINE)


@dataclass
class CommandLineCodeResult(CodeResult):
    """What came of running code out of files."""

    code_file: str | None
    """The first file that was written; it may be gone by now."""


class FilenameOutsideWorkspace(ValueError):
    """Code asks for a file name that leads out of the working directory.

    Args:
        filename: What it asks for.
    """

    def __init__(self, filename: str) -> None:
        self.filename = filename
        super().__init__("Filename is not in the workspace")


def language_of(name: str) -> str:
    """The language that a block's label means; it may be one that is not supported."""
    language = name.lower()
    return "python" if language == "py" else language


def interpreter_of(language: str) -> list[str]:
    """The program, with its options, that runs a file of a shell language.

    Raises:
        ValueError: There is no PowerShell here.
    """
    if language not in _POWERSHELL:
        return ["sh" if language == "shell" else language]
    program = shutil.which("pwsh") or shutil.which("powershell")
    if program is None:
        raise ValueError("Powershell or pwsh is not installed. Please install one of them.")
    return [program, "-NoProfile", "-ExecutionPolicy", "Bypass", "-File"]


def silence_pip(code: str, language: str) -> str:
    """The code with every `pip install` made quiet."""
    pattern = _PIP_IN_PYTHON if language == "python" else _PIP_IN_SHELL
    return pattern.sub(lambda match: f"{match[0]} -qqq", code)


def file_for(code: str, language: str, directory: Path) -> Path:
    """Where the code is to be written: the file that its first line names, or one of our own.

    Raises:
        FilenameOutsideWorkspace: The first line names a file outside the directory.
    """
    directory = directory.resolve()
    first_line = code.partition("\n")[0]
    if not first_line.startswith(_FILENAME_MARK):
        return directory / f"tmp_code_{sha256(code.encode()).hexdigest()}.{_extension(language)}"
    filename = first_line.removeprefix(_FILENAME_MARK).strip()
    path = (directory / filename).resolve()
    if not path.is_relative_to(directory):
        raise FilenameOutsideWorkspace(filename)
    return path


def _extension(language: str) -> str:
    if language == "python":
        return "py"
    return "ps1" if language in _POWERSHELL else language
