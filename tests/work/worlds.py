"""A generated world put into a real database and ledger, and read back: between the oracle and the program."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pymysql
from sqlalchemy import Engine, insert, make_url, select, text

from kigen.ledger import inbox, keys, keys_store, settings
from kigen.ledger import tables as ledger
from kigen.ledger.database import open_database
from kigen.ledger.lifecycle import memories, refs_of
from kigen.plugins import find_plugins
from kigen.policy.periods import local_midnight
from kigen.policy.records import Kind
from kigen.work.intake import parse_event, run_intake
from kigen.work.readings import walk_clients
from kigen.work.site import Site
from tests.oracle.load import load
from tests.oracle.world import World
from tests.support.shape import whmcs_with_kigen

ZONE = "Asia/Tokyo"


def site_for(url: str, now: dt.datetime, state_dir: Path) -> Site:
    """A site as `kigen` makes it on a machine whose clock stands there, with the keys of an installation."""
    keys.make(state_dir)
    keys_store.make(state_dir)
    plugins = find_plugins()
    host = plugins.hosts()["whmcs"](ZONE)
    engine = open_database(url)
    return Site(engine, host, plugins, ZONE, now, "tests", state_dir, is_machine_clock=False, machine_now=now)


def fill(engine: Engine, url: str, world: World) -> None:
    """The world's rows into a fresh WHMCS-shaped database, and kigen's tables beside them."""
    whmcs_with_kigen(engine)
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        with sqlite3.connect(address.database or "") as file:
            load(world, file, "qmark")
        file.close()
    else:
        socket = address.query["unix_socket"]
        with pymysql.connect(
            user=address.username,
            unix_socket=str(socket),
            database=address.database,
            init_command="SET sql_mode=''",
            ssl_disabled=True,
        ) as connection:
            load(world, connection)


def remember(site: Site, world: World) -> None:
    """Writes what kigen's ledger knows of the world, straight into its tables."""
    with site.transaction() as connection:
        states = _states(site, connection)
        records: dict[tuple[str, int], dict[str, Any]] = {}
        for kind, number in {*world.first_seen, *world.state_changes}:
            known = states.get((Kind(kind), number))
            if known is None:
                continue
            state, client = known
            first, changed = world.first_seen.get((kind, number)), world.state_changes.get((kind, number))
            records[kind, number] = {
                "kind": kind, "id": number, "client": client, "state": state.value, "first_seen": first or changed,
                "seen_at": changed, "other_seen_at": world.other_seen.get((kind, number)),
            }  # fmt: skip
        if records:
            connection.execute(insert(ledger.records), list(records.values()))
        for archive in world.archives:
            connection.execute(insert(ledger.archives).values(**archive))
        for hold in world.holds:
            values = {"client": hold.get("client"), "kind": hold.get("kind"), "record": hold.get("id")}
            connection.execute(insert(ledger.holds).values(
                **values, reason="test", until=hold["until"], placed_at=hold["placed"], placed_by="tests"
            ))  # fmt: skip
        for contract in world.contracts:
            connection.execute(insert(ledger.contracts).values(
                client=contract.get("client"), client_group=contract.get("group"), rule=contract["rule"],
                term=contract["term"], begins=_midnight(contract["from"]),
                until=contract["until"] and _midnight(contract["until"]), added_at=site.now, added_by="tests",
            ))  # fmt: skip
        seen = set()
        for request in world.requests:
            key = (request["client"], request["right"], request["received"])
            if key not in seen:
                seen.add(key)
                connection.execute(insert(ledger.requests).values(
                    client=request["client"], request_right=request["right"], received=request["received"],
                    closed_at=request["closed"],
                ))  # fmt: skip
        for name, value in settings_of(world).items():
            settings.store(connection, name, value, site.now, "tests")
        arrivals = [parse_event(_as_told(event), ZONE) for event in world.events]
        inbox.append(connection, arrivals, site.now)
    run_intake(site)


def _as_told(event: dict[str, Any]) -> dict[str, Any]:
    """An event as operators send it (contract.md, Events)."""
    return {**event, "at": event["at"].isoformat()}


def read_back(site: Site, world: World) -> World:
    """The world as it stands in the database now; what kigen alone knows is taken from its ledger."""
    with site.reading() as connection:
        tables = read_tables(connection, world.tables)
        archives = [
            {"client": row.client, "at": row.at, "former_status": row.former_status}
            for row in connection.execute(select(ledger.archives).where(ledger.archives.c.ended_at.is_(None)))
        ]
        states = _states(site, connection)
        known = memories(connection, states)
    first_seen = {(ref[0].value, ref[1]): memory.first_seen for ref, memory in known.items() if memory.first_seen}
    changes, other = {}, {}
    for ref, memory in known.items():
        if memory.seen_at and memory.state == states[ref][0]:
            changes[ref[0].value, ref[1]] = memory.seen_at
        if memory.other_seen_at:
            other[ref[0].value, ref[1]] = memory.other_seen_at
    return World(
        tables=tables, holds=world.holds, contracts=world.contracts, requests=world.requests, archives=archives,
        first_seen=first_seen, state_changes=changes, other_seen=other, events=world.events, settings=world.settings,
    )  # fmt: skip


def read_tables(connection: Any, names: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """The host's rows as the oracle has them; of the statuses only the operator's own."""
    tables = {}
    for name in names:
        rows = connection.execute(text(f"SELECT * FROM {name}")).mappings()
        tables[name] = [{key: _as_text(value) for key, value in row.items()} for row in rows]
    for statuses in ("tblorderstatuses", "tblticketstatuses"):
        tables[statuses] = [row for row in tables[statuses] if row["id"] >= 100]
    return tables


def _states(site: Site, connection: Any) -> dict[tuple[Kind, int], tuple[Any, int]]:
    found = {}
    for clients in walk_clients(connection, site.host):
        for account in site.host.accounts(connection, clients):
            by_ref = {item.ref: item for item in account.items}
            by_ref |= {(Kind.ORDER, order.id): order for order in account.orders}
            by_ref |= {(Kind.INVOICE, invoice.id): invoice for invoice in account.invoices}
            if account.client:
                by_ref[Kind.CLIENT, account.id] = account.client
            found |= {ref: (by_ref[ref].state, account.id) for ref in refs_of(account) if ref in by_ref}
    return found


def settings_of(world: World) -> dict[str, str]:
    chosen = world.settings
    unpaid = chosen["unpaid_keeps_days"]
    return {
        **{f"schedule.{rule}": term for rule, term in chosen["terms"].items()},
        "schedule.settling": f"{chosen['settling_days']} days",
        "guards.smallest_credit": chosen["smallest_credit"],
        "guards.unpaid_limit": f"{unpaid} days" if unpaid else "",
        "deletion.sign_in_moves_date": "on" if chosen["sign_in_moves_date"] else "off",
        "floors.fiscal_year_end": chosen["floors.fiscal_year_end"] or "",
        "floors.filing_months": str(chosen["floors.filing_months"]),
        "floors.years": str(chosen["floors.years"]),
        "floors.loss_years": ", ".join(map(str, chosen["floors.loss_years"])),
        "floors.company_books": "on" if chosen["floors.company_books"] else "off",
        "sweep.chunk": "37",  # small and odd, so that chunks end in the middle of things
    }


def _as_text(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, dt.date):
        return value.isoformat()
    return value if value is None or isinstance(value, (int, str)) else str(value)


def _midnight(day: str) -> dt.datetime:
    return local_midnight(dt.date.fromisoformat(day), ZONE)
