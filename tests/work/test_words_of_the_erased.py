"""After an erasure kigen's own tables hold no word of the person either, and nothing by which one could be guessed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from kigen.ledger import holds, inbox
from kigen.policy.records import Kind
from kigen.work import desk
from kigen.work.erase import erase
from kigen.work.intake import parse_event, run_intake
from tests.work.billing import LATER, NOW, Billing
from tests.work.test_in_part import SECRETS, ask, back_up, everything, person

MAIL = "taro.yamada@example.jp"


def hear(billing: Billing, *told: dict[str, Any]) -> None:
    with billing.site.transaction() as connection:
        inbox.append(connection, [parse_event(one, "Asia/Tokyo") for one in told], billing.site.now)
    run_intake(billing.site)


def words_of(billing: Billing, client: int) -> None:
    """A poisoned event, one that was heard, a refused request, and released holds on the client and on an invoice."""
    hear(
        billing,
        {"event": "rights_requested", "client": client, "at": NOW.isoformat(),
         "data": {"right": f"from {MAIL}: delete me"}},
        {"event": "client_changed", "client": client, "at": (NOW - LATER).isoformat(), "data": {"email": MAIL}},
    )  # fmt: skip
    with billing.site.transaction() as connection:
        number = desk.open_request(billing.site, connection, client, "access", NOW, "eu", {})
        desk.refuse(billing.site, connection, number, f"{MAIL} asked twice", "the authority")
        on_client = holds.place(connection, client, None, f"claim of {MAIL}", None, NOW, "legal")
        on_record = holds.place(connection, None, (Kind.INVOICE, client * 10), f"dispute of {MAIL}", None, NOW, "legal")
    billing.release(on_client)
    billing.release(on_record)


def left(billing: Billing) -> list[str]:
    """Every row that tells who it was, but for the last message, which waits with its address."""
    told = [line for line in everything(billing).splitlines() if not line.startswith("kigen_outbox")]
    return [line for line in told if any(secret in line for secret in SECRETS)]


def test_the_reason_of_a_poisoned_event_names_the_field_and_never_what_was_sent(either: Billing) -> None:
    either.live_client()
    hear(either, {"event": "rights_requested", "client": 1, "at": NOW.isoformat(), "data": {"right": f"from {MAIL}"}})
    (row,) = either.rows("kigen_inbox", "state, error")
    assert row["state"] == "failed" and MAIL not in row["error"]
    assert row["error"].startswith("rights_requested has another data.right; expected one of access")


def test_no_word_and_no_digest_is_left_of_a_client_that_went_whole(either: Billing) -> None:
    either.live_client()
    person(either, 4, "2011-03-01")
    words_of(either, 4)
    assert erase(either.site, 4).done["delete"] == {"client": 1}
    assert left(either) == []
    assert {row["digest"] for row in either.rows("kigen_events WHERE client = 4", "digest")} == {None}
    assert len(either.ids("kigen_holds")) == 2 and either.ids("tblclients") == [1]


def test_nor_of_one_that_was_anonymised_while_the_words_of_others_stay(either: Billing) -> None:
    either.live_client()
    person(either, 3, "2021-03-01")
    either.set(floors__fiscal_year_end="12-31")
    back_up(either)
    words_of(either, 3)
    other = either.hold(client=1)
    ask(either, 3)
    either.at(NOW + dt.timedelta(days=31))
    assert either.sweep().done["anonymise"] == {"client": 1}
    assert left(either) == []
    assert {row["digest"] for row in either.rows("kigen_events WHERE client = 3", "digest")} == {None}
    (kept,) = either.rows(f"kigen_holds WHERE id = {other}", "reason")
    assert kept["reason"] == "a claim" and either.ids("tblinvoices") == [30]


@pytest.mark.parametrize("until", [None, NOW + 400 * LATER])
def test_the_words_of_a_hold_in_force_stay_when_somebody_else_deleted_its_record(
    either: Billing, until: dt.datetime | None
) -> None:
    either.live_client()
    either.old_orders(7)
    either.hold(record=(Kind.ORDER, 7), until=until)
    either.sweep()
    either.run("DELETE FROM tblorders WHERE id = 7")
    either.at(NOW + LATER)
    either.sweep()
    assert [row["reason"] for row in either.rows("kigen_holds", "reason")] == ["a claim"]
