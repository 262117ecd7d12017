"""Beside other plugins, and where pytest-recording and vcrpy let a suite down."""

import signal
import subprocess
import sys

import pytest

from harness.formats import load
from tests.harness.pytest_projects import Project, endpoint


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    return Project(pytester, monkeypatch)


def records_and_replays(
    project: Project, *arguments: str, plugins: tuple[str, ...], passed: int
) -> list[str]:
    """What was asked while recording; a replay asks nothing."""
    recorded, asked = project.record(*arguments, plugins=plugins)
    replayed = project.run(*arguments, plugins=plugins)
    recorded.assert_outcomes(passed=passed)
    replayed.assert_outcomes(passed=passed)
    replayed.stdout.no_fnmatch_line("*unplayed*")
    return sorted(asked)


ASYNCIO = """
import asyncio
import pytest, pytest_asyncio
from conftest import ask_async

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.cassette]

@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def worker():
    # It outlives every test, and was told of no cassette.
    jobs = asyncio.Queue()
    async def work():
        while True:
            question, answer = await jobs.get()
            answer.set_result(await ask_async(question))
    task = asyncio.create_task(work())
    yield jobs
    task.cancel()

async def ordered(jobs, question):
    answer = asyncio.get_running_loop().create_future()
    await jobs.put((question, answer))
    return await answer

@pytest_asyncio.fixture
async def early():
    return await ask_async("early")

@pytest.mark.parametrize("name", ["a", "b"])
async def test_each_test_has_its_own(worker, early, name):
    assert early == "EARLY"
    assert await asyncio.gather(ask_async(name), ordered(worker, "by worker " + name)) == [
        name.upper(), "BY WORKER " + name.upper()
    ]
"""


def test_beside_pytest_asyncio_with_a_loop_and_a_task_that_outlive_tests(project: Project) -> None:
    project.configure("asyncio_default_fixture_loop_scope = 'function'")
    project.write("test_a.py", ASYNCIO)

    asked = records_and_replays(project, plugins=("pytest_asyncio.plugin",), passed=2)

    assert asked == ["a", "b", "by worker a", "by worker b", "early", "early"]
    files = sorted((project.path / "cassettes" / "test_a").glob("*.yaml"))
    assert [len(load(file).interactions) for file in files] == [3, 3]


ANYIO = """
import anyio, pytest
from conftest import ask_async

pytestmark = [pytest.mark.anyio, pytest.mark.cassette]

@pytest.fixture(scope="module")
def anyio_backend():
    return "{backend}"

@pytest.fixture(scope="module")
async def group():
    async with anyio.create_task_group() as tasks:
        yield tasks

@pytest.mark.parametrize("name", ["a", "b"])
async def test_each_test_has_its_own(group, name):
    answers = {}
    async def one(question):
        answers[question] = await ask_async(question)
    group.start_soon(one, "grouped " + name)
    await one(name)
    while len(answers) < 2:
        await anyio.sleep(0.001)
    assert answers == {name: name.upper(), "grouped " + name: "GROUPED " + name.upper()}
"""


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_beside_anyio_with_a_runner_that_outlives_tests(project: Project, backend: str) -> None:
    pytest.importorskip(backend, reason="only one of anyio's backends is installed")
    project.write("test_a.py", ANYIO.replace("{backend}", backend))

    asked = records_and_replays(project, plugins=("anyio.pytest_plugin",), passed=2)

    assert asked == ["a", "b", "grouped a", "grouped b"]
    files = sorted((project.path / "cassettes" / "test_a").glob("*.yaml"))
    assert [len(load(file).interactions) for file in files] == [2, 2]


HYPOTHESIS = """
import pytest
from hypothesis import given, settings, strategies
from conftest import ask, ask_async

@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"

@pytest.mark.cassette
@settings(derandomize=True, database=None, deadline=None, max_examples=20)
@given(strategies.sampled_from(["a", "b", "c"]))
def test_law(name):
    assert ask(name) == name.upper()

@pytest.mark.cassette
@pytest.mark.anyio
@settings(derandomize=True, database=None, deadline=None, max_examples=20)
@given(name=strategies.sampled_from(["d", "e"]))
async def test_async_law(name):
    assert await ask_async(name) == name.upper()
"""


def test_each_example_of_a_law_begins_at_the_start(project: Project) -> None:
    project.write("test_a.py", HYPOTHESIS)
    plugins = ("anyio.pytest_plugin", "_hypothesis_pytestplugin")

    asked = records_and_replays(project, plugins=plugins, passed=2)

    assert asked == ["a", "b", "c", "d", "e"]


RANDOMLY = """
import pytest
from conftest import ask

pytestmark = pytest.mark.cassette({scope})

@pytest.mark.parametrize("number", range(5))
def test_asks(number):
    assert ask(f"question {{number}}") == f"QUESTION {{number}}"
"""


