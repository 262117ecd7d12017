"""What is handed out: the wheel and the source distribution, and the wheel installed alone."""

import os
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from configparser import ConfigParser
from functools import cache
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("agentchat", "harness", "reports")
PYTHONS = ("3.11", "3.12", "3.13")


class Distributions(NamedTuple):
    wheel: Path
    source: Path


def run(*command: str | Path, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """A program with an environment in which only what it is given says where Python is."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "PYTEST", "VIRTUAL_ENV", "OPENAI"))
    }
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=inherited | env,
        capture_output=True,
        text=True,
        check=False,
    )


def succeeded(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(project: Path, folder: Path) -> Distributions:
    # Without isolation: the builder is installed for development, so that no registry is asked.
    succeeded(run(sys.executable, "-m", "hatchling", "build", "-d", folder, cwd=project))
    [wheel], [source] = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return Distributions(wheel, source)


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    return build(ROOT, tmp_path_factory.mktemp("dist"))


def names(wheel: Path) -> list[str]:
    """The files of a wheel, but for its metadata."""
    with ZipFile(wheel) as archive:
        found = [PurePosixPath(name) for name in archive.namelist()]
    return sorted(str(path) for path in found if not path.parts[0].endswith(".dist-info"))


def metadata(wheel: Path, file: str) -> str:
    with ZipFile(wheel) as archive:
        [name] = [each for each in archive.namelist() if each.endswith(f".dist-info/{file}")]
        return archive.read(name).decode()


def unpacked(source: Path, folder: Path) -> Path:
    with tarfile.open(source) as archive:
        archive.extractall(folder, filter="data")
    [project] = folder.iterdir()
    return project


def test_the_wheel_holds_the_three_packages_and_nothing_else(distributions: Distributions) -> None:
    ours = (file for package in PACKAGES for file in (ROOT / package).rglob("*") if file.is_file())

    assert names(distributions.wheel) == sorted(
        file.relative_to(ROOT).as_posix() for file in ours if "__pycache__" not in file.parts
    )


@pytest.mark.parametrize(
    "file",
    [
        *(f"{package}/py.typed" for package in PACKAGES),
        "harness/migration/v02.yaml",
        "harness/templates/.gitignore.template",
        "harness/templates/scenarios/forecast.script.yaml.template",
        "reports/templates/page.html.jinja",
        "reports/static/report.css",
    ],
)
def test_the_wheel_holds_what_is_no_module_too(distributions: Distributions, file: str) -> None:
    assert file in names(distributions.wheel)


def test_the_wheel_opens_three_doors(distributions: Distributions) -> None:
    doors = ConfigParser()
    doors.read_string(metadata(distributions.wheel, "entry_points.txt"))

    assert {name: dict(doors[name]) for name in doors.sections()} == {
        "console_scripts": {"harness": "harness.cli:main"},
        "harness.reporters": {"html": "reports:write"},
        "pytest11": {"harness": "harness.pytest_plugin"},
    }


def test_the_wheel_says_which_python_and_licence(distributions: Distributions) -> None:
    lines = metadata(distributions.wheel, "METADATA").splitlines()

    assert {"Requires-Python: >=3.11", "License-Expression: MIT"} <= set(lines)
    assert (ROOT / "LICENSE").read_text() == metadata(distributions.wheel, "licenses/LICENSE")


def test_the_source_builds_the_same_wheel(distributions: Distributions, tmp_path: Path) -> None:
    project = unpacked(distributions.source, tmp_path / "source")

    again = build(project, tmp_path / "dist")

    assert again.wheel.read_bytes() == distributions.wheel.read_bytes()
    assert (project / "tests" / "packaging" / Path(__file__).name).exists()


@pytest.mark.parametrize("version", PYTHONS)
def test_the_wheel_alone_makes_a_project_that_passes(
    distributions: Distributions, version: str, tmp_path: Path
) -> None:
    environment = installed(distributions.wheel, version, tmp_path / "environment")

    said = succeeded(run(environment / "harness", "--version", cwd=tmp_path))
    succeeded(run(environment / "harness", "init", "demo", cwd=tmp_path))
    tested = succeeded(offline(environment / "pytest", "-q", cwd=tmp_path / "demo"))
    reported = succeeded(
        offline(environment / "harness", "run", "scenarios", cwd=tmp_path / "demo")
    )

    assert said.startswith("agentchat-harness ")
    assert "3 passed" in tested
    assert reported.splitlines()[-1] == "build/runs/latest/report.html"
    assert (tmp_path / "demo" / "build" / "runs" / "latest" / "report.html").exists()


def installed(wheel: Path, version: str, folder: Path) -> Path:
    """Where the programs are of a fresh environment with the wheel and what it needs."""
    python = interpreter(version)
    if python is None:
        pytest.skip(f"needs Python {version}")
    if not has_registry():
        pytest.skip("needs a package registry")
    succeeded(run(python, "-m", "venv", "--without-pip", folder, cwd=wheel.parent))
    programs = folder / "bin"
    constraints = ROOT / "constraints.txt"
    pip = (sys.executable, "-m", "pip", "--python", programs / "python")
    succeeded(run(*pip, "install", "-q", "-c", constraints, wheel, cwd=wheel.parent))
    return programs


def interpreter(version: str) -> Path | None:
    """A Python of this version: the one that runs, one on the path, or one of pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    kept = sorted(pyenv.glob(f"{version}.*/bin/python"))
    return next(
        (
            Path(candidate)
            for candidate in (sys.executable, f"python{version}", *kept)
            if version_of(str(candidate)) == version
        ),
        None,
    )


@cache
def version_of(python: str) -> str:
    """Empty if it can't be started: pyenv puts a program on the path for what it has not got."""
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        return run(python, "-c", ask, cwd=ROOT).stdout.strip()
    except OSError:
        return ""


@cache
def has_registry() -> bool:
    ask = ("install", "-q", "--dry-run", "--ignore-installed", "--no-deps", "pydantic")
    wait = ("--retries", "0", "--timeout", "10")
    return run(sys.executable, "-m", "pip", *ask, *wait, cwd=ROOT).returncode == 0


def offline(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A program that reaches no network: it has none, or every request goes to a closed door."""
    closed = "http://127.0.0.1:9"
    return run(*unshared(), *command, cwd=cwd, http_proxy=closed, https_proxy=closed)


@cache
def unshared() -> Sequence[str]:
    """What starts a program in a network of its own, where the machine lets us."""
    start = ("unshare", "--map-root-user", "--net")
    try:
        return start if run(*start, "true", cwd=ROOT).returncode == 0 else ()
    except OSError:
        return ()
