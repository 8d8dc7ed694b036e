"""What a bundle says besides the rows: how long each record is kept and why, who receives data, what is automated.

Terms are the one decision, as `plan` and `explain` tell it; a hold that the law forbids to tell of stays untold.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from kigen.extensions import Recipient as Named
from kigen.policy.datamap import DataMap
from kigen.policy.decide import Decision
from kigen.policy.exporting import Section
from kigen.policy.fates import Withheld
from kigen.policy.periods import to_local
from kigen.policy.records import Kind
from kigen.policy.vocabulary import RECIPIENTS, Purpose
from kigen.work.asked import open_ones
from kigen.work.export.tables import Source
from kigen.work.plan import decisions
from kigen.work.site import Site

TERM_COLUMNS = ("kind", "id", "action", "rule", "due", "reasons")
PAGE = 500


@dataclass
class Term:
    """What is decided alike about records of one kind: how many, when the first and the last go, and why not yet."""

    kind: Kind
    action: str
    rule: str | None
    records: int = 0
    first: str | None = None
    last: str | None = None
    reasons: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        reasons = [{"code": code, "text": text} for code, text in self.reasons.items()]
        return {
            "kind": self.kind.value, "action": self.action, "rule": self.rule, "records": self.records,
            "first": self.first, "last": self.last, "reasons": reasons,
        }  # fmt: skip


@dataclass
class Terms:
    """All decisions about a client, summed up while they pass."""

    site: Site
    client: int
    language: str
    found: dict[tuple[Kind, str, str | None], Term] = field(default_factory=dict)

    def source(self) -> Source:
        """Each record with its date and its reasons."""
        return Source("terms", Section.RETENTION, TERM_COLUMNS, self._pages())

    def of(self, kinds: Iterable[Kind]) -> list[Term]:
        """What was decided about records of these kinds."""
        wanted = set(kinds)
        return [term for (kind, *_), term in self.found.items() if kind in wanted]

    def _pages(self) -> Iterator[list[list[Any]]]:
        page: list[list[Any]] = []
        for decision in decisions(self.site, self.client):
            if decision.record.client != self.client and decision.record.ref != (Kind.CLIENT, self.client):
                continue
            page.append(self._row(decision))
            if len(page) == PAGE:
                yield page
                page = []
        if page:
            yield page

    def _row(self, decision: Decision) -> list[Any]:
        zone, language = self.site.zone, self.language
        reasons = [one.as_json(zone, language) for one in open_ones(decision.reasons, self.client)]
        due = _local(decision.due, zone)
        key = (decision.record.kind, decision.action, decision.rule)
        term = self.found.setdefault(key, Term(*key))
        term.records += 1
        # A date that has passed says nothing about what is kept all the same.
        if due and (decision.acts or (decision.due or self.site.now) > self.site.now):
            term.first, term.last = min(term.first or due, due), max(term.last or due, due)
        for one in reasons:
            term.reasons.setdefault(str(one["code"]), str(one["text"]))
        record = decision.record
        return [record.kind.value, str(record.id), decision.action, decision.rule, due, reasons]


def recipients(datamap: DataMap, named: Iterable[Named]) -> Source:
    """Kinds of recipients by purpose (GDPR Art. 15(1)(c)), and those that plugins name."""
    used = {purpose for table in datamap for one in table.personal for purpose in one.purposes}
    rows: list[list[Any]] = [
        [who.english, who.japanese, purpose.english, purpose.japanese, "", "", ""]
        for purpose in Purpose
        if purpose in used
        for who in RECIPIENTS[purpose]
    ]
    rows += [[one.name, one.name, one.purpose, one.purpose, one.country, one.safeguard, one.url] for one in named]
    columns = ("recipient", "recipient_ja", "purpose", "purpose_ja", "country", "safeguard", "notice")
    return Source("recipients", Section.RECIPIENTS, columns, iter([rows] if rows else []))


SCREENING = (
    "Orders are screened for fraud when they are placed. The result can hold an order until a person has looked at it;"
    " you can ask for a review by a person.",
    "ご注文時に不正利用の審査を自動で行います。結果により、担当者が確認するまで注文を保留することがあります。"
    "担当者による再確認を求めることができます。",
)


def automated(datamap: DataMap) -> Source:
    """Automated decisions (GDPR Art. 15(1)(h)): each table that holds results of a screening is one."""
    tables = [table.name for table in datamap if any(one.withheld is Withheld.FRAUD for one in table.personal)]
    rows: list[list[Any]] = [[name, *SCREENING] for name in tables]
    return Source("automated", Section.AUTOMATED, ("about", "what", "what_ja"), iter([rows] if rows else []))


def _local(instant: dt.datetime | None, zone: str) -> str | None:
    return to_local(instant, zone).isoformat() if instant else None
