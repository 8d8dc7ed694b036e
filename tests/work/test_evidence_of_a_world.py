"""After a whole sweep of an invented platform: nothing in evidence, runs or ledger file tells who anybody was."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from sqlalchemy import inspect, text

from kigen.demo.world import fill
from kigen.ledger import keys, keys_store, ledger_file, migrate
from kigen.policy.records import Kind
from kigen.work.sweep import sweep
from tests.work.worlds import site_for

NOW = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)
ABOUT_PEOPLE = {
    "tblclients": ("firstname", "lastname", "companyname", "email", "address1", "phonenumber", "uuid", "ip"),
    "tblcontacts": ("firstname", "lastname", "email", "phonenumber"),
    "tblusers": ("email", "last_ip"),
    "tbltickets": ("tid", "name", "email", "title"),
    "tbldomains": ("domain",),
    "tblhosting": ("domain", "username", "dedicatedip"),
    "tblaccounts": ("transid",),
}
TELLING = ("kigen_evidence", "kigen_leaves", "kigen_chain", "kigen_heads", "kigen_chunks", "kigen_runs", "kigen_notes")
LONG_ENOUGH = 5
"""Characters of which an identifier must have more to be no part of something else by chance."""


def test_after_a_sweep_of_a_whole_platform_no_identifier_of_anybody_is_in_evidence(
    sqlite_url: str, tmp_path: Path
) -> None:
    """N14, by what the platform held before: the tables of evidence, the records of runs, and the ledger file."""
    site = site_for(sqlite_url, NOW, tmp_path)
    fill(site.engine, 150, 1, now=NOW)
    migrate.upgrade(site.engine)
    keys.make(tmp_path)
    keys_store.make(tmp_path)
    with site.reading() as connection:
        schema = inspect(connection)
        identifiers = {
            str(value)
            for table, columns in ABOUT_PEOPLE.items()
            for column in {one["name"] for one in schema.get_columns(table)} & set(columns)
            for value in connection.execute(text(f"SELECT DISTINCT {column} FROM {table}")).scalars()
            if value and len(str(value)) > LONG_ENOUGH
        }
    assert len(identifiers) > 500
    swept = sweep(site, confirmed=True)
    assert swept.done["delete"][Kind.CLIENT] > 5
    with site.reading() as connection:
        rows = [str(tuple(row)) for name in TELLING for row in connection.execute(text(f"SELECT * FROM {name}"))]
    told = "\n".join([*rows, (tmp_path / ledger_file.NAME).read_text(encoding="utf-8")])
    assert len(told) > 10_000
    assert {one for one in identifiers if one in told} == set()
    site.engine.dispose()
