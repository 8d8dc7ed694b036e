"""How a file with a key is written: whole or not at all, never over another, and for whom it may be read."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from pathlib import Path

OTHERS = stat.S_IRWXG | stat.S_IRWXO


EXPOSED = "others may read {path}; expected mode 600, which leaves it to its owner"
"""Said of every file that opens something: a key, a secret, a passphrase."""

BRING_BACK = "expected the key of this installation; 'kigen keys restore' brings it back from its backup"
BRING_BACK_PUBLIC = "expected the public half of evidence.key; 'kigen init' writes it again"


def read_key(path: Path, expected: str = BRING_BACK) -> bytes:
    """The content of a key's file; ValueError with a sentence, which tells what was expected, where it cannot be read.

    A new key in place of one that was in use would open nothing of what that one locked.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ValueError(f"the key {path} is missing; {expected}") from None
    except OSError as error:
        raise ValueError(f"the key {path} cannot be read ({error.strerror}); {expected}") from None


def write_once(path: Path, content: bytes, mode: int) -> bool:
    """Write a file whole or not at all, and never over another; False where there was one. OSError passes."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(handle)
        os.link(fresh, path)
    except FileExistsError:
        return False
    finally:
        fresh.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
    return True


def is_open_to_others(path: Path) -> bool:
    """Whether others than the owner may do something with a file; False where there is none."""
    with contextlib.suppress(FileNotFoundError):
        return bool(path.stat().st_mode & OTHERS)
    return False
