"""The words in which a published notice states the schedule, and what contradicts it in a text that somebody wrote.

A text names a rule by its id, or by its record and its state in one row or sentence; every term beside that name must
be the rule's own. What names no rule (a floor of the law, an opening hour) is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kigen.policy.periods import Term
from kigen.policy.schedule import Rule

RECORDS = {
    "client": ("Client", "顧客"), "order": ("Order", "注文"), "invoice": ("Invoice", "請求書"),
    "service": ("Service (account)", "サービス（アカウント）"), "domain": ("Domain", "ドメイン"),
    "ticket": ("Ticket", "チケット"), "payment": ("Payment", "入金"),
}  # fmt: skip
STATES = {
    "inactive": ("inactive", "休眠"), "archived": ("archived", "保管済み"),
    "registration only": ("registration only", "登録のみ"), "cancelled": ("cancelled", "キャンセル済み"),
    "fraud": ("fraud", "不正"), "pending": ("pending", "保留中"), "draft": ("draft", "下書き"),
    "terminated": ("terminated", "解約済み"), "expired": ("expired", "期限切れ"),
    "deletion requested": ("deletion requested", "削除依頼あり"),
}  # fmt: skip
CLOCKS = {
    "last payment": ("last payment", "最終入金"), "archival": ("archival", "保管した時"),
    "registration": ("registration", "登録"), "due date": ("due date", "支払期日"), "creation": ("creation", "作成"),
    "last change": ("last change", "最終変更"), "expiration date": ("expiration date", "有効期限"),
    "the request, and the client's own sign-in after it": (
        "the request, and the client's own sign-in after it", "依頼、およびその後の本人のログイン"),
}  # fmt: skip
EFFECTS = {"delete": ("delete", "削除"), "anonymise": ("anonymise", "匿名化"), "archive": ("archive", "保管")}

_NOUNS = {
    "client": r"\b(?:clients?|customers?|profiles?)\b|顧客|お客様", "order": r"\borders?\b|注文",
    "invoice": r"\binvoices?\b|請求書", "service": r"\b(?:services?|accounts?)\b|サービス|アカウント",
    "domain": r"\bdomains?\b|ドメイン", "ticket": r"\btickets?\b|チケット", "payment": r"\bpayments?\b|入金",
}  # fmt: skip
_SAID = {
    "inactive": r"\binactive\b|休眠|非アクティブ",
    "archived": r"(?<!are )(?<!is )(?<!be )\barchived\b|保管済み|アーカイブ済み",
    "registration only": r"\bregistration[- ]only\b|登録のみ",
    "cancelled": r"\bcancell?ed\b|キャンセル", "fraud": r"\bfraud(?:ulent)?\b|不正", "pending": r"\bpending\b|保留",
    "draft": r"\bdrafts?\b|下書き", "terminated": r"\bterminated\b|解約", "expired": r"\bexpired\b|期限切れ|失効",
    "deletion requested": r"\bdeletion requested\b|削除依頼",
}  # fmt: skip
_DONE = {
    "delete": r"\b(?:delet|eras|remov)\w*|削除|消去", "anonymise": r"\banonymi[sz]\w*|匿名",
    "archive": r"\barchiv(?:e|es|ing)\b|\b(?:are|is|be) archived\b|保管(?!済み)|アーカイブ(?!済み)",
}  # fmt: skip
_UNITS = (
    (re.compile(r"(\d[\d,]*)\s*(?:calendar )?days?\b|(?<!月)(?<!\d)(\d[\d,]*)\s*日(?!本)", re.IGNORECASE), 0, 1),
    (re.compile(r"(\d[\d,]*)\s*weeks?\b|(\d[\d,]*)\s*週間", re.IGNORECASE), 0, 7),
    (re.compile(r"(\d[\d,]*)\s*months?\b|(\d[\d,]*)\s*(?:か|ヶ|カ|ヵ|箇)月", re.IGNORECASE), 1, 0),
    (re.compile(r"(\d[\d,]*)\s*years?\b|(\d[\d,]*)\s*年(?!\s*\d)", re.IGNORECASE), 12, 0),
)
_SENTENCE = re.compile(r"(?<=[.;:!?])\s+|(?<=[。；！？])|\n(?=\s*(?:[-*|#]|\d+\.))|\n\s*\n")


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What a text says of a rule and what runs. `stated` None: it says nothing of it, and a policy must."""

    rule: str
    stated: Term | None
    live: Term | None

    def __str__(self) -> str:
        live = str(self.live) if self.live else "switched off"
        if self.stated is None:
            return f"it does not state {self.rule} ({live})"
        return f"it states {self.stated} for {self.rule}, which is {live}"


def said(words: dict[str, tuple[str, str]], key: str, language: str) -> str:
    """A word of these tables; what a plugin's rule calls itself is given as it is."""
    return words.get(key, (key, key))[language == "ja"]


def contradictions(text: str, rules: Iterable[Rule], is_whole: bool) -> list[Contradiction]:
    """Where a text (Markdown) states another term than the rule that runs. `is_whole`: it must state every live one."""
    known = list(rules)
    found: list[Contradiction] = []
    stated: set[str] = set()
    for part in _SENTENCE.split(text):
        terms = list(_terms(part)) if part else []
        named = _named(part, known) if terms else {}
        if not named:
            continue
        said_here = {term for _, term in terms}
        stated |= {one.id for one in named if one.term is not None and _parts(one.term) <= said_here}
        for place, term in terms:
            meant = _nearest(named, place)
            if not any(one.term is not None and term in _parts(one.term) for one in meant):
                found.append(Contradiction(meant[0].id, term, meant[0].term))
    if is_whole:
        missing = (rule for rule in known if rule.term is not None and rule.id not in stated)
        found += [Contradiction(rule.id, None, rule.term) for rule in missing]
    return list(dict.fromkeys(found))


def _named(part: str, rules: list[Rule]) -> dict[Rule, list[int]]:
    """The rules that a row or sentence names, each with the places at which it does."""
    by_id = {rule: _places(rf"(?<![\w.-]){re.escape(rule.id)}(?![\w-])", part) for rule in rules}
    if any(by_id.values()):
        return {rule: places for rule, places in by_id.items() if places}
    return {
        rule: _places(_SAID.get(rule.state, r"(?!)"), part)
        for rule in rules
        if _places(_SAID.get(rule.state, r"(?!)"), part)
        and _places(_NOUNS.get(rule.kind.value, r"(?!)"), part)
        and _places(_DONE[rule.effect.value], part)
    }


def _nearest(named: dict[Rule, list[int]], place: int) -> list[Rule]:
    """Those named last before a place; all where none stands before it."""
    before = {rule: max((one for one in places if one < place), default=-1) for rule, places in named.items()}
    last = max(before.values())
    return [rule for rule, one in before.items() if one == last]


def _places(pattern: str, part: str) -> list[int]:
    return [match.start() for match in re.finditer(pattern, part, re.IGNORECASE)]


def _parts(term: Term) -> set[Term]:
    """A term as it is found in a text: months by themselves, days by themselves."""
    return {one for one in (Term(term.months), Term(0, term.days)) if one != Term()}


def _terms(part: str) -> Iterator[tuple[int, Term]]:
    for pattern, months, days in _UNITS:
        for match in pattern.finditer(part):
            number = int((match[1] or match[2]).replace(",", ""))
            yield match.start(), Term(number * months, number * days)
