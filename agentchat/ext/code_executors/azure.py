"""ACADynamicSessionsCodeExecutor: code runs in a session of Azure Container Apps."""

import asyncio
import contextlib
import json
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from string import Template
from typing import ClassVar, Final

from agentchat.core._cancellation import CancellationToken
from agentchat.core._function_source import Function, build_python_functions_file, to_stub
from agentchat.core._world import new_id
from agentchat.core.code_executor import CodeBlock, CodeExecutor, CodeResult
from agentchat.ext.code_executors._command_line import FilenameOutsideWorkspace, language_of
from agentchat.ext.code_executors._directory import WorkingDirectory, prepared
from agentchat.ext.code_executors._dynamic_session import Answer, DynamicSession, TokenProvider
from agentchat.ext.code_executors._workspace import packages_of

__all__ = ["ACADynamicSessionsCodeExecutor", "TokenProvider"]

_FUNCTION_PROMPT_TEMPLATE: Final = """You have access to the following user defined functions.

$functions"""

_ENTER_FILES: Final = "import os; os.chdir('/mnt/data')"
_LIST_PACKAGES: Final = """import importlib.metadata, json
print(json.dumps([d.metadata["Name"] for d in importlib.metadata.distributions()]))"""

_PIP_INSTALL = re.compile(r"^! ?pip install(.*)$", re.MULTILINE)
_PACKAGE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class SessionTimedOut(asyncio.TimeoutError):
    """A request to the session took too long.

    Args:
        seconds: What it was given.
        output: What the blocks before had put out.
    """

    def __init__(self, seconds: int, output: str = "") -> None:
        self.seconds = seconds
        self.output = output
        super().__init__(
            f"{output}\n Timeout: the session did not answer within {seconds} s; "
            "`restart` leads to a new one"
        )


