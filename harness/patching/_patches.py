"""All patches, once in a process: which cassette they ask is decided request by request."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from importlib.util import find_spec
from threading import Lock

from harness.network import watched
from harness.patching._httpx import httpx_patches
from harness.patching._network import check
from harness.patching._unpatched import unpatched_libraries

_lock = Lock()
_users = 0
_installed = ExitStack()


@contextmanager
def patched() -> Iterator[None]:
    """A block in which HTTP libraries ask the cassette in use; the last one to end undoes it."""
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _users
    with _lock:
        if _users == 0:
            _install()
        _users += 1


def _leave() -> None:
    global _users
    with _lock:
        _users -= 1
        if _users == 0:
            _installed.close()


def _install() -> None:
    with ExitStack() as patches:
        # First, because vcrpy takes what it finds when it is imported for the originals.
        if find_spec("vcr") is not None:
            from harness.patching._vcrpy import vcrpy_patches

            others = vcrpy_patches()
        else:
            others = unpatched_libraries()
        for patch in (*others, *httpx_patches(), *_aiohttp_patches(), watched(check)):
            patches.enter_context(patch)
        _installed.push(patches.pop_all())


def _aiohttp_patches() -> Iterator[AbstractContextManager[None]]:
    if find_spec("aiohttp") is not None:
        # Only now, because it may not be there.
        from harness.patching._aiohttp import aiohttp_patch

        yield aiohttp_patch()
