"""What hosts say of services outside, of former addresses and of documents that few share, by their own tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from kigen.hosts.fossbilling import FossBillingHost
from kigen.hosts.sql_host import SqlHost
from kigen.hosts.whmcs import WhmcsHost
from kigen.policy.elsewhere import Elsewhere, Place
from tests.support.fossbilling import connected, put


@pytest.mark.parametrize("host", [WhmcsHost("UTC"), FossBillingHost("UTC")], ids=["whmcs", "fossbilling"])
def test_every_column_that_is_asked_is_in_the_data_map(host: SqlHost) -> None:
    """A column that is misspelt reads as empty, and nobody would be told."""
    mails, documents = host.mails, host.documented
    asked = {(mails.table, one) for one in (mails.owner, mails.to, mails.at)}
    asked |= {(documents.table, one) for one in (documents.owner, *documents.shown)} | {documents.clients}
    for one in host.addressed:
        asked |= {(one.table, one.column), (one.table, one.by)}
        asked |= {(one.link[0], name) for name in one.link[1:]} if one.link else set()
    for told in host.outside:
        asked |= {(told.table, told.owner), (told.table, told.column)} | ({told.named} if told.named else set())
    assert {f"{table}.{column}" for table, column in asked} <= host.datamap.known


def test_a_real_fossbilling_tells_them_of_one_client_and_not_of_another(
    mariadb_url: str, load_dump: Callable[[str, str], None]
) -> None:
    """I7, L5, L12"""
    load_dump(mariadb_url, "fossbilling-0.8.5")
    host, since = FossBillingHost("UTC"), dt.datetime(2026, 5, 18, tzinfo=dt.UTC)
    with connected(mariadb_url) as db:
        for number in (9001, 9002):
            put(db, "client", id=number, email=f"now{number}@example.jp", country="JP")
        put(db, "pay_gateway", id=901, name="By card", gateway="Stripe")
        put(db, "tld_registrar", id=902, name="Namecheap", registrar="Namecheap")
        put(db, "invoice", id=9001, client_id=9001, gateway_id=901, paid_at="2024-03-01 09:00:00", base_income=1357.5)
        put(db, "invoice", id=9002, client_id=9002, paid_at="2024-03-01 09:00:00", base_income=1100)
        put(db, "service_domain", id=9001, client_id=9001, tld_registrar_id=902, sld="a", tld=".jp")
        for to, at in (
            ("Old@example.jp", "2026-05-20 09:00:00"), ("older@example.jp", "2026-05-01 09:00:00"),
            ("NOW9001@example.jp", "2026-05-21 09:00:00"),
        ):  # fmt: skip
            put(db, "activity_client_email", client_id=9001, recipients=to, created_at=at)
        assert host.former_addresses(db, [9001, 9002], since) == {
            9001: {"Old@example.jp": dt.datetime(2026, 5, 20, 9, tzinfo=dt.UTC)},
        }  # fmt: skip
        assert host.elsewhere(db, [9001, 9002]) == {
            9001: (
                Elsewhere(Place.PAYMENT, "Stripe", 1), Elsewhere(Place.REGISTRAR, "Namecheap", 1),
                Elsewhere(Place.WHOIS, "Namecheap", 1),
            ),
        }  # fmt: skip
        assert host.rare(db, [9001], 5) == {9001: 1}
        put(db, "invoice", id=9003, client_id=9002, paid_at="2024-03-01 09:00:00", base_income=1357.5)
        assert host.rare(db, [9001], 5) == {9001: 2}
        assert host.rare(db, [9001], 2) == {}
