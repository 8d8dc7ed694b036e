"""How messages leave: once, encrypted, in the client's language; and what happens where they do not (cases.md J4)."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from kigen.ledger import outbox, outbox_sending
from kigen.policy.mail import WAITS
from kigen.work import bounces
from kigen.work import desk as requests
from kigen.work.lease import AnotherRunner, lease
from tests.cases.desk import NOW, Desk, at
from tests.cases.post import findings, later, rows, send, set_up, states, store
from tests.support.mailbox import Mailbox

START = at(NOW).isoformat()


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Mailbox]:
    with Mailbox(tmp_path / "mail").open() as opened:
        yield opened


@pytest.fixture
def post(small: Desk, box: Mailbox) -> Desk:
    """Client 1 writes Japanese, client 2 English; nothing waits."""
    small.put("tblclients", id=1, status="Active", datecreated="2026-05-01", country="JP", email="one@example.jp",
              language="japanese")  # fmt: skip
    small.put("tblclients", id=2, status="Active", datecreated="2026-05-01", country="DE", email="two@example.jp",
              language="english")  # fmt: skip
    set_up(small, box)
    return small


def tell(desk: Desk, client: int, notice: str = outbox.WITHDRAWN, **given: Any) -> None:
    data = {"withdrawn": at(NOW).isoformat(), **given.pop("data", {})}
    with desk.site.transaction() as connection:
        assert outbox.put(connection, client, notice, data, desk.site.now, **given)


def body(mail: EmailMessage, sort: str) -> str:
    part = mail.get_body((sort,))
    assert part is not None
    return str(part.get_content())


def report(message_id: str, action: str = "failed", status: str = "5.1.1") -> bytes:
    """A delivery report as Postfix writes it."""
    return (
        "From: MAILER-DAEMON@example.net\r\nTo: privacy@example.jp\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt failed.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n"
        f"Final-Recipient: rfc822; one@example.jp\r\nAction: {action}\r\nStatus: {status}\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: x\r\nMessage-ID: {message_id}\r\n\r\n--b--\r\n"
    ).encode()


def test_a_message_leaves_once_and_only_the_proof_of_it_stays(post: Desk, box: Mailbox) -> None:
    tell(post, 1)
    tell(post, 2)
    tell(post, 9, outbox.DONE, address="gone@example.jp", language="english")
    assert send(post).done == {"sent": 3}
    assert send(post).done == {}
    japanese, english, last = box.mails
    assert [to for _, to in box.envelopes] == ["one@example.jp", "two@example.jp", "gone@example.jp"]
    assert japanese["Subject"] == "削除のご依頼を取り消しました"
    assert str(japanese["From"]) == "例示合同会社 <privacy@example.jp>"
    assert "2026-06-01 12:00 (Asia/Tokyo)" in body(japanese, "plain")
    assert "アカウントはこれまでどおり" in body(japanese, "plain")
    assert '<html lang="ja">' in body(japanese, "html") and "<script" not in body(japanese, "html")
    assert english["Subject"] == "Your request for deletion was taken back"
    assert english["Auto-Submitted"] == "auto-generated" and english["List-Unsubscribe"] is None
    assert english.get_content_type() == "multipart/alternative"
    assert "This message is the last one" in body(last, "plain")
    assert all(line.isascii() and len(line) < 999 for raw in box.raw for line in raw.split(b"\r\n"))
    kept = rows(post)
    assert [(row["state"], row["answer"], row["address"]) for row in kept] == [("sent", "250 2.0.0", None)] * 3
    assert [row["message_id"] for row in kept] == [str(mail["Message-ID"]) for mail in box.mails]
    assert all(row["sent_at"] for row in kept)
    assert box.logins and findings(post) == set()


def test_a_server_that_is_down_costs_no_message_a_try_and_is_told_until_it_is_back(
    post: Desk, box: Mailbox, tmp_path: Path
) -> None:
    tell(post, 1)
    store(post, {"mail.port": "1"})
    assert send(post).down == "nobody-answers"
    assert [(row["state"], row["tries"]) for row in rows(post)] == [("waiting", None)]
    assert findings(post) == {("error", "mail-down")}
    later(post, days=2)
    store(post, {"mail.port": str(box.port), "mail.certificates": ""})
    assert send(post).down == "certificate"  # nothing is told to a server that is not the one
    store(post, {"mail.certificates": str(box.certificate), "mail.password": "wrong"})
    assert send(post).down == "password-refused 535 5.7.8"
    assert findings(post) == {("error", "mail-down"), ("warning", "mail-late")}
    store(post, {"mail.security": "none", "mail.server": "mail.example.jp"})
    assert send(post).down == "not-encrypted"
    set_up(post, box, **{"mail.security": "starttls"})
    assert send(post).done == {"sent": 1}
    assert findings(post) == set()


def test_who_is_refused_for_now_is_tried_for_days_and_who_is_refused_for_good_not_again(
    post: Desk, box: Mailbox
) -> None:
    tell(post, 1)
    tell(post, 2, outbox.EXTENDED, data={"right": "access", "received": START, "date": START, "reason": "much"})
    box.to = {"one@example.jp": "452 4.2.2 one@example.jp is full", "two@example.jp": "550 5.1.1 no two@example.jp"}
    assert send(post).done == {"put-off": 1, outbox.DEAD: 1}
    assert [(row["state"], row["answer"]) for row in rows(post)] == [
        ("waiting", "452 4.2.2"),
        ("given-up", "550 5.1.1"),
    ]
    assert findings(post) == {("error", "mail-given-up")}
    assert send(post).done == {}  # its minute has not passed
    for minutes in WAITS[:-1]:
        later(post, minutes=minutes + 1)
        assert send(post).done == {"put-off": 1}
    later(post, minutes=WAITS[-1] + 1)
    assert send(post).done == {outbox.DEAD: 1}
    box.to = {}
    with post.site.transaction() as connection:
        outbox_sending.again(connection, 2)
    assert send(post).done == {"sent": 1}
    assert "much" in body(box.mails[0], "plain")
    assert "example" not in str([(row["why"], row["answer"]) for row in rows(post)])


def test_a_server_that_dies_before_the_end_is_asked_again_and_after_it_nobody_knows(post: Desk, box: Mailbox) -> None:
    tell(post, 1)
    box.to = {"one@example.jp": "abort"}
    assert send(post).down == "connection-lost"
    assert states(post) == [(outbox.WITHDRAWN, "waiting")]
    box.to, box.data = {}, ["abort"]
    assert send(post).done == {"unsure": 1}
    assert send(post).done == {} and box.mails == []
    assert findings(post) == {("error", "mail-unsure")}


def test_a_process_that_dies_between_claim_and_note_leaves_a_message_that_is_not_sent_twice(
    post: Desk, box: Mailbox, tmp_path: Path
) -> None:
    """The server took the mail, and the sender was killed before it could write that down."""
    tell(post, 1)
    tell(post, 2)
    config = tmp_path / "kigen.toml"
    url = post.site.engine.url.render_as_string()
    config.write_text(f'[host]\nname = "whmcs"\ndatabase = "{url}"\n[kigen]\nzone = "Asia/Tokyo"\nstate_dir = "."\n')
    command = [sys.executable, "-m", "kigen", "--config", str(config), "--now", "2026-06-01T12:00", "mail", "send"]
    child: list[subprocess.Popen[bytes]] = []
    box.at_data = lambda: os.kill(child[0].pid, signal.SIGKILL)
    child.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
    assert child[0].wait(60) == -signal.SIGKILL
    assert states(post) == [(outbox.WITHDRAWN, "sending"), (outbox.WITHDRAWN, "waiting")]
    box.at_data = lambda: None
    mailed = send(post)
    assert (mailed.left_behind, mailed.done) == (1, {"sent": 1})
    assert states(post) == [(outbox.WITHDRAWN, "unsure"), (outbox.WITHDRAWN, "sent")]
    assert [to for _, to in box.envelopes].count("two@example.jp") == 1


def test_two_senders_do_not_work_at_once(post: Desk) -> None:
    with lease(post.site, "mail"), pytest.raises(AnotherRunner):
        send(post)


def test_hostile_names_break_no_header_and_open_no_second_address(post: Desk, box: Mailbox) -> None:
    with post.site.transaction() as connection:
        for number, address in ((1, "one@example.jp\r\nBcc: spy@example.net"), (2, "a,b@example.jp")):
            connection.exec_driver_sql("UPDATE tblclients SET email = ? WHERE id = ?", (address, number))
        connection.exec_driver_sql(
            "UPDATE kigen_settings SET value = ? WHERE name = 'operator.name'",
            ('Exa"mple <spy@example.net>, Bcc: x@example.net',),
        )
    tell(post, 1)
    tell(post, 2)
    tell(post, 9, outbox.DONE, address="gone@example.jp", language="english")
    assert send(post).done == {outbox.DEAD: 2, "sent": 1}
    (mail,) = box.mails
    assert mail["Bcc"] is None
    assert [one.addr_spec for one in mail["From"].addresses] == ["privacy@example.jp"]
    assert mail["From"].addresses[0].display_name == "Exa mple spy example net Bcc x example net"
    assert [row["why"] for row in rows(post)][:2] == ["no-address"] * 2


def test_what_became_untrue_or_old_does_not_go_and_an_address_of_now_is_used(post: Desk, box: Mailbox) -> None:
    tell(post, 1)
    tell(post, 2, outbox.REMINDER, data={"received": START, "date": START})  # it was taken back meanwhile
    with post.site.transaction() as connection:
        connection.exec_driver_sql("UPDATE tblclients SET email = 'new@example.jp' WHERE id = 1")
    assert send(post).done == {"sent": 1, "not-needed": 1}
    assert box.envelopes == [("privacy@example.jp", "new@example.jp")]
    tell(post, 2)
    later(post, days=31)
    assert send(post).why == {"too-old": 1}


def test_j4_a_bounced_extension_keeps_its_proof_and_raises_an_alarm(post: Desk, box: Mailbox) -> None:
    with post.site.transaction() as connection:
        number = requests.open_request(post.site, connection, 1, "access", post.site.now, "eu", {})
        requests.extend(post.site, connection, number, "We hold much *about* you.")
    assert send(post).done == {"sent": 2}
    assert [mail["Subject"] for mail in box.mails] == ["ご請求を受け付けました", "ご請求への回答にお時間をいただきます"]
    assert "理由：We hold much *about* you." in body(box.mails[1], "plain")
    sent = rows(post, outbox.EXTENDED)[0]
    with post.site.transaction() as connection:
        for content in (report("<1.0123456789abcdef0123456789abcdef@example.jp>"), b"not a mail", b"\x00" * 99,
                        report(sent["message_id"], "delayed", "4.4.1")):  # fmt: skip
            assert bounces.hear(post.site, connection, content)[1] is None
        assert bounces.hear(post.site, connection, report(sent["message_id"])) == (bounces.Heard.BOUNCED, sent["id"])
        assert bounces.hear(post.site, connection, report(sent["message_id"]))[0] is bounces.Heard.UNKNOWN
        assert requests.entry(post.site, connection, number).state == "extended"
    now = rows(post, outbox.EXTENDED)[0]
    assert (now["state"], now["answer"], now["sent_at"]) == ("bounced", "5.1.1", sent["sent_at"])
    assert findings(post) == {("error", "mail-bounced")}


def test_a_request_is_told_when_it_is_refused_or_fulfilled_and_a_doubted_one_is_asked_about(
    post: Desk, box: Mailbox
) -> None:
    with post.site.transaction() as connection:
        one = requests.open_request(post.site, connection, 2, "objection", post.site.now, None, {})
        requests.ask_identity(post.site, connection, one, post.site.now + dt.timedelta(days=14))
        requests.refuse(post.site, connection, one, "It is needed for a claim.", "Ask the authority of Berlin.")
        two = requests.open_request(post.site, connection, 2, "rectification", post.site.now, None, {})
        requests.fulfil(post.site, connection, two)
    assert send(post).done == {"sent": 5}
    subjects = [str(mail["Subject"]) for mail in box.mails]
    assert subjects[1:3] == ["We need to know that it is you", "We cannot do what you asked"]
    assert "Ask the authority of Berlin." in body(box.mails[2], "plain")
    assert subjects[3:] == ["We received your request", "We have done what you asked"]
