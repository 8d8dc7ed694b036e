"""Whether the database is older than what this machine remembers: the mark of a restored backup.

The number of the latest run is kept in a file outside the database; a database that knows only earlier ones was put
back. Runs that were refused do not count: they would catch up with the file night by night.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from kigen.ledger import runs
from kigen.work.site import Site


def note_run(site: Site, run: int) -> str | None:
    """Remember the run outside the database; None, or the sentence why that failed, which undoes nothing."""
    try:
        site.state_dir.mkdir(parents=True, exist_ok=True)
        fresh = _file(site).with_suffix(".new")
        fresh.write_text(f"{run}\n", encoding="ascii")
        fresh.replace(_file(site))
    except OSError as error:
        return f"the run could not be noted in state_dir {site.state_dir}: {error.strerror}; a restore would go unseen"
    return None


def is_restored(site: Site, connection: Connection) -> bool:
    """Whether the file names a later run than the database knows; without a file nobody can tell, and it is not."""
    try:
        noted = int(_file(site).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return False
    return noted > runs.last_not_refused(connection)


def _file(site: Site) -> Path:
    return site.state_dir / "last-run"
