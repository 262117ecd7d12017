"""A closed network: what Python's own sockets reach, and what they don't."""

import pytest

from tests.harness.pytest_projects import Project

# Reserved for documentation: nobody answers there.
OTHER = "198.51.100.1"


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    return Project(pytester, monkeypatch)


def asking(*lines: str, marker: str = "cassette") -> str:
    """A test for each line."""
    tests = (
        f"@pytest.mark.{marker}\ndef test_{number}(tmp_path):\n    {line}\n"
        for number, line in enumerate(lines)
    )
    return "\n".join(("import os, socket, subprocess, sys, threading, pytest", UDP, *tests))


UDP = "def udp(): return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)"
BLOCKED = [
    f"socket.create_connection(('{OTHER}', 443))",
    f"socket.socket().connect_ex(('{OTHER}', 443))",
    f"udp().sendto(b'x', ('{OTHER}', 53))",
    f"udp().sendmsg([b'x'], [], 0, ('{OTHER}', 53))",
    "socket.getaddrinfo('api.example.com', 443)",
    "socket.gethostbyname('api.example.com')",
    "socket.gethostbyname_ex('api.example.com')",
    f"socket.gethostbyaddr('{OTHER}')",
    f"socket.getnameinfo(('{OTHER}', 80), 0)",
    f"thread = threading.Thread(target=socket.create_connection, args=(('{OTHER}', 443),)); "
    "thread.start(); thread.join()",
]


def test_other_machines_are_not_reached_while_a_test_replays(project: Project) -> None:
    project.write("test_a.py", asking(*BLOCKED))

    result = project.run_alone("-W", "default")

    result.assert_outcomes(failed=len(BLOCKED))
    told = [line for line in result.outlines if line.startswith("A connection to ")]
    assert len(told) == len(BLOCKED)
    assert all(line.endswith(" was blocked: this test has no network.") for line in told)


REACHED = [
    "server = socket.create_server(('127.0.0.1', 0)); "
    "socket.create_connection(server.getsockname()).close()",
    "socket.getaddrinfo('localhost', 80)",
    # Only what this process asks by Python's sockets is seen.
    "subprocess.run([sys.executable, '-c', "
    f"'import socket; socket.getaddrinfo(\"{OTHER}\", 80)'], check=True)",
    "os.chdir(tmp_path); server = socket.socket(socket.AF_UNIX); server.bind('door'); "
    "server.listen(); socket.socket(socket.AF_UNIX).connect('door')",
]


def test_this_machine_and_other_processes_are_left_alone(project: Project) -> None:
    project.write("test_a.py", asking(*REACHED))

    project.run_alone("-W", "default").assert_outcomes(passed=len(REACHED))


LOOKUP = f"socket.getaddrinfo('{OTHER}', 80)"
MARKED = r"block_network(allowed_hosts=[r'198\.51\..*'])"


def test_a_marker_closes_the_network_but_for_its_hosts(project: Project) -> None:
    project.write("test_a.py", asking(LOOKUP, marker="block_network"))
    project.write("test_b.py", asking(LOOKUP, marker=MARKED))

    result = project.run_alone("--strict-markers")

    result.assert_outcomes(passed=1, failed=1)


def test_this_machines_own_name_may_be_looked_up(project: Project) -> None:
    line = "socket.getaddrinfo(socket.gethostname(), 80)"
    project.write("test_a.py", asking(line, marker="block_network"))

    project.run_alone().assert_outcomes(passed=1)


@pytest.mark.parametrize("said", ["the command line", "the file"])
def test_allowed_hosts_match_wholly(project: Project, said: str) -> None:
    project.write("test_a.py", asking(LOOKUP, marker="block_network"))
    patterns = {r"198\.51": "failed", r"198\.51\..*": "passed"}

    for pattern, outcome in patterns.items():
        words = ("--allowed-hosts", pattern) if said == "the command line" else ()
        project.configure(*([] if words else [f"harness_allowed_hosts = ['{pattern}']"]))

        project.run_alone(*words).assert_outcomes(**{outcome: 1})


def test_a_wildcard_is_told_for_what_it_is(project: Project) -> None:
    project.write("test_a.py", asking(LOOKUP))

    result = project.run_alone("--allowed-hosts", "*.example.com")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert r"Did you mean '.*\\.example\\.com'?" in result.stderr.str()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("allowed_hosts=['*.example.com']", "Did you mean '.*\\\\.example\\\\.com'?"),
        ("hosts=['a']", "there is no 'hosts'. One of: allowed_hosts."),
    ],
)
def test_a_wrong_marker_is_told_with_its_place_before_any_test_runs(
    project: Project, arguments: str, told: str
) -> None:
    project.write("test_a.py", asking("pass", "pass", marker=f"block_network({arguments})"))

    result = project.run_alone()

    result.assert_outcomes(errors=1)
    place = "test_a.py:3: @pytest.mark.block_network: "
    (line,) = [line for line in result.outlines if line.startswith(place)]
    assert told in line


@pytest.mark.parametrize("marker", ["cassette", "filterwarnings('error')", "block_network"])
def test_a_host_that_is_let_through_is_reached_inside_a_block_too(
    project: Project, marker: str
) -> None:
    line = (
        f"with harness.cassette('x'), socket.socket() as plain:\n"
        f"        plain.settimeout(0.01); plain.connect_ex(('{OTHER}', 443))"
    )
    project.write("test_a.py", "import harness\n" + asking(line, marker=marker))

    project.run_alone("-W", "default").assert_outcomes(failed=1)
    project.run_alone("--allowed-hosts", OTHER.replace(".", r"\.")).assert_outcomes(passed=1)
