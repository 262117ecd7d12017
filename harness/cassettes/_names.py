"""Which file a cassette's name stands for."""

import re
from pathlib import Path

from harness.cassette_names import is_named_as_cassette
from harness.errors import UsageError

_FOLDER = "cassettes"
_NEVER_IN_NAMES = re.compile(r'[<>:"|?*\\\x00-\x1f\x7f]')
# Windows takes them for devices, whatever their suffix.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
# The hidden files beside a cassette have longer names than it has, and 255 bytes is the limit.
_LONGEST = 200
_ROOT_SIGNS = ("pyproject.toml", "pytest.ini", ".git")


def path_of(name: str | Path) -> Path:
    """The file that a name stands for.

    Raises:
        UsageError: The name is empty or too long, or some system has no file of that name.
    """
    if isinstance(name, Path) or is_named_as_cassette(name):
        path = Path(name)
        _check_length(path.name)
        return path
    _check(name)
    here = Path.cwd()
    folders = (here, *here.parents)
    roots = (each for each in folders if any((each / sign).exists() for sign in _ROOT_SIGNS))
    return next(roots, here) / _FOLDER / f"{name}.yaml"


def spelt(name: str | Path) -> str:
    """The name as it is written in a program."""
    is_text = isinstance(name, str) or is_named_as_cassette(name.name)
    return repr(str(name)) if is_text else f"Path({str(name)!r})"


def _check(name: str) -> None:
    parts = name.split("/")
    if not parts[-1].strip():
        raise UsageError(f"A cassette needs a name, and {name!r} ends without one.")
    for part in parts:
        _check_length(part)
    unfit = next(_NEVER_IN_NAMES.finditer(name), None)
    device = next((part for part in parts if _DEVICES.fullmatch(part)), None)
    if unfit is None and device is None:
        return
    why = f"Windows keeps {device!r} for itself" if unfit is None else f"it has a {unfit[0]!r}"
    fit = "/".join(f"{part}_" if _DEVICES.fullmatch(part) else part for part in parts)
    fit = _NEVER_IN_NAMES.sub("_", fit.replace("\\", "/"))
    raise UsageError(
        f"{name!r} can't be a cassette's name on every system: {why}. Call it {fit!r}."
    )


def _check_length(part: str) -> None:
    length = len(part.encode(errors="surrogatepass"))
    if length > _LONGEST:
        raise UsageError(
            f"A cassette's name has at most {_LONGEST} bytes between two slashes, and "
            f"'{part[:20]}…{part[-10:]}' has {length}: give it a shorter one."
        )
