"""How one of kigen's own tables is written in the map of them: what each column holds, until when, what bundles show.

A line is `sort: columns`, as in a host's data map (policy/notation.py), and after a bar what is not usual: `until` and
a setting or an end in words, else it is the table's; `holds` and one of What, where the sort does not say so:

    email: address          | for law | until own.addresses
    serialized: content     | withheld secret | holds sealed

A line that begins with one of What instead of a sort says what is held and is no part of a bundle; such are all lines
of a table without a section.

A digest of an address or a number is personal data as the address is, for whoever has the key can try every address
(EDPS and AEPD, "Hash function as pseudonymisation technique").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kigen.policy import datamap
from kigen.policy.datamap import Link
from kigen.policy.exporting import Section
from kigen.policy.fates import Fate, Plain
from kigen.policy.notation import table
from kigen.policy.sorts import Sort
from kigen.policy.vocabulary import Category


class What(StrEnum):
    """What a column holds."""

    MAIL = "mail-address"
    TOLD = "told"
    WORDS = "words"
    DIGEST = "digest"
    KEYED_DIGEST = "keyed-digest"
    SEALED = "sealed"
    STAFF = "by-staff"
    PLAIN = "plain"


SENTENCES: Mapping[What, tuple[str, str]] = {
    What.MAIL: ("a mail address", "メールアドレス"),
    What.TOLD: ("what the platform or a portal told", "システムやポータルから伝えられた内容"),
    What.WORDS: ("words that staff wrote", "担当者が書いた文章"),
    What.DIGEST: ("a digest: personal data, for it can be tried", "ハッシュ値（照合できるため個人データ）"),
    What.KEYED_DIGEST: (
        "a keyed digest: personal data for whoever has the key",
        "鍵付きハッシュ値（鍵を持つ者にとっては個人データ）",
    ),
    What.SEALED: ("personal data, locked", "暗号化した個人データ"),
    What.STAFF: ("who of the staff did it", "担当者"),
    What.PLAIN: ("codes and names of the program: nobody's", "プログラムの符号（個人に関するものではない）"),
}

OF_SORTS: Mapping[str, What] = {
    **dict.fromkeys(Plain, What.PLAIN), Plain.STAFF: What.STAFF,
    **dict.fromkeys(Sort, What.TOLD), Sort.EMAIL: What.MAIL, Sort.FREE_TEXT: What.WORDS, Sort.SUBJECT: What.WORDS,
}  # fmt: skip
"""What a column of a sort holds in a table of kigen's, where its line does not say."""

NOT_SHOWN = frozenset(What) - frozenset(Plain)

HEARD, FLOOR, TOMBSTONE, FILES = "when it was heard", "floors.years", "evidence.tombstone_term", "when they went"
CLIENT, RECORD, DOCUMENT, FINISHED = "with its client", "with its record", "with its document", "when it is finished"
FOR_EVER, QUARANTINE = "for ever", "quarantine.term"
"""How long a table is kept: a setting, or an end in words."""


@dataclass(frozen=True, slots=True)
class Own:
    """One column of one of kigen's tables: what it holds, and until when."""

    what: What
    until: str

    @property
    def is_personal(self) -> bool:
        """Whether it may say who somebody is; staff are people of the operator's."""
        return self.what is not What.PLAIN


@dataclass(frozen=True)
class OwnTable:
    """One of kigen's tables. `shown` is what a bundle reads of it, None for nothing; `untold` says why."""

    name: str
    columns: Mapping[str, Own]
    section: Section | None
    shown: datamap.Table | None
    untold: str


def own(
    name: str,
    until: str,
    columns: str,
    section: Section | None = None,
    category: Category = Category.ACCOUNT,
    *,
    fate: Fate = Fate.STAYS_MASKED,
    untold: str = "",
) -> OwnTable:
    """One table; with a section a bundle shows its rows by the column `client`.

    Raises ValueError, with the table and the line, for one that is not written as the head of this file says.
    """
    held: dict[str, Own] = {}
    shown: list[str] = []
    for line in filter(None, map(str.strip, columns.splitlines())):
        said = [part.strip() for part in line.split("|")]
        ours = dict(part.split(maxsplit=1) for part in said[1:] if part.startswith(("until ", "holds ")))
        word, _, names = said[0].partition(":")
        try:
            what = What(ours.get("holds") or (word if word in NOT_SHOWN else OF_SORTS[word]))
        except (KeyError, ValueError):
            raise ValueError(f"{name}: {line!r}: expected 'sort: columns' or 'what: columns'") from None
        if twice := held.keys() & names.split():
            raise ValueError(f"{name}: {line!r}: {min(twice)} stands in two lines")
        held.update(dict.fromkeys(names.split(), Own(what, ours.get("until", until))))
        if word not in NOT_SHOWN:
            shown.append(" | ".join(part for part in said if not part.startswith(("until ", "holds "))))
    link = Link("client", datamap.CLIENT)
    made = table(name, category, fate, "\n".join(shown), link) if section else None
    return OwnTable(name, held, section, made, untold)
