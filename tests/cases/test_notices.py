"""Versions of notices: which binds when, who had which before the eyes, and when consent is asked anew (cases.md M)."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from kigen.ledger import notices, outbox, settings
from kigen.ledger.notices import Text, Viewed
from kigen.policy.notice_catalogue import NOTICES
from kigen.policy.notices import POLICY, Version, Weight, check_dates, in_force, is_carried
from kigen.work import publishing
from kigen.work.languages import compared
from kigen.work.typesetting import plain
from tests.cases.desk import Desk, at

ZERO = at("2026-01-01 00:00")


def version(number: int, effective: str, weight: Weight = Weight.MATERIAL, published: str = "2026-01-01") -> Version:
    return Version("consent-marketing", number, at(published), at(effective), weight, "ja", "tests")


def test_m10_who_registers_a_minute_before_the_new_policy_takes_effect_has_the_old_one(desk: Desk) -> None:
    texts = {"en": Text("Policy", "One"), "ja": Text("規約", "一")}
    with desk.site.transaction() as connection:
        notices.publish(connection, POLICY, texts, ZERO, ZERO, Weight.MATERIAL, "ja", "tests")
        second = at("2026-03-15 09:00"), at("2026-04-01 00:00")
        notices.publish(connection, POLICY, texts, *second, Weight.MATERIAL, "ja", "tests")
    told = {"event": "policy_accepted", "client": 7, "data": {"purpose": "contract", "notice": POLICY}}
    desk.hear(
        {**told, "at": "2026-03-31T23:59:59+09:00"},
        {**told, "client": 8, "at": "2026-04-01T00:00:00+09:00"},
        {**told, "client": 9, "at": "2026-03-20T10:00:00+09:00",
         "data": {"purpose": "contract", "notice": f"{POLICY}@2", "language": "japanese"}},
        {**told, "client": 10, "at": "2026-04-02T10:00:00+09:00", "data": {**told["data"], "by": "staff"}},
    )  # fmt: skip
    with desk.site.reading() as connection:
        assert notices.views(connection, POLICY) == [
            Viewed(9, POLICY, 2, "ja", "accepted", at("2026-03-20 10:00")),
            Viewed(7, POLICY, 1, "", "accepted", at("2026-03-31 23:59:59")),
            Viewed(8, POLICY, 2, "", "accepted", at("2026-04-01 00:00")),
        ]


def test_m11_a_date_before_the_publication_is_taken_only_as_the_posting_date() -> None:
    published, before = at("2026-03-15 00:00"), at("2026-03-14 23:59:59")
    with pytest.raises(ValueError, match="before it is published at 2026-03-14T15:00:00"):
        check_dates(published, before, is_posting_date=False)
    check_dates(published, before, is_posting_date=True)
    check_dates(published, published, is_posting_date=False)


def test_m4_a_material_change_ends_what_was_agreed_and_a_cosmetic_one_does_not() -> None:
    known = [version(1, "2026-01-01"), version(2, "2026-02-01", Weight.COSMETIC), version(3, "2026-03-01")]
    assert is_carried(known, 1, at("2026-02-15"))
    assert is_carried(known, 1, at("2026-03-01") - dt.timedelta(microseconds=1))
    assert not is_carried(known, 1, at("2026-03-01"))
    assert not is_carried(known, 2, at("2026-03-01"))
    assert is_carried(known, 3, at("2026-03-01"))
    assert not is_carried(known, 9, at("2026-01-02"))


def test_before_the_first_version_none_is_in_force_and_a_later_posting_never_changes_what_was_read() -> None:
    posted_late = version(2, "2026-01-10", published="2026-02-01")
    known = [version(1, "2026-01-01"), posted_late]
    assert in_force(known, at("2025-12-31")) is None
    assert in_force(known, at("2026-01-20")) == known[0]
    assert in_force(known, at("2026-02-01")) == posted_late


def test_every_message_that_waits_has_its_words_in_the_templates_and_only_there(desk: Desk) -> None:
    desk.put("tblclients", id=1, status="Active", datecreated="2026-05-01", country="JP", email="one@example.jp")
    desk.put("tblinvoices", id=12, userid=1, status="Unpaid", date="2026-05-01", duedate="2026-05-10", subtotal="10.00")
    desk.hear({"event": "deletion_requested", "client": 1, "at": "2026-06-01T11:00:00+09:00"})
    with desk.site.transaction() as connection:
        for name in ("name", "address", "representative", "contact", "portal"):
            settings.store(connection, f"operator.{name}", "Ex_ample", desk.site.now, "tests")
        (row,) = outbox.of(connection, 1)
        subject, body = publishing.written(desk.site, connection, row.notice, json.loads(row.data), "ja")
        english = publishing.written(desk.site, connection, row.notice, json.loads(row.data), "en")[1]
    assert subject == "削除のご依頼を受け付けました"
    assert "削除の期日は 2026\\-07\\-01 11:00" in body and "請求書 12 は未払いです。" in body
    assert "Invoice 12 is unpaid." in plain(english) and "Ex_ample" in plain(english)
    known = {
        outbox.RECEIVED, outbox.SIGNED_IN, outbox.BLOCKED, outbox.WITHDRAWN, outbox.DONE, outbox.PARTLY_KEPT,
    }  # fmt: skip
    assert known <= NOTICES.keys()


def test_m12_m14_the_policy_says_which_text_counts_and_what_comes_before_it_and_the_languages_are_compared(
    small: Desk,
) -> None:
    with small.site.transaction() as connection:
        for name in ("name", "address", "representative", "contact", "portal"):
            settings.store(connection, f"operator.{name}", "x.example", small.site.now, "tests")
        texts = publishing.draft(small.site, connection, POLICY, {}, small.site.now, small.site.now).texts
    english, japanese = texts["en"].body, texts["ja"].body
    assert "The Japanese text is binding" in english
    assert "日本語版を正文とし" in japanese
    assert "A separate notice for one service or purpose comes before this policy" in english
    assert "can never take away a right that the law gives you" in english
    # In the order of the purposes: a set's own would make another text of it each time.
    assert "Payment service providers; Mail delivery and support tools; Registrars and registries" in english
    parts = compared(english, japanese)
    assert [one for one in parts if one.differs] == []
    other = compared("## Terms\n\n- 30 days\n- by mail\n", "## 期間\n\n- ３０日\n")
    assert [(one.points, one.only_first, one.only_second, one.differs) for one in other] == [((2, 1), (), (), True)]
    (number,) = compared("## Terms\n\n30 days\n", "## 期間\n\n14日\n")
    assert (number.only_first, number.only_second) == (("30",), ("14",))
    english, japanese = "From 24 November 2026, within one month", "2026年11月24日から1か月以内"
    assert [one.differs for one in (*compared(english, japanese), *compared(english, japanese[:-2] + "2日"))] == [
        False, True,
    ]  # fmt: skip
    assert compared("## A\n\n1\n## B\n", "## あ\n\n１\n")[1].differs
