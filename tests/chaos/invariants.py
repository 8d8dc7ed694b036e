"""What must hold after whatever happened to a run: judged from the platform's rows and the acts that kigen noted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, inspect, text

from kigen.hosts.whmcs import tables as whmcs
from kigen.hosts.whmcs.deleting import PARTS
from kigen.ledger import runs
from tests.chaos.small import MAIN_TABLES

Row = dict[str, Any]
Tables = dict[str, dict[Any, Row]]

OWN = frozenset(table.name for table in MAIN_TABLES.values()) | {"tblquotes"}
"""Tables whose rows can go by themselves, as records; every other row goes with the record that it is a part of."""

# Of each part of a record: its table, the column that names the record, and the record's table.
OF = {
    "client": "tblclients", "order": "tblorders", "invoice": "tblinvoices", "service": "tblhosting",
    "domain": "tbldomains", "addon": "tblhostingaddons", "ticket": "tbltickets",
}  # fmt: skip
BELONGS = [
    (part.table, part.column, OF[part.of])
    for part in PARTS
    if part.of in OF and not part.field and part.table != OF[part.of]
] + [("tblhostingaddons", "hostingid", "tblhosting"), ("tbltickets", "userid", "tblclients")]
GOES_WITH = [(name, "userid", "tblclients") for name in ("tblorders", "tblinvoices", "tblhosting", "tbldomains")]
"""Records that cannot stay when their client has gone, but may go before it."""
GOES_WITH += [("tblhosting", "orderid", "tblorders"), ("tbldomains", "orderid", "tblorders")]


def acts(connection: Connection) -> list[tuple[str, int, str]]:
    """Everything that kigen says it did, as (kind, id, action): once for each time that it is written down."""
    return [(act.kind.value, act.id, act.action) for act in runs.acts(connection)]


def host_rows(connection: Connection) -> Tables:
    """The platform's tables: of each the rows by their key."""
    found: Tables = {}
    names = set(inspect(connection).get_table_names())
    for name, table in whmcs.metadata.tables.items():
        if name in names:
            keys = [column.name for column in table.primary_key]
            rows = [dict(row) for row in connection.execute(text(f"SELECT * FROM {name}")).mappings()]
            found[name] = {tuple(row[key] for key in keys): row for row in rows}
    return found


@dataclass(frozen=True)
class Moment:
    """One look at an installation."""

    host: Tables
    acts: list[tuple[str, int, str]]
    former: frozenset[tuple[int, str]] = frozenset()
    """Clients with the status that they had before an archive: a payment gives it back before a run acts."""

    @staticmethod
    def of(connection: Connection) -> Moment:
        """Now."""
        former = connection.execute(text("SELECT client, former_status FROM kigen_archives"))
        return Moment(host_rows(connection), acts(connection), frozenset((row[0], row[1]) for row in former))


def violations(before: Moment, now: Moment, undisturbed: Sequence[Moment]) -> list[str]:
    """What is wrong `now`, midway between `before` and the last of the moments after each `undisturbed` run."""
    return [*_wrong_rows(before, now, undisturbed), *_wrong_acts(before, now), *_half_done(before, now)]


def _wrong_rows(before: Moment, now: Moment, undisturbed: Sequence[Moment]) -> list[str]:
    """Every row is as it was, or as an undisturbed run leaves it."""
    found = []
    for name, rows in before.host.items():
        here = now.host[name]
        for key, row in rows.items():
            if key not in here:
                if key in undisturbed[-1].host[name]:
                    found.append(f"{name} {key} is gone, which the undisturbed run keeps")
            elif here[key] != row and all(here[key] != moment.host[name].get(key) for moment in undisturbed):
                if name == "tblclients" and _is_restored(row, here[key], before.former):
                    continue
                found.append(f"{name} {key} is neither as it was nor as the undisturbed run leaves it")
        found += [f"{name} {key} came from nowhere" for key in here.keys() - rows.keys()]
    return found


def _is_restored(row: Row, now: Row, former: frozenset[tuple[int, str]]) -> bool:
    """Whether an archive ended and nothing else happened, which no undisturbed run may show in the end."""
    return now == {**row, "status": now["status"]} and (row["id"], now["status"]) in former


def _wrong_acts(before: Moment, now: Moment) -> list[str]:
    """Each act once; one for every record that is gone, none for one that is there."""
    fresh = Counter(now.acts) - Counter(before.acts)
    found = [f"{act} is written down {times} times" for act, times in fresh.items() if times > 1]
    told = {(kind, number) for kind, number, action in fresh if action == "delete"}
    gone = set()
    for kind, table in MAIN_TABLES.items():
        gone |= {(kind.value, key[0]) for key in _keys(before, table.name) - _keys(now, table.name)}
    found += [f"{ref} is gone and no act says so" for ref in sorted(gone - told)]
    known = {kind.value for kind in MAIN_TABLES}
    found += [f"{ref} is there although an act says it went" for ref in sorted(told - gone) if ref[0] in known]
    closed, were_closed = _closed(now), _closed(before)
    archived = {number for kind, number, action in fresh if (kind, action) == ("client", "archive")}
    went = {number for kind, number in gone if kind == "client"}
    found += [f"client {number} is archived and no act says so" for number in sorted(closed - were_closed - archived)]
    found += [f"client {number} is open although an act archived it" for number in sorted(archived - closed - went)]
    return found


def _keys(moment: Moment, name: str) -> set[Any]:
    return set(moment.host.get(name, {}))


def _closed(moment: Moment) -> set[int]:
    return {key[0] for key, row in moment.host["tblclients"].items() if row["status"] == "Closed"}


def _half_done(before: Moment, now: Moment) -> list[str]:
    """A part is gone exactly when its record is; what goes along has gone when its record has."""
    found = []
    for name, column, parent in (*BELONGS, *GOES_WITH):
        rows, parents, here = before.host.get(name, {}), before.host.get(parent, {}), now.host
        for key, row in rows.items():
            if (row.get(column),) not in parents:
                continue  # an orphan before
            has_parent = (row[column],) in here[parent]
            is_there = key in here[name]
            is_kept = _is_foreign(row, parents[(row[column],)], parent) or _is_on_others(before, name, row)
            if is_there and not has_parent and not is_kept:
                found.append(f"{name} {key} is there without its {parent} {row[column]}")
            if not is_there and has_parent and name not in OWN and not _has_other_parent(before, now, name, row):
                found.append(f"{name} {key} is gone from its {parent} {row[column]}, which is there")
    return found


def _is_foreign(row: Row, parent: Row, name: str) -> bool:
    """Whether the row belongs to another client than its record: such a row never goes along."""
    return name != "tblclients" and "userid" in row and row["userid"] != parent.get("userid", row["userid"])


def _is_on_others(before: Moment, name: str, row: Row) -> bool:
    """Whether the row is a payment on somebody else's invoice: it stays with that, without its payer."""
    invoice = before.host["tblinvoices"].get((row.get("invoiceid"),)) if name == "tblaccounts" else None
    return invoice is not None and invoice["userid"] != row["userid"]


def _has_other_parent(before: Moment, now: Moment, name: str, row: Row) -> bool:
    """Whether another record that this row is a part of has gone, and took it."""
    return any(
        (row.get(column),) in before.host[parent] and (row.get(column),) not in now.host[parent]
        for table, column, parent in BELONGS
        if table == name
    )
