"""Which files on disk go with rows that were deleted: by their names in the rows, never outside the store.

Files are removed after the rows are gone for good. One that another row names stays; one that is missing is a note.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import column, or_, select, table

from kigen.hosts.rows import Rows

Attached = Mapping[str, str]
"""By `table.column` what stands between several names of files in it; "" where there is only one."""


TOGETHER = 100
"""Names that are looked for in one go."""


@dataclass(frozen=True)
class Files:
    """Files in the store that may go, and sentences on those that cannot be followed, without their names.

    `unseen`: how many may be there, in a place that cannot be looked at now.
    """

    paths: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()
    unseen: int = 0


def names_in(attached: Attached, table_name: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The names of files in rows of one table."""
    for place, between in attached.items():
        name, _, one = place.partition(".")
        if name == table_name:
            for row in rows:
                written = str(row.get(one) or "")
                yield from filter(None, map(str.strip, written.split(between) if between else [written]))


def unused(rows: Rows, attached: Attached, names: Iterable[str]) -> frozenset[str]:
    """Of these names those that no row names any more. No index helps: the server reads the columns once a batch."""
    left = set(names)
    for place in attached if left else ():
        name, _, one = place.partition(".")
        if not rows.schema.has(name, one):
            continue
        wanted: list[Any] = [column(one)]
        for batch in _batches(sorted(left)):
            holding = or_(*(column(one).contains(file, autoescape=True) for file in batch))
            found = rows.connection.execute(select(*wanted).select_from(table(name)).where(holding)).scalars()
            left -= set(names_in({place: attached[place]}, name, ({one: value} for value in found)))
    return frozenset(left)


def _batches(names: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(names), TOGETHER):
        yield names[start : start + TOGETHER]


TOO_LONG = "A row names a file by more characters than a name can have; it was left."
NOT_SEEN = "A row names a file in a folder that may not be looked into; it was left."
LONGEST = 255
"""Bytes of a name that file systems take; of a longer one they only say that it is an error."""


def within(names: Iterable[str], folder: Path) -> Files:
    """The files of these names in the store. A name that leads out of it, or to a link, is left and noted."""
    wanted = sorted(set(names))
    if not is_there(folder):
        told = ("The folder of the attachments is not there, so no file was removed.",) if wanted else ()
        return Files((), told, len(wanted))
    found: list[Path] = []
    notes: list[str] = []
    missing = unseen = 0
    for name in wanted:
        pure = PurePosixPath(name)
        if "\0" in name or "\\" in name or pure.is_absolute() or ".." in pure.parts or not pure.parts:
            notes.append("A row names a file outside the folder of the attachments; it was left.")
            continue
        path = folder.joinpath(*pure.parts)
        try:
            if max(map(len, map(os.fsencode, pure.parts))) > LONGEST:
                notes.append(TOO_LONG)
            elif any(one.is_symlink() for one in (path, *_between(path, folder))):
                notes.append("A row names a symbolic link in the folder of the attachments; it was left.")
            elif not os.path.lexists(path):
                missing += 1
            elif not path.is_file():
                notes.append("A row names something that is no file in the folder of the attachments; it was left.")
            else:
                found.append(path)
        except UnicodeEncodeError:  # half a character, which no name on a disk has
            missing += 1
        except OSError as error:
            notes.append(TOO_LONG if error.errno == errno.ENAMETOOLONG else NOT_SEEN)
            unseen += error.errno != errno.ENAMETOOLONG
    if missing:
        notes.append(f"{missing} of the files were not there any more.")
    return Files(tuple(found), tuple(dict.fromkeys(notes)), unseen)


def is_there(folder: Path) -> bool:
    """Whether the store can be looked into; one that is out of reach is as good as away."""
    try:
        return folder.is_dir()
    except OSError:
        return False


def _between(path: Path, folder: Path) -> Iterator[Path]:
    """The folders below the store that lead to a file."""
    for parent in path.parents:
        if parent == folder:
            return
        yield parent
