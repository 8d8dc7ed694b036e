"""A contact who asks to be erased leaves nothing in quarantine, and takes nothing from its client's (cases.md G3)."""

from __future__ import annotations

from kigen.ledger import inbox, requests
from kigen.work.intake import parse_event, run_intake
from tests.work.billing import NOW, Billing
from tests.work.kept import due_records, stays_kept, swept_away


def test_a_client_goes_without_quarantine_while_a_contact_of_it_waits_to_be_erased(either: Billing) -> None:
    stays_kept(either)
    with either.site.transaction() as connection:
        requests.open_request(connection, 3, "erasure", NOW, contact=30)
    swept_away(either)
    assert either.rows("kigen_quarantine") == []
    assert either.rows("kigen_requests", "client, contact, state") == [
        {"client": 3, "contact": 30, "state": "fulfilled"}
    ]


def test_what_a_contact_asks_destroys_nothing_that_its_client_could_have_back(either: Billing) -> None:
    either.live_client()
    due_records(either)
    either.set(quarantine__term="30 days")
    either.sweep()
    kept = either.rows("kigen_quarantine", "id, client")
    assert {row["client"] for row in kept} == {1}
    with either.site.transaction() as connection:
        told = {"event": "deletion_requested", "client": 1, "at": NOW.isoformat(), "data": {"contact": 7}}
        inbox.append(connection, [parse_event(told, either.site.zone)], NOW)
    assert run_intake(either.site).handled == 1
    assert either.rows("kigen_quarantine", "id, client") == kept
