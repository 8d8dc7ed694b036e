"""FOSSBilling's invoices, transactions and orders as documents, on the real dumps of both versions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest
from sqlalchemy import Connection, text

from kigen.hosts.fossbilling import FossBillingHost
from kigen.ledger.canonical import canonical
from kigen.ledger.frozen_page import render
from kigen.policy.facts import Facts
from kigen.policy.floors import documents
from kigen.policy.papers import Line, Paper, as_json
from kigen.policy.records import Kind, Ref
from tests.support.fossbilling import connected


@pytest.fixture
def connection(fossbilling_url: str) -> Iterator[Connection]:
    """One of the dumps."""
    with connected(fossbilling_url) as connection:
        yield connection


def read(connection: Connection, client: int, *refs: Ref) -> list[Paper]:
    host = FossBillingHost("UTC")
    (account,) = host.accounts(connection, [client], lock=True)
    return host.papers(connection, account, refs)


def test_an_invoice_shows_its_buyer_as_issued_and_not_the_client_as_it_is_now(connection: Connection) -> None:
    before = read(connection, 1, (Kind.INVOICE, 1))
    connection.execute(text("UPDATE client SET last_name = 'Renamed', email = 'new@example.net' WHERE id = 1"))
    (paper,) = read(connection, 1, (Kind.INVOICE, 1))
    assert [paper] == before
    assert "Elena Marchetti" in paper.shown.buyer and "Studio Marchetti" in paper.shown.buyer
    assert {"Elena Marchetti", "Marchetti Elena", "Studio Marchetti"} <= set(paper.parties)
    assert (paper.client, paper.number, paper.currency, paper.total) == (1, "1", "USD", Decimal(99))
    assert paper.shown.lines == (Line("Starter hosting", "1", "99.00"),)
    assert paper.shown.sums == (("subtotal", "", "99.00"), ("total", "", "99.00"))
    assert paper.shown.payments[0][1:] == ("BANK-1", "", "99.00")


def test_an_invoice_without_a_buyer_has_the_clients_present_data(connection: Connection) -> None:
    names = "first_name last_name company company_vat company_number address city state country zip email".split()
    connection.execute(text(f"UPDATE invoice SET {', '.join(f'buyer_{name} = NULL' for name in names)} WHERE id = 1"))
    (paper,) = read(connection, 1, (Kind.INVOICE, 1))
    assert "Elena Marchetti" in paper.shown.buyer
    assert "elena.marchetti@example.net" in paper.parties


def test_a_transaction_belongs_to_the_client_of_its_invoice(connection: Connection) -> None:
    (paper,) = read(connection, 1, (Kind.PAYMENT, 1))
    assert (paper.client, paper.total, paper.currency, paper.number) == (1, Decimal(99), "USD", "1")
    assert paper.issued == dt.date(2026, 11, 22)
    assert "Elena Marchetti" in paper.shown.buyer


def test_an_order_is_a_document_in_the_language_of_its_client(connection: Connection) -> None:
    connection.execute(text("UPDATE client SET lang = 'ja_JP' WHERE id = 1"))
    (paper,) = read(connection, 1, (Kind.ORDER, 1))
    assert paper.language == "ja"
    assert paper.shown.lines == (Line("Starter hosting", "1", "99.00"),)
    assert "<h1>注文書</h1>" in render(paper)


def test_every_document_of_every_client_that_a_floor_keeps_can_be_made_and_holds_no_secret(
    connection: Connection,
) -> None:
    tokens = connection.scalars(text("SELECT hash FROM invoice WHERE hash IS NOT NULL")).all()
    secrets = [one for one in (*tokens, "NOTAREALHASH", "fake-client-token", "Knows ", "198.51.100", '"post"') if one]
    host, made, undated = FossBillingHost("UTC"), 0, set()
    for account in host.accounts(connection, host.client_ids(connection, None, 500), lock=True):
        wanted = {document.ref for document in documents(Facts(account), "Asia/Tokyo")}
        papers = host.papers(connection, account, wanted)
        assert {paper.ref for paper in papers} == wanted
        for paper in papers:
            told = canonical(as_json(paper)).decode() + render(paper)
            assert [secret for secret in secrets if secret in told] == []
            assert paper.total is not None and paper.number
            undated |= set() if paper.issued else {paper.client}
            made += 1
    assert made > 100
    assert undated == {51}, "Its invoice has dates that no calendar knows."
