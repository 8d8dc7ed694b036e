"""What is enough to know a record again after a restore, and what is too little."""

from __future__ import annotations

from sqlalchemy import create_engine

from kigen.hosts.unchanging import materials
from kigen.hosts.whmcs.host import WhmcsHost
from kigen.hosts.whmcs.unchanging import UNCHANGING
from kigen.policy.records import Kind
from tests.hosts.whmcs_data import add
from tests.support import shape

NEEDED = {
    "tblclients": {"email": "a@example.jp"},
    "tblorders": {"ordernum": 0, "userid": 1, "status": "Cancelled"},
    "tblhostingaddons": {"status": "Active"},
    "tblquotes": {"stage": "Dead"},
    "tblinvoices": {"userid": 1},
    "tblhosting": {"userid": 1, "domainstatus": "Active"},
    "tbldomains": {"userid": 1, "status": "Active"},
    "tblaccounts": {"userid": 1},
    "tbltickets": {"tid": "", "userid": 1, "status": "Closed"},
}

TOLD = [
    (Kind.CLIENT, {"uuid": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"}, True),
    (Kind.CLIENT, {"created_at": "2020-01-01 10:00:05"}, True),
    (Kind.CLIENT, {"created_at": "2020-01-01 00:00:00"}, False),
    (Kind.CLIENT, {"datecreated": "2020-01-01"}, False),
    (Kind.CLIENT, {}, False),
    (Kind.ORDER, {"ordernum": 4711, "date": "2020-01-01 00:00:00"}, True),
    (Kind.ORDER, {"date": "2020-01-01 10:00:00"}, True),
    (Kind.ORDER, {"date": "2020-01-01 00:00:00"}, False),
    (Kind.ORDER, {"ordernum": 4711}, False),
    (Kind.INVOICE, {"date": "2020-01-01", "duedate": "2020-01-15"}, False),
    (Kind.INVOICE, {"date": "2020-01-01", "subtotal": "10.00"}, True),
    (Kind.SERVICE, {"regdate": "2020-01-01"}, False),
    (Kind.SERVICE, {"regdate": "2020-01-01", "orderid": 7}, True),
    (Kind.DOMAIN, {"registrationdate": "2020-01-01"}, False),
    (Kind.DOMAIN, {"registrationdate": "2020-01-01", "orderid": 7}, True),
    (Kind.ADDON, {"regdate": "2020-01-01", "hostingid": 0}, False),
    (Kind.ADDON, {"regdate": "2020-01-01", "hostingid": 9}, True),
    (Kind.TICKET, {"tid": "ABC-123456"}, False),
    (Kind.TICKET, {"tid": "ABC-123456", "date": "2020-01-01 10:00:00"}, True),
    (Kind.QUOTE, {"datecreated": "2020-01-01", "validuntil": "2020-02-01"}, False),
    (Kind.QUOTE, {"datecreated": "2020-01-01", "total": "10.00"}, True),
    (Kind.PAYMENT, {"date": "2020-01-01 00:00:00"}, False),
    (Kind.PAYMENT, {"date": "2020-01-01 00:00:00", "invoiceid": 30, "amountin": "10.00"}, True),
    (Kind.PAYMENT, {"date": "2020-01-01 10:00:00"}, True),
]


def test_a_record_is_known_by_more_than_its_number_and_a_day(database_url: str) -> None:
    engine = create_engine(database_url)
    shape.whmcs(engine)
    with engine.begin() as connection:
        for number, (kind, values, _) in enumerate(TOLD, 1):
            name = UNCHANGING[kind].table
            add(connection, name, **{"id": number, **NEEDED.get(name, {}), **values})
        rows = WhmcsHost("Asia/Tokyo")._rows(connection)
        found = {
            number: set(materials(rows, [(UNCHANGING[kind], [number, 99])])[0])
            for number, (kind, *_) in enumerate(TOLD, 1)
        }
    assert found == {number: {number} if is_known else set() for number, (*_, is_known) in enumerate(TOLD, 1)}
    engine.dispose()


def test_an_invoice_of_the_same_days_and_price_is_another_one_where_somebody_else_has_it(database_url: str) -> None:
    engine = create_engine(database_url)
    shape.whmcs(engine)
    told = []
    with engine.begin() as connection:
        for client in (2, 7):
            connection.exec_driver_sql("DELETE FROM tblinvoices")
            add(
                connection,
                "tblinvoices",
                id=50,
                userid=client,
                date="2020-01-01",
                duedate="2020-01-15",
                subtotal="9.99",
            )
            rows = WhmcsHost("Asia/Tokyo")._rows(connection)
            told += [found[50] for found in materials(rows, [(UNCHANGING[Kind.INVOICE], [50])])]
    assert len(set(told)) == 2
    engine.dispose()


def test_what_the_gate_has_locked_tells_the_same_as_a_reading_of_its_own(database_url: str) -> None:
    engine = create_engine(database_url)
    shape.whmcs(engine)
    with engine.begin() as connection:
        for number in (1, 2):
            add(connection, "tblorders", id=number, userid=1, status="Cancelled", ordernum=4711 * (2 - number),
                date="2020-01-01 00:00:00")  # fmt: skip
        add(connection, "tblhosting", id=3, userid=1, orderid=1, domainstatus="Active", regdate="2020-01-01")
        add(connection, "tblhostingaddons", id=4, hostingid=3, status="Active", regdate="2020-01-01")
        add(connection, "tbldomains", id=5, userid=1, orderid=2, status="Active", registrationdate="2020-01-01")
        host, ids = WhmcsHost("Asia/Tokyo"), {Kind.ORDER: [1, 2], Kind.SERVICE: [3], Kind.ADDON: [4], Kind.DOMAIN: [5]}
        read = host.around(connection, Kind.ORDER, [1, 2], lock=True).unchanging()
        told = host.all_fingerprints(connection, ids)
        assert host.around(connection, Kind.ORDER, [1, 2]).unchanging() == {}
    assert {kind: [*found] for kind, found in read.items()} == ids
    assert {kind: {id_: one for id_, one in found.items() if one} for kind, found in read.items()} == told
    assert (told[Kind.ORDER].keys(), read[Kind.ORDER][2]) == ({1}, None)  # too little is known of the other
    engine.dispose()
