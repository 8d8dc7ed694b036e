"""Consents: what held at any instant, who hears nothing more, and what outlives an erasure (cases.md M)."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from kigen.hosts.whmcs.datamap import MAP
from kigen.ledger import consents as ledger
from kigen.ledger import evidence_read, holds, keys_store, letting_go, notices, requests
from kigen.policy.consents import Act, Consented, State, standing
from kigen.policy.notices import Version, Weight
from kigen.policy.periods import Term
from kigen.policy.purposes import PURPOSES, ConsentPurpose
from kigen.work import consents
from kigen.work.erase import erase
from tests.cases.desk import ZONE, Desk, at


def event(number: int, act: Act, when: str, **more: Any) -> Consented:
    return Consented(number, 1, "marketing", act, at(when), **more)


def state(events: list[Consented], when: str, term: Term | None = None, versions: list[Version] | None = None) -> State:
    return standing(events, at(when), ZONE, term, versions or []).state


def test_m1_opting_in_and_out_and_in_again_is_three_events_and_every_past_state_is_known() -> None:
    events = [
        event(1, Act.GIVEN, "2026-01-01"),
        event(2, Act.WITHDRAWN, "2026-02-01"),
        event(3, Act.GIVEN, "2026-03-01"),
    ]
    told = {day: state(events, day) for day in ("2025-12-31", "2026-01-15", "2026-02-01", "2026-02-28", "2026-03-01")}
    assert list(told.values()) == [State.NEVER, State.GIVEN, State.WITHDRAWN, State.WITHDRAWN, State.GIVEN]


def test_m3_the_later_choice_counts_and_of_two_at_one_instant_the_one_received_last() -> None:
    late_told = [event(1, Act.WITHDRAWN, "2026-01-02"), event(2, Act.GIVEN, "2026-01-01")]
    assert state(late_told, "2026-01-03") is State.WITHDRAWN
    at_once = [event(1, Act.GIVEN, "2026-01-01"), event(2, Act.REFUSED, "2026-01-01")]
    assert state(at_once, "2026-01-01") is State.REFUSED
    assert state(at_once[::-1], "2026-01-01") is State.REFUSED


def test_m4_consent_to_a_text_that_changed_materially_is_asked_anew() -> None:
    def version(number: int, when: str, weight: Weight) -> Version:
        return Version("consent-marketing", number, at(when), at(when), weight, "ja", "tests")

    given = [event(1, Act.GIVEN, "2026-01-10")]
    known = [version(1, "2026-01-01", Weight.MATERIAL), version(2, "2026-02-01", Weight.COSMETIC)]
    assert state(given, "2026-02-02", versions=known) is State.GIVEN
    known.append(version(3, "2026-03-01", Weight.MATERIAL))
    assert state(given, "2026-02-28", versions=known) is State.GIVEN
    assert state(given, "2026-03-01", versions=known) is State.CHANGED


def test_a_consent_ends_with_its_term_to_the_moment() -> None:
    given = [event(1, Act.GIVEN, "2026-01-10 09:00")]
    assert state(given, "2026-07-10 08:59:59", Term(6)) is State.GIVEN
    assert state(given, "2026-07-10 09:00", Term(6)) is State.EXPIRED


def test_m5_nobody_has_agreed_who_did_not_answer_and_no_row_can_say_otherwise(desk: Desk) -> None:
    desk.put("tblclients", id=1, email="one@example.jp", marketing_emails_opt_in=1)
    with desk.site.reading() as connection:
        now = consents.standings(desk.site, connection, 1, desk.site.now)
        assert desk.site.host.marketing_flags(connection, [1]) == {1: True}
    assert {key: one.allows for key, one in now.items()} == dict.fromkeys(PURPOSES, False)
    assert not {one.name for one in fields(ConsentPurpose)} & {"default", "is_given", "checked"}


@pytest.mark.parametrize(
    ("age", "country", "guardian", "expected"),
    [
        (15, "DE", False, State.GUARDIAN), (15, "DE", True, State.GIVEN), (16, "DE", False, State.GIVEN),
        (13, "UK", False, State.GIVEN), (17, "JP", False, State.GUARDIAN), (17, "ZZ", False, State.GUARDIAN),
        (None, "JP", False, State.GIVEN),
    ],
)  # fmt: skip
def test_m15_below_the_age_of_its_country_a_guardian_must_consent(
    age: int | None, country: str, guardian: bool, expected: State
) -> None:  # fmt: skip
    given = [event(1, Act.GIVEN, "2026-01-10", age=age, country=country, by_guardian=guardian)]
    assert state(given, "2026-01-10") is expected


def test_m15_the_operators_own_age_goes_before_the_table() -> None:
    given = [event(1, Act.GIVEN, "2026-01-10", age=15, country="JP")]
    assert standing(given, at("2026-01-11"), ZONE, None, (), {"JP": 15}).state is State.GIVEN


def test_m7_a_withdrawal_outlives_the_erasure_and_an_import_of_the_address_stays_silent(desk: Desk) -> None:
    desk.put("tblclients", id=1, status="Active", datecreated="2020-01-01", email="One@Example.jp")
    told = {"client": 1, "data": {"purpose": "marketing", "notice": "consent-marketing"}}
    desk.hear({"event": "consent_given", **told, "at": "2026-05-01T10:00:00+09:00"})
    with desk.site.reading() as connection:
        assert consents.may_send(desk.site, connection, 1, "marketing")
    desk.hear({"event": "consent_withdrawn", **told, "at": "2026-05-02T10:00:00+09:00"})
    with desk.site.reading() as connection:
        assert not consents.may_send(desk.site, connection, 1, "marketing")
    desk.reconcile()
    desk.sweep()
    assert desk.rows("tblclients") == []
    desk.put("tblclients", id=2, status="Active", datecreated="2026-05-30", email="ｏｎｅ@example.jp")
    with desk.site.transaction() as connection:
        assert [(one.act, one.actor) for one in ledger.of(connection, [1])] == [(Act.GIVEN, ""), (Act.WITHDRAWN, "")]
        # Somebody imports the former list, with a tick.
        given = Consented(0, 2, "marketing", Act.GIVEN, at("2026-05-01"))
        ledger.write(connection, [given])
        assert consents.standings(desk.site, connection, 2, desk.site.now)["marketing"].allows
        assert not consents.may_send(desk.site, connection, 2, "marketing")
        assert not consents.may_send(desk.site, connection, 2, "newsletter")
        key = keys_store.read(desk.site.state_dir).suppressed
        assert ledger.is_suppressed(connection, ledger.address_digest(key, "one@example.jp"), "marketing")
        assert not ledger.is_suppressed(connection, ledger.address_digest(key, "two@example.jp"), "marketing")
    desk.hear({"event": "consent_given", **told, "client": 2, "at": "2026-05-31T10:00:00+09:00"})
    with desk.site.reading() as connection:
        assert consents.may_send(desk.site, connection, 2, "marketing")


def test_g4_what_a_merged_client_agreed_to_and_withdrew_is_the_others_too(desk: Desk) -> None:
    told = {"client": 1, "data": {"purpose": "newsletter", "notice": "consent-newsletter@1", "language": "ja"}}
    desk.hear(
        {"event": "consent_given", **told, "at": "2026-05-01T10:00:00+09:00"},
        {"event": "client_merged", "client": 1, "into": 2, "at": "2026-05-03T10:00:00+09:00"},
    )
    with desk.site.reading() as connection:
        assert [(one.act, one.version) for one in ledger.of(connection, [2])] == [(Act.GIVEN, 1)]
        assert [one.client for one in notices.views(connection, "consent-newsletter")] == [1, 2]


def test_d8_withdrawing_frees_only_what_no_other_purpose_needs() -> None:
    freed = consents.only_for_consent(MAP)
    assert "tblclients.email" not in freed
    assert all(name.split(".")[0] in MAP for name in freed)


def test_m2_who_withdraws_between_the_making_of_a_list_and_its_sending_gets_nothing(desk: Desk) -> None:
    for number in (1, 2):
        desk.put("tblclients", id=number, status="Active", email=f"{number}@example.jp")
    told = {"data": {"purpose": "marketing", "notice": "consent-marketing"}}
    desk.hear(*({"event": "consent_given", "client": one, **told, "at": "2026-05-01T09:00"} for one in (1, 2)))
    with desk.site.reading() as connection:
        batch = [one for one in (1, 2) if consents.may_send(desk.site, connection, one, "marketing")]
    desk.hear({"event": "consent_withdrawn", "client": 1, **told, "at": "2026-06-01T10:00"})
    with desk.site.reading() as connection:
        sent = [one for one in batch if consents.may_send(desk.site, connection, one, "marketing")]
    assert (batch, sent) == ([1, 2], [2])


def test_m6_a_withdrawal_lets_go_what_nothing_else_needs_and_the_proof_is_bare_for_its_term(desk: Desk) -> None:
    """A hold or a restriction keeps all of it; the address, which the contract needs, stays, and so do others' rows.

    It is the gate that empties, in the next run, with evidence.
    """
    for number in (1, 2, 3, 4):
        desk.put("tblclients", id=number, status="Active", email=f"{number}@example.jp", datecreated="2020-01-01")
        desk.put("tblhosting", id=number, userid=number, domainstatus="Active")
        desk.put("tblmarketing_consent", id=number, userid=number, opt_in=1, ip_address="192.0.2.7")
    with desk.site.transaction() as connection:
        holds.place(connection, 2, None, "court case", None, desk.site.now, "tests")
        requests.open_request(connection, 4, "restriction", desk.site.now)
    told = {"data": {"purpose": "marketing", "notice": "consent-marketing@1", "age": "17", "country": "JP"}}
    letter = {"data": {"purpose": "newsletter", "notice": "consent-newsletter@1"}}
    desk.hear(
        *({"event": "consent_given", "client": one, **told, "at": "2026-05-01T09:00"} for one in (1, 2, 3, 4)),
        {"event": "consent_given", "client": 1, **letter, "at": "2026-05-01T09:00"},
        *({"event": "consent_withdrawn", "client": one, **told, "at": "2026-05-02T09:00"} for one in (1, 2, 4)),
    )
    desk.reconcile()
    desk.sweep()
    assert desk.rows("tblmarketing_consent", "ip_address") == ["192.0.2.7"] * 4  # 1 still gets the newsletter
    desk.hear({"event": "consent_withdrawn", "client": 1, **letter, "at": "2026-05-03T09:00"})
    assert desk.rows("tblmarketing_consent", "ip_address") == ["192.0.2.7"] * 4  # hearing acts on nothing
    assert desk.sweep().rows["tblmarketing_consent"] == 1
    assert desk.rows("tblmarketing_consent", "ip_address") == ["", *["192.0.2.7"] * 3]
    with desk.site.transaction() as connection:
        (told,) = [one for one in evidence_read.told(connection) if one.entry.action == "empty"]
        assert (told.entry.rule, [item[0] for part in told.parts for item in part.items if item]) == (
            "consent.withdrawn", [1],
        )  # fmt: skip
        assert list(letting_go.waiting(connection)) == [2, 4]  # until these end
    assert desk.rows("tblclients", "email") == [f"{number}@example.jp" for number in (1, 2, 3, 4)]
    with desk.site.transaction() as connection:
        assert len(ledger.of(connection, [1])) == 4
    desk.run("DELETE FROM tblhosting WHERE userid = 1")
    assert erase(desk.site, 1).done["delete"] == {"client": 1}
    with desk.site.reading() as connection:
        proof = ledger.of(connection, [1])
    assert [(one.purpose, one.act.value) for one in proof] == [
        ("marketing", "given"), ("newsletter", "given"), ("marketing", "withdrawn"), ("newsletter", "withdrawn"),
    ]  # fmt: skip
    assert {(one.actor, one.evidence, one.channel, one.age, one.country) for one in proof} == {("", "", "", None, "")}
    desk.move_to("2029-06-01 11:59")
    desk.sweep()
    with desk.site.reading() as connection:
        assert len(ledger.of(connection, [1])) == 4
    desk.move_to("2029-06-01 12:00")
    desk.sweep()
    with desk.site.reading() as connection:
        assert ledger.of(connection, [1]) == []
