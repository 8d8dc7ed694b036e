"""Every notice that kigen has words for: page or message, and which variables its words may use.

A message's data are those of the outbox: codes, instants and numbers of records. What a variable is says how it is
read there and shown in a language; what is missing shows as nothing where the variable may be absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kigen.policy.notices import POLICY
from kigen.policy.purposes import CONSENT, PURPOSES


class Sort(StrEnum):
    """How a variable of a message is read from its data."""

    INSTANT = "instant"  # ISO 8601; shown as a local date and time
    REASONS = "reasons"  # codes with values; shown as their sentences
    RECORDS = "records"  # `kind:id`; shown as names
    RIGHT = "right"
    COUNT = "count"
    FLAG = "flag"
    ELSEWHERE = "elsewhere"  # places that keep data outside; shown as their sentences
    WORDS = "words"  # as they are; by language where both are told


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable with the value that a preview shows. One that is optional may be missing in the data."""

    sort: Sort
    sample: object
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice. A page is rendered when it is published, a message when it is sent, from the words of `template`."""

    key: str
    is_page: bool
    variables: Mapping[str, Variable]
    template: str


OPERATOR = ("operator", "authorities", "binding")
"""Variables of every notice."""

PAGE = ("dates", "schedule", "categories", "purposes", "recipients", "cookies", "months")
"""Variables of every page, besides: they are read from the live rules, the data map and the table of purposes."""

_MARCH, _APRIL = "2026-03-01T09:00:00+09:00", "2026-04-01T00:00:00+09:00"
_RECEIVED, _DATE = Variable(Sort.INSTANT, _MARCH), Variable(Sort.INSTANT, _APRIL)
_MAYBE = Variable(Sort.INSTANT, _APRIL, is_optional=True)
_REASONS = Variable(
    Sort.REASONS, [{"code": "unpaid-invoice", "until": None, "refs": ["invoice:12"]}], is_optional=True
)  # fmt: skip
_ELSEWHERE = Variable(
    Sort.ELSEWHERE, [{"place": "registrar", "name": "Registrar", "records": 1}], is_optional=True
)  # fmt: skip
_RIGHT, _WORDS = Variable(Sort.RIGHT, "access"), Variable(Sort.WORDS, "…")
_LINK = Variable(Sort.WORDS, "https://portal.example/x")

_MESSAGES: dict[str, dict[str, Variable]] = {
    "retention-warning": {"date": _DATE, "is_archived": Variable(Sort.FLAG, False)},
    "deletion-received": {
        "received": _RECEIVED, "date": _MAYBE, "blockers": _REASONS,
        "further_users": Variable(Sort.COUNT, 2, is_optional=True),
    },
    "deletion-reminder": {"received": _RECEIVED, "date": _DATE},
    "deletion-sign-in": {"signed_in": _RECEIVED, "date": _MAYBE},
    "deletion-blocked": {"received": _RECEIVED, "date": _MAYBE, "blockers": _REASONS},
    "deletion-withdrawn": {"withdrawn": _RECEIVED},
    "deletion-former-address": {"received": _RECEIVED},
    "deletion-delayed": {"again": _DATE},
    "deletion-done": {"elsewhere": _ELSEWHERE},
    "deletion-partly-kept": {
        "kept": Variable(Sort.RECORDS, ["invoice:12"], is_optional=True), "until": _MAYBE, "reasons": _REASONS,
        "elsewhere": _ELSEWHERE,
    },
    "export-ready": {"link": _LINK, "until": _DATE},
    "request-received": {"right": _RIGHT, "received": _RECEIVED, "date": _DATE},
    "request-identity": {"right": _RIGHT, "received": _RECEIVED, "until": _MAYBE},
    "request-extended": {"right": _RIGHT, "received": _RECEIVED, "date": _DATE, "reason": _WORDS},
    "request-refused": {
        "right": _RIGHT, "received": _RECEIVED, "reason": _WORDS, "route": Variable(Sort.WORDS, "…", is_optional=True),
    },
    "request-passed-on": {"right": _RIGHT, "received": _RECEIVED},
    "request-fulfilled": {"right": _RIGHT, "received": _RECEIVED},
    "breach-notice": {
        "known": _RECEIVED, "what": _WORDS, "consequences": _WORDS, "measures": _WORDS, "advice": _WORDS,
    },
    "policy-change": {
        "title": _WORDS, "effective": _DATE, "link": _LINK, "changes": _WORDS, "is_material": Variable(Sort.FLAG, True),
    },
    "recipient-change": {
        "name": _WORDS, "service": _WORDS, "country": _WORDS, "effective": _DATE, "until": _DATE,
    },
    "offer": {"subject": _WORDS, "text": _WORDS},
}  # fmt: skip

NOTICES: dict[str, Notice] = {
    POLICY: Notice(POLICY, True, {}, POLICY),
    "cookies": Notice("cookies", True, {}, "cookies"),
    **{f"{CONSENT}{key}": Notice(f"{CONSENT}{key}", True, {}, "consent") for key in PURPOSES},
    **{key: Notice(key, False, variables, key) for key, variables in _MESSAGES.items()},
}

RIGHTS = {
    "access": ("access to your data", "個人データの開示"),
    "rectification": ("correction of your data", "個人データの訂正"),
    "erasure": ("deletion of your data", "個人データの消去"),
    "restriction": ("restriction of processing", "処理の制限"),
    "portability": ("your data in a portable form", "データの可搬（移行）"),
    "objection": ("your objection to processing", "処理に対する異議"),
    "withdraw-consent": ("withdrawal of your consent", "同意の撤回"),
    "human-review": ("review of a decision by a person", "決定に対する担当者による再検討"),
    "complaint": ("your complaint", "苦情の申出"),
}


def names(notice: Notice) -> frozenset[str]:
    """The variables that the words of a notice may use."""
    own = ("purpose",) if notice.template == "consent" else ()
    return frozenset((*OPERATOR, *own, *(PAGE if notice.is_page else ()), *notice.variables))