@pytest.mark.parametrize("scope", ["", "scope='module'"])
def test_beside_pytest_randomly_the_order_of_tests_changes_nothing(
    project: Project, scope: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("test_a.py", RANDOMLY.format(scope=scope))
    plugins, found = ("pytest_randomly",), []
    with endpoint() as asked:
        monkeypatch.setenv("ENDPOINT", asked.url)
        for seed in ("1", "2"):
            options = ("--record-mode", "rewrite", f"--randomly-seed={seed}")
            project.run(*options, plugins=plugins).assert_outcomes(passed=5)
            files = sorted((project.path / "cassettes").rglob("*.yaml"))
            bodies = [[each.request.body for each in load(file).interactions] for file in files]
            found.append(bodies)

    assert found[0] == found[1]
    project.run("--randomly-seed=3", plugins=plugins).assert_outcomes(passed=5)


BOTH = """
import pytest
from conftest import ask

@pytest.mark.vcr
def test_theirs():
    assert ask("theirs") == "THEIRS"

@pytest.mark.cassette
def test_ours():
    assert ask("ours") == "OURS"
"""


def test_beside_pytest_recording_its_options_set_both(project: Project) -> None:
    project.write("test_a.py", BOTH)
    plugins = ("pytest_recording.plugin",)

    asked = records_and_replays(project, plugins=plugins, passed=2)
    blocked = project.run("--block-network", plugins=plugins)
    wrong = project.run("--record-mode", "verify", plugins=plugins)
    own = project.run("--harness-record-mode", "verifi", plugins=plugins)
    with endpoint() as asked_live:
        project.ask(asked_live)
        verified = project.run("--harness-record-mode=verify", "-k", "ours", plugins=plugins)

    assert asked == ["ours", "theirs"]
    blocked.assert_outcomes(passed=2)
    # The option is its owner's, and so are the values.
    assert wrong.ret == own.ret == pytest.ExitCode.USAGE_ERROR
    assert "Did you mean 'verify'?" in own.stderr.str()
    # That one is ours alone.
    verified.assert_outcomes(passed=1, deselected=1)
    assert asked_live.questions == ["ours"]


NAMES = """
import pytest
from conftest import ask

pytestmark = pytest.mark.cassette

@pytest.mark.parametrize("text", ["x" * 400, "y/z", "y:z", "ä?", "../../up"])
def test_of_any_name(text):
    assert ask(text) == text.upper()

def test_case():
    assert ask("lower") == "LOWER"

def test_CASE():
    assert ask("upper") == "UPPER"
"""


def test_pytest_recording_differs_names_are_safe_in_any_file_system(project: Project) -> None:
    """Ids that are too long, or differ in their case or in what no file system takes."""
    project.write("test_a.py", NAMES)
    records_and_replays(project, plugins=(), passed=7)

    files = [name for name in project.cassettes if not name.endswith(".lock")]

    assert len({name.casefold() for name in files}) == 7
    assert all(name.startswith("test_a/") for name in files)
    assert max(len(name.encode()) for name in files) < 200
    project.run("test_a.py::test_CASE").assert_outcomes(passed=1)


MIXING = """
import threading
import pytest
from conftest import ask

def in_thread(question, answers):
    answers[question] = ask(question)

@pytest.mark.cassette
@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_threads(name):
    answers = {}
    questions = [f"{name}{number}" for number in range(8)]
    threads = [threading.Thread(target=in_thread, args=(each, answers)) for each in questions]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert answers == {each: each.upper() for each in questions}
"""


def test_vcrpy_differs_threads_of_a_test_have_its_cassette(project: Project) -> None:
    project.write("test_a.py", MIXING)

    asked = records_and_replays(project, plugins=(), passed=3)

    assert len(asked) == 24
    files = sorted((project.path / "cassettes" / "test_a").glob("*.yaml"))
    assert [len(load(file).interactions) for file in files] == [8, 8, 8]


KILLED = """
import os, signal
import pytest
from conftest import ask

pytestmark = pytest.mark.cassette

def test_first():
    assert ask("first") == "FIRST"

def test_second():
    assert ask("second") == "SECOND"
    if "KILL" in os.environ:
        os.kill(os.getpid(), signal.SIGKILL)
    assert ask("third") == "THIRD"
"""


def test_vcrpy_differs_a_killed_session_loses_nothing(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("test_a.py", KILLED)
    monkeypatch.setenv("KILL", "1")
    with endpoint() as asked:
        monkeypatch.setenv("ENDPOINT", asked.url)
        words = ["-m", "pytest", "-p", "harness.pytest_plugin", "--record-mode", "once"]
        killed = subprocess.run([sys.executable, *words], cwd=project.path, check=False,
                                capture_output=True)  # fmt: skip
    monkeypatch.delenv("KILL")

    again, missing = project.record()

    assert killed.returncode == -signal.SIGKILL
    again.assert_outcomes(passed=2)
    assert missing == ["third"]
    project.run().assert_outcomes(passed=2)


STALE = """
import pytest
from conftest import ask

pytestmark = pytest.mark.cassette

def test_changed():
    ask("{question}")
"""


def test_pytest_recording_differs_a_changed_request_does_not_pass(project: Project) -> None:
    """Its default match does not look at the body, so a changed prompt is answered all the same."""
    project.write("test_a.py", STALE.format(question="before"))
    project.record()
    project.write("test_a.py", STALE.format(question="after"))

    result = project.run()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*differs at question: 'before' became 'after'*"])


SERVER = """
import json, subprocess, sys
import pytest
from harness.script import Reply, Script

CLIENT = '''
import json, os, sys, urllib.request
url = os.environ["OPENAI_BASE_URL"] + "/chat/completions"
body = {"model": "gpt-4o", "messages": [{"role": "user", "content": sys.argv[1]}]}
headers = {"authorization": "Bearer " + os.environ["OPENAI_API_KEY"],
           "content-type": "application/json"}
request = urllib.request.Request(url, json.dumps(body).encode(), headers)
try:
    answer = json.load(urllib.request.urlopen(request))
    print(answer["choices"][0]["message"]["content"])
except Exception:
    print("sorry")
'''

def client(server, question):
    done = subprocess.run([sys.executable, "-c", CLIENT, question], env=server.environment,
                          capture_output=True, text=True)
    return done.stdout.strip()

def test_answers(harness_server):
    server = harness_server(Script(replies=(Reply(say="Hi"),)))
    assert client(server, "hello") == "Hi"
    server.assert_complete()

def test_misses(harness_server):
    server = harness_server(Script(replies=()))
    assert client(server, "hello") == "sorry"

def test_is_incomplete(harness_server):
    server = harness_server(Script(replies=(Reply(say="Hi"), Reply(say="Ho"))))
    client(server, "hello")
    server.assert_complete()
"""


def test_a_miss_of_the_server_fails_the_test_that_owns_it(project: Project) -> None:
    project.write("test_a.py", SERVER)

    result = project.run()

    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        ["The script has no reply for model call 1.", "*Not asked for: 2.*"]
    )


FLAKY = """
import pytest
from conftest import ask

tries = []

@pytest.mark.cassette
def test_flaky():
    tries.append(ask("first"))
    assert ask("second") == "SECOND"
    assert len(tries) == 2
"""


def test_beside_pytest_rerunfailures_each_try_begins_at_the_start(project: Project) -> None:
    pytest.importorskip("pytest_rerunfailures", reason="pytest-rerunfailures is not installed")
    project.write("test_a.py", FLAKY)
    arguments = ("--reruns", "1", "--harness-unplayed", "fail")

    recorded, asked = project.record(*arguments, plugins=("pytest_rerunfailures",))
    replayed = project.run(*arguments, plugins=("pytest_rerunfailures",))

    for each in (recorded, replayed):
        each.stdout.fnmatch_lines(["*1 passed, 1 rerun*"])
    assert asked == ["first", "second"] * 2
    (file,) = (project.path / "cassettes" / "test_a").glob("*.yaml")
    assert len(load(file).interactions) == 2


@pytest.mark.parametrize(
    ("plugin", "arguments"),
    [
        ("pytest_timeout", ("--timeout", "60", "--timeout-method", "thread")),
        ("pytest_timeout", ("--timeout", "60", "--timeout-method", "signal")),
        ("pytest_socket", ("--disable-socket", "--allow-unix-socket")),
        ("pytest_cov", ("--cov", "conftest", "--cov-report=")),
    ],
)
def test_a_replay_needs_nothing_that_other_plugins_forbid(
    project: Project, plugin: str, arguments: tuple[str, ...]
) -> None:
    pytest.importorskip(plugin, reason=f"{plugin} is not installed")
    project.write("test_a.py", MIXING)
    project.record()

    module = "pytest_cov.plugin" if plugin == "pytest_cov" else plugin
    result = project.run(*arguments, "-W", "default", plugins=(module,))

    result.assert_outcomes(passed=3)


@pytest.mark.parametrize("distribution", ["load", "loadscope", "loadfile", "worksteal"])
def test_however_xdist_deals_the_tests_a_modules_cassette_is_played(
    project: Project, distribution: str
) -> None:
    text = RANDOMLY.format(scope="scope='module'")
    for name in ("a", "b"):
        project.write(f"test_{name}.py", text)
    project.record()

    words = ("-n", "2", "--dist", distribution)
    result = project.run(*words, plugins=("xdist", "xdist.looponfail"))

    result.assert_outcomes(passed=10)
    result.stdout.no_fnmatch_line("*unplayed*")
