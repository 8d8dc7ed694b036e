"""The list in a bridge's folder of what was put there: by it changed files are known, and folders of somebody else."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

LIST = "installed.php"
LIST_HEAD = b"<?php exit; ?>\n"
"""It lies where a web server may show files: as a program it shows nothing, not even the name of `tally`."""


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
    """What the folder says was put there; None where it says nothing."""
    try:
        found = json.loads((folder / LIST).read_bytes().removeprefix(LIST_HEAD))
        files = {str(name): str(one) for name, one in found["files"].items()}
        return Listed(str(found["kigen"]), str(found["tally"]), files)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def changed(folder: Path, listed: Listed) -> list[str]:
    """Files that are there and are not as they were put there, as far as whoever asks may read them."""
    names = (name for name in listed.files if os.access(folder / name, os.R_OK))
    return sorted(name for name in names if digest((folder / name).read_bytes()) != listed.files[name])


def digest(content: bytes) -> str:
    """SHA-256 as hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
