from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from agentchat.core import CancellationToken
from agentchat.core.code_executor import CodeBlock, CodeResult, FunctionWithRequirements
from agentchat.ext.code_executors._command_line import FilenameOutsideWorkspace
from agentchat.ext.code_executors._dynamic_session import SessionRequestFailed, SessionUnavailable
from agentchat.ext.code_executors.azure import ACADynamicSessionsCodeExecutor, SessionTimedOut
from tests.session_pool import Answer, SessionPool

FAR_AWAY = 2**40
UNAUTHORIZED = Answer(401, b"who are you?")


class Token(NamedTuple):
    token: str
    expires_on: int


class Credential:
    """Gives a new token each time it is asked."""

    def __init__(self, expires_on: int = FAR_AWAY) -> None:
        self.expires_on = expires_on
        self.asked: list[tuple[str, ...]] = []

    def get_token(self, *scopes: str, **_: Any) -> Token:
        self.asked.append(scopes)
        return Token(f"token-{len(self.asked)}", self.expires_on)


@pytest.fixture
def pool() -> Iterator[SessionPool]:
    with SessionPool() as pool:
        yield pool


def executor_of(
    pool: SessionPool, credential: Credential | None = None, **arguments: Any
) -> ACADynamicSessionsCodeExecutor:
    return ACADynamicSessionsCodeExecutor(pool.endpoint, credential or Credential(), **arguments)


async def result_of(
    executor: ACADynamicSessionsCodeExecutor, *codes: str, language: str = "python"
) -> CodeResult:
    blocks = [CodeBlock(code, language) for code in codes]
    return await executor.execute_code_blocks(blocks, CancellationToken())


@pytest.mark.parametrize(
    ("suppress", "output"), [(False, "err\nout\n'value'"), (True, "err\nout\n")]
)
async def test_output_is_errors_then_text_then_the_last_value(
    pool: SessionPool, suppress: bool, output: str
) -> None:
    code = "import sys\nprint('out')\nprint('err', file=sys.stderr)\n'value'"

    result = await result_of(executor_of(pool, suppress_result_output=suppress), code)

    assert result == CodeResult(exit_code=0, output=output)


async def test_code_runs_among_the_files_of_the_session_that_it_is_given(
    pool: SessionPool, tmp_path: Path
) -> None:
    (tmp_path / "in.txt").write_text("hello")
    executor = executor_of(pool, work_dir=tmp_path, session_id="mine")

    await executor.upload_files(["in.txt"], CancellationToken())
    await result_of(executor, "open('my out.txt', 'w').write(open('in.txt').read() + '!')")
    files = await executor.get_file_list(CancellationToken())
    paths = await executor.download_files(["my out.txt"], CancellationToken())

    assert files == ["in.txt", "my out.txt"]
    assert paths == [str(tmp_path / "my out.txt")]
    assert (tmp_path / "my out.txt").read_text() == "hello!"
    assert {request.split()[-1] for request in pool.requests} == {"mine"}


async def test_files_must_be_there(pool: SessionPool, tmp_path: Path) -> None:
    executor = executor_of(pool, work_dir=tmp_path)

    with pytest.raises(FileNotFoundError, match="none does not exist"):
        await executor.upload_files(["none"], CancellationToken())
    with pytest.raises(FileNotFoundError, match="none does not exist"):
        await executor.download_files(["none"], CancellationToken())


async def test_a_download_does_not_leave_the_working_directory(
    pool: SessionPool, tmp_path: Path
) -> None:
    entry = b'{"value": [{"properties": {"filename": "../out"}}]}'
    pool.broken_with = Answer(200, entry)

    with pytest.raises(FilenameOutsideWorkspace):
        await executor_of(pool, work_dir=tmp_path).download_files(["../out"], CancellationToken())


async def test_a_token_is_used_for_as_long_as_it_is_valid(pool: SessionPool) -> None:
    credential = Credential()

    await result_of(executor_of(pool, credential), "1")

    assert credential.asked == [("https://dynamicsessions.io/.default",)]


async def test_a_token_is_renewed_before_it_expires(pool: SessionPool) -> None:
    credential = Credential(expires_on=0)
    executor = executor_of(pool, credential)

    await executor.get_file_list(CancellationToken())
    pool.valid_token = "token-2"
    await executor.get_file_list(CancellationToken())

    assert len(credential.asked) == 2


