"""What kigen wrote down itself goes by its own terms, and nothing that is still needed goes with it."""

from __future__ import annotations

import dataclasses
import datetime as dt

from sqlalchemy import insert

from kigen.ledger.tables import closings, events, holds, inbox, requests
from kigen.ledger.tables_frozen import views
from kigen.ledger.tables_requests import outbox, request_acts
from kigen.work.sweep import sweep
from tests.work.billing import NOW, Billing

DAY = dt.timedelta(days=1)
LONG_AGO, LATELY = NOW - 800 * DAY, NOW - 30 * DAY


def write(billing: Billing, table: object, *rows: dict[str, object]) -> None:
    with billing.site.transaction() as connection:
        connection.execute(insert(table), list(rows))  # type: ignore[arg-type]  # a table


def event(number: int, heard: dt.datetime) -> dict[str, object]:
    return {"id": number, "name": "client_changed", "at": heard, "client": 1, "data": "{}", "digest": f"d{number}",
            "handled_at": heard}  # fmt: skip


def test_events_that_were_heard_more_than_two_years_ago_go_and_later_ones_stay(either: Billing) -> None:
    either.live_client()
    write(either, events, event(1, LONG_AGO), event(2, LONG_AGO), event(3, LATELY))
    assert either.sweep().rows["kigen_events"] == 2
    assert either.ids("kigen_events") == [3]


def test_the_last_event_stays_however_old_it_is_so_that_its_number_is_never_given_again(either: Billing) -> None:
    either.live_client()
    write(either, events, event(1, LONG_AGO), event(2, LONG_AGO))
    either.sweep()
    assert either.ids("kigen_events") == [2]


def test_a_blank_term_keeps_the_history_for_ever(either: Billing) -> None:
    either.live_client()
    either.set(own__events="")
    write(either, events, event(1, LONG_AGO), event(2, LATELY))
    assert "kigen_events" not in either.sweep().rows
    assert either.ids("kigen_events") == [1, 2]


def test_requests_go_three_years_after_they_were_closed_and_open_ones_never(either: Billing) -> None:
    either.live_client()
    four_years = NOW - 4 * 366 * DAY
    asked = {"client": 1, "request_right": "access"}
    write(
        either, requests,
        {**asked, "id": 1, "received": four_years, "closed_at": four_years},
        {**asked, "id": 2, "received": four_years + DAY, "closed_at": NOW - 366 * DAY},
        {**asked, "id": 3, "received": four_years + 2 * DAY, "closed_at": None},
    )  # fmt: skip
    write(
        either, closings, {"client": 1, "request_right": "access", "at": four_years},
        {"client": 1, "request_right": "access", "at": LATELY},
    )  # fmt: skip
    rows = either.sweep().rows
    assert (rows["kigen_requests"], rows["kigen_closings"]) == (1, 1)
    assert either.ids("kigen_requests") == [2, 3]


def test_the_steps_of_a_request_go_after_it_and_messages_three_years_after_they_were_written(either: Billing) -> None:
    either.live_client()
    four_years = NOW - 4 * 366 * DAY
    write(either, requests, {"id": 1, "client": 1, "request_right": "access", "received": four_years})
    step = {"client": 1, "act": "received", "at": four_years}
    write(
        either, request_acts, {**step, "id": 1, "request_right": "access"},
        {**step, "id": 2, "request_right": "complaint"},
        {**step, "id": 3, "request_right": "complaint", "at": LATELY},
    )  # fmt: skip
    message = {"client": 1, "notice": "deletion-withdrawn", "data": "{}", "created_at": four_years}
    write(
        either, outbox, {**message, "id": 1, "state": "sent", "digest": "a"},
        {**message, "id": 2, "state": "waiting", "digest": "b"},
        {**message, "id": 3, "state": "sent", "digest": "c", "created_at": LATELY},
    )  # fmt: skip
    rows = either.sweep().rows
    assert (rows["kigen_request_acts"], rows["kigen_outbox"]) == (1, 1)
    assert either.ids("kigen_request_acts") == [1, 3]
    assert either.ids("kigen_outbox") == [2, 3]


