"""The narrow reading of WHMCS: of random worlds it gives the decisions and deletions that whole accounts give."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from random import Random

import pytest
from sqlalchemy import Connection, Engine

from kigen.hosts.whmcs import WhmcsHost
from kigen.ledger.database import open_database
from kigen.policy.anchors import record_of
from kigen.policy.decide import Decision, decide
from kigen.policy.facts import Account, Contract, Facts, Hold, Request
from kigen.policy.periods import parse_term
from kigen.policy.records import RECORDS, Client, Invoice, Item, Kind, Order, Ref
from kigen.policy.schedule import RULES, Schedule
from tests.hosts.port_contract import snapshot
from tests.oracle.generate import generate
from tests.work.worlds import fill

ZONE = "Asia/Tokyo"
NOW = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)
INSTANTS = (NOW, NOW + dt.timedelta(days=5000))
SCHEDULE = Schedule(ZONE)
NARROW = [kind for kind in RECORDS if kind is not Kind.CLIENT]


@pytest.fixture(params=[11, 12])
def engine(request: pytest.FixtureRequest, database_url: str) -> Iterator[Engine]:
    """A random world, dense with items of others, refunds and invoices that bill for others."""
    engine = open_database(database_url)
    fill(engine, database_url, generate(Random(request.param), 150, NOW))
    yield engine
    engine.dispose()


def entities(account: Account) -> dict[Ref, Client | Order | Invoice | Item]:
    """All that rules speak of in an account."""
    found: dict[Ref, Client | Order | Invoice | Item] = {item.ref: item for item in account.items}
    found |= {(Kind.ORDER, order.id): order for order in account.orders}
    found |= {(Kind.INVOICE, invoice.id): invoice for invoice in account.invoices}
    return found | ({(Kind.CLIENT, account.id): account.client} if account.client else {})


def facts_about(account: Account, refs: list[Ref]) -> Facts:
    """Facts beside an account that bring every guard to speak: the same for a whole account and a narrow one."""
    rng = Random(account.id)
    holds = [Hold(n, None, ref, "court") for n, ref in enumerate(refs) if rng.random() < 0.1]
    people = [Hold(1000 + n, n, None, "court") for n in range(1, 150) if rng.random() < 0.05]
    contracts = [
        Contract(n, None, group, rule.id, parse_term(term), dt.datetime(2000, 1, 1, tzinfo=dt.UTC))
        for n, (rule, group, term) in enumerate((r, g, t) for r in RULES for g, t in ((1, "200 months"), (2, "1 day")))
    ]
    others = [Request(n, n, "access", NOW) for n in range(1, 150) if rng.random() < 0.05]
    return Facts(account, {}, None, (*holds, *people), tuple(contracts), others_requests=tuple(others))


def decisions(account: Account, ref: Ref, refs: list[Ref]) -> list[Decision]:
    entity, facts = entities(account)[ref], facts_about(account, refs)
    return [decide(record_of(entity, facts, at, ZONE), facts, SCHEDULE, at) for at in INSTANTS]


@pytest.mark.parametrize("lock", [False, True])
def test_every_record_is_decided_by_a_narrow_account_as_by_the_whole(engine: Engine, lock: bool) -> None:
    host = WhmcsHost(ZONE)
    compared, acting = 0, 0
    with engine.begin() as connection:
        whole = {one.id: one for one in host.accounts(connection, host.client_ids(connection, None, 10_000))}
        for kind in RECORDS:
            wanted = {ref: one.id for one in whole.values() for ref in entities(one) if ref[0] is kind}
            ids = [number for _, number in wanted]
            refs = [ref for one in whole.values() for ref in entities(one)]
            narrow = {one.id: one for one in host.around(connection, kind, ids, lock).accounts({*ids})}
            assert sorted(narrow) == sorted(set(wanted.values()))
            for ref, owner in wanted.items():
                found = decisions(narrow[owner], ref, refs)
                assert found == decisions(whole[owner], ref, refs), ref
                compared += len(found)
                acting += sum(one.acts for one in found)
    assert compared > 1500
    assert acting > 100


def test_a_record_read_alone_is_decided_as_beside_others(engine: Engine) -> None:
    host = WhmcsHost(ZONE)
    with engine.begin() as connection:
        for kind in NARROW:
            ids = sorted(host.ids(connection, kind, 0, 100_000))
            around = host.around(connection, kind, ids)
            together = {ref: one for one in around.accounts({*ids}) for ref in entities(one)}
            for number in ids[::7]:
                ref = (kind, number)
                (alone,) = host.around(connection, kind, [number]).accounts({number})
                (taken_out,) = around.accounts({number})
                assert decisions(alone, ref, [ref]) == decisions(together[ref], ref, [ref])
                assert decisions(taken_out, ref, [ref]) == decisions(together[ref], ref, [ref])


def test_deleting_by_narrow_accounts_deletes_the_same_rows(engine: Engine) -> None:
    host = WhmcsHost(ZONE)
    for kind in NARROW:
        with engine.connect() as connection:
            ids = sorted(host.ids(connection, kind, 0, 100_000))[::3]
            connection.rollback()
        assert deleted(engine, host, kind, ids, narrow=True) == deleted(engine, host, kind, ids, narrow=False)


def deleted(engine: Engine, host: WhmcsHost, kind: Kind, ids: list[int], narrow: bool) -> object:
    """What a deletion tells and what it leaves; rolled back."""
    with engine.connect() as connection:
        around = host.around(connection, kind, ids, lock=True) if narrow else None
        accounts = around.accounts({*ids}) if around else whole_of(connection, host, kind, ids)
        told = host.delete(connection, kind, ids, accounts)
        left = snapshot(connection)
        connection.rollback()
    assert told
    return told, left


def whole_of(connection: Connection, host: WhmcsHost, kind: Kind, ids: list[int]) -> list[Account]:
    return host.accounts(connection, sorted(set(host.owners(connection, kind, ids).values())), lock=True)


def test_records_that_are_gone_are_in_no_account(engine: Engine) -> None:
    host = WhmcsHost(ZONE)
    with engine.begin() as connection:
        for kind in NARROW:
            assert host.around(connection, kind, [987_654]).accounts({987_654}) == []
        nothing = host.around(connection, Kind.ORDER, [])
        assert (nothing.accounts(set()), nothing.alike()) == ([], [])
