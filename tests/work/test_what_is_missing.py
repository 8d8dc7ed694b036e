"""A schema that lacks something: what rests on it is refused by name, and what it said still keeps."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from kigen.policy.records import Kind
from kigen.work.plan import decisions, explain
from tests.work.billing import Billing


@pytest.mark.parametrize("table", ["tblaffiliatesaccounts", "tblaffiliateshistory"])
def test_a_pending_order_keeps_its_client_although_its_own_rule_is_refused(billing: Billing, table: str) -> None:
    billing.add("tblclients", id=1, datecreated="2015-01-01")
    billing.add("tblorders", id=45, ordernum=45, userid=1, status="Draft", date="2026-11-20 10:00:00")
    billing.run(f"DROP TABLE {table}")
    swept = billing.sweep()
    assert "order.delete-draft" in swept.refused
    assert swept.acted == 0
    assert (billing.ids("tblclients"), billing.ids("tblorders")) == ([1], [45])
    decision = explain(billing.site, (Kind.ORDER, 45))
    assert decision is not None
    assert "order.delete-draft is refused" in decision.reasons[0].text(billing.site.zone)


def test_without_the_cancellation_requests_no_service_comes_due_earlier(billing: Billing) -> None:
    billing.live_client(1)
    billing.add("tblhosting", id=105, userid=1, domainstatus="Cancelled", regdate="2020-01-01")
    billing.add("tblcancelrequests", id=1, relid=105, date="2026-05-27 10:00:00", type="Immediate")
    billing.run("DROP TABLE tblcancelrequests")
    swept = billing.sweep()
    assert {"service.delete-cancelled", "service.delete-terminated"} <= swept.refused.keys()
    assert billing.ids("tblhosting") == [105, 9001]


def test_a_refused_try_out_of_another_instant_leaves_no_first_sight_behind(either: Billing) -> None:
    either.live_client(1)
    either.add("tblhosting", id=105, userid=1, domainstatus="Cancelled", regdate="2020-01-01")
    either.old_orders(10)
    today = either.site.now
    either.site = dataclasses.replace(either.site, now=dt.datetime(2090, 1, 1, tzinfo=dt.UTC))
    assert either.sweep(confirmed=False).stopped == "ahead"
    either.at(today)
    found = {decision.record.ref: decision for decision in decisions(either.site)}
    anchor = found[Kind.SERVICE, 105].record.anchors["last change"]
    assert (anchor.at, anchor.source.value) == (today, "assumed")
