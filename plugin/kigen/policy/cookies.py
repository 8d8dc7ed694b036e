"""Which tools the portal has, about which of them visitors are asked, and until when an answer holds (Art. 15, 16).

What no row of the setting names is never asked about, and what nobody was asked about never runs.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from kigen.policy import values
from kigen.policy.notices import Version, is_carried
from kigen.policy.periods import Term, parse_term
from kigen.policy.purposes import IN_BROWSER
from kigen.policy.setting import Setting

NOTICE = "cookies"
"""The notice that visitors are shown before they choose."""

NECESSARY = "necessary"
"""The category of what works without consent: it is listed, and never asked about."""

CATEGORIES = (NECESSARY, *IN_BROWSER)

LONGEST_MONTHS = 13
"""No answer holds longer; six months are what the CNIL recommends for keeping a choice, 13 its limit for a tracker."""

TOOLS, MONTHS, ORIGINS, CHOICES = "cookies.tools", "cookies.months", "cookies.origins", "own.choices"


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool: `cookies` are names, a `*` at the end for any rest; `term` None: until the browser is closed."""

    category: str
    name: str
    provider: str
    cookies: tuple[str, ...]
    term: Term | None
    opt_out: str


OWN_COOKIE = "kigen_consent"


def own_tool(operator: str, months: int) -> Tool:
    """What remembers the choice itself: necessary, of the operator, and nobody needs to write it down."""
    return Tool(NECESSARY, "kigen", operator, (OWN_COOKIE,), Term(months), "")


def tools(text: str) -> tuple[Tool, ...]:
    """Rows of six fields between `|`, separated by `;` or lines. ValueError names the row and what was expected."""
    rows = [row for row in re.split(r"[;\n]", text) if row.strip()]
    return tuple(_tool(number, [part.strip() for part in row.split("|")]) for number, row in enumerate(rows, 1))


def _tool(number: int, parts: list[str]) -> Tool:
    if len(parts) != 6 or not all(map(values.is_line, parts)):
        raise ValueError(
            f"row {number} has {len(parts)} fields; expected category | name | provider | cookies | term | opt-out,"
            " rows separated by ;"
        )
    category, name, provider, cookies, term, opt_out = parts
    if category not in CATEGORIES:
        raise ValueError(f"row {number}: {category!r} is no category; expected one of {', '.join(CATEGORIES)}")
    if not name or not provider:
        raise ValueError(f"row {number} does not say which tool it is and whose; expected a name and a provider")
    names = tuple(one for one in re.split(r"[,\s]+", cookies) if one)
    if not all(re.fullmatch(r"[\w!#$%&'+.^`~-]+\*?", one, re.ASCII) for one in names):
        raise ValueError(f"row {number}: {cookies!r} holds no names of cookies; expected such as _pk_id*, _pk_ses*")
    if opt_out and not re.fullmatch(r"https?://[^\s/\"'<>]+[^\s\"'<>]*", opt_out):
        raise ValueError(f"row {number}: {opt_out!r} is not an address; expected one that begins with https://")
    try:
        return Tool(category, name, provider, names, parse_term(term), opt_out)
    except ValueError as error:
        raise ValueError(f"row {number}: {error}") from None


def months(text: str) -> int:
    """For how many months a choice holds."""
    number = values.at_least_one(text)
    if number > LONGEST_MONTHS:
        raise ValueError(f"{text!r} is too long; expected 1 to {LONGEST_MONTHS} months")
    return number


def origins(text: str) -> tuple[str, ...]:
    """Origins of the portal, separated by commas or blanks: scheme and server, such as https://www.example.jp."""
    parts = tuple(part for part in re.split(r"[,\s]+", text.strip()) if part)
    for part in parts:
        if not re.fullmatch(r"https?://(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:\d{1,5})?", part):
            raise ValueError(f"{part!r} is no origin; expected such as https://www.example.jp, without a path")
    return parts


def asked_about(rows: Iterable[Tool]) -> tuple[str, ...]:
    """The purposes for which there is a tool, in the order of the table of purposes."""
    there = {one.category for one in rows}
    return tuple(key for key in IN_BROWSER if key in there)


def fingerprint(rows: Iterable[Tool]) -> str:
    """Tells one set of tools that need consent from another: whoever agreed to some has not agreed to others."""
    told = sorted((one.category, one.name, one.provider) for one in rows if one.category != NECESSARY)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:12]


def carried_since(versions: Iterable[Version], at: dt.datetime) -> int | None:
    """The oldest version of the notice of which a choice still holds at an instant; None where none was published."""
    known = list(versions)
    return min((one.number for one in known if one.effective <= at and is_carried(known, one.number, at)), default=None)


COOKIES: tuple[Setting, ...] = (
    Setting(
        TOOLS,
        tools,
        "",
        (
            "The portal's tools: category | name | provider | cookies | term | opt-out; rows parted by ;. Blank: none"
            " runs.",
            "ポータルのツール（区分 | 名称 | 提供者 | クッキー | 期間 | オプトアウト、; 区切り）。空欄なら何も"
            "読み込みません。",
        ),
        "Article 15, 16",
    ),
    Setting(
        MONTHS,
        months,
        "6",
        (
            "Months for which a visitor's choice about cookies holds, 1 to 13; then it is asked again.",
            "クッキーに関する選択を記憶する月数（1～13）。経過後にあらためて尋ねます。",
        ),
        "Article 15",
    ),
    Setting(
        ORIGINS,
        origins,
        "",
        (
            "Further sites on which visitors may choose, such as https://www.example.jp. That of operator.portal always"
            " may.",
            "選択を受け付ける他のサイト（例：https://www.example.jp）。operator.portal は常に受け付けます。",
        ),
        "Article 15, 17",
    ),
    Setting(
        CHOICES,
        values.term,
        "12 months",
        (
            "How long the record of a visitor's choice about cookies is kept, where nobody was signed in."
            " Blank: for ever.",
            "ログインしていない訪問者によるクッキーの選択の記録を保存する期間。空欄の場合は無期限。",
        ),
        "Article 11",
    ),
)
