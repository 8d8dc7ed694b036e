"""The demo's events: reproducible, true to the rows, of the last two years, arriving as a bridge's do."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from kigen.demo import events

Ask = Callable[..., list[tuple[Any, ...]]]


def test_events_are_reproducible_and_agree_with_the_rows(host: Engine, ask: Ask, now: datetime) -> None:
    told = list(events.events(host, now=now))
    assert told == list(events.events(host, now=now))
    assert json.loads(json.dumps(told)) == told
    clients = {row[0] for row in ask("SELECT id FROM tblclients")}
    assert {event["client"] for event in told} <= clients
    payments = {row[0]: row[1] for row in ask("SELECT id, userid FROM tblaccounts WHERE amountin > 0")}
    assert all(payments[e["id"]] == e["client"] for e in told if e["event"].startswith("payment_"))
    cancelled = {row[0] for row in ask("SELECT id FROM tblorders WHERE status = 'Cancelled'")}
    assert {e["id"] for e in told if e["event"] == "order_cancelled"} <= cancelled


def test_events_are_of_the_last_two_years_some_late_and_some_twice(host: Engine, now: datetime) -> None:
    told = list(events.events(host, now=now))
    times = [datetime.fromisoformat(event["at"]) for event in told]
    old = {event["event"] for event, at in zip(told, times, strict=True) if at < now - timedelta(days=731)}
    assert old == {"client_archived"}
    assert max(times) <= now
    assert times != sorted(times)
    assert len({json.dumps(event) for event in told}) < len(told)
    assert {
        "client_registered", "client_signed_in", "order_created", "order_accepted", "order_cancelled", "order_drafted",
        "order_marked_fraud", "payment_received", "payment_reversed", "service_activated", "service_cancelled",
        "service_terminated", "domain_expired", "domain_cancelled", "ticket_opened", "ticket_closed",
        "deletion_requested", "commission_approved", "invoice_cancelled", "cancellation_requested",
    } <= {event["event"] for event in told}  # fmt: skip