def test_holds_go_three_years_after_their_release_and_one_in_force_never(either: Billing) -> None:
    either.live_client()
    placed = {"client": 1, "reason": "lawsuit", "placed_at": NOW - 5000 * DAY, "placed_by": "officer"}
    write(
        either, holds,
        {**placed, "id": 1, "released_at": NOW - 4 * 366 * DAY, "until": None},
        {**placed, "id": 2, "released_at": None, "until": NOW - 4 * 366 * DAY},
        {**placed, "id": 3, "released_at": LATELY, "until": NOW - 4 * 366 * DAY},
        {**placed, "id": 4, "released_at": None, "until": None},
    )  # fmt: skip
    either.sweep()
    assert either.ids("kigen_holds") == [3, 4]


def test_events_that_nobody_understood_wait_ninety_days(either: Billing) -> None:
    either.live_client()
    arrived = {"event": "no_such_event", "at": LATELY, "payload": "{}", "state": "failed", "error": "unknown"}
    write(
        either, inbox, {**arrived, "id": 1, "digest": "a", "received_at": NOW - 91 * DAY},
        {**arrived, "id": 2, "digest": "b", "received_at": NOW - 89 * DAY},
    )  # fmt: skip
    either.sweep()
    assert either.ids("kigen_inbox") == [2]


def test_a_run_that_only_previews_deletes_no_history(either: Billing) -> None:
    either.old_orders(7)
    write(either, events, event(1, LONG_AGO), event(2, LATELY))
    either.sweep(confirmed=False)
    assert either.ids("kigen_events") == [1, 2]


def test_while_nobody_confirmed_the_rules_the_history_stays_although_nothing_is_due(either: Billing) -> None:
    either.live_client()
    write(either, events, event(1, LONG_AGO), event(2, LATELY))
    assert "kigen_events" not in either.sweep(confirmed=False).rows
    assert either.ids("kigen_events") == [1, 2]
    assert either.sweep(confirmed=True).rows["kigen_events"] == 1
    assert either.sweep(confirmed=False).stopped is None


def test_an_instant_ahead_drops_no_history_unless_a_person_says_so(either: Billing) -> None:
    either.live_client()
    either.sweep()
    write(either, events, event(1, LATELY), event(2, LATELY))
    ahead = dataclasses.replace(either.site, now=NOW + 900 * DAY)
    sweep(ahead)
    assert either.ids("kigen_events") == [1, 2]
    sweep(ahead, confirmed=True)
    assert either.ids("kigen_events") == [2]


def test_the_last_message_to_an_erased_client_does_not_wait_for_ever_with_its_address(either: Billing) -> None:
    either.live_client()
    row = {"client": 9, "notice": "deletion-done", "data": "{}", "state": "waiting", "language": None}
    write(
        either, outbox, {**row, "id": 1, "address": "a@example.jp", "created_at": NOW - 31 * DAY, "digest": "a"},
        {**row, "id": 2, "address": "b@example.jp", "created_at": NOW - 29 * DAY, "digest": "b"},
        {**row, "id": 3, "address": None, "created_at": NOW - 31 * DAY, "digest": "c"},
    )  # fmt: skip
    assert either.sweep().rows["kigen_outbox"] == 1
    assert either.ids("kigen_outbox") == [2, 3]


def test_who_opened_a_frozen_document_is_forgotten_after_three_years_and_what_is_later_stays(either: Billing) -> None:
    either.live_client()
    opened = {"document": 7, "kind": "invoice", "record": 30, "actor": "ops", "part": "page"}
    write(
        either, views,
        {**opened, "id": 1, "at": NOW - 4 * 366 * DAY}, {**opened, "id": 2, "at": NOW - 366 * DAY},
        {**opened, "id": 3, "at": LATELY},
    )  # fmt: skip
    assert either.sweep().rows["kigen_frozen_views"] == 1
    assert either.ids("kigen_frozen_views") == [2, 3]
