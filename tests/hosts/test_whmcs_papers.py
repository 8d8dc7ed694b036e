"""WHMCS's invoices, transactions, quotes and orders as documents: all that was on them, as issued, and no secret."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, text

from kigen.hosts.papers import NEVER, columns
from kigen.hosts.whmcs.datamap import MAP
from kigen.hosts.whmcs.host import WhmcsHost
from kigen.ledger.canonical import canonical
from kigen.ledger.frozen_page import render
from kigen.policy.papers import Line, Paper, as_json
from kigen.policy.records import Kind, Ref
from tests.hosts.whmcs_data import add, writing
from tests.support import shape, sql

YAMADA = {
    "id": 7, "firstname": "太郎", "lastname": "山田", "companyname": "株式会社ヤマダ", "email": "taro@yamada.example",
    "address1": "青葉区1-2-3", "city": "仙台市", "state": "宮城県", "postcode": "980-0001", "country": "JP",
    "phonenumber": "+81.221234567", "tax_id": "T123", "currency": 1, "language": "japanese", "ip": "192.0.2.1",
    "notes": "pays late",
}  # fmt: skip
BOB = {"id": 8, "firstname": "Bob", "lastname": "<b>Brown</b>", "email": "bob@example.com", "currency": 2}

ROWS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("tblconfiguration", {"setting": "InvoicePayTo", "value": "Osaki 1-1\r\nMiyagi"}),
    ("tblclients", YAMADA),
    ("tblclients", BOB),
    ("tblorders", {"id": 10, "ordernum": 5550001, "userid": 7, "date": "2019-05-20 10:00:00", "status": "Active",
                   "amount": "10000.00", "invoiceid": 30, "transfersecret": "EPP-SECRET", "ipaddress": "192.0.2.1",
                   "notes": "staff said", "orderdata": "ORDER-DATA", "fraudoutput": "FRAUD", "nameservers": "ns1"}),
    ("tblhosting", {"id": 20, "userid": 7, "orderid": 10, "domain": "yamada.jp", "domainstatus": "Active",
                    "billingcycle": "Annually", "firstpaymentamount": "10000.00", "username": "login1",
                    "password": "PASSWORD", "notes": "root PASSWORD", "dedicatedip": "192.0.2.2"}),
    ("tblinvoices", {"id": 30, "userid": 7, "invoicenum": "2019-0030", "status": "Paid", "date": "2019-05-20",
                     "duedate": "2019-06-03", "datepaid": "2019-05-21 01:00:00", "subtotal": "10000.00",
                     "tax": "1000.00", "taxrate": "10.000", "total": "11000.00", "notes": "Thank you\nvery much"}),
    ("tblinvoices", {"id": 31, "userid": 8, "status": "Paid", "date": "2020-01-01", "subtotal": "99.50",
                     "total": "99.50"}),
    ("tblinvoiceitems", {"invoiceid": 30, "userid": 7, "type": "Hosting", "relid": 20, "amount": "10000.00",
                         "description": "yamada.jp 1Y\n(2019)", "notes": "staff only"}),
    ("tblinvoicedata", {"invoice_id": 30, "data": json.dumps({
        "clientsdetails": {"address1": "泉区9-9-9", "companyname": "有限会社ヤマダ", "country": None}})}),
    ("tblinvoicedata", {"invoice_id": 31, "data": "a:1:{broken"}),
    ("tblaccounts", {"id": 40, "userid": 7, "invoiceid": 30, "amountin": "11000.00", "date": "2019-05-21 01:00:00",
                     "gateway": "bank", "transid": "TX-9", "description": "Invoice Payment"}),
    ("tblaccounts", {"id": 41, "userid": 0, "invoiceid": 30, "amountout": "500.00", "date": None, "gateway": "bank"}),
    ("tblquotes", {"id": 60, "userid": 7, "stage": "Accepted", "subject": "Move", "datecreated": "2018-01-01",
                   "dateaccepted": "2018-02-01", "currency": 1, "total": "5000.00", "adminnotes": "cheap client",
                   "proposal": "We move it."}),
    ("tblquotes", {"id": 61, "userid": 0, "stage": "Accepted", "firstname": "Guest", "lastname": "Person",
                   "email": "guest@example.com", "datecreated": "0000-00-00", "total": "1.00"}),
)  # fmt: skip

SECRETS = ("EPP-SECRET", "PASSWORD", "192.0.2", "staff", "ORDER-DATA", "FRAUD", "pays late", "login1", "cheap client")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The rows above, and the table of currencies, which small installations lack."""
    engine = create_engine(database_url)
    if engine.dialect.name == "sqlite":
        shape.whmcs(engine)
    else:
        sql.load_sql(database_url, sql.WHMCS)
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE tblcurrencies (id INT PRIMARY KEY, code VARCHAR(10))"))
        connection.execute(text("INSERT INTO tblcurrencies VALUES (1, 'JPY'), (2, 'usd')"))
        for table, values in ROWS:
            add(connection, table, **values)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """One transaction that takes what WHMCS leaves out; it is rolled back."""
    with engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            connection.execute(text("SET SESSION sql_mode=''"))
        yield connection
        connection.rollback()


