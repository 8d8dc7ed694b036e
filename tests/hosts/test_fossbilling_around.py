"""The narrow reading of FOSSBilling: of random rows it gives the decisions and deletions that whole accounts give."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from random import Random

import pytest
from sqlalchemy import Engine, create_engine

from kigen.hosts.fossbilling import FossBillingHost
from kigen.policy.anchors import record_of
from kigen.policy.decide import decide
from kigen.policy.facts import Account, Facts
from kigen.policy.records import Invoice, Item, Kind, Order
from kigen.policy.schedule import Schedule
from tests.hosts.port_contract import snapshot
from tests.support.fossbilling import connected, create, put

NOW = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)
STATUSES = ("pending_setup", "failed_setup", "active", "suspended", "canceled", "Canceled ", "odd")
NARROW = (Kind.ORDER, Kind.SERVICE, Kind.INVOICE)


@pytest.fixture(params=["sqlite", "mariadb"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Thirty clients whose orders are billed by invoices of anybody, which notes may call refunded."""
    url = str(request.getfixturevalue(f"{request.param}_url"))
    create(url, "0.8")
    rng = Random(5)
    with connected(url) as connection:
        for id_ in range(1, 28):  # three are gone
            put(connection, "client", id=id_, status="active", email=f"{id_}@example.org", client_group_id=id_ % 3)
        for id_ in range(1, 121):
            created = f"20{rng.randint(15, 26)}-03-01 10:00:00"
            put(
                connection, "client_order", id=id_, client_id=rng.randint(1, 30), status=rng.choice(STATUSES),
                created_at=created, activated_at=rng.choice([None, created]), canceled_at=rng.choice([None, created]),
                unpaid_invoice_id=rng.choice([None, None, rng.randint(1, 120)]), service_type="domain",
                service_id=rng.randint(1, 60),
            )  # fmt: skip
            put(
                connection, "invoice", id=id_, client_id=rng.randint(1, 30), created_at=created, due_at=created,
                status=rng.choice(("paid", "unpaid", "canceled", "canceled", "refunded")),
                notes=rng.choice((None, None, f"Refund for #{rng.randint(1, 120)} invoice")),
            )  # fmt: skip
            price = rng.choice((10, 10, -10))
            relation = str(rng.randint(1, 120))
            put(connection, "invoice_item", id=id_, invoice_id=id_, type="order", rel_id=relation, price=price)
            if rng.random() < 0.3:
                put(
                    connection, "transaction", id=id_, invoice_id=rng.randint(1, 120), amount="10", created_at=created,
                    status=rng.choice(("processed", "error", "received")),
                )  # fmt: skip
        for id_ in range(1, 61):
            put(connection, "service_domain", id=id_, client_id=rng.randint(1, 30), expires_at="2020-01-01 00:00:00")
    engine = create_engine(url)
    yield engine
    engine.dispose()


def entities(account: Account, kind: Kind) -> dict[int, Order | Item | Invoice]:
    pools = {Kind.ORDER: account.orders, Kind.SERVICE: account.items, Kind.INVOICE: account.invoices}
    return {one.id: one for one in pools[kind]}


def test_every_record_is_decided_by_a_narrow_account_as_by_the_whole(engine: Engine) -> None:
    host, schedule = FossBillingHost("UTC"), Schedule("Asia/Tokyo")
    acting = compared = 0
    for lock in (False, True):
        with engine.begin() as connection:
            for kind in NARROW:
                ids = sorted(host.ids(connection, kind, 0, 1000))
                owners = host.owners(connection, kind, ids)
                whole = {one.id: one for one in host.accounts(connection, sorted(set(owners.values())))}
                narrow = {one.id: one for one in host.around(connection, kind, ids, lock).accounts({*ids})}
                assert sorted(narrow) == sorted(set(owners.values()))
                for id_, owner in owners.items():
                    answers = []
                    for account in (narrow[owner], whole[owner]):
                        facts = Facts(account)
                        record = record_of(entities(account, kind)[id_], facts, NOW, schedule.zone)
                        answers.append(decide(record, facts, schedule, NOW))
                    assert answers[0] == answers[1]
                    compared, acting = compared + 1, acting + answers[0].acts
    assert compared > 400
    assert acting > 30


@pytest.mark.parametrize("kind", NARROW)
def test_deleting_by_narrow_accounts_deletes_the_same_rows(engine: Engine, kind: Kind) -> None:
    host = FossBillingHost("UTC")
    outcomes = []
    for is_narrow in (True, False):
        with engine.connect() as connection:
            ids = sorted(host.ids(connection, kind, 0, 1000))[::3]
            clients = sorted(set(host.owners(connection, kind, ids).values()))
            whole = [] if is_narrow else host.accounts(connection, clients, lock=True)
            accounts = host.around(connection, kind, ids, lock=True).accounts({*ids}) if is_narrow else whole
            outcomes.append((host.delete(connection, kind, ids, accounts), snapshot(connection)))
            connection.rollback()
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][0]
