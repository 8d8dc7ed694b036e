"""How a single file comes into the bridge's folder: new, with its owner and mode, and never through a link."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from kigen.commands.bridge_listed import LIST, Listed, content
from kigen.errors import WrongUse


def write(stage: Path, name: str, text: bytes, mode: int) -> None:
    """A new file below the folder that is being made, on the disk when this returns."""
    path = stage / name
    for folder in [stage / one for one in reversed(Path(name).parents) if one.name]:
        if not folder.exists():
            folder.mkdir()
            folder.chmod(0o755)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(text)
        file.flush()
        os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())


def give(path: Path, user: int, group: int, mode: int) -> None:
    """Owner, group and mode of a file or folder that is there; OSError for a link."""
    # By its handle: between two steps somebody else could put a link there.
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        found = os.fstat(handle)
        if (found.st_uid, found.st_gid) != (user, group):
            os.fchown(handle, user, group)
        os.fchmod(handle, mode)
    finally:
        os.close(handle)


def others(folder: Path, listed: Listed | None, new: Listed) -> list[str]:
    """What the operator put beside the bridge stays. A link would bring what it leads to, which may be anything."""
    if listed is None:
        return []
    own = {*new.files, *listed.files, LIST}
    names = []
    for path in sorted(folder.rglob("*")):
        name, sort = path.relative_to(folder), path.lstat().st_mode
        if name.as_posix() in own or name.parts[0] in (listed.tally, new.tally) or stat.S_ISDIR(sort):
            continue
        if not stat.S_ISREG(sort):
            raise WrongUse(f"{path} is a link or no file, which kigen does not take along: move it away first")
        names.append(name.as_posix())
    return names


def bring(path: Path, stage: Path, name: str) -> None:
    """A file of the operator's as it is: what others could not read they cannot read now."""
    found, had = content(path), path.lstat()
    if found is None:
        raise WrongUse(f"{path} is no file that kigen could take along: move it away first")
    write(stage, name, found, stat.S_IMODE(had.st_mode) & 0o777)
    give(stage / name, had.st_uid, had.st_gid, stat.S_IMODE(had.st_mode) & 0o777)
