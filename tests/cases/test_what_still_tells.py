"""What may still tell who somebody was after an erasure: combinations, digests, services elsewhere, keys (cases.md)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kigen.commands.doctor_anonymised import look_at_anonymised
from kigen.commands.doctor_blocked import look_for_the_blocked
from kigen.ledger import blocked, evidence_read, frozen, keys_store, outbox, settings
from kigen.policy.elsewhere import Elsewhere, Place
from kigen.policy.records import Kind
from kigen.work.erase import erase
from tests.cases.desk import Desk
from tests.cases.test_floors_and_claims import back_up

FLOOR_ENDS = "2032-03-01 12:00"


@pytest.fixture
def clients(small: Desk) -> Desk:
    """Clients 1 to 7 from Japan paid the same on one day, but 1 a sum of its own; kept for seven years."""
    for number in range(1, 8):
        small.put("tblclients", id=number, status="Active", datecreated="2020-01-01", country="JP",
                  firstname=f"Name{number}", email=f"{number}@example.jp")  # fmt: skip
        small.put("tblinvoices", id=number * 10, userid=number, status="Paid", date="2024-03-01", subtotal="11.00",
                  datepaid="2024-03-01 09:00:00", total="13.57" if number == 1 else "11.00")  # fmt: skip
        small.put("tblhosting", id=number, userid=number, domainstatus="Active" if number > 2 else "Terminated",
                  termination_date="2024-03-02")  # fmt: skip
    with small.site.transaction() as connection:
        for name, value in (("floors.fiscal_year_end", "12-31"), ("schedule.client.archive-inactive", "")):
            settings.store(connection, name, value, small.site.now, "tests")
    back_up(small)
    return small


def anonymise(desk: Desk, *numbers: int) -> None:
    for number in numbers:
        assert erase(desk.site, number).done["anonymise"] == {"client": 1}


def test_an_anonymised_client_whose_date_and_amount_few_others_share_is_told(clients: Desk) -> None:
    """L5: k is a setting; 0 asks nothing."""
    anonymise(clients, 1, 2)
    (found,) = look_at_anonymised(clients.site)
    assert (found.level, found.code) == ("note", "told-apart")
    assert found.text == (
        "Of 2 anonymised clients 1 can still be told apart: fewer than 5 clients share the country, date and amount of"
        " a document that is kept of them (1 at least; first clients 1). Their rows are personal data until the floor"
        " ends: go on treating them so."
    )
    for least, told in (("7", [1, 2]), ("6", [1]), ("0", [])):
        with clients.site.transaction() as connection:
            settings.store(connection, "anonymised.least_alike", least, clients.site.now, "tests")
            assert sorted(clients.site.host.rare(connection, [1, 2], int(least))) == told
    assert list(look_at_anonymised(clients.site)) == []


def test_at_the_end_of_its_floor_a_document_goes_with_its_key_and_evidence_says_so(clients: Desk) -> None:
    """L6, L13: what could be turned back stays no longer than its reason; until then the others' stay as they were."""
    anonymise(clients, 1, 2)
    keys = keys_store.read(clients.site.state_dir)
    with clients.site.reading() as connection:
        pages = [frozen.read(connection, keys, number).page for number in clients.rows("kigen_frozen")]
    assert any("Name1" in page for page in pages)
    clients.run("UPDATE tblinvoices SET datepaid = '2025-03-01 09:00:00', date = '2025-03-01' WHERE id = 20")
    clients.move_to(FLOOR_ENDS)
    clients.sweep()
    assert clients.rows("tblinvoices") == [20, 30, 40, 50, 60, 70]
    assert clients.rows("kigen_frozen", "record") == [20]
    with clients.site.reading() as connection:
        parties = connection.exec_driver_sql("SELECT COUNT(*) FROM kigen_frozen_parties WHERE document = 1").scalar()
        told = [one for one in evidence_read.told(connection) if one.entry.action == "destroy-key"]
        latest = evidence_read.latest_about(connection, (Kind.INVOICE, 10))
    assert parties == 0
    assert [(one.entry.rule, part.kind, [item[0] for item in part.items if item]) for one in told for part in one.parts
            ] == [("frozen.floor-ended", "invoice", [10])]  # fmt: skip
    assert latest is not None and latest[0].entry.action == "delete"  # of the record itself
    clients.move_to("2032-03-02 12:00")
    assert "frozen invoice" not in clients.sweep().rows


