"""How the text of a setting becomes its value: one small parser per sort, each error saying what was expected."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache

from kigen.policy import mail
from kigen.policy.periods import Term, parse_term
from kigen.policy.vocabulary import LANGUAGES

ENCRYPTIONS = ("starttls", "tls", "none")

SERVER = r"(mysql|mariadb)(\+pymysql)?://([^:/@]*(:[^@]*)?@)?(\[[\da-f:.]+\]|[^][:/@?]+)(:\d+)?(/[^@]*)?"


def term(text: str) -> Term | None:
    """A term of retention.md; blank, zero or negative is None."""
    return parse_term(text)


def money(text: str) -> Decimal:
    """An amount, zero or more."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is not an amount; expected a number such as 0.01") from None
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"{text!r} is not an amount; expected zero or more")
    return amount


def flag(text: str) -> bool:
    """On or off."""
    words = {"on": True, "yes": True, "true": True, "1": True, "off": False, "no": False, "false": False, "0": False}
    if text.strip().lower() not in words:
        raise ValueError(f"{text!r} is neither on nor off; expected 'on' or 'off'")
    return words[text.strip().lower()]


def language(text: str) -> str:
    """A language in which kigen has all its sentences."""
    if text.strip().lower() not in LANGUAGES:
        raise ValueError(f"{text!r} is no language of kigen; expected 'en' or 'ja'")
    return text.strip().lower()


def count(text: str) -> int:
    """A whole number, zero or more."""
    if not re.fullmatch(r"\d{1,9}", text.strip()):
        raise ValueError(f"{text!r} is not a count; expected a whole number, zero or more")
    return int(text)


def at_least_one(text: str) -> int:
    """A whole number, one or more: zero would switch off what keeps or what works."""
    number = count(text)
    if number < 1:
        raise ValueError(f"{text!r} is not enough; expected one or more")
    return number


@cache
def between(lowest: int, highest: int) -> Callable[[str], int]:
    """A whole number within a range: beyond it, it is a slip of the hand that would delete too early, or never."""

    def parse(text: str) -> int:
        number = count(text)
        if not lowest <= number <= highest:
            raise ValueError(f"{text!r} is out of range; expected a whole number from {lowest} to {highest}")
        return number

    return parse


def days(text: str) -> int | None:
    """Days, one or more; blank is None."""
    return at_least_one(text) if text.strip() else None


def day(text: str) -> dt.date | None:
    """A date; blank is None."""
    if not text.strip():
        return None
    try:
        if not re.fullmatch(r"(19|20|21)\d\d-\d\d-\d\d", text.strip()):
            raise ValueError
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text!r} is no date; expected such as 2026-01-31") from None


def time_of_day(text: str) -> dt.time:
    """A time of the day, HH:MM."""
    match = re.fullmatch(r"(\d{1,2}):(\d\d)", text.strip())
    if not match or int(match[1]) > 23 or int(match[2]) > 59:
        raise ValueError(f"{text!r} is no time of the day; expected HH:MM such as 03:30")
    return dt.time(int(match[1]), int(match[2]))


def share(text: str) -> Decimal:
    """A percentage."""
    share = money(text.strip().rstrip("%"))
    if share > 100:
        raise ValueError(f"{text!r} is not a share; expected a percentage from 0 to 100")
    return share


def month_day(text: str) -> tuple[int, int] | None:
    """A day of the year, MM-DD; blank is None."""
    if not text.strip():
        return None
    match = re.fullmatch(r"(\d{1,2})-(\d{1,2})", text.strip())
    if not match or not 1 <= int(match[1]) <= 12 or not 1 <= int(match[2]) <= 31:
        raise ValueError(f"{text!r} is not a day of the year; expected MM-DD such as 03-31")
    month, day = int(match[1]), int(match[2])
    if day > (29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31):
        raise ValueError(f"{text!r} is in no calendar; expected the last day of the fiscal year, such as 02-28")
    return month, day


def years(text: str) -> frozenset[int]:
    """Calendar years, separated by commas or blanks."""
    parts = [part for part in re.split(r"[,\s]+", text.strip()) if part]
    if not all(re.fullmatch(r"(19|20|21)\d\d", part) for part in parts):
        raise ValueError(f"{text!r} is not a list of years; expected such as 2024, 2025")
    return frozenset(int(part) for part in parts)


def name(text: str) -> str | None:
    """A name; blank is None."""
    return text.strip() or None


def line(text: str) -> str:
    """Words on one line; blank is none. Japanese parts a name with a wide blank."""
    if not is_line(text):
        raise ValueError("it holds a line break or a control character; expected words on one line")
    return text.strip()


def is_line(text: str) -> bool:
    """Whether a text holds neither a line break nor a control character."""
    return text.strip().replace("\u3000", " ").isprintable()


def ages(text: str) -> Mapping[str, int]:
    """The operator's own ages, such as `JP=16, DE=16`; blank is none. ValueError for anything else."""
    found: dict[str, int] = {}
    for part in re.split(r"[,\s]+", text.strip()):
        match = re.fullmatch(r"([A-Za-z]{2})=(\d{1,2})", part)
        if part and not match:
            raise ValueError(f"{part!r} is no age of a country; expected such as JP=16, DE=16")
        if match:
            found[match[1].upper()] = int(match[2])
    return found


def folder(text: str) -> str:
    """A folder by its whole path; blank is none."""
    if text.strip() and not text.strip().startswith("/"):
        raise ValueError(f"{text!r} is no folder; expected a whole path, such as /var/www/attachments")
    return text.strip()


def file(text: str) -> str:
    """A file by its whole path; blank is none."""
    if text.strip() and not text.strip().startswith("/"):
        raise ValueError(f"{text!r} is no file; expected a whole path, such as /etc/kigen/authority.pem")
    return text.strip()


def url(text: str) -> str:
    """An address that begins with http:// or https://; blank is none."""
    if text.strip() and not re.match(r"https?://[^\s/]+", text.strip()):
        raise ValueError(f"{text!r} is not an address; expected one that begins with https:// or http://")
    return text.strip()


def mail_address(text: str) -> str:
    """An address of one mailbox; blank is none."""
    if text.strip() and mail.address(text) is None:
        raise ValueError("it is no mail address; expected such as privacy@example.jp")
    return text.strip()


def mail_way(text: str) -> str:
    """By which way mail leaves; blank is none."""
    if text.strip().lower() not in ("", "smtp"):
        raise ValueError(f"{text!r} is no way of sending; expected 'smtp', or blank for none")
    return text.strip().lower()


def mail_security(text: str) -> str:
    """How the connection to the mail server is encrypted."""
    if text.strip().lower() not in ENCRYPTIONS:
        raise ValueError(f"{text!r} is no encryption; expected 'starttls', 'tls', or 'none' on this machine alone")
    return text.strip().lower()


def secret(text: str) -> str:
    """A key, as it is."""
    return text.strip()


def databases(text: str) -> tuple[str, ...]:
    """Addresses of database servers, separated by commas or blanks. An error tells none: they hold passwords."""
    parts = tuple(part for part in re.split(r"[,\s]+", text.strip()) if part)
    for number, part in enumerate(parts, 1):
        if not re.fullmatch(SERVER, part):
            expected = "expected mysql+pymysql://user:password@host:3306, in a password %2C for a comma, %40 for an @"
            raise ValueError(f"address {number} of {len(parts)} is not one of a MySQL or MariaDB server; {expected}")
    return parts
