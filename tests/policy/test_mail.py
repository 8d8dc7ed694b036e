"""Headers that hold one visible line whatever is put into them, addresses that are one mailbox, and waits that end."""

from __future__ import annotations

import datetime as dt
import unicodedata
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from kigen.policy.mail import LONGEST_SUBJECT, WAITS, address, code_of, display_name, header, next_try
from tests.policy.build import NOW

EVIL = [
    "\r\nBcc: spy@example.net", "\n\n<script>", "=?utf-8?q?=0ABcc:_x?=", "\u202egnp.exe", "\u2066x\u2069", "\x00",
    "\ud800", "\u2028To: x", "\x85Cc: x", ", spy@example.net", '"', "\\", "<x@y.example>", "(a)", "請求",
    "👨\u200d👩", "%0d%0a", ";", "a" * 300, " ", "\t", "=?utf-8?b?", "?=",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(EVIL) | st.text(max_size=20), max_size=6).map("".join)
NAMES = ["Subject", "From", "To", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"]


def written(subject: str, name: str, to: Address) -> bytes:
    mail = EmailMessage(policy.SMTP)
    mail["Subject"] = header(subject)
    mail["From"] = Address(display_name(name, "privacy@example.jp"), addr_spec="privacy@example.jp")
    mail["To"] = to
    mail["Message-ID"] = "<1.00112233445566778899aabbccddeeff@example.jp>"
    mail.set_content("x", cte="base64")
    return mail.as_bytes()


def check(subject: str, name: str, to: str) -> None:
    """What was put in comes out again as that one header, and nothing besides."""
    known = address(to)
    raw = written(subject, name, known or Address(addr_spec="one@example.jp"))
    head, _, rest = raw.partition(b"\r\n\r\n")
    mail = message_from_bytes(raw, policy=policy.default)
    assert sorted(mail.keys()) == sorted(NAMES)
    assert head.isascii() and b"\r" not in head.replace(b"\r\n", b"") and b"\n" not in head.replace(b"\r\n", b"")
    assert all(len(line) <= 998 for line in head.split(b"\r\n"))
    assert rest == b"eA0K\r\n"
    shown = str(mail["Subject"])
    assert all(unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for one in shown)
    # Between two encoded words a blank may be lost, which is nobody's way out.
    assert "".join(shown.split()) == "".join(header(subject).split()) and len(header(subject)) <= LONGEST_SUBJECT
    assert [one.addr_spec for one in mail["From"].addresses] == ["privacy@example.jp"]
    assert len(mail["To"].addresses) == 1
    if known is not None:
        assert known.addr_spec.isascii() and not set(known.addr_spec) & set(' \t\r\n<>,;:"()[]\\')


def test_no_text_breaks_out_of_a_header(deep: bool) -> None:
    tries = settings(max_examples=50_000 if deep else 300, suppress_health_check=list(HealthCheck), database=None)
    tried = 0

    @tries
    @given(TEXTS, TEXTS, TEXTS | st.emails() | TEXTS.map(lambda text: f"one@example.jp{text}"))
    def search(subject: str, name: str, to: str) -> None:
        nonlocal tried
        tried += 1
        check(subject, name, to)

    search()
    if deep:
        print(f"\n{tried} tries to break out of a mail header, none of which did")


@pytest.mark.parametrize("text", [
    "", "one", "one@localhost", "a b@example.jp", "one@example.jp, two@example.jp", "one@example.jp\r\nBcc: x@y.jp",
    "<one@example.jp>", "one@exa mple.jp", "one@-a.jp", "one@.jp", "ö@example.jp", '"a b"@example.jp',
    "one@\u202ejp.co", "one@" + "a" * 64 + ".jp", "a" * 65 + "@example.jp", "one@example.jp\x00",
])  # fmt: skip
def test_what_is_not_one_mailbox_is_no_address(text: str) -> None:
    assert address(text) is None


@pytest.mark.parametrize(("text", "expected"), [
    (" one@example.jp ", "one@example.jp"), ("a..b.@docomo.ne.jp", "a..b.@docomo.ne.jp"),
    ("one@例え.jp", "one@xn--r8jz45g.jp"), ("O'Neil+x@Example.JP", "O'Neil+x@Example.JP"),
])  # fmt: skip
def test_a_mailbox_is_an_address_also_with_the_dots_of_japanese_carriers(text: str, expected: str) -> None:
    found = address(text)
    assert found is not None and found.addr_spec == expected


def test_a_header_stays_readable_and_a_long_one_is_cut() -> None:
    assert header("ご請求を受け付けました") == "ご請求を受け付けました"
    assert header("a\r\n b\tc\u2028d") == "a b c d"
    assert header("x" * 201) == "x" * 199 + "…"
    assert header("x" * 200) == "x" * 200
    assert display_name("Example Co., Ltd.", "privacy@example.jp") == "Example Co., Ltd."
    assert display_name("Example Co., Ltd.", "x" * 44) == "Example Co Ltd"
    assert display_name('例示合同会社, "x" <spy@example.net>', "a@b.jp") == "例示合同会社 x spy example net"


def test_of_an_answer_only_the_numbers_are_kept() -> None:
    assert code_of(550, b"5.1.1 <one@example.jp>: unknown") == "550 5.1.1"
    assert code_of(250, b"ok one@example.jp") == "250"
    assert code_of(451, b"4.3.0") == "451 4.3.0"


def test_tries_come_further_apart_and_end_after_about_five_days() -> None:
    at, tries = NOW, 0
    while (following := next_try(tries + 1, at)) is not None:
        tries, at = tries + 1, following
    assert (tries, at - NOW) == (len(WAITS), dt.timedelta(minutes=sum(WAITS)))
    assert dt.timedelta(days=3) < at - NOW < dt.timedelta(days=5)
