"""A small WHMCS with kigen beside it, on either engine: rows in, events in, time moved, and what came of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import text

from kigen.hosts.whmcs import tables
from kigen.ledger import inbox, keys, keys_store, runs
from kigen.ledger import tables as ledger
from kigen.ledger.database import open_database
from kigen.plugins import Plugins, find_plugins
from kigen.policy.decide import Decision
from kigen.policy.periods import from_local
from kigen.policy.records import Kind, Ref
from kigen.work.intake import Intake, parse_event, run_intake
from kigen.work.plan import decisions
from kigen.work.reconcile import Reconciled, reconcile
from kigen.work.site import Site
from kigen.work.sweep import sweep
from kigen.work.swept import Swept
from tests.hosts.whmcs_data import add
from tests.support.shape import whmcs_with_kigen

ZONE = "Asia/Tokyo"
NOW = "2026-06-01 12:00"
NEEDED: dict[str, dict[str, Any]] = {
    "tblclients": {"email": "someone@example.jp"}, "tblorders": {"ordernum": 1}, "tbltickets": {"tid": "A-1"},
}  # fmt: skip


def at(local: str) -> dt.datetime:
    """A local date-time of the operator as an instant."""
    return from_local(dt.datetime.fromisoformat(local), ZONE)


@cache
def installed() -> Plugins:
    return find_plugins()


class Desk:
    """One installation. Every act happens at `now`, which tests move."""

    def __init__(self, url: str, state_dir: Path, now: str = NOW) -> None:
        host = installed().hosts()["whmcs"](ZONE)
        engine = open_database(url)
        whmcs_with_kigen(engine)
        keys.make(state_dir)
        keys_store.make(state_dir)
        self.site = Site(engine, host, installed(), ZONE, at(now), "tests", state_dir, is_machine_clock=False)
        self.site = replace(self.site, machine_now=at("2040-01-01"))

    def move_to(self, now: str) -> None:
        self.site = replace(self.site, now=at(now))

    def put(self, table: str, **values: Any) -> None:
        """One row of the host's; what is not named is as WHMCS leaves it."""
        self.put_many((table, values))

    def put_many(self, *rows: tuple[str, Mapping[str, Any]]) -> None:
        with self.site.transaction() as connection:
            for table, values in rows:
                add(connection, table, **{**NEEDED.get(table, {}), **values})

    def run(self, statement: str, **values: Any) -> None:
        """Somebody else changes the host's tables."""
        with self.site.transaction() as connection:
            connection.execute(text(statement), values)

    def rows(self, table: str, what: str = "id") -> list[Any]:
        """One column of a table, by id."""
        with self.site.reading() as connection:
            return list(connection.execute(text(f"SELECT {what} FROM {table} ORDER BY id")).scalars())

    def everything(self) -> dict[str, list[Any]]:
        """Every row of every table of the host."""
        with self.site.reading() as connection:
            return {
                name: [tuple(row) for row in connection.execute(text(f"SELECT * FROM {name} ORDER BY 1"))]
                for name in tables.metadata.tables
            }

    def hear(self, *lines: Mapping[str, Any]) -> Intake:
        """Events as they stand in a file of contract.md; `at` is a local time here."""
        arrivals = [parse_event({"at": NOW, **line}, ZONE) for line in lines]
        with self.site.transaction() as connection:
            inbox.append(connection, arrivals, self.site.now)
        return run_intake(self.site)

    def reconcile(self) -> Reconciled:
        return reconcile(self.site)

    def plan(self) -> dict[Ref, Decision]:
        return {decision.record.ref: decision for decision in decisions(self.site)}

    def decision(self, kind: Kind, number: int) -> tuple[str, str | None, set[str]]:
        """What happens to one record, by which rule, and the codes of its reasons."""
        found = self.plan()[kind, number]
        return found.action, found.rule, {reason.code for reason in found.reasons}

    def sweep(self, confirmed: bool = True) -> Swept:
        return sweep(self.site, confirmed=confirmed)

    def acts(self) -> set[tuple[str, int, str, str]]:
        """What runs did, each thing once: kind, id, action, rule."""
        with self.site.reading() as connection:
            acts = list(runs.acts(connection))
        found = {(act.kind.value, act.id, act.action, act.rule) for act in acts}
        assert len(found) == len(acts)
        return found

    def anchors(self) -> dict[tuple[str, int, str], tuple[Any, str]]:
        """Every clock as `decide` sees it now, with how it is known."""
        return {
            (kind.value, number, name): (anchor.at, anchor.source.value)
            for (kind, number), decision in self.plan().items()
            for name, anchor in decision.record.anchors.items()
        }

    def remembered(self) -> dict[str, list[Any]]:
        """What kigen remembers of the host's records, and the clocks that follow from it."""
        with self.site.reading() as connection:
            found = {
                table.name: sorted(map(repr, connection.execute(table.select())))
                for table in (ledger.records, ledger.clocks, ledger.observed)
            }
        return {**found, "anchors": sorted(map(repr, self.anchors().items()))}

    def forget(self) -> None:
        """kigen's tables as they are after installing."""
        with self.site.transaction() as connection:
            for table in ledger.metadata.sorted_tables:
                connection.execute(table.delete())

    def close(self) -> None:
        self.site.engine.dispose()
