"""Each extra alone: without it its rooms say which to install, with it they can be entered."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final, NamedTuple

import pytest

ROOT: Final = Path(__file__).parents[2]
DECODE = (
    "from agentchat.core import Image\n"
    "Image.from_base64('R0lGODlhAQABAAAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==').image"
)
FRESH = pytest.mark.skipif(
    "HARNESS_TEST_EXTRAS" not in os.environ,
    reason="makes an environment for each extra, which takes minutes: set HARNESS_TEST_EXTRAS=1",
)


class Extra(NamedTuple):
    library: str
    """What it installs, as it is imported."""

    doors: tuple[str, ...]
    """Statements that need the library."""


def rooms(*names: str) -> tuple[str, ...]:
    return tuple(f"import agentchat.ext.{name}" for name in names)


OPENAI_ROOMS = ("models.openai", "models.openai_responses", "agents.openai")
EXTRAS: Final = {
    "openai": Extra("openai", rooms(*OPENAI_ROOMS)),
    "diskcache": Extra("diskcache", rooms("cache_store.diskcache")),
    "redis": Extra("redis", rooms("cache_store.redis", "memory.redis")),
    "chromadb": Extra("chromadb", rooms("memory.chromadb")),
    "mem0": Extra("mem0", rooms("memory.mem0")),
    "images": Extra("PIL", (DECODE,)),
    "docker": Extra("docker", rooms("code_executors.docker")),
    "jupyter": Extra("jupyter_client", rooms("code_executors.jupyter")),
    "docker-jupyter": Extra("websockets", rooms("code_executors.docker_jupyter")),
    "mcp": Extra("mcp", rooms("tools.mcp")),
    "langchain": Extra("langchain_core", rooms("tools.langchain")),
    "azure": Extra("azure", rooms("models.azure", "auth.azure")),
    "anthropic": Extra("anthropic", rooms("models.anthropic")),
}
NEEDED_BY_NO_ROOM: Final = {
    "ollama": ("import agentchat.ext.models.ollama",),
    "vcr": ("import vcr",),
}

DOORS = [
    pytest.param(name, extra.library, door, id=f"{name}-{door.rpartition('.')[2]}")
    for name, extra in EXTRAS.items()
    for door in extra.doors
]


def run(python: str | Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [str(python), *map(str, arguments)]
    environment = {name: os.environ[name] for name in os.environ if not name.startswith("PYTHON")}
    return subprocess.run(command, cwd="/", env=environment, capture_output=True, text=True)


def fails_naming(extra: str, done: subprocess.CompletedProcess[str]) -> bool:
    last_line = done.stderr.strip().rpartition("\n")[2]
    return last_line.startswith("ImportError: ") and last_line.endswith(
        f'pip install "agentchat-harness[{extra}]"'
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    return next(folder.glob("*.whl"))


def environment_with(requirement: str, folder: Path) -> Path:
    """The Python of a fresh environment.

    The versions are those of `constraints.txt`, but for protobuf: some extras ask for an older one.
    """
    made = run(sys.executable, "-m", "venv", "--without-pip", folder)
    assert made.returncode == 0, made.stderr
    pinned = (ROOT / "constraints.txt").read_text().splitlines(keepends=True)
    constraints = folder / "constraints.txt"
    constraints.write_text("".join(line for line in pinned if not line.startswith("protobuf==")))
    python = folder / "bin" / "python"
    pip = ("-m", "pip", "--python", python, "install", "-q", "--no-compile", "-c", constraints)
    installed = run(sys.executable, *pip, requirement)
    assert installed.returncode == 0, installed.stderr
    return python


def test_every_extra_is_tried() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    extras = set(project["optional-dependencies"]) - {"dev"}

    assert extras == EXTRAS.keys() | NEEDED_BY_NO_ROOM.keys()


@pytest.mark.parametrize(("extra", "library", "door"), DOORS)
def test_without_its_library_a_room_says_which_extra_to_install(
    extra: str, library: str, door: str
) -> None:
    done = run(sys.executable, "-c", f"import sys; sys.modules[{library!r}] = None\n{door}")

    assert fails_naming(extra, done), done.stderr


@FRESH
def test_an_environment_with_no_extra_names_each(wheel: Path, tmp_path: Path) -> None:
    python = environment_with(str(wheel), tmp_path / "base")

    done = [
        (name, run(python, "-c", door)) for name, extra in EXTRAS.items() for door in extra.doors
    ]

    assert [one.stderr for name, one in done if not fails_naming(name, one)] == []


@FRESH
@pytest.mark.parametrize("extra", [*EXTRAS, *NEEDED_BY_NO_ROOM])
def test_an_environment_with_one_extra_has_its_rooms(
    extra: str, wheel: Path, tmp_path: Path
) -> None:
    python = environment_with(f"{wheel}[{extra}]", tmp_path / "environment")
    doors = EXTRAS[extra].doors if extra in EXTRAS else NEEDED_BY_NO_ROOM[extra]

    entered = run(python, "-c", "\n".join(doors))

    assert entered.returncode == 0, entered.stderr