def read(connection: Connection, *refs: Ref) -> list[Paper]:
    host = WhmcsHost("Asia/Tokyo")
    (account,) = host.accounts(connection, [7], lock=True)
    return host.papers(connection, account, refs)


def one(connection: Connection, kind: Kind, number: int) -> Paper:
    (paper,) = read(connection, (kind, number))
    return paper


def test_an_invoice_has_its_number_date_total_currency_and_language(connection: Connection) -> None:
    paper = one(connection, Kind.INVOICE, 30)
    assert (paper.host, paper.ref, paper.client, paper.number) == ("whmcs", (Kind.INVOICE, 30), 7, "2019-0030")
    assert (paper.issued, paper.total, paper.currency) == (dt.date(2019, 5, 20), Decimal(11000), "JPY")
    assert paper.language == "ja"


def test_an_invoice_shows_the_client_as_it_was_at_the_invoice_and_else_as_it_is(connection: Connection) -> None:
    shown = one(connection, Kind.INVOICE, 30).shown
    assert shown.buyer == ("有限会社ヤマダ", "太郎 山田", "泉区9-9-9", "仙台市 宮城県 980-0001", "JP", "T123")
    assert shown.seller == ("BESTNET LLC", "Osaki 1-1", "Miyagi")


def test_a_snapshot_that_cannot_be_read_leaves_the_client_as_it_is(connection: Connection) -> None:
    paper = one(connection, Kind.INVOICE, 31)
    assert paper.shown.buyer == ("Bob <b>Brown</b>",)
    assert (paper.number, paper.currency, paper.language, paper.total) == ("31", "USD", "en", Decimal("99.5"))
    assert "&lt;b&gt;Brown" in render(paper)


def test_an_invoice_has_lines_sums_dates_transactions_and_notes(connection: Connection) -> None:
    shown = one(connection, Kind.INVOICE, 30).shown
    assert shown.lines == (Line("yamada.jp 1Y\n(2019)", "", "10,000"),)
    assert shown.sums == (("subtotal", "", "10,000"), ("tax", "10", "1,000"), ("total", "", "11,000"))
    assert shown.dates == (("issued", "2019-05-20"), ("due", "2019-06-03"), ("paid", "2019-05-21"))
    assert shown.payments == (("2019-05-21", "TX-9", "bank", "11,000"), ("", "", "bank", "-500"))
    assert shown.notes == ("Thank you", "very much")


def test_an_invoice_is_found_by_person_company_and_address_as_issued_and_as_they_are(connection: Connection) -> None:
    parties = one(connection, Kind.INVOICE, 30).parties
    assert parties == ("太郎 山田", "山田 太郎", "有限会社ヤマダ", "taro@yamada.example", "株式会社ヤマダ")


def test_the_rows_of_an_invoice_are_all_there_as_text(connection: Connection) -> None:
    data = one(connection, Kind.INVOICE, 30).data
    assert {table: len(rows) for table, rows in data.items()} == {
        "tblinvoices": 1, "tblinvoiceitems": 1, "tblaccounts": 2, "tblclients": 1,
    }  # fmt: skip
    (row,) = data["tblinvoices"]
    assert (row["id"], row["total"], row["taxrate"], row["date"]) == ("30", "11000", "10", "2019-05-20")
    assert data["tblaccounts"][1]["amountout"] == "500"
    assert "phonenumber" not in data["tblclients"][0], "An invoice shows no telephone number."


def test_a_transaction_is_a_document_of_its_own_and_belongs_to_its_invoices_client(connection: Connection) -> None:
    paid, back = read(connection, (Kind.PAYMENT, 40), (Kind.PAYMENT, 41))
    assert (paid.client, paid.total, paid.currency, paid.issued) == (7, Decimal(11000), "JPY", dt.date(2019, 5, 21))
    assert paid.shown.sums == (("received", "", "11,000"),)
    assert (back.client, back.total, back.issued) == (7, Decimal(-500), None)
    assert paid.number == "40", "The number at the bank is masked in the live row, so it does not stand in the open."


def test_a_quote_is_for_its_client_or_for_whom_it_names(connection: Connection) -> None:
    own, guest = read(connection, (Kind.QUOTE, 60), (Kind.QUOTE, 61))
    assert own.shown.buyer[:2] == ("株式会社ヤマダ", "太郎 山田")
    assert (own.shown.subject, own.shown.notes, own.total) == ("Move", ("We move it.",), Decimal(5000))
    assert own.shown.dates == (("issued", "2018-01-01"), ("accepted", "2018-02-01"))
    assert guest.parties == ("Guest Person", "Person Guest", "guest@example.com")
    assert (guest.client, guest.issued) == (None, None)


