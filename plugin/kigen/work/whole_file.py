"""How a file that people read is written: whole or not at all, and an earlier one is replaced."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path, text: str, mode: int) -> None:
    """Replace the file by one with this text in UTF-8; `mode` is who may do what with it, if need be by the umask.

    OSError where it cannot be written: the earlier one is as it was, and nothing is left beside it.
    """
    # Beside the target, so that the move cannot cross to another disk; made new, so that no link is followed.
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        with suppress(OSError):
            part.unlink()
