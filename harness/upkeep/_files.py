"""Files written whole, or not at all."""

import os
from pathlib import Path


def replace_bytes(path: Path, data: bytes) -> None:
    """Gives a file a new content; the old file stays whole until the new one is."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
