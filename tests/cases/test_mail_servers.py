"""Mail servers that drip, flood and lie, and mails that anybody may write: none of them keeps kigen or breaks it."""

from __future__ import annotations

import datetime as dt
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest

from kigen.commands.chores import Chore, Rota, send_mail
from kigen.work import bounces
from kigen.work.sender import NotSent
from kigen.work.smtp import Smtp
from tests.cases.desk import Desk
from tests.cases.post import OPERATOR, store
from tests.cases.test_mail import tell


@contextmanager
def server(talk: Callable[[socket.socket], None]) -> Iterator[tuple[int, list[int]]]:
    """A port that talks so to everybody, and for each who came a number."""
    came: list[int] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                with listening.accept()[0] as one, suppress(OSError):
                    came.append(len(came))
                    talk(one)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1], came
        listening.shutdown(socket.SHUT_RDWR)


def drip(one: socket.socket) -> None:
    while True:
        one.sendall(b"2")
        time.sleep(0.05)


def endless_lines(one: socket.socket) -> None:
    while True:
        one.sendall(b"220-and more\r\n" * 1000)


def challenge(one: socket.socket, text: bytes = b"YWJj") -> None:
    for said in (b"220 hi\r\n", b"250-hi\r\n250 AUTH CRAM-MD5\r\n", b"334 " + text + b"\r\n"):
        one.sendall(said)
        one.recv(1000)


def bad_challenge(one: socket.socket) -> None:
    challenge(one, b"a")


@pytest.mark.parametrize(
    ("talk", "password", "why"),
    [
        (drip, "", "timeout"),
        (endless_lines, "", "connection-lost"),
        (bad_challenge, "secret", "connection-lost"),
        (challenge, "秘密", "password-not-ascii"),
    ],
)
def test_a_server_that_drips_floods_or_lies_is_left_soon_and_by_a_code(
    talk: Callable[[socket.socket], None], password: str, why: str
) -> None:
    with server(talk) as (port, _):
        began = time.monotonic()
        user = "kigen" if password else ""
        with pytest.raises(NotSent) as failed:
            Smtp("localhost", port, "none", user, password, seconds=0.3).__enter__()
        assert (failed.value.why, time.monotonic() - began < 5) == (why, True)


def test_a_name_that_no_server_can_have_is_told_as_one_that_nobody_knows() -> None:
    with pytest.raises(NotSent) as failed:
        Smtp("mail..example.jp", seconds=0.3).__enter__()
    assert failed.value.why == "unknown-server"


def test_what_was_sent_before_encryption_began_is_nobodys_answer() -> None:
    heard = []

    def inject(one: socket.socket) -> None:
        one.sendall(b"220 hi\r\n")
        one.recv(1000)
        one.sendall(b"250-hi\r\n250 STARTTLS\r\n")
        one.recv(1000)
        one.sendall(b"220 go on\r\n250-forged\r\n250 AUTH PLAIN\r\n")
        heard.append(one.recv(1000))

    with server(inject) as (port, _), pytest.raises(NotSent):
        Smtp("localhost", port, "starttls", "kigen", "S3cret", seconds=0.5).__enter__()
    assert b"S3cret" not in heard[0]
    assert heard[0][:1] == b"\x16"  # a handshake, nothing in the open


def test_a_mail_server_that_is_away_is_not_asked_again_at_every_turn_of_the_chores(small: Desk) -> None:
    small.put("tblclients", id=1, status="Active", datecreated="2026-05-01", email="one@example.jp")
    with server(lambda one: None) as (port, came):
        way = {"mail.way": "smtp", "mail.server": "localhost", "mail.port": str(port), "mail.security": "none"}
        store(small, {**OPERATOR, **way})
        tell(small, 1)
        rota = Rota((Chore("mail", dt.timedelta(seconds=10), send_mail),))
        for seconds in (0, 30, 300, 599):
            now = small.site.now + dt.timedelta(seconds=seconds)
            assert rota.turn(replace(small.site, now=now)) == []
        assert len(came) == 1
        rota.turn(replace(small.site, now=small.site.now + dt.timedelta(seconds=601)))
        assert len(came) == 2


REPORT = b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n"
STRANGE = (
    b"".join(b"Content-Type: multipart/report; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000)),
    REPORT + b"Content-Type: message/rfc822\r\n\r\n" * 5000 + b"Subject: x\r\n\r\nx",
    REPORT + b"Content-Type: text/rfc822-headers; charset=nonsense\r\n\r\nMessage-ID: <1.a@b>\r\n\r\n--x--",
    b"Content-Type: multipart/report" + b"; x=(" * 5000 + b"\r\n\r\n",
    b"Subject: " + b"=?utf-8?q?a?= " * 100_000 + b"\r\n\r\n",
)


def test_whatever_strangers_write_to_the_address_of_bounces_is_left_alone_and_soon(small: Desk) -> None:
    began = time.monotonic()
    with small.site.transaction() as connection:
        found = [bounces.hear(small.site, connection, content) for content in STRANGE]
    assert found == [(bounces.Heard.UNKNOWN, None)] * len(STRANGE)
    assert time.monotonic() - began < 10
