"""What anonymising did to a host's rows, and why it would not: numbers, names of columns and keys, never a value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kigen.policy.records import Ref

Key = tuple[Any, ...]
"""The values of a row's key columns. A key that is a text can itself name a person: it is then told as a digest."""


class CannotAnonymise(Exception):
    """A sentence why this client cannot be anonymised as the schema stands; raised before anything is changed."""


class Why(StrEnum):
    """Why a place where a person was found, or could be, was left as it is."""

    MAYBE = "may-mean-somebody-else"
    """A name, a domain, an IP address or a shared line in a row of somebody else (cases.md G7)."""
    SHARED = "shared-with-another-client"
    """Another client has it in its own record as well."""
    DOCUMENT = "document-of-another-client"
    """An invoice or a payment of somebody else, which must stay as it was issued."""
    STAFF = "about-staff"
    PLATFORM = "the-platforms-own"
    UNCLASSIFIED = "unclassified"
    """Nobody has said what this column holds: `kigen datamap set` does."""
    NO_KEY = "no-key"
    """The table has no key by which one row could be changed."""
    STRUCTURE = "unreadable-structure"
    """Stored data that could not be read was emptied, or left where it is somebody else's."""
    NO_ROOM = "no-room"
    MANY = "and-more"
    """More such places in this column than are listed."""
    MERGED = "merged-and-unnamed"
    """A client that became part of this one, whose name nobody knows any more; the place is `*`, and its number."""
    ENDLESS = "not-all-looked-for"
    """The person has more values of this sort than are looked for; the place is `*`, the sort and the client."""


SENTENCES: Mapping[Why, tuple[str, str]] = {
    Why.MAYBE: (
        "It may mean somebody else, so a person has to look.",
        "別の人を指す可能性があるため、担当者による確認が必要です。",
    ),
    Why.SHARED: (
        "Another client has the same in its own record.",
        "別の顧客の記録にも同じ内容があります。",
    ),
    Why.DOCUMENT: (
        "It is in a document of another client, which stays as issued.",
        "別の顧客の書類に含まれ、書類は発行時のまま保存されます。",
    ),
    Why.STAFF: ("It is about the operator's own staff.", "運営者の従業員に関する情報です。"),
    Why.PLATFORM: ("It is the platform's own text or setting.", "システムの文言または設定です。"),
    Why.UNCLASSIFIED: (
        "Nobody has said what this column holds; `kigen datamap set` does.",
        "この列の内容がまだ分類されていません。`kigen datamap set` で指定できます。",
    ),
    Why.NO_KEY: (
        "The table has no key by which one row could be changed.",
        "行を特定できるキーが表にないため、変更できません。",
    ),
    Why.STRUCTURE: ("The stored data cannot be read.", "保存されているデータを読み取れません。"),
    Why.NO_ROOM: (
        "The masked data did not fit the column and was emptied.",
        "匿名化したデータが列に収まらないため、空にしました。",
    ),
    Why.MERGED: (
        "A client that became part of this one could not be looked for by its own name, which is known no more.",
        "この顧客に統合された旧顧客の氏名が残っていないため、旧氏名では検索できませんでした。",
    ),
    Why.ENDLESS: (
        "The client has very many values of this kind, so perhaps not all of them were looked for.",
        "この種類の値が非常に多いため、すべてを検索できていない可能性があります。",
    ),
    Why.MANY: ("There are more such places in this column.", "この列には同様の箇所がほかにもあります。"),
}
"""The sentence of each, in English and Japanese."""


@dataclass(frozen=True, slots=True, order=True)
class Left:
    """A place that was not changed, or where a person has to look."""

    table: str
    column: str
    key: str
    why: Why


@dataclass(frozen=True)
class Anonymised:
    """What was done. `deleted` is rows by table; `masked` are table, columns and rows changed in it.

    `slips` are the kept documents with the columns masked in each, as `table.column` (for the log of maskings).
    `bought` are the records whose description of what was bought holds masked words from now on: what the ledger
    remembers of it must be forgotten, or the mask would count as a change. `kept` are the keys of the client's rows
    that stay, by table, which `Host.clear` must not touch.
    """

    deleted: Mapping[str, int] = field(default_factory=dict)
    masked: tuple[tuple[str, tuple[str, ...], int], ...] = ()
    slips: tuple[tuple[Ref, tuple[str, ...]], ...] = ()
    left: tuple[Left, ...] = ()
    bought: tuple[Ref, ...] = ()
    kept: Mapping[str, frozenset[Key]] = field(default_factory=dict)

    def with_others(self, other: Anonymised) -> Anonymised:
        """Both together."""
        rows: Counter[tuple[str, tuple[str, ...]]] = Counter()
        for table, columns, number in (*self.masked, *other.masked):
            rows[table, columns] += number
        return Anonymised(
            dict(Counter(self.deleted) + Counter(other.deleted)),
            tuple((table, columns, number) for (table, columns), number in sorted(rows.items())),
            (*self.slips, *other.slips),
            tuple(sorted({*self.left, *other.left})),
            (*self.bought, *other.bought),
            joined([self.kept, other.kept]),
        )


def joined(several: Iterable[Mapping[str, frozenset[Key]]]) -> dict[str, frozenset[Key]]:
    """The keys of several, by table."""
    found: dict[str, frozenset[Key]] = {}
    for kept in several:
        for table, keys in kept.items():
            found[table] = found.get(table, frozenset()) | keys
    return found


def key_text(key: Key) -> str:
    """A key as it is listed: numbers as they are, anything else could itself name somebody."""
    return " ".join(str(one) if isinstance(one, int) else "(text)" for one in key)
