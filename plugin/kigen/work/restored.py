"""Whether the database is older than what this machine remembers: the mark of a restored backup.

The ledger file tells it by the evidence that the database lacks. Before the first evidence, and where no act fell
between backup and restore, the number of the latest run does, which is kept outside the database as well; runs that
were refused do not count: they would catch up with the file night by night. Beside that number stands how many entries
of evidence there were: by it a ledger file is found out that lost its end, or all of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import Connection

from kigen.ledger import evidence, ledger_file, runs, settings
from kigen.ledger.ledger_standing import Standing
from kigen.policy.records import Kind, Ref
from kigen.work.site import Site

PENDING = "replay"
"""Under which the ledger notes a replay that has begun and not ended."""

STAYED = "replay kept"
"""Under which it notes what a person has to decide about before it is anonymised again."""


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


def stayed(connection: Connection) -> dict[Ref, int]:
    """Clients that evidence says are anonymised and that a replay left as they were, with their records: by record the
    entry in which it was anonymised. Nothing but this note tells them from those that were anonymised again."""
    noted: list[tuple[str, int, int]] = json.loads(settings.note(connection, STAYED) or "[]")
    return {(Kind(kind), number): seq for kind, number, seq in noted}


def note_stayed(connection: Connection, refs: Mapping[Ref, int]) -> None:
    """Remember these, and no others."""
    told = [(kind.value, number, seq) for (kind, number), seq in sorted(refs.items())]
    settings.write_note(connection, STAYED, json.dumps(told))


LOST = (
    "{expected}; the ledger file {path} {ends} and the database ends with entry {database}: nobody can tell what was"
    " done in entry {first} and after it. Expected the file as it was: bring it back from its copy, then run"
    " 'kigen replay'"
)
ENDED, BROKE_OFF, RAN = (
    "The last run of this machine ended with entry {0} of evidence",
    "Entry {0} of evidence was written and is cut off",
    "The last run of this machine was run {0}, which this database does not know",
)


def lost(site: Site, connection: Connection, stands: Standing) -> str | None:
    """The sentence about evidence that neither the ledger file nor the database has any more; None: all is there."""
    known = max(stands.file, stands.database)
    noted = _noted(site)[1]
    if noted is not None and noted > known:
        expected = ENDED.format(noted)
    elif stands.torn is not None:
        expected = BROKE_OFF.format(stands.torn)
    elif not stands.file and noted is None and is_restored(site, connection):
        expected = RAN.format(noted_run(site))
    else:
        return None
    path = site.state_dir / ledger_file.NAME
    ends = f"ends with entry {stands.file}" if stands.file else "is empty" if path.exists() else "is missing"
    return LOST.format(expected=expected, path=path, ends=ends, database=stands.database, first=known + 1)


VANISHED = (
    "the ledger file {path} was not there although the database has {entries} entries of evidence: it is written anew"
    " from the database; look where it went, for until it is there a restored backup would go unseen"
)


def vanished(site: Site, connection: Connection) -> str | None:
    """The sentence about a ledger file that is gone from beside a database that is whole; None: it is there.

    Not there either is the file of a first run that was killed before it wrote it.
    """
    path = site.state_dir / ledger_file.NAME
    with suppress(FileNotFoundError):
        if path.lstat().st_size:
            return None
    if not _file(site).exists() or _noted(site)[1] == 0:
        return None
    entries, _ = evidence.end(connection)
    return VANISHED.format(path=path, entries=entries) if entries else None


def note_run(site: Site, connection: Connection, run: int) -> str | None:
    """Remember the run and how much evidence there is outside the database; None, or the sentence why that failed,
    which undoes nothing. `connection` is in no transaction."""
    with connection.begin():
        entries, _ = evidence.end(connection)
    try:
        site.state_dir.mkdir(parents=True, exist_ok=True)
        fresh = _file(site).with_suffix(".new")
        fresh.write_text(f"{run}\n{entries}\n", encoding="ascii")
        fresh.replace(_file(site))
    except OSError as error:
        return f"the run could not be noted in state_dir {site.state_dir}: {error.strerror}; a restore would go unseen"
    return None


def is_restored(site: Site, connection: Connection) -> bool:
    """Whether the file names a later run than the database knows; without a file nobody can tell, and it is not."""
    return noted_run(site) > runs.last_not_refused(connection)


def noted_run(site: Site) -> int:
    """The latest run that this machine remembers, 0 where it remembers none."""
    return _noted(site)[0]


def _noted(site: Site) -> tuple[int, int | None]:
    """The latest run, 0 for none, and how many entries of evidence there were, None where that is not noted."""
    try:
        run, *entries = map(int, _file(site).read_text(encoding="ascii").split())
    except (OSError, ValueError):
        return 0, None
    return run, entries[0] if entries else None


def _file(site: Site) -> Path:
    return site.state_dir / "last-run"
