"""What `doctor` says of what the database server keeps by itself: its logs, histories of rows, room of rows that went.

None of it is in reach of a deletion, so its term is told, or that nobody knows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection
from sqlalchemy import text as sql

from kigen.commands.findings import ERROR, NOTE, WARNING, Finding, Words, found, words
from kigen.policy.backups import CYCLE
from kigen.work.site import Site

DAY = 24 * 60 * 60
ON = frozenset({"ON", "1"})

LEAST_ROOM = 16 * 1024 * 1024
"""Bytes; less is what a table in use has anyway."""

LEAST_SHARE = 4
"""One part in so many of a table is to be room before rebuilding it is worth a night."""

VARIABLES = (
    "log_bin", "binlog_expire_logs_seconds", "expire_logs_days", "general_log", "general_log_file", "slow_query_log",
    "slow_query_log_file", "log_output", "innodb_print_all_deadlocks",
)  # fmt: skip
VERSIONED = (
    "SELECT table_name FROM information_schema.tables"
    " WHERE table_schema = DATABASE() AND table_type = 'SYSTEM VERSIONED' ORDER BY table_name"
)
TRIGGERS = (
    "SELECT trigger_name, event_object_table FROM information_schema.triggers"
    " WHERE trigger_schema = DATABASE() AND event_manipulation IN ('DELETE', 'UPDATE') ORDER BY trigger_name"
)
ROOM = (
    "SELECT table_name, data_free, data_length + index_length FROM information_schema.tables"
    " WHERE table_schema = DATABASE() AND data_free IS NOT NULL ORDER BY table_name"
)


def look_at_server(site: Site) -> Iterator[Finding]:
    """Logs and histories that hold what was erased for a while of their own, and files that did not become smaller."""
    with site.reading() as connection:
        if connection.dialect.name == "sqlite":
            yield from _room_of_file(connection)
            return
        told = _variables(connection)
        cycle = site.setting(connection, CYCLE)
        versioned = [str(name) for (name,) in connection.execute(sql(VERSIONED))]
        triggers = [(str(name), str(table)) for name, table in connection.execute(sql(TRIGGERS))]
        room = [(str(name), int(free), int(used)) for name, free, used in connection.execute(sql(ROOM))]
    yield from _binary_log(told, cycle if isinstance(cycle, int) else None)
    yield from _other_logs(told)
    yield from _histories(versioned, [(name, table) for name, table in triggers if table in site.host.datamap])
    for name, free, used in room:
        if free >= LEAST_ROOM and free * LEAST_SHARE >= used + free:
            yield _room(name, free, f"OPTIMIZE TABLE {name}")


def _variables(connection: Connection) -> Mapping[str, str]:
    names = ", ".join(f"'{name}'" for name in VARIABLES)
    rows = connection.execute(sql(f"SHOW GLOBAL VARIABLES WHERE variable_name IN ({names})"))
    return {str(name).lower(): str(value) for name, value in rows}


def _binary_log(told: Mapping[str, str], cycle: int | None) -> Iterator[Finding]:
    """A server older than the setting in seconds has one in days."""
    if told.get("log_bin") not in ON:
        return
    seconds = told.get("binlog_expire_logs_seconds")
    days = float(seconds) / DAY if seconds is not None else float(told.get("expire_logs_days", 0))
    if days <= 0:
        yield found(WARNING, "server-binlog", "binlog for ever")
    elif cycle is not None and days > cycle:
        yield found(WARNING, "server-binlog", "binlog too long", days=days, cycle=cycle)
    else:
        yield found(NOTE, "server-binlog", days=days)


def _other_logs(told: Mapping[str, str]) -> Iterator[Finding]:
    """The server deletes nothing from these, so nobody but the operator knows their term."""
    is_file = "FILE" in told.get("log_output", "FILE").upper()
    if told.get("general_log") in ON:
        where = told.get("general_log_file") if is_file else "mysql.general_log"
        yield found(WARNING, "server-general-log", where=where)
    if told.get("slow_query_log") in ON:
        where = told.get("slow_query_log_file") if is_file else "mysql.slow_log"
        yield found(NOTE, "server-slow-log", where=where)
    if told.get("innodb_print_all_deadlocks") in ON:
        yield found(NOTE, "server-error-log")


def _histories(versioned: list[str], triggers: list[tuple[str, str]]) -> Iterator[Finding]:
    for name in versioned:
        yield found(ERROR, "history-kept", table=name)
    for name, table in triggers:
        yield found(WARNING, "history-trigger", name=name, table=table)


def _room_of_file(connection: Connection) -> Iterator[Finding]:
    def pragma(name: str) -> int:
        return int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())

    free, whole = pragma("freelist_count") * pragma("page_size"), pragma("page_count") * pragma("page_size")
    if free >= LEAST_ROOM and free * LEAST_SHARE >= whole:
        yield _room(words("database file"), free, "VACUUM")


def _room(name: str | Words, free: int, statement: str) -> Finding:
    return found(NOTE, "room", name=name, size=free / 2**20, statement=statement)
