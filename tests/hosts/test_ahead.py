"""Host events translated many at once are what each is alone, with a few readings for all of them together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, event

from kigen.hosts.ahead import ROUNDS, Told, translate_all, translated
from kigen.hosts.rows import Rows
from kigen.hosts.schema import read_schema
from kigen.hosts.whmcs import WhmcsHost, events
from kigen.ledger.database import open_database
from tests.hosts.whmcs_data import fill
from tests.support import shape

AT = dt.datetime(2026, 2, 1, 3, 0, tzinfo=dt.UTC)
TOLD = [
    Told(name, {key: number}, AT)
    for number in (0, 1, 2, 10, 12, 20, 21, 22, 30, 40, 50, 555)
    for name, key in (
        ("UserLogin", "user_id"), ("ClientEdit", "userid"), ("CancelOrder", "orderid"), ("DeleteOrder", "orderid"),
        ("InvoicePaid", "invoiceid"), ("AddInvoicePayment", "invoiceid"), ("AddTransaction", "id"),
        ("AfterModuleSuspend", "serviceid"), ("AddonCancelled", "id"), ("TicketOpen", "ticketid"),
        ("CancellationRequest", "relid"), ("SomebodysOwnHook", "id"), ("DailyCronJob", "id"),
    )
]  # fmt: skip


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_database(database_url)
    shape.whmcs(engine)
    fill(engine)
    yield engine
    engine.dispose()


def shown(outcomes: list[Any]) -> list[str]:
    return [repr(one) for one in outcomes]


def test_events_translated_together_are_what_each_is_alone_and_ask_a_few_times_for_all(engine: Engine) -> None:
    sent: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _cursor, text, *_rest: sent.append(text))
    with engine.connect() as connection:
        rows = Rows(connection, read_schema(connection))
        alone = [translated(rows, [one], events.translate)[0] for one in TOLD]
        plain = translate_all(WhmcsHost("Asia/Tokyo"), connection, TOLD)
        sent.clear()
        together = translated(rows, TOLD, events.translate)
    assert shown(together) == shown(alone) == shown(plain)
    assert len([text for text in sent if "tblorderstatuses" not in text]) < 4 * ROUNDS < len(TOLD)


@pytest.mark.parametrize("number", [10**30, -1, "ten", {"nested": 1}, None])
def test_an_id_that_no_column_holds_costs_only_its_own_event(engine: Engine, number: object) -> None:
    bad = Told("ClientEdit", {"userid": number}, AT)
    with engine.connect() as connection:
        rows = Rows(connection, read_schema(connection))
        expected = translated(rows, TOLD, events.translate)
        first, *others = translated(rows, [bad, *TOLD], events.translate)
    assert shown(others) == shown(expected)
    assert isinstance(first, Exception) or first.client == 10**30
