"""What `harness.cassette(...)` takes: names, modes, and how it is imported."""

import re
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import httpx2
import pytest

import harness
from harness.errors import ReplayMiss, UsageError
from harness.formats import load
from harness.script import Reply, Script
from harness.server import serving

ORDERS = [
    "import harness; harness.cassette",
    "import harness.cassettes, harness; harness.cassette",
    "import harness.session, harness; harness.cassette",
    "import harness, harness.runner, harness.formats; harness.cassette",
    "from harness import cassette",
]


@pytest.mark.parametrize("order", ORDERS)
def test_the_name_is_the_functions_in_every_order_of_imports(order: str) -> None:
    *lines, last = order.split("; ")
    name = last.rpartition(" ")[2]
    lines += [last] if last.startswith("from") else []
    check = f"assert callable({name}) and {name}.__module__ == 'harness.cassettes._cassette'"

    done = subprocess.run([sys.executable, "-c", "; ".join([*lines, check])], capture_output=True)

    assert done.stderr == b""


def test_importing_the_package_loads_no_room(tmp_path: Path) -> None:
    check = "import sys, harness; print([m for m in sys.modules if m in {'yaml', 'httpx2', 'vcr'}])"

    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True)

    assert done.stdout == "[]\n"


@pytest.mark.parametrize("sign", ["pyproject.toml", "pytest.ini"])
def test_a_name_is_a_file_below_the_projects_folder(
    sign: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / sign).touch()
    (tmp_path / "src" / "deep").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "src" / "deep")

    with harness.cassette("talk/hello") as use:
        assert use.path == tmp_path / "cassettes" / "talk" / "hello.yaml"


def test_a_point_in_a_name_begins_no_suffix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    with harness.cassette("gpt-4.1") as use:
        assert use.path == tmp_path / "cassettes" / "gpt-4.1.yaml"


UNFIT = [
    ("a: b", "it has a ':'. Call it 'a_ b'."),
    ("talk\\hello", "it has a '\\\\'. Call it 'talk/hello'."),
    ("talk/nul", "Windows keeps 'nul' for itself. Call it 'talk/nul_'."),
    ("talk/", "A cassette needs a name, and 'talk/' ends without one."),
]


@pytest.mark.parametrize(("name", "told"), UNFIT)
def test_a_name_that_some_system_has_no_file_of_is_refused(name: str, told: str) -> None:
    with pytest.raises(UsageError, match=re.escape(told)):
        harness.cassette(name)


@pytest.mark.parametrize("name", [Path("hello"), "hello.yaml", "here/hello.json"])
def test_a_path_or_a_name_with_a_suffix_is_taken_as_it_is(
    name: str | Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    with harness.cassette(name) as use:
        assert use.path == Path(name)


def test_an_unknown_mode_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="no record mode 'new'; there are: none, once, new_epi"):
        harness.cassette("x", record_mode="new")


@pytest.mark.parametrize(
    ("name", "meant"), [("new-episode", "new_episodes"), ("any", "new_episodes"), ("onec", "once")]
)
def test_an_unknown_mode_is_refused_with_the_nearest_there_is(name: str, meant: str) -> None:
    with pytest.raises(UsageError, match=f"Did you mean '{meant}'"):
        harness.cassette("x", record_mode=name)


@pytest.mark.parametrize("spelt", ["new-episodes", "new_episodes", "New_Episodes"])
def test_a_mode_is_known_in_every_usual_spelling(spelt: str, tmp_path: Path) -> None:
    with harness.cassette(tmp_path / "x.yaml", record_mode=spelt) as use:
        assert use.session.mode == "new_episodes"


def test_by_default_nothing_goes_live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_CURRENT_TEST")

    with (
        serving(Script(replies=(Reply(say="Live."),))) as url,
        harness.cassette(tmp_path / "x.yaml"),
        pytest.raises(ReplayMiss, match="the cassette is missing") as raised,
    ):
        httpx2.post(f"{url}/chat/completions", json={})

    assert raised.value.asked == f"request 1, POST {url}/chat/completions"
    assert raised.value.fix.endswith('record_mode="once")')
    assert not (tmp_path / "x.yaml").exists()


@pytest.mark.parametrize("ignored", [{"ignore_localhost": True}, {"ignore_hosts": ["127.0.0.1"]}])
def test_an_ignored_host_is_asked_live_and_not_recorded(
    ignored: dict[str, object], tmp_path: Path
) -> None:
    with serving(Script()) as url, harness.cassette(tmp_path / "x.yaml", **ignored) as use:
        status = httpx2.get(f"{url}/models").status_code

    assert (status, use.play_count, (tmp_path / "x.yaml").exists()) == (200, 0, False)


def test_what_a_failed_block_recorded_is_kept_when_that_is_asked_for(tmp_path: Path) -> None:
    def record(url: str, keep: bool) -> None:
        path = tmp_path / f"{keep}.yaml"
        with harness.cassette(path, record_mode="once", record_on_exception=keep):
            httpx2.get(f"{url}/models")
            raise ZeroDivisionError

    with serving(Script()) as url:
        for keep in (True, False):
            with pytest.raises(ZeroDivisionError):
                record(url, keep)

    assert [path.name for path in tmp_path.iterdir()] == ["True.yaml"]


def test_rules_and_key_parts_may_be_written_as_texts(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"

    def ask(url: str, who: str, **rest: Any) -> int:
        with harness.cassette(path, key_parts=["ignore:/seed"], replace={url: "http://m"}, **rest):
            return httpx2.post(f"{url}/embeddings", json={"input": f"I am {who}"}).status_code

    with serving(Script()) as url:
        ask(url, "ann@example.com", record_mode="once", redact=[r"pattern:\w+@[\w.]+ -> email"])

    assert "ann@" not in path.read_text(encoding="utf-8")
    assert ask(url, "bob@example.com", redact=r"pattern:\w+@[\w.]+ -> email") == 200


def test_a_text_that_is_no_rule_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(UsageError, match="Did you mean 'header'"),
        harness.cassette(tmp_path / "x.yaml", redact=["headr:x-tenant"]),
    ):
        pass


def test_a_single_host_is_not_taken_for_its_letters(tmp_path: Path) -> None:
    with serving(Script()) as url, harness.cassette(tmp_path / "x", ignore_hosts="127.0.0.1"):
        assert httpx2.get(f"{url}/models").status_code == 200


def test_a_generator_that_is_left_early_keeps_what_it_recorded(tmp_path: Path) -> None:
    def answers(url: str) -> Generator[int, None, None]:
        with harness.cassette(tmp_path / "x.yaml", record_mode="once"):
            yield httpx2.get(f"{url}/models").status_code
            yield httpx2.get(f"{url}/models").status_code

    with serving(Script()) as url:
        reading = answers(url)
        next(reading)
        reading.close()

    assert len(load(tmp_path / "x.yaml").interactions) == 1


@pytest.mark.parametrize(("code", "recorded"), [(None, True), (0, True), (1, False)])
def test_a_program_that_exits_well_keeps_what_it_recorded(
    code: int | None, recorded: bool, tmp_path: Path
) -> None:
    def main(url: str) -> None:
        with harness.cassette(tmp_path / "x.yaml", record_mode="once"):
            httpx2.get(f"{url}/models")
            sys.exit(code)

    with serving(Script()) as url, pytest.raises(SystemExit):
        main(url)

    assert (tmp_path / "x.yaml").exists() == recorded
