"""Files that go with rows: their names wait, sealed, in the transaction that deletes the rows, and go after its commit.

Only then, and only for what is on disk, all tables are asked whether another row names them: no lock waits for that.
What could not be removed is tried again by every later run; a name never stands in a log.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

from sqlalchemy import Connection

from kigen.hosts.anonymised import CannotAnonymise
from kigen.hosts.files import within
from kigen.ledger import going_files
from kigen.work.site import Site
from kigen.work.traces import keys_of

NOT_REMOVED = "some files of erased clients could not be removed from host.attachments; the next run tries again"


def put(connection: Connection, site: Site, names: Collection[str]) -> None:
    """Note files to remove, in the caller's transaction, also where nobody has set a folder yet: then they wait.

    CannotAnonymise where a key is missing.
    """
    if names:
        going_files.put(connection, keys_of(site), json.dumps(sorted(names)), site.now)


def spare(connection: Connection, site: Site, names: Collection[str]) -> None:
    """Take these names, which rows have again, out of what waits to be removed, in the caller's transaction."""
    waiting = going_files.waiting(connection) if names else []
    for number, sealed in waiting:
        noted = json.loads(going_files.opened(keys_of(site), sealed))
        left = sorted(set(noted) - set(names))
        if len(left) < len(noted):
            going_files.drop(connection, number)
            put(connection, site, left)


def remove(connection: Connection, site: Site) -> list[str]:
    """Remove what waits, each entry in a transaction of its own; sentences on what was left. No transaction is open."""
    with connection.begin():
        waiting = going_files.waiting(connection)
        folder = folder_of(site, connection)
    if not waiting or folder is None:
        return []
    try:
        keys = keys_of(site)
    except CannotAnonymise as error:
        return [str(error)]
    told: dict[str, None] = {}
    named = {number: frozenset(json.loads(going_files.opened(keys, sealed))) for number, sealed in waiting}
    there = [one for mine in named.values() for one in mine if within([one], folder).paths]
    with connection.begin():
        unused = site.host.unused_files(connection, there) if there else frozenset()
    for number, mine in named.items():
        found = within(mine - (set(there) - unused), folder)
        told.update(dict.fromkeys(found.notes))
        failed = sum(not _removed(path) for path in found.paths)
        if failed or found.unseen:
            told[NOT_REMOVED] = None
            continue
        with connection.begin():
            going_files.drop(connection, number)
    return list(told)


def folder_of(site: Site, connection: Connection) -> Path | None:
    """The platform's folder of attachments as the operator set it; None where nobody did."""
    written = str(site.setting(connection, "host.attachments") or "").strip()
    return Path(written) if written else None


def _removed(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True
