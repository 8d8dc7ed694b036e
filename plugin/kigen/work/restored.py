"""Whether the database is older than what this machine remembers: the mark of a restored backup.

The ledger file tells it by the evidence that the database lacks. Before the first evidence, and where no act fell
between backup and restore, the number of the latest run does, which is kept outside the database as well; runs that
were refused do not count: they would catch up with the file night by night.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import Connection

from kigen.ledger import runs, settings
from kigen.work.site import Site

PENDING = "replay"
"""Under which the ledger notes a replay that has begun and not ended."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A replay under way: the last entry that the restored database had, when it was made (None: it had none), and the
    last that it got back. Entries after that one are the replay's own."""

    since: int
    since_at: str | None
    until: int


def pending(connection: Connection) -> Pending | None:
    """The replay that has begun and not ended."""
    noted = settings.note(connection, PENDING)
    return Pending(**json.loads(noted)) if noted else None


def note_pending(connection: Connection, begun: Pending | None) -> None:
    """Remember that a replay has begun, in the transaction that gives the entries back; None: it has ended."""
    told = "" if begun is None else json.dumps(asdict(begun))
    settings.write_note(connection, PENDING, told)


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
    return noted_run(site) > runs.last_not_refused(connection)


def noted_run(site: Site) -> int:
    """The latest run that this machine remembers, 0 where it remembers none."""
    try:
        return int(_file(site).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0


def _file(site: Site) -> Path:
    return site.state_dir / "last-run"