async def test_a_token_that_is_refused_is_renewed_once(pool: SessionPool) -> None:
    credential = Credential()
    executor = executor_of(pool, credential)
    pool.valid_token = "token-2"

    assert await executor.get_file_list(CancellationToken()) == []

    pool.valid_token = "another"
    with pytest.raises(SessionRequestFailed, match="Error while getting file list: status 401"):
        await executor.get_file_list(CancellationToken())
    assert len(credential.asked) == 3


async def test_a_pool_that_refuses_is_named(pool: SessionPool) -> None:
    pool.broken_with = Answer(429, b"too many sessions")

    with pytest.raises(ConnectionError, match="sending code block to endpoint: status 429: too m"):
        await result_of(executor_of(pool), "1")


async def test_a_pool_that_is_not_there_is_named() -> None:
    executor = ACADynamicSessionsCodeExecutor("http://127.0.0.1:1", Credential())

    with pytest.raises(SessionUnavailable, match="Error while getting file list: ConnectError"):
        await executor.get_file_list(CancellationToken())


async def test_what_takes_too_long_names_what_came_before(pool: SessionPool) -> None:
    executor = executor_of(pool, timeout=5)

    with pytest.raises(SessionTimedOut) as caught:
        await result_of(executor, "print('one')", "import time; time.sleep(60)")

    assert caught.value.output == "one\n"
    assert str(caught.value).startswith("one\n\n Timeout")


@pytest.mark.parametrize(
    ("line", "missing"),
    [
        ("! pip install pip", None),
        ("!pip install --quiet Pip==26.0", None),
        ("! pip install nowhere, pip", "{'nowhere'}"),
        ("! pip install some_where>=2 no.where", "{'no.where', 'some_where'}"),
    ],
)
async def test_packages_must_be_in_the_session(
    pool: SessionPool, line: str, missing: str | None
) -> None:
    executor = executor_of(pool)
    packages = await executor.get_available_packages(CancellationToken())

    # The session of the test is plain Python, which does not know the line.
    result = await result_of(executor, f"'''\n{line}\n'''", "print('done')")

    assert "pip" in packages
    said = f"\nPython packages unavailable in environment: {missing}"
    assert (said in result.output) == (missing is not None)
    assert ("done" in result.output) == (missing is None)


async def test_the_functions_are_there(pool: SessionPool) -> None:
    twice = FunctionWithRequirements.from_str("def twice(x):\n    return 2 * x\n", ["pip"])
    executor = executor_of(pool, functions=[twice])

    assert (await result_of(executor, "print(twice(2))")).output == "4\n"
    await executor.restart()
    assert (await result_of(executor, "print(twice(3))")).output == "6\n"


@pytest.mark.parametrize(
    ("needs", "error"),
    [
        ({"python_packages": ["nowhere"]}, "Packages unavailable in environment: {'nowhere'}"),
        ({"global_imports": ["nowhere"]}, "Functions failed to load: .*"),
    ],
)
async def test_functions_that_can_not_be_used_are_an_error(
    pool: SessionPool, needs: Any, error: str
) -> None:
    broken = FunctionWithRequirements.from_str("def f(): ...", **needs)

    with pytest.raises(ValueError, match=error):
        await result_of(executor_of(pool, functions=[broken]), "1")


async def test_other_languages_are_refused(pool: SessionPool) -> None:
    result = await result_of(executor_of(pool), "echo 1", language="sh")

    assert result == CodeResult(exit_code=1, output="\nunknown language sh")


async def test_a_restart_leads_to_another_session(pool: SessionPool) -> None:
    executor = executor_of(pool, session_id="mine")
    await result_of(executor, "1")

    await executor.restart()
    await result_of(executor, "1")

    assert len(pool.sessions) == 2


async def test_the_temporary_directory_goes_with_stop(pool: SessionPool) -> None:
    async with executor_of(pool) as executor:
        directory = executor.work_dir
        assert directory.is_dir()

    assert not directory.exists()


def test_tells_a_model_of_the_functions(pool: SessionPool) -> None:
    twice = FunctionWithRequirements.from_str(
        'def twice(x: int) -> int:\n    "Twice."\n    return 2 * x'
    )

    prompt = executor_of(pool, functions=[twice]).format_functions_for_prompt("$functions")

    assert prompt == 'def twice(x: int) -> int:\n    """Twice."""\n    ...'