class ACADynamicSessionsCodeExecutor(CodeExecutor):
    """Runs Python code in a session of an Azure Container Apps session pool.

    The session remembers what earlier code did. Files are exchanged through the working directory.
    A block that takes too long ends at the latest when its time is up; one that is cancelled can't
    be stopped, but nobody waits for it.

    Args:
        pool_management_endpoint: URL of the pool.
        credential: Gives access tokens, such as those of azure.identity.
        timeout: Seconds that one request, so one block of code, may take, at least 1.
        work_dir: Where files are uploaded from and downloaded to. None: a temporary directory,
            removed by `stop`.
        functions: What the code may call; sent before the first block. The packages they require
            must be in the session already.
        functions_module: Not used, since the functions are no module there.
        suppress_result_output: Leave out the value of a block's last expression.
        session_id: Names the session. None: a new one.

    Raises:
        ValueError: The timeout is too short, or the module's name no identifier.
    """

    SUPPORTED_LANGUAGES: ClassVar[list[str]] = ["python"]
    FUNCTION_PROMPT_TEMPLATE: ClassVar[str] = _FUNCTION_PROMPT_TEMPLATE

    def __init__(  # noqa: PLR0913
        self,
        pool_management_endpoint: str,
        credential: TokenProvider,
        timeout: int = 60,
        work_dir: Path | str | None = None,
        functions: Sequence[Function] = [],
        functions_module: str = "functions",
        suppress_result_output: bool = False,
        session_id: str | None = None,
    ) -> None:
        if timeout < 1:
            raise ValueError("Timeout must be greater than or equal to 1.")
        if not functions_module.isidentifier():
            raise ValueError("Module name must be a valid Python identifier")
        identifier = session_id or new_id("session")
        self._session = DynamicSession(pool_management_endpoint, credential, identifier, timeout)
        self._timeout = timeout
        self._directory = WorkingDirectory(
            None if work_dir is None else prepared(work_dir, "work_dir")
        )
        self._functions = list(functions)
        self._functions_module = functions_module
        self._suppress_result_output = suppress_result_output
        self._packages: set[str] | None = None
        self._session_is_ready = False

    @property
    def timeout(self) -> int:
        """Seconds that one request may take."""
        return self._timeout

    @property
    def work_dir(self) -> Path:
        """Where files are exchanged; a temporary directory is made when first asked for."""
        return self._directory.path

    @property
    def functions(self) -> list[str]:
        """What the code may call, as stubs."""
        return [to_stub(function) for function in self._functions]

    @property
    def functions_module(self) -> str:
        """As it was given."""
        return self._functions_module

    def format_functions_for_prompt(self, prompt_template: str = _FUNCTION_PROMPT_TEMPLATE) -> str:
        """Tells a model which functions it may use.

        Args:
            prompt_template: A text with `$functions`.
        """
        return Template(prompt_template).substitute(functions="\n\n".join(self.functions))

    async def get_available_packages(self, cancellation_token: CancellationToken) -> set[str]:
        """Names of the packages in the session.

        Raises:
            ValueError: The session can't tell.
            ConnectionError, SessionTimedOut: The session can't be reached.
        """
        if self._packages is None:
            with cancellation_token.interrupting():
                answer = await self._answer(_LIST_PACKAGES)
            if not _succeeded(answer):
                output = _output_of(answer).strip()
                raise ValueError(f"Failed to get list of available packages: {output}")
            self._packages = set(json.loads(answer["stdout"]))
        return self._packages

    async def get_file_list(self, cancellation_token: CancellationToken) -> list[str]:
        """Names of the files in the session.

        Raises:
            ConnectionError, SessionTimedOut: The session can't be reached.
        """
        with cancellation_token.interrupting(), self._naming_timeouts():
            return await self._session.files()

    async def upload_files(
        self, files: Sequence[Path | str], cancellation_token: CancellationToken
    ) -> None:
        """Copies files of the working directory to the session.

        Raises:
            FileNotFoundError: There is no such file in the working directory.
            ConnectionError, SessionTimedOut: The session can't be reached.
        """
        with cancellation_token.interrupting(), self._naming_timeouts():
            for file in files:
                path = self.work_dir / file
                if not path.is_file():
                    raise FileNotFoundError(f"{file} does not exist")
                await self._session.upload(path)

    async def download_files(
        self, files: Sequence[Path | str], cancellation_token: CancellationToken
    ) -> list[str]:
        """Copies files of the session to the working directory; the result is their paths there.

        Raises:
            FileNotFoundError: There is no such file in the session.
            FilenameOutsideWorkspace: A name leads out of the working directory.
            ConnectionError, SessionTimedOut: The session can't be reached.
        """
        paths = []
        with cancellation_token.interrupting(), self._naming_timeouts():
            available = await self._session.files()
            for name in map(str, files):
                if name not in available:
                    raise FileNotFoundError(f"{name} does not exist")
                path = self._local(name)
                await asyncio.to_thread(path.write_bytes, await self._session.download(name))
                paths.append(str(path))
        return paths

    async def execute_code_blocks(
        self, code_blocks: list[CodeBlock], cancellation_token: CancellationToken
    ) -> CodeResult:
        """Runs the blocks in order, up to the first that fails.

        The exit code is 1 when a block failed, is not Python, or installs a package that is not
        there. The output of a block is what it wrote, errors first, then its last value.

        Raises:
            ValueError: The functions can't be used.
            ConnectionError: The session can't be reached.
            SessionTimedOut: A block took too long; the error has the output of those before.
            CancelledError: The token was cancelled.
        """
        result = CodeResult(exit_code=0, output="")
        packages = await self.get_available_packages(cancellation_token)
        with cancellation_token.interrupting():
            if not self._session_is_ready:
                await self._make_session_ready(packages)
            for block in code_blocks:
                problem = _problem_of(block, packages)
                if problem is not None:
                    return CodeResult(1, f"{result.output}\n{problem}")
                answer = await self._answer(block.code, result.output)
                result.output += self._shown(answer)
                if not _succeeded(answer):
                    result.exit_code = 1
                    break
        return result

    async def start(self) -> None:
        """Does nothing: the pool makes the session when it is first used."""

    async def stop(self) -> None:
        """Removes the temporary directory; the pool ends the session when it is idle for long."""
        self._directory.remove()

    async def restart(self) -> None:
        """Goes on in a new session: what earlier code left in memory and in files is gone."""
        self._session.identifier = new_id("session")
        self._packages = None
        self._session_is_ready = False

    async def _make_session_ready(self, packages: Iterable[str]) -> None:
        if self._functions:
            missing = _missing(packages_of(self._functions), packages)
            if missing:
                raise ValueError(f"Packages unavailable in environment: {missing}")
            answer = await self._answer(build_python_functions_file(self._functions))
            if not _succeeded(answer):
                raise ValueError(f"Functions failed to load: {_output_of(answer).strip()}")
        if not _succeeded(await self._answer(_ENTER_FILES)):
            raise ValueError("Failed to set up Azure container working directory")
        self._session_is_ready = True

    async def _answer(self, code: str, output_before: str = "") -> Answer:
        with self._naming_timeouts(output_before):
            return await self._session.execute(code)

    @contextlib.contextmanager
    def _naming_timeouts(self, output_before: str = "") -> Iterator[None]:
        try:
            yield
        except TimeoutError as error:
            raise SessionTimedOut(self._timeout, output_before) from error

    def _shown(self, answer: Answer) -> str:
        if self._suppress_result_output or not _succeeded(answer) or answer.get("result") is None:
            return _output_of(answer)
        return f"{_output_of(answer)}{answer['result']}"

    def _local(self, name: str) -> Path:
        directory = self.work_dir.resolve()
        path = (directory / name).resolve()
        if not path.is_relative_to(directory):
            raise FilenameOutsideWorkspace(name)
        return self.work_dir / name


def _succeeded(answer: Answer) -> bool:
    return "Success" in answer["status"]


def _output_of(answer: Answer) -> str:
    return f"{answer.get('stderr') or ''}{answer.get('stdout') or ''}"


def _problem_of(block: CodeBlock, packages: Iterable[str]) -> str | None:
    """Why a block can't be run in the session; None if it can."""
    language = language_of(block.language)
    if language != "python":
        return f"unknown language {language}"
    missing = _missing(_installed_by(block.code), packages)
    return f"Python packages unavailable in environment: {missing}" if missing else None


def _installed_by(code: str) -> list[str]:
    """What the `! pip install` lines of some code name, without options and versions."""
    words = [word for line in _PIP_INSTALL.findall(code) for word in shlex.split(line)]
    found = [_PACKAGE_NAME.match(part) for word in words for part in word.split(",")]
    return [match[0] for match in found if match is not None]


def _missing(required: Iterable[str], available: Iterable[str]) -> str:
    """The required packages that are not available, as a set is shown; empty if there are none."""
    known = {_normal(name) for name in available}
    missing = sorted(name for name in required if _normal(name) not in known)
    return f"{{{', '.join(map(repr, missing))}}}" if missing else ""


def _normal(package: str) -> str:
    """A package's name in the form in which names are compared."""
    return re.sub(r"[-_.]+", "-", package).lower()
