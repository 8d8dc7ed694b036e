"""How a bridge comes into a platform's folder: as a whole at one instant, or not at all; what somebody changed is kept.

A folder of somebody else's is left alone: what kigen puts there is listed in it (bridge_listed.py).
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kigen.commands.bridge_files import bring, give, others, write
from kigen.commands.bridge_listed import LIST, Listed, changed, content, listed_of, read_list, written
from kigen.errors import WrongUse

KEPT = "kept.ndjson"
"""Events that found no place in the database, in the folder that the bridge writes into."""

SECRET_MODE, MODE, TALLY_MODE = 0o640, 0o644, 0o2770
STAGED = ".kigen-"
_STAGED = re.compile(r"\.kigen-[0-9a-f]{8}(-old)?")
EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)
HERE = -100  # AT_FDCWD


@dataclass(frozen=True)
class Wanted:
    """What is to stand in the platform: every file, and by name the one with the secret and the folder to write into.

    `owner` are user and group of the platform's PHP, `reader` is the group that reads what the bridge counted.
    """

    platform: Path
    folder: Path
    version: str
    files: Mapping[str, bytes]
    secret: str
    tally: str
    owner: tuple[int, int]
    reader: int

    def listed(self) -> Listed:
        """The list of what is put there."""
        return listed_of(self.version, self.tally, self.files)


@dataclass
class Placed:
    """What was done: whether anything changed, and where copies of changed files lie."""

    is_changed: bool = False
    kept: list[Path] = field(default_factory=list)


def place(wanted: Wanted, aside: Path) -> Placed:
    """Put it there; copies of files that somebody changed go into `aside`. WrongUse with a sentence."""
    with _alone(wanted.platform):
        _tidy(wanted.platform, wanted.folder)
        listed = _own_list(wanted.folder)
        done = Placed()
        if listed is not None and _is_as_wanted(wanted, listed):
            return done
        done.is_changed = True
        done.kept = _keep(wanted.folder, listed, aside)
        stage = wanted.platform / f"{STAGED}{secrets.token_hex(4)}"
        try:
            _fill(stage, wanted, listed)
            _swap(stage, wanted.folder)
        except OSError as error:
            raise WrongUse(f"{wanted.folder} cannot be written: {error.strerror}") from None
        finally:
            if stage.exists():
                _carry(stage / (listed.tally if listed else wanted.tally), wanted.folder / wanted.tally)
                shutil.rmtree(stage)
        return done


def remove(platform: Path, folder: Path, aside: Path) -> Placed:
    """Take it away; changed files and events that wait in the folder go into `aside`."""
    with _alone(platform):
        _tidy(platform, folder)
        listed = _own_list(folder)
        if listed is None:
            return Placed()
        kept = _keep(folder, listed, aside)
        stage = platform / f"{STAGED}{secrets.token_hex(4)}"
        try:
            folder.rename(stage)
        except OSError as error:
            raise WrongUse(f"{folder} cannot be removed: {error.strerror}") from None
        waiting = stage / listed.tally / KEPT
        if not waiting.parent.is_symlink() and waiting.is_file() and waiting.stat().st_size:
            kept.append(_copy(waiting, aside, KEPT))
        shutil.rmtree(stage)
        return Placed(True, kept)


def _own_list(folder: Path) -> Listed | None:
    if not folder.exists() and not folder.is_symlink():
        return None
    if folder.is_symlink() or not folder.is_dir() or (listed := read_list(folder)) is None:
        raise WrongUse(f"{folder} is there and was not put there by kigen; expected no such folder: move it away first")
    return listed


def _is_as_wanted(wanted: Wanted, listed: Listed) -> bool:
    if wanted.listed() != listed or not (wanted.folder / wanted.tally).is_dir():
        return False
    there = all(_holds(wanted.folder / name, one) for name, one in wanted.files.items())
    found = (wanted.folder / wanted.secret).stat() if there else None
    return found is not None and (found.st_uid, found.st_gid, found.st_mode & 0o777) == (*wanted.owner, SECRET_MODE)


def _holds(path: Path, wanted: bytes) -> bool:
    return path.is_file() and content(path) == wanted


def _keep(folder: Path, listed: Listed | None, aside: Path) -> list[Path]:
    names = changed(folder, listed) if listed else []
    return [_copy(folder / name, aside, f"{name.replace('/', '-')}.bak") for name in names]


def _copy(path: Path, aside: Path, name: str) -> Path:
    # Not beside the file: there a web server would show it to everybody, with the secret in it.
    found = content(path)
    if found is None:
        raise WrongUse(f"{path} is no file that could be kept: move it away first")
    aside.mkdir(mode=0o700, parents=True, exist_ok=True)
    number, target = 1, aside / name
    while target.exists():
        number, target = number + 1, aside / f"{name}.{number}"
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(found)
    return target


def _fill(stage: Path, wanted: Wanted, listed: Listed | None) -> None:
    stage.mkdir(mode=0o755)
    stage.chmod(0o755)  # whatever the umask
    for name, one in {**wanted.files, LIST: written(wanted.listed())}.items():
        write(stage, name, one, SECRET_MODE if name == wanted.secret else MODE)
    for name in others(wanted.folder, listed, wanted.listed()):
        bring(wanted.folder / name, stage, name)
    user, group = wanted.owner
    try:
        give(stage / wanted.secret, user, group, SECRET_MODE)
        give(stage / wanted.tally, user, wanted.reader, TALLY_MODE)  # what PHP writes there has the folder's group
    except PermissionError:
        raise WrongUse(
            f"{wanted.secret} cannot be given to user {user}, who runs the platform's PHP;"
            " run this as root or as that user"
        ) from None


def _swap(stage: Path, folder: Path) -> None:
    """The new folder takes the old one's place in one step, where the system can; the old one is then `stage`."""
    if not folder.exists():
        stage.rename(folder)
        return
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is not None and renameat2(HERE, os.fsencode(stage), HERE, os.fsencode(folder), EXCHANGE) == 0:
        return
    if renameat2 is not None and ctypes.get_errno() not in (errno.EINVAL, errno.ENOSYS):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    old = stage.with_name(f"{stage.name}-old")
    folder.rename(old)
    try:
        stage.rename(folder)
    except OSError:
        old.rename(folder)
        raise
    old.rename(stage)


def _carry(old: Path, new: Path) -> None:
    """What the old folder counted and kept goes on being known."""
    are_folders = all(one.is_dir() and not one.is_symlink() for one in (old, new))
    for path in sorted(old.iterdir()) if are_folders else ():
        if not os.path.lexists(new / path.name):
            path.rename(new / path.name)
        elif path.name == KEPT and path.is_file() and (found := content(path)):
            handle = os.open(new / KEPT, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(handle, "ab") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                file.write(found)


def _tidy(platform: Path, folder: Path) -> None:
    """What an installation left that died: a folder that was on its way out comes back, anything else goes.

    What has another name, or another owner than whoever installs, nobody of kigen's put there.
    """
    for left in sorted(platform.glob(f"{STAGED}*")):
        found = left.lstat()
        is_own = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
        if not (_STAGED.fullmatch(left.name) and is_own):
            continue
        if left.name.endswith("-old") and not folder.exists() and read_list(left) is not None:
            left.rename(folder)
        else:
            shutil.rmtree(left)


@contextmanager
def _alone(platform: Path) -> Iterator[None]:
    handle = os.open(platform, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise WrongUse(f"another installation works in {platform} just now; run this again when it is done") from None
    else:
        yield
    finally:
        os.close(handle)
