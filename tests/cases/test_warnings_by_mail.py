"""Nobody is archived or deleted by the schedule unwarned where mail is set up; consent, exports and announcements."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kigen.ledger import bundles, notices, outbox
from kigen.ledger import outbox_sending as sending
from kigen.ledger.notices import Text
from kigen.policy.notices import POLICY, Weight
from kigen.policy.records import Kind
from kigen.work import announcing, bounces
from kigen.work import desk as requests
from tests.cases.desk import Desk, at
from tests.cases.post import findings, later, rows, send, set_up, states, store
from tests.cases.test_mail import body
from tests.support.mailbox import Mailbox

CLIENT = {"status": "Active", "country": "JP", "language": "english"}
SHORTLY = "client.delete-registration-only"


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Mailbox]:
    with Mailbox(tmp_path / "mail").open() as opened:
        yield opened


def registered(desk: Desk, number: int, on: str, **also: str) -> None:
    desk.put("tblclients", id=number, datecreated=on, **{**CLIENT, "email": f"c{number}@example.jp", **also})


def consent(desk: Desk, client: int, act: str, when: str) -> None:
    told = {"purpose": "newsletter", "notice": "consent-newsletter"}
    desk.hear({"event": f"consent_{act}", "client": client, "at": when, "data": told})


def test_a_client_is_kept_until_it_was_warned_and_goes_thirty_days_after_that(desk: Desk, box: Mailbox) -> None:
    """Registered on 5 March: three months are over on 6 June. Until mail was set up nobody had to be warned."""
    registered(desk, 1, "2026-03-05")
    registered(desk, 2, "2026-03-05", email="")
    registered(desk, 3, "2026-03-05")
    registered(desk, 4, "2026-03-05")
    registered(desk, 5, "2026-05-31")
    desk.put("tbltickets", id=7, userid=4, status="Open", tid="T-7")
    desk.move_to("2026-05-20 12:00")
    desk.reconcile()
    assert states(desk) == []
    set_up(desk, box)
    desk.sweep()
    assert [row["client"] for row in rows(desk, outbox.WARNING)] == [1, 2, 3]  # not who is kept, nor who has time
    assert desk.decision(Kind.CLIENT, 1) == ("keep", SHORTLY, {"not-due", "unwarned"})
    desk.put("tblhosting", id=81, userid=3, domainstatus="Active")  # 3 orders something before the mail leaves
    desk.move_to("2026-06-10 12:00")
    assert desk.sweep().done == {}  # overdue, and nobody was told
    assert desk.decision(Kind.CLIENT, 1) == ("keep", SHORTLY, {"unwarned"})
    assert send(desk).done == {"sent": 1, outbox.DEAD: 1, "not-needed": 1}
    assert box.mails[0]["Subject"] == "Your account will be deleted"
    assert "deleted on 2026-07-10 12:00 (Asia/Tokyo)" in body(box.mails[0], "plain")
    assert findings(desk) == {("note", "unwarned-unreached")}
    desk.move_to("2026-07-10 11:59")
    assert desk.sweep().done == {}
    desk.move_to("2026-07-10 12:05")
    desk.sweep()
    assert desk.rows("tblclients") == [3, 4, 5]
    assert desk.acts() == {("client", 1, "delete", SHORTLY), ("client", 2, "delete", SHORTLY)}
    assert states(desk) == []  # what was told to them went with them


def test_who_comes_back_is_warned_anew_and_without_mail_nothing_changes(small: Desk, box: Mailbox) -> None:
    paid = {"userid": 1, "subtotal": "10.00", "total": "10.00", "status": "Paid", "date": "2024-01-01"}
    registered(small, 1, "2020-01-01")
    small.put("tblinvoices", id=11, **paid, duedate="2024-01-01", datepaid="2024-12-10 00:00:00")
    small.put("tblaccounts", id=21, userid=1, invoiceid=11, amountin="10.00", date="2024-12-10 00:00:00")
    set_up(small, box)
    small.sweep()
    send(small)
    assert box.mails[0]["Subject"] == "Your account will be archived"
    small.put("tblinvoices", id=12, **paid, duedate="2026-06-02", datepaid="2026-06-02 00:00:00")
    small.put("tblaccounts", id=22, userid=1, invoiceid=12, amountin="10.00", date="2026-06-02 00:00:00")
    small.move_to("2027-11-10 12:00")
    small.sweep()
    assert send(small).done == {"sent": 1}
    small.move_to("2027-12-10 13:00")
    assert small.sweep().done == {"archive": {"client": 1}}
    small.run("UPDATE tblclients SET status = 'Active'")
    store(small, {"mail.way": ""})
    registered(small, 2, "2027-01-01")
    small.sweep()
    assert small.rows("tblclients") == [1]


@pytest.mark.parametrize("after", [{"retention.warning": "5 days"}, {"retention.warning": ""}, {"mail.way": ""}])
def test_nobody_goes_before_the_date_that_the_warning_named_whatever_is_set_after_it(
    small: Desk, box: Mailbox, after: dict[str, str]
) -> None:
    registered(small, 1, "2026-03-05")  # due on 6 June
    registered(small, 2, "2026-03-05", email="")
    small.move_to("2026-05-20 12:00")
    set_up(small, box)
    small.sweep()
    send(small)
    assert "deleted on 2026-06-19 12:00 (Asia/Tokyo)" in body(box.mails[0], "plain")
    registered(small, 3, "2026-02-01")
    store(small, after)
    small.move_to("2026-06-19 11:59")
    small.sweep()
    assert set(small.rows("tblclients")) >= {1, 2}
    assert small.decision(Kind.CLIENT, 1) == ("keep", SHORTLY, {"unwarned"})
    small.move_to("2026-06-19 12:05")
    small.sweep()
    assert not set(small.rows("tblclients")) & {1, 2}


def test_a_warning_of_which_nobody_knows_whether_it_left_is_written_anew_where_no_person_settles_it(
    small: Desk, box: Mailbox
) -> None:
    registered(small, 1, "2026-03-05")
    small.move_to("2026-05-20 12:00")
    set_up(small, box)
    small.sweep()
    with small.site.transaction() as connection:
        (row,) = rows(small, outbox.WARNING)
        assert sending.claim(connection, row["id"], "<1.x@example.jp>", small.site.now)  # and its process dies
    small.move_to("2026-05-27 11:59")
    small.sweep()
    assert send(small).done == {} and states(small) == [(outbox.WARNING, "unsure")]
    small.move_to("2026-05-27 12:01")
    send(small)
    small.sweep()
    assert send(small).done == {"sent": 1}
    small.move_to("2026-06-26 12:05")
    small.sweep()
    assert small.rows("tblclients") == []


def test_m2_a_consent_that_ended_between_writing_and_sending_is_asked_about_again(small: Desk, box: Mailbox) -> None:
    for number in (1, 2, 3, 4):
        registered(small, number, "2026-05-01")
        if number < 4:
            consent(small, number, "given", "2026-05-02T10:00:00+09:00")
    set_up(
        small, box, **{"mail.unsubscribe": "stop@example.jp", "mail.unsubscribe_url": "https://portal.example.jp/u/"}
    )
    words = {"subject": {"en": "News\r\nBcc: spy@example.net", "ja": "お知らせ"}, "text": "Hello *there*"}
    assert announcing.announce(small.site, "offer", words, "june", purpose="newsletter").new == 3
    consent(small, 2, "withdrawn", "2026-06-01T11:00:00+09:00")
    assert send(small).done == {"sent": 2, "not-needed": 1}
    assert [to for _, to in box.envelopes] == ["c1@example.jp", "c3@example.jp"]
    mail = box.mails[0]
    assert mail["Subject"] == "News Bcc: spy@example.net" and mail["Bcc"] is None
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    one_click, by_mail = str(mail["List-Unsubscribe"]).split(", ")
    assert one_click.startswith("<https://portal.example.jp/u/1.newsletter.")
    token = by_mail.removesuffix(">").partition("unsubscribe%20")[2]
    asked = f"From: x@example.net\r\nSubject: unsubscribe {token}\r\n\r\n".encode()
    with small.site.transaction() as connection:
        wrong = asked.replace(b"1.newsletter", b"3.newsletter")
        assert bounces.hear(small.site, connection, wrong)[0] is bounces.Heard.UNKNOWN
        assert bounces.hear(small.site, connection, asked)[0] is bounces.Heard.UNSUBSCRIBED
    later(small, hours=1)
    assert announcing.announce(small.site, "offer", words, "july", purpose="newsletter").new == 1
    assert send(small).done == {"sent": 1}
    assert box.envelopes[-1][1] == "c3@example.jp"


def test_k16_an_export_whose_mail_fails_is_kept_and_its_request_stays_open_until_it_left(
    small: Desk, box: Mailbox
) -> None:
    registered(small, 1, "2026-05-01")
    set_up(small, box)
    with small.site.transaction() as connection:
        number = requests.open_request(small.site, connection, 1, "access", small.site.now, None, {})
        made = bundles.begin(connection, 1, "access", "en", small.site.now, "tests", "bundle.zip")
        bundles.finish(connection, made, "bundle.zip", 1, 9, "0" * 64, [], at("2026-06-15 12:00"), small.site.now)
        requests.fulfil(small.site, connection, number, bundle=made)
    send(small, limit=1)
    box.to = {"c1@example.jp": "451 4.3.0 try later"}
    assert send(small).done == {"put-off": 1}

    def stands() -> tuple[str, str]:
        with small.site.reading() as connection:
            return requests.entry(small.site, connection, number).state, bundles.listed(connection)[0].state

    assert stands() == ("open", "whole")
    box.to = {}
    later(small, minutes=2)
    assert send(small).done == {"sent": 1}
    assert stands() == ("fulfilled", "whole")
    assert "https://portal.example.jp/" in body(box.mails[-1], "plain")
    assert "2026-06-15 12:00" in body(box.mails[-1], "plain")


def test_an_announcement_reaches_everybody_once_and_a_breach_only_whom_it_concerns(small: Desk, box: Mailbox) -> None:
    for number in (1, 2, 3):
        registered(small, number, "2026-05-01", language="japanese" if number == 1 else "english")
    registered(small, 4, "2026-05-01", status="Closed")
    registered(small, 5, "2026-05-01", email="masked-5@invalid.invalid")
    set_up(small, box)
    small.reconcile()
    with small.site.transaction() as connection:
        texts = {"en": Text("Privacy policy", "One"), "ja": Text("プライバシーポリシー", "一")}
        notices.publish(
            connection, POLICY, texts, small.site.now, at("2026-07-01 00:00"), Weight.MATERIAL, "ja", "tests"
        )
    changes = {"changes": {"en": "A new registrar.", "ja": "レジストラを追加します。"}}
    first = announcing.announce(small.site, "policy-change", changes, "privacy-policy@1")
    again = announcing.announce(small.site, "policy-change", changes, "privacy-policy@1")
    assert (first.clients, first.new, again.clients, again.new) == (3, 3, 3, 0)
    with pytest.raises(ValueError, match="other words"):
        announcing.announce(small.site, "policy-change", {"changes": "x"}, "privacy-policy@1")
    with pytest.raises(ValueError, match="known is missing"):
        announcing.announce(small.site, "breach-notice", {}, "b1", [1])
    told = {"what": "w", "consequences": "c", "measures": "m", "advice": "a", "known": "2026-06-01T10:00"}
    assert announcing.announce(small.site, "breach-notice", told, "b1", [2, 4]).new == 2
    assert send(small).done == {"sent": 5}
    assert box.mails[0]["Subject"] == "プライバシーポリシーの改定のお知らせ"
    assert "レジストラを追加します。" in body(box.mails[0], "plain")
    assert [to for _, to in box.envelopes[3:]] == ["c2@example.jp", "c4@example.jp"]


def test_a_client_is_reminded_of_its_deletion_a_week_before_and_not_after_it_took_it_back(
    small: Desk, box: Mailbox
) -> None:
    registered(small, 1, "2026-05-01")
    registered(small, 2, "2026-05-01")
    set_up(small, box)
    for number in (1, 2):
        small.hear({"event": "deletion_requested", "client": number, "at": "2026-06-01T11:00:00+09:00"})
    small.sweep()
    send(small)
    small.move_to("2026-06-25 12:00")
    small.sweep()
    small.sweep()
    small.hear({"event": "deletion_withdrawn", "client": 2, "at": "2026-06-25T11:00:00+09:00"})
    assert send(small).done == {"sent": 2, "not-needed": 1}
    assert sorted(str(mail["Subject"]) for mail in box.mails[-2:]) == [
        "Your account will be deleted soon", "Your request for deletion was taken back",
    ]  # fmt: skip
