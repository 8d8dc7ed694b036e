"""The list in a bridge's folder of what was put there: by it changed files are known, and folders of somebody else.

The folder lies in one that the platform's PHP may write, and `kigen install` is run as root. So nothing in it is
believed that leads out of it: no link is followed, no name that climbs, and nothing is opened that is no file.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

LIST = "installed.php"
LIST_HEAD = b"<?php exit; ?>\n"
"""It lies where a web server may show files: as a program it shows nothing, not even the name of `tally`."""

LARGEST = 32 * 1024 * 1024
"""Bytes of a file; the bridge itself lets what it writes grow to half of that."""

_TALLY = re.compile(r"tally-[0-9a-f]{16}")


@dataclass(frozen=True)
class Listed:
    """What was put there: the version of kigen, the folder to write into, and the digest of each file by its name."""

    kigen: str
    tally: str
    files: Mapping[str, str]


def listed_of(version: str, tally: str, files: Mapping[str, bytes]) -> Listed:
    """The list of these files."""
    return Listed(version, tally, {name: digest(content) for name, content in sorted(files.items())})


def written(listed: Listed) -> bytes:
    """The file with the list."""
    return LIST_HEAD + json.dumps(asdict(listed), indent=1).encode()


def read_list(folder: Path) -> Listed | None:
    """What the folder says was put there; None where it says nothing, or names places elsewhere."""
    try:
        found = json.loads((content(folder / LIST) or b"").removeprefix(LIST_HEAD))
        files = {str(name): str(one) for name, one in found["files"].items()}
        listed = Listed(str(found["kigen"]), str(found["tally"]), files)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return listed if _TALLY.fullmatch(listed.tally) and all(map(_stays, files)) else None


def changed(folder: Path, listed: Listed) -> list[str]:
    """Files that are there and are not as they were put there, as far as whoever asks may read them."""
    names = (name for name in listed.files if os.access(folder / name, os.R_OK))
    return sorted(name for name in names if digest(content(folder / name) or b"") != listed.files[name])


def content(path: Path) -> bytes | None:
    """What a file holds; None for a link, a pipe, or more than anything of kigen's has. OSError passes."""
    if path.is_symlink():
        return None
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        is_file = stat.S_ISREG(os.fstat(handle).st_mode)
        found = file.read(LARGEST + 1) if is_file else b""
    return found if is_file and len(found) <= LARGEST else None


def _stays(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and "\0" not in name


def digest(content: bytes) -> str:
    """SHA-256 as hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
