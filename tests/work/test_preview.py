"""A preview of a setting says what deciding about everything with both schedules says, whichever way it takes."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import insert

from kigen.ledger import settings
from kigen.ledger.tables import contracts
from kigen.policy.records import REQUESTED
from kigen.policy.schedule import RULES
from kigen.work.plan import decisions, permitted
from kigen.work.preview import UNFINISHED, Change, _changed, _decided_twice, _question, preview
from kigen.work.reconcile import reconcile
from kigen.work.site import Site
from tests.oracle.generate import generate
from tests.work.billing import Billing, everything
from tests.work.worlds import fill, remember, site_for

NOW = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)
PLAIN = [rule for rule in RULES if rule.anchor != REQUESTED and rule.state not in UNFINISHED]
BY_ID = {rule.id: rule for rule in RULES}
TERMS = ("1 month", "13 months", "2000 days", "")
CANCELLED = "schedule.order.delete-cancelled"


def expected(site: Site, name: str, value: str | None, acting: dict[Any, str]) -> Change:
    """Counted from every decision by the changed schedule; `acting` are those by the present one."""
    with site.reading() as connection:
        after = permitted(site, connection, _changed(site, connection, name, value))
    would_act = {one.record.ref: one.action for one in decisions(site, schedule=after) if one.acts}

    def more(these: dict[Any, str], others: dict[Any, str]) -> dict[str, int]:
        return dict(Counter(ref[0].value for ref, action in these.items() if others.get(ref) != action))

    return Change(more(would_act, acting), more(acting, would_act))


def is_quick(site: Site, name: str, value: str | None) -> bool:
    """Whether the stored clocks answer it."""
    with site.reading() as connection:
        before = permitted(site, connection, site.schedule(connection))
        after = _changed(site, connection, name, value).without(before.refused)
        return _question(site, connection, before, after, name) is not None


@pytest.mark.parametrize("seed", range(10 if os.environ.get("KIGEN_DEEP") else 1))
def test_every_rule_with_every_term_is_previewed_as_deciding_twice_says(
    seed: int, database_url: str, tmp_path: Path
) -> None:
    world = generate(Random(f"preview {seed}"), 60, NOW)
    site = site_for(database_url, NOW, tmp_path)
    fill(site.engine, database_url, world)
    remember(site, world)
    reconcile(site, full=True)
    acting = {one.record.ref: one.action for one in decisions(site) if one.acts}
    wrong, ways, moved = [], Counter[bool](), 0
    for rule in RULES:
        name = f"schedule.{rule.id}"
        for value in TERMS:
            said, right = preview(site, name, value), expected(site, name, value, acting)
            quick = is_quick(site, name, value)
            ways[quick] += 1
            moved += quick and right != Change({}, {})
            if said != right:
                wrong.append(f"{name} = {value!r} ({'quick' if quick else 'twice'}): {said}, not {right}")
    assert not wrong, "\n".join(wrong)
    assert ways[True] > 10
    assert moved > 5
    site.engine.dispose()


@pytest.fixture
def plain(either: Billing) -> Billing:
    """Orders of every age that are due one by one with shorter and longer terms, fully reconciled."""
    either.live_client()
    for number in range(30):
        created = NOW - dt.timedelta(days=50 * number)
        either.add("tblorders", id=10 + number, ordernum=10 + number, userid=1, status="Cancelled",
                   date=f"{created:%Y-%m-%d %H:%M:%S}")  # fmt: skip
    either.idle_client(70)
    reconcile(either.site, full=True)
    return either


def previewed(billing: Billing, name: str, value: str | None) -> Change:
    """The preview, which must be what deciding twice says."""
    site = billing.site
    with site.reading() as connection:
        before = permitted(site, connection, site.schedule(connection))
        after = _changed(site, connection, name, value).without(before.refused)
    said = preview(site, name, value)
    assert said == _decided_twice(site, before, after)
    return said


@pytest.mark.parametrize(
    ("term", "newly", "no_longer"),
    [("100 days", 6, 0), ("365 days", 0, 0), ("1000 days", 0, 12), ("", 0, 22), ("0 days", 0, 22), (None, 0, 0)],
)
def test_a_shorter_a_longer_and_a_blank_term_of_orders(
    plain: Billing, term: str | None, newly: int, no_longer: int
) -> None:
    assert is_quick(plain.site, CANCELLED, term)
    assert previewed(plain, CANCELLED, term) == Change(
        {"order": newly} if newly else {}, {"order": no_longer} if no_longer else {}
    )


def test_a_stored_term_is_previewed_back_to_its_default(plain: Billing) -> None:
    plain.set(**{"schedule__order.delete-cancelled": "1000 days"})
    reconcile(plain.site, full=True)
    assert is_quick(plain.site, CANCELLED, None)
    assert previewed(plain, CANCELLED, None) == Change({"order": 12}, {})


@pytest.mark.parametrize("rule", [rule.id for rule in PLAIN])
def test_the_term_of_a_plain_rule_is_answered_from_what_is_stored(plain: Billing, rule: str) -> None:
    for term in ("1 month", "400 days", "", None):
        assert is_quick(plain.site, f"schedule.{rule}", term)
        previewed(plain, f"schedule.{rule}", term)


@pytest.mark.parametrize("rule", [rule.id for rule in RULES if rule not in PLAIN])
def test_a_rule_that_more_than_a_date_hangs_on_is_decided_twice(plain: Billing, rule: str) -> None:
    assert not is_quick(plain.site, f"schedule.{rule}", "5 days")
    previewed(plain, f"schedule.{rule}", "5 days")


def test_a_rule_that_was_off_is_decided_twice(plain: Billing) -> None:
    plain.set(**{"schedule__order.delete-cancelled": ""})
    reconcile(plain.site, full=True)
    assert not is_quick(plain.site, CANCELLED, "100 days")
    assert previewed(plain, CANCELLED, "100 days") == Change({"order": 28}, {})


def test_with_a_preferred_rule_everything_is_decided_twice(plain: Billing) -> None:
    plain.set(schedule__prefer="client.archive-inactive")
    reconcile(plain.site, full=True)
    assert not is_quick(plain.site, CANCELLED, "100 days")
    assert not is_quick(plain.site, "schedule.client.delete-inactive", "60 months")
    previewed(plain, "schedule.client.delete-inactive", "60 months")


def test_a_ledger_that_was_never_reconciled_is_not_asked(either: Billing) -> None:
    either.live_client()
    either.old_orders(10, 11)
    assert not is_quick(either.site, CANCELLED, "")
    assert previewed(either, CANCELLED, "") == Change({}, {"order": 2})


@pytest.mark.parametrize(
    "change", [{"guards__smallest_credit": "500"}, {"schedule__client.delete-inactive": "60 months"}]
)
def test_a_ledger_of_other_rules_is_not_asked(plain: Billing, change: dict[str, str]) -> None:
    plain.set(**change)
    assert not is_quick(plain.site, CANCELLED, "100 days")
    assert previewed(plain, CANCELLED, "100 days") == Change({"order": 6}, {})
    reconcile(plain.site, full=True)
    assert is_quick(plain.site, CANCELLED, "100 days")


def test_a_setting_that_is_no_term_is_decided_twice(plain: Billing) -> None:
    assert not is_quick(plain.site, "guards.smallest_credit", "500")
    assert previewed(plain, "guards.smallest_credit", "500") == Change({}, {})


def _agree(billing: Billing, rule: str, term: str, **whom: int) -> None:
    with billing.site.transaction() as connection:
        values = {"rule": rule, "term": term, "begins": NOW - dt.timedelta(days=4000), "added_at": NOW}
        connection.execute(insert(contracts).values(**values, **whom, added_by="sales"))


def test_a_contract_with_a_group_is_decided_twice_and_one_with_a_client_sets_it_apart(plain: Billing) -> None:
    _agree(plain, "client.delete-inactive", "200 months", client=1)
    reconcile(plain.site, full=True)
    assert is_quick(plain.site, "schedule.client.delete-inactive", "100 months")
    previewed(plain, "schedule.client.delete-inactive", "100 months")
    _agree(plain, "order.delete-cancelled", "1000 days", client=1)
    assert not is_quick(plain.site, CANCELLED, "100 days")
    assert previewed(plain, CANCELLED, "100 days") == Change({}, {})
    _agree(plain, "order.delete-cancelled", "2000 days", client_group=4)
    assert not is_quick(plain.site, CANCELLED, "100 days")
    previewed(plain, CANCELLED, "100 days")


@pytest.mark.parametrize(("begins", "until"), [(1, None), (-400, -1), (-400, 0)])
def test_a_contract_that_is_not_in_force_sets_nobody_apart(plain: Billing, begins: int, until: int | None) -> None:
    with plain.site.transaction() as connection:
        connection.execute(insert(contracts).values(
            client=1, rule="order.delete-cancelled", term="1000 days", begins=NOW + dt.timedelta(days=begins),
            until=None if until is None else NOW + dt.timedelta(days=until), added_at=NOW, added_by="sales",
        ))  # fmt: skip
    reconcile(plain.site, full=True)
    assert previewed(plain, CANCELLED, "100 days") == Change({"order": 6}, {})


def test_a_client_that_would_be_deleted_instead_of_archived_is_both(either: Billing) -> None:
    """As the other way round: another action counts as newly due and as no longer due."""
    either.idle_client(30)
    either.set(**{"schedule__client.delete-inactive": "30 years"})
    reconcile(either.site, full=True)
    both = Change({"client": 1}, {"client": 1})
    assert previewed(either, "schedule.client.delete-inactive", "10 years") == both
    either.set(**{"schedule__client.delete-inactive": "10 years"})
    reconcile(either.site, full=True)
    assert previewed(either, "schedule.client.delete-inactive", "30 years") == both


@pytest.mark.parametrize("term", ["30 days", "1500 days", ""])
def test_a_contract_about_a_service_speaks_for_the_order_that_it_goes_along_with(either: Billing, term: str) -> None:
    """Of a rule's term and a contract's the longer counts for what goes along, so another term can free an order."""
    either.live_client()
    either.old_orders(10)
    either.add("tblhosting", id=77, userid=1, orderid=10, domainstatus="Terminated", regdate="2019-01-01",
               termination_date="2024-06-01")  # fmt: skip
    _agree(either, "service.delete-terminated", "1200 days", client=1)
    reconcile(either.site, full=True)
    previewed(either, "schedule.service.delete-terminated", term)


def test_a_clock_that_is_unknown_for_one_rule_does_not_stand_against_another(either: Billing) -> None:
    """The login that a request hangs on is unreadable; the rule about inactivity has nothing to do with it."""
    either.idle_client(30, paid="2025-10-01")
    either.run("UPDATE tblclients SET lastlogin = '2027-05-05 10:00:00' WHERE id = 30")
    either.run(
        "INSERT INTO kigen_requests (client, request_right, received) VALUES (30, 'erasure', '2026-08-01 00:00:00')"
    )
    reconcile(either.site, full=True)
    assert previewed(either, "schedule.client.archive-inactive", "6 months") == Change({"client": 1}, {})


@pytest.mark.parametrize(("hour", "minute"), [(10, 0), (23, 30), (0, 30)])
def test_a_term_in_months_is_exact_at_the_end_of_a_short_month(either: Billing, hour: int, minute: int) -> None:
    """29 January 23:00 and a month is later than 31 January 01:00 and a month: adding one need not keep the order."""
    either.live_client()
    for day in (28, 29, 30, 31):
        for at in (1, 9, 12, 20, 23):
            number = day * 100 + at
            either.add("tblorders", id=number, ordernum=number, userid=1, status="Cancelled",
                       date=f"2026-01-{day} {at:02}:00:00")  # fmt: skip
    local = dt.datetime(2026, 2, 28, hour, minute, tzinfo=dt.timezone(dt.timedelta(hours=9)))
    either.at(local.astimezone(dt.UTC))
    reconcile(either.site, full=True)
    previewed(either, CANCELLED, "1 month")


def test_a_preview_writes_nothing_whichever_way_it_takes(plain: Billing) -> None:
    def state() -> Any:
        with plain.site.reading() as connection:
            return everything(connection)

    before = state()
    for name, value in ((CANCELLED, "100 days"), (CANCELLED, ""), ("schedule.order.delete-draft", "3 days"),
                        ("guards.smallest_credit", "500")):  # fmt: skip
        preview(plain.site, name, value)
    assert state() == before
    with plain.site.reading() as connection:
        assert settings.stored(connection) == {}


def test_a_value_that_is_no_term_is_refused_by_name(plain: Billing) -> None:
    with pytest.raises(ValueError, match=r"schedule\.order\.delete-cancelled"):
        preview(plain.site, CANCELLED, "soon")


def test_at_a_later_instant_what_came_due_meanwhile_is_counted_as_due(plain: Billing) -> None:
    later = dataclasses.replace(plain.site, now=NOW + dt.timedelta(days=40))
    plain.site = later
    previewed(plain, CANCELLED, "100 days")
    previewed(plain, CANCELLED, "1000 days")
