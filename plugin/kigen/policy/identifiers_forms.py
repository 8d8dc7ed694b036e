"""What stands beside a name and is no part of it: legal forms of companies, forms of address; how they are spelled."""

from __future__ import annotations

import re

from kigen.policy.identifiers_fold import folded

# On one side of the name or the other, with or without a blank; in lists of banks in kana with one bracket.
_BOTH_SIDES = """
株式会社 株式會社 (株) カブシキガイシャ カ) (カ) (カ 有限会社 有限會社 (有) ユウゲンガイシャ ユ) (ユ) (ユ
合同会社 (同) ゴウドウガイシャ ド) (ド) (ド 合資会社 (資) シ) (シ) (シ 合名会社 (名) メ) (メ) (メ
一般社団法人 (一社) 公益社団法人 (公社) 一般財団法人 (一財) 公益財団法人 (公財) 特定非営利活動法人 npo法人 (特非)
医療法人 (医) 学校法人 (学) 宗教法人 (宗) 社会福祉法人 (福)
""".split()
_AFTER = (
    "co ltd", "co limited", "company limited", "private limited", "pvt ltd", "pty ltd", "limited", "ltd", "llc", "llp",
    "inc", "incorporated", "corporation", "corp", "company", "gmbh", "ag", "kg", "ug", "bv", "nv", "sa", "sas", "sarl",
    "srl", "spa", "plc", "oy", "ab", "as", "aps", "kk", "gk", "godo kaisha", "kabushiki kaisha",
)  # fmt: skip
_DOTS = r"[\s,.]{0,3}"
_SIDES = "|".join(re.escape(form) for form in sorted(map(folded, _BOTH_SIDES), key=len, reverse=True))
_LATER = "|".join(_DOTS.join(_DOTS.join(word) if len(word) < 3 else word for word in form.split()) for form in _AFTER)
_FORM_BEFORE = re.compile(rf"(?:{_SIDES})[\s・.,]{{0,3}}$")
_FORM_AFTER = re.compile(rf"[\s・.,]{{0,3}}(?:{_SIDES})|[\s,.]{{1,3}}(?:{_LATER})\b")
_AT_THE_START = re.compile(rf"^(?:{_SIDES})[\s・.,]*")
_AT_THE_END = re.compile(rf"[\s・.,]*(?:{_SIDES})$|[\s,.]+(?:{_LATER})[\s.,]*$")

_HONORIFICS = "様 さま さん 氏 殿 君 くん ちゃん 先生 御中".split()
_TITLE_AFTER = re.compile(
    rf"[\s\-]?(?:{'|'.join(map(folded, _HONORIFICS))})|(?:\s?-\s?|\s)(?:san|sama|kun|chan|sensei)\b"
)
_TITLE_BEFORE = re.compile(r"\b(?:mr|mrs|ms|mx|miss|dr|prof|sir|madam|herr|frau|mme|mlle|sr|sra|dear)\.?\s+$")
_SIGNS = " .,・"
_LOOK_BACK = 16
"""Characters of the longest form that can stand before a name."""


def without_form(company: str) -> str:
    """A folded name of a company without its legal forms; blank if it is nothing but forms."""
    core = company
    while (shorter := _AT_THE_END.sub("", _AT_THE_START.sub("", core))) != core:
        core = shorter
    return core.strip(_SIGNS)


def is_a_form(company: str) -> bool:
    """Whether a folded name of a company is nothing but legal forms, as where no name was written: it names nobody."""
    core = company.replace(".", "").strip(_SIGNS)
    while core and (shorter := _AT_THE_END.sub("", f" {_AT_THE_START.sub('', core)}").strip(_SIGNS)) != core:
        core = shorter
    return not core


def has_a_form(text: str, start: int, end: int) -> bool:
    """Whether a legal form stands beside a stretch of folded text: then even a short word names a company."""
    return bool(_FORM_AFTER.match(text, end) or _FORM_BEFORE.search(text[max(0, start - _LOOK_BACK) : start]))


def is_honoured(text: str, start: int, end: int) -> bool:
    """Whether a form of address stands beside it: 森様, Mr Li, An-san; that makes a short word a person."""
    return bool(_TITLE_AFTER.match(text, end) or _TITLE_BEFORE.search(text[max(0, start - _LOOK_BACK) : start]))