def test_an_order_tells_what_was_bought_and_not_how_it_is_set_up(connection: Connection) -> None:
    paper = one(connection, Kind.ORDER, 10)
    assert (paper.number, paper.total) == ("5550001", Decimal(10000))
    assert paper.shown.lines == (Line("yamada.jp Annually", "", "10,000"),)
    assert paper.data["tblhosting"][0]["domain"] == "yamada.jp"


def test_an_order_shows_nothing_that_somebody_else_has_under_its_number(connection: Connection) -> None:
    """An add-on without a client of its own is its service's owner's."""
    add(connection, "tblhosting", id=21, userid=8, domainstatus="Active", domain="service.bob.example")
    add(connection, "tbldomains", id=22, userid=7, orderid=10, status="Active", domain="yamada-shop.jp")
    add(connection, "tbldomains", id=23, userid=8, orderid=10, status="Active", domain="bob.example")
    of = {"orderid": 10, "status": "Active"}
    for number, owner, service in ((24, 7, 20), (25, 0, 20), (26, 0, 21), (27, 8, 20)):
        add(connection, "tblhostingaddons", id=number, userid=owner, hostingid=service, name=f"IP {number}", **of)
    paper = one(connection, Kind.ORDER, 10)
    assert [line.text for line in paper.shown.lines] == ["yamada.jp Annually", "IP 24", "IP 25", "yamada-shop.jp"]
    assert "bob" not in canonical(as_json(paper)).decode() and "IP 26" not in render(paper)
    assert [row["id"] for row in paper.data["tblhostingaddons"]] == ["24", "25"]
    assert "userid" not in paper.data["tbldomains"][0]


def test_no_document_holds_a_secret_an_address_of_the_network_or_a_note_of_staff(connection: Connection) -> None:
    kinds = (Kind.INVOICE, Kind.PAYMENT, Kind.QUOTE, Kind.ORDER)
    papers = read(connection, *((kind, number) for kind in kinds for number in (10, 30, 31, 40, 41, 60, 61)))
    assert len(papers) == 7
    for paper in papers:
        told = canonical(as_json(paper)).decode() + render(paper)
        assert [secret for secret in SECRETS if secret in told] == []


def test_records_that_are_gone_and_kinds_without_documents_are_left_out(connection: Connection) -> None:
    assert read(connection, (Kind.INVOICE, 999), (Kind.CLIENT, 7), (Kind.TICKET, 1)) == []
    assert read(connection) == []


def test_reading_again_gives_the_same_document(connection: Connection) -> None:
    assert read(connection, (Kind.INVOICE, 30), (Kind.ORDER, 10)) == read(
        connection, (Kind.ORDER, 10), (Kind.INVOICE, 30)
    )


@pytest.mark.parametrize("table", ["tblinvoices", "tblinvoiceitems", "tblaccounts", "tblquotes", "tblorders"])
def test_what_a_document_leaves_out_is_a_secret_a_trace_or_a_note(table: str) -> None:
    fields = MAP[table].fields
    left = [fields[name] for name in fields if name not in columns(MAP[table])]
    assert all(one.sort in NEVER or one.withheld for one in left)
    assert {"id"} <= set(columns(MAP[table]))


def test_an_invoice_goes_to_the_billing_contact_and_is_found_by_both(connection: Connection) -> None:
    add(connection, "tblcontacts", id=5, userid=8, firstname="Carol", lastname="Clerk", email="carol@example.com")
    add(connection, "tblcontacts", id=6, userid=7, firstname="Not", lastname="Bobs")
    connection.execute(text("UPDATE tblclients SET billingcid = 5 WHERE id = 8"))
    paper = one(connection, Kind.INVOICE, 31)
    assert paper.shown.buyer == ("Carol Clerk",)
    assert {"Carol Clerk", "carol@example.com", "Bob <b>Brown</b>", "bob@example.com"} <= set(paper.parties)
    connection.execute(text("UPDATE tblclients SET billingcid = 6 WHERE id = 8"))
    assert one(connection, Kind.INVOICE, 31).shown.buyer == ("Bob <b>Brown</b>",), "A contact of somebody else."


def test_fields_that_the_operator_puts_on_invoices_are_on_them_and_others_are_not(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE tblcustomfields ADD COLUMN showinvoice VARCHAR(10)"))
    for number, kind, shown in ((1, "client", "on"), (2, "client", ""), (3, "product", "on")):
        add(connection, "tblcustomfields", id=number, type=kind, fieldname=f"Field {number}")
        connection.execute(text(f"UPDATE tblcustomfields SET showinvoice = '{shown}' WHERE id = {number}"))
        add(connection, "tblcustomfieldsvalues", fieldid=number, relid=8, value=f"value {number}")
    add(connection, "tblcustomfieldsvalues", fieldid=1, relid=7, value="of another")
    assert one(connection, Kind.INVOICE, 31).shown.buyer == ("Bob <b>Brown</b>", "Field 1: value 1")
