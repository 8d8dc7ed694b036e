"""How long the file of a bundle is kept: until its term is over, its client goes, or a person removes it; then it goes.

Only the very file that was written is removed, known by size and hash: at its place there may be another by now.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row

from kigen.ledger import bundles
from kigen.work.export.parts import names_of
from kigen.work.export.spool import PIECE
from kigen.work.site import Site

UNFINISHED = dt.timedelta(days=1)
"""After this time nobody is still writing a bundle that is not done."""

NOT_REMOVED = "bundle {number} could not be removed from {folder}: {why}; the next run tries again"


def remove_ended(connection: Connection, site: Site) -> list[str]:
    """Remove bundles whose time is over, and what killed processes left; sentences on what could not be removed.

    `connection` is in no transaction.
    """
    with connection.begin():
        ending = bundles.ending(connection, site.now, site.machine_now - UNFINISHED)
    problems = (remove(connection, site, row, row.gone_why or bundles.EXPIRED) for row in ending)
    return [problem for problem in problems if problem]


def remove(connection: Connection, site: Site, row: Row[Any], why: str) -> str | None:
    """Remove one bundle and note it; None, or the sentence why it is still there."""
    path = Path(row.path) if row.path else None
    try:
        if path is not None and row.state == bundles.MAKING:
            _remove_begun(path)
            why = bundles.REMOVED
        elif path is not None:
            files = names_of(path, row.parts or 1)
            if _is_this(files, row.size, row.digest):
                for file in files:
                    file.unlink()
            else:
                why = bundles.MOVED
    except OSError as error:
        return NOT_REMOVED.format(number=row.id, folder=path.parent if path else "", why=error.strerror)
    with connection.begin():
        bundles.gone(connection, row.id, why, site.now)
    return None


def files_of(row: Row[Any]) -> list[Path]:
    """Where the parts of a bundle are; none where it is gone."""
    return names_of(Path(row.path), row.parts or 1) if row.path and row.gone_at is None else []


def _remove_begun(path: Path) -> None:
    """What was written of a bundle that nobody finished; in a folder the name was not known yet."""
    folder, name = (path, "kigen-bundle-*") if path.is_dir() else (path.parent, path.name)
    for part in folder.glob(f".{name}.*.part"):
        with suppress(FileNotFoundError):
            part.unlink()


def _is_this(files: Sequence[Path], size: int, digest: str) -> bool:
    if not all(file.is_file() and not file.is_symlink() for file in files):
        return False
    if sum(file.stat().st_size for file in files) != size:
        return False
    found = hashlib.sha256()
    for file in files:
        with file.open("rb") as content:
            while piece := content.read(PIECE):
                found.update(piece)
    return found.hexdigest() == digest
