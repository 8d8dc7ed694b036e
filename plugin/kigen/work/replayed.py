"""What a replay found and did, and what of it a person must look at."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from kigen.policy.decide import Decision
from kigen.policy.records import Ref, ref_text
from kigen.work.restored import Pending
from kigen.work.returned import Returned
from kigen.work.swept import Swept

WITHOUT_OWNER = (
    "{ref} came back without the client that it went with: erase it by hand.",
    "{ref} は、ともに削除された顧客のないまま戻りました。手作業で消去してください。",
)
ANOTHER = (
    "{ref} has the number of a record that was erased on {at:%Y-%m-%d}, and is not that one.",
    "{ref} は {at:%Y-%m-%d} に消去した記録と同じ番号ですが、別の記録です。",
)
UNKNOWN = (
    "{ref} has the number of a record that was erased on {at:%Y-%m-%d}; no fingerprint is strong enough to tell whether"
    " it is that one: look at it.",
    "{ref} は {at:%Y-%m-%d} に消去した記録と同じ番号です。同じ記録かどうかを確かめられる指紋がないため、"
    "内容を確認してください。",
)


@dataclass
class Replayed:
    """What a replay found and did. `swept` is its part of a run record, `begun` where the backup's evidence ends.

    `kept` are records that came back and stay, each with the decision that says why; `left` those that nothing ends.
    What was noted after `begun` and before `until`, when this replay began, is lost. `lost` is the sentence about
    evidence that nobody has any more: what was done then is not done again.
    """

    swept: Swept = field(default_factory=Swept)
    begun: Pending | None = None
    lost: str | None = None
    until: dt.datetime | None = None
    is_restored: bool = False
    put_back: int = 0
    returned: Returned = field(default_factory=Returned)
    kept: dict[Ref, Decision] = field(default_factory=dict)
    left: list[Ref] = field(default_factory=list)
    stayed: dict[Ref, int] = field(default_factory=dict)  # what is not anonymised again, with its entry

    def findings(self, zone: str, language: str = "en") -> list[dict[str, str]]:
        """What a person must look at: records that came back, or may have, and stay."""
        column = int(language == "ja")
        told = [
            (ref, reason.code, reason.text(zone, language)) for ref, one in self.kept.items() for reason in one.reasons
        ]
        told += [(ref, "without-owner", WITHOUT_OWNER[column].format(ref=ref_text(ref))) for ref in self.left]
        for code, words, found in (
            ("another-record", ANOTHER, self.returned.others), ("no-fingerprint", UNKNOWN, self.returned.unknown)
        ):  # fmt: skip
            told += [(ref, code, words[column].format(ref=ref_text(ref), at=at)) for ref, at in found.items()]
        unproved = [{"record": "", "code": "evidence-lost", "text": f"{self.lost}."}] if self.lost else []
        return unproved + [{"record": ref_text(ref), "code": code, "text": text} for ref, code, text in sorted(told)]

    def as_record(self) -> dict[str, Any]:
        """As its run record keeps it, where `doctor` finds what was lost."""
        told = self.swept.as_json()
        return {**told, "warnings": [*told["warnings"], *([self.lost] if self.lost else [])]}

    def as_json(self, zone: str, language: str = "en") -> dict[str, Any]:
        """As a sweep tells itself, and what came back."""
        until = self.until.isoformat() if self.until else None
        return {
            **self.swept.as_json(), "put_back": self.put_back,
            "returned": {action: dict(counts) for action, counts in self.returned.counts().items()},
            "by_rule": dict(self.returned.rules()),
            "lost": {"from": self.begun.since_at, "until": until} if self.begun else None,
            "findings": self.findings(zone, language),
        }  # fmt: skip
