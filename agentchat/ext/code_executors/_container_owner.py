"""Whose a container is: a label that tells, after a crash, that nobody will ever stop it."""

import os
import socket
from pathlib import Path
from typing import Final

LABEL: Final = "agentchat.owner"


def this_process() -> str:
    """Names this process among all that may talk to the same Docker engine."""
    process_id = os.getpid()
    return f"{_machine()}/{process_id}/{_start_of(process_id)}"


def is_gone(owner: str) -> bool:
    """Whether a process of this machine has ended; of another's, nobody here can say that."""
    machine, _, process = owner.partition("/")
    process_id, _, start = process.partition("/")
    return bool(start) and machine == _machine() and _start_of(int(process_id)) != start


def _machine() -> str:
    """The host and, on it, the space in which a process id is unique."""
    try:
        space = Path("/proc/self/ns/pid").readlink()
    except OSError:
        return socket.gethostname()
    return f"{socket.gethostname()}-{space}"


def _start_of(process_id: int) -> str:
    """When a process started, in ticks; empty if there is none, or no /proc to ask."""
    try:
        status = Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    # The name in parentheses may hold anything; the start is the 20th field behind it.
    return status.rpartition(")")[2].split()[19]