def test_what_stays_at_services_outside_is_in_the_last_message_in_both_languages(clients: Desk) -> None:
    """L12: kigen ends none of it, and names none of the person."""
    clients.put("tblaccounts", id=1, userid=1, invoiceid=10, gateway="paypal", transid="SECRET-17", amountin="13.57",
                date="2024-03-01 09:00:00")  # fmt: skip
    clients.put("tblpaymethods", id=1, userid=1, gateway_name="stripe")
    clients.put("tblpaymethods", id=2, userid=2, gateway_name="gmo")
    for number, client in ((1, 1), (2, 1), (3, 3)):
        clients.put("tbldomains", id=number, userid=client, domain=f"d{number}.example", registrar="enom",
                    status="Expired", expirydate="2024-01-01")  # fmt: skip
    clients.hear({"event": "deletion_requested", "client": 1, "at": "2026-05-01 12:00"})
    clients.sweep()
    with clients.site.reading() as connection:
        (last,) = [json.loads(row.data) for row in outbox.of(connection, 1) if row.notice == outbox.PARTLY_KEPT]
    assert last["elsewhere"] == [
        {"place": "payment-service", "name": "paypal", "records": 1},
        {"place": "payment-service", "name": "stripe", "records": 1},
        {"place": "registrar", "name": "enom", "records": 2},
        {"place": "public-register", "name": "enom", "records": 2},
    ]  # fmt: skip
    assert "SECRET" not in repr(last)
    register = Elsewhere(Place.WHOIS, "enom", 2)
    assert register.text() == (
        "The public register (WHOIS, RDAP) that enom fills may show the holder of 2 domains until it is changed there."
    )
    assert register.text("ja") == (
        "enom を通じた公開登録情報（WHOIS・RDAP）には、変更されるまでドメイン 2 件の登録者が表示されることがあります。"
    )
    assert all(Elsewhere(place, "x", 1).text("ja") for place in Place)


def entries(desk: Desk) -> list[Any]:
    with desk.site.reading() as connection:
        return list(blocked.listed(connection))


def test_whoever_cheated_stays_known_by_a_keyed_digest_after_the_erasure_for_a_term_of_its_own(clients: Desk) -> None:
    """G15: an address of any case and width; of another client, and without the key, nothing is known."""
    keys = keys_store.read(clients.site.state_dir)
    clients.run("DELETE FROM tblinvoices WHERE userid = 1")
    with clients.site.transaction() as connection:
        number = blocked.add(connection, keys, 1, "1@example.jp", "fraud", clients.site.now, "tests")
    assert list(look_for_the_blocked(clients.site)) == []  # its own entry
    assert erase(clients.site, 1).done["delete"] == {"client": 1}
    (one,) = entries(clients)
    assert (one.id, one.client, one.reason) == (number, None, "fraud")
    assert "1@example.jp" not in repr(one)
    clients.put("tblclients", id=40, status="Active", datecreated="2026-05-30", email="１@EXAMPLE.jp")
    (found,) = look_for_the_blocked(clients.site)
    assert found.text == (
        "Clients with an address that is blocked: 1, the first are 40 (fraud). A person decides; 'kigen blocked list'"
        " tells the terms."
    )
    other = keys_store.StoreKeys(keys.store, bytes(32))
    with clients.site.reading() as connection:
        assert blocked.matching(connection, other, {40: "1@example.jp"}) == {}
    clients.move_to("2028-05-30 12:00")
    clients.sweep()
    assert len(entries(clients)) == 1
    clients.move_to("2028-06-01 12:00")
    assert clients.sweep().rows["kigen_blocked"] == 1
    assert entries(clients) == []
