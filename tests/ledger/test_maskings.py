"""The log of maskings tells when, where, of whom, which columns, why and by whom, and never what stood there."""

from __future__ import annotations

import json

from sqlalchemy import Connection

from kigen.ledger import maskings, parties
from kigen.ledger.maskings import Masking
from kigen.policy.records import Kind
from tests.ledger.papers_made import AT, KEYS, OTHER_KEYS

ONE = Masking((Kind.INVOICE, 30), "2019-0030", 7, ("tblinvoices.notes", "tblaccounts.transid"), ("floor",))
TWO = Masking((Kind.CLIENT, 8), "", 8, ("tblclients.email",), ("unpaid-invoice", "floor"))
NOTHING = Masking((Kind.ORDER, 5), "5", 7, (), ("floor",))


def test_a_masking_is_logged_with_slip_party_fields_reason_and_person(connection: Connection) -> None:
    assert maskings.write(connection, KEYS, "whmcs", [ONE, TWO, NOTHING], AT, "officer", 12) == 2
    first, second = maskings.listed(connection)
    assert (first.at, first.host, first.kind, first.record, first.number) == (AT, "whmcs", "invoice", 30, "2019-0030")
    assert (first.actor, first.run, first.codes) == ("officer", 12, "floor")
    assert json.loads(first.fields) == ["tblaccounts.transid", "tblinvoices.notes"]
    assert second.codes == "floor,unpaid-invoice"


def test_the_party_is_a_digest_that_only_the_key_makes(connection: Connection) -> None:
    maskings.write(connection, KEYS, "whmcs", [ONE, TWO], AT, "officer", None)
    assert [row.record for row in maskings.listed(connection, party=parties.of_client(KEYS, 7))] == [30]
    assert maskings.listed(connection, party=parties.of_client(OTHER_KEYS, 7)) == []
    assert [row.record for row in maskings.listed(connection, (Kind.CLIENT, 8))] == [8]
    assert maskings.listed(connection, (Kind.ORDER, 5)) == []


def test_what_was_logged_goes_with_its_record_and_no_other(connection: Connection) -> None:
    other = Masking((Kind.ORDER, 30), "30", 7, ("tblorders.notes",), ("floor",))
    maskings.write(connection, KEYS, "whmcs", [ONE, TWO, other], AT, "officer", None)
    maskings.write(connection, KEYS, "fossbilling", [ONE], AT, "officer", None)
    assert maskings.forget(connection, "whmcs", {Kind.INVOICE: [30, 31], Kind.CLIENT: []}) == 1
    left = [(row.host, row.kind, row.record) for row in maskings.listed(connection)]
    assert left == [("whmcs", "client", 8), ("whmcs", "order", 30), ("fossbilling", "invoice", 30)]


def test_nothing_to_log_writes_nothing(connection: Connection) -> None:
    assert not maskings.is_any(connection)
    assert maskings.write(connection, KEYS, "whmcs", [NOTHING], AT, "officer", None) == 0
    assert not maskings.is_any(connection)
    maskings.write(connection, KEYS, "whmcs", [ONE], AT, "officer", None)
    assert maskings.is_any(connection)
