"""The least a database user needs: one for kigen's daily work, and one, used by `kigen init` alone, for its tables.

information_schema needs no grant: it shows what a user may see otherwise, and SELECT on the database shows it all.
"""

from __future__ import annotations

from collections.abc import Iterable

from kigen.ledger.tables import VERSION_TABLE, metadata

ROWS = "SELECT, INSERT, UPDATE, DELETE"
SHAPE = "CREATE, ALTER, INDEX"
FORMER = ("kigen_acts", "kigen_anchors")
"""Tables of earlier revisions: an upgrade from nothing makes them, then takes over what they hold and drops them."""

MIGRATION_SUFFIX = "_init"


def grants(host_tables: Iterable[str], database: str, user: str) -> list[str]:
    """GRANT statements for MariaDB and MySQL, to be run in this order by an administrator, after creating both users.

    `host_tables` are those in which kigen deletes or archives; of the rest it may only read. `user` is `name` or
    `name@host` (without one: localhost). The statements for `name_init` come first, since a table cannot be granted
    to anybody else before `kigen init` has made it with that user; the rest follow once it has.
    """
    name, _, host = user.rpartition("@") if "@" in user else (user, "", "localhost")
    daily, migrating = (f"{_text(one)}@{_text(host)}" for one in (name, name + MIGRATION_SUFFIX))
    own = sorted([*metadata.tables, VERSION_TABLE])
    return [
        f"GRANT SELECT ON {_pattern(database)}.* TO {migrating}",
        *(f"GRANT {ROWS}, {SHAPE} ON {_name(database)}.{_name(table)} TO {migrating}" for table in own),
        *(f"GRANT {ROWS}, {SHAPE}, DROP ON {_name(database)}.{_name(table)} TO {migrating}" for table in FORMER),
        f"GRANT SELECT ON {_pattern(database)}.* TO {daily}",
        *(f"GRANT {ROWS} ON {_name(database)}.{_name(table)} TO {daily}" for table in sorted({*own, *host_tables})),
    ]


def _text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _name(value: str) -> str:
    return "`" + value.replace("`", "``") + "`"


def _pattern(database: str) -> str:
    # For a whole database the name is a pattern: unescaped, whmcs_1 would be whmcsx1 too.
    return _name(database.replace("\\", "\\\\").replace("_", "\\_").replace("%", "\\%"))
