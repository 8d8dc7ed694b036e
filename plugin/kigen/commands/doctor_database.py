"""What `doctor` says about the database: what its user may do, what the schema lacks, which settings fight kigen."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import Connection
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError

from kigen.commands.findings import ERROR, NOTE, WARNING, Finding, found
from kigen.errors import one_sentence
from kigen.ledger.tables import metadata
from kigen.work.site import Site

SHOWN = 20
TOO_MUCH = re.compile(r"GRANT (ALL PRIVILEGES|.*\b(SUPER|FILE|GRANT OPTION|CREATE USER)\b.*) ON \*\.\*", re.IGNORECASE)


def look_at_database(site: Site) -> Iterator[Finding]:
    """Grants, drift, and the platform's own settings."""
    yield from _grants(site)
    with site.reading() as connection:
        drift = site.drift(connection)
        advice = site.host.advice(connection, site.now)
    for rule, sentence in sorted(drift.refused.items()):
        yield found(ERROR, "rule-refused", rule=rule, sentence=sentence)
    for name in drift.unclassified[:SHOWN]:
        yield found(WARNING, "unclassified", name=name)
    if len(drift.unclassified) > SHOWN:
        yield found(WARNING, "unclassified", "unclassified more", number=len(drift.unclassified) - SHOWN)
    for note in drift.notes:
        yield Finding(NOTE, "schema", note)
    for one in advice:
        yield Finding(one.level, one.code, one.text, one.ja)


def _grants(site: Site) -> Iterator[Finding]:
    place = f"the database {site.engine.url.database}"
    try:
        with site.engine.connect() as connection:
            _write_nothing(connection)
            connection.rollback()
    except DBAPIError as error:
        sentence = one_sentence(error, place)
        yield Finding(ERROR, "grants", f"{sentence[0].upper()}{sentence[1:]}.")
        return
    if site.engine.dialect.name == "sqlite":
        return
    with site.reading() as connection:
        granted = [str(row[0]) for row in connection.execute(sql("SHOW GRANTS"))]
    if any(TOO_MUCH.match(line) for line in granted):
        yield found(NOTE, "grants-wide")


def _write_nothing(connection: Connection) -> None:
    """Ask for every kind of writing on kigen's tables, for no row: the server checks the rights all the same."""
    for name, table in metadata.tables.items():
        column = next(iter(table.columns)).name
        for statement in (
            f"UPDATE {name} SET {column} = {column} WHERE 1 = 0",  # noqa: S608 - kigen's own table names
            f"DELETE FROM {name} WHERE 1 = 0",  # noqa: S608 - kigen's own table names
            f"INSERT INTO {name} ({column}) SELECT {column} FROM {name} WHERE 1 = 0",  # noqa: S608 - kigen's own table names
        ):
            connection.execute(sql(statement))
