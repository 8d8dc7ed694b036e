"""The forecast counts each record once ahead, in the month of the operator's zone in which it first comes due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from kigen.policy.clocks import Clock
from kigen.policy.decide import KEEP, Considered, Decision
from kigen.policy.reasons import Reason
from kigen.policy.records import Anchor, Kind, Record, Source, State
from kigen.policy.schedule import RULES, Effect
from kigen.work.forecast import Forecast

ZONE = "Asia/Tokyo"
NOW = dt.datetime(2026, 11, 20, 1, 0, tzinfo=dt.UTC)
DELETE, ARCHIVE = "client.delete-inactive", "client.archive-inactive"
RULE = {rule.id: rule for rule in RULES}


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)


def rule(name: str, due: str | None, *reasons: Reason) -> Considered:
    when = at(due) if due else None
    anchor = Anchor(at("2020-01-01T00:00+09:00") if when else None, Source.READ)
    return Considered(RULE[name], Clock(anchor, when, when), reasons)


def decision(*considered: Considered, action: str = KEEP) -> Decision:
    record = Record(Kind.CLIENT, 1, 1, State.ACTIVE, "Active", {})
    first = considered[0] if considered else None
    rule, due = (first.rule.id, first.clock.due) if first else (None, None)
    return Decision(record, action, rule, due, (), considered)


def forecast_of(decisions: Iterable[Decision], now: dt.datetime, zone: str) -> Forecast:
    forecast = Forecast(now, zone)
    for decision in decisions:
        forecast.add(decision)
    return forecast


def ahead(*decisions: Decision) -> dict[str, int]:
    return {month.name: month.total for month in forecast_of(decisions, NOW, ZONE).months() if month.total}


def test_there_are_24_months_and_the_first_is_the_rest_of_the_running_one() -> None:
    names = [month.name for month in forecast_of([], NOW, ZONE).months()]
    assert (len(names), names[0], names[1], names[2], names[-1]) == (24, "2026-11", "2026-12", "2027-01", "2028-10")


def test_a_month_is_one_of_the_operators_zone() -> None:
    last_minute = decision(rule(ARCHIVE, "2026-11-30T23:59+09:00"))
    first_instant = decision(rule(ARCHIVE, "2026-12-01T00:00+09:00"))
    assert ahead(last_minute, first_instant) == {"2026-11": 1, "2026-12": 1}


def test_only_the_first_date_ahead_counts_and_with_its_own_effect() -> None:
    delete, archive = rule(DELETE, "2027-05-01T00:00+09:00"), rule(ARCHIVE, "2027-02-01T00:00+09:00")
    both = decision(delete, archive)
    (month,) = [month for month in forecast_of([both], NOW, ZONE).months() if month.total]
    assert (month.name, month.archive, month.delete) == ("2027-02", 1, 0)


def test_what_is_archived_now_still_has_its_deletion_ahead_and_what_is_deleted_now_has_nothing() -> None:
    archive, delete = rule(ARCHIVE, "2026-01-01T00:00+09:00"), rule(DELETE, "2027-05-01T00:00+09:00")
    archived = forecast_of([decision(archive, delete, action=Effect.ARCHIVE)], NOW, ZONE)
    assert archived.due_now == {"archive": 1}
    assert [month.name for month in archived.months() if month.delete] == ["2027-05"]
    deleted = forecast_of([decision(delete, action=Effect.DELETE)], NOW, ZONE)
    assert (deleted.due_now, [month for month in deleted.months() if month.total]) == ({"delete": 1}, [])


def test_a_reason_with_an_end_moves_the_date_and_one_without_does_not() -> None:
    due = rule(DELETE, "2026-01-01T00:00+09:00")
    floor, credit = Reason("floor", until=at("2027-06-01T00:00+09:00")), Reason("credit-balance")
    assert ahead(decision(replace(due, reasons=(floor, credit)))) == {"2027-06": 1}
    assert ahead(decision(replace(due, reasons=(credit,)))) == {}


def test_what_has_no_clock_or_no_rule_is_nowhere_and_what_is_far_is_later() -> None:
    three = [decision(), decision(rule(DELETE, None)), decision(rule(DELETE, "2030-01-01T00:00+09:00"))]
    told = forecast_of(three, NOW, ZONE).as_json()
    nothing = {"delete": 0, "anonymise": 0, "archive": 0, "total": 0}
    assert told["later"] == {**nothing, "delete": 1, "total": 1}
    assert told["due_now"] == nothing
    assert told["months"][0] == {"month": "2026-11", **nothing}  # type: ignore[index]  # plain data has no types
