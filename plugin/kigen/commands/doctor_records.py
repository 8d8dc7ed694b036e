"""What `doctor` says after a look at every record: what stands still for a reason that never ends by itself."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from kigen.commands.findings import WARNING, Finding, found
from kigen.policy.decide import Decision
from kigen.work.plan import decisions
from kigen.work.site import Site

ENDLESS = ("credit-balance", "unpaid-invoice", "open-ticket", "approved-commission")
LONG = dt.timedelta(days=90)
UNKNOWN = ("unknown-anchor", "unknown-state")


def look_at_records(site: Site) -> Iterator[Finding]:
    """Counts and ages over all decisions."""
    stuck: Counter[str] = Counter()
    oldest: dict[str, dt.datetime] = {}
    unknown: Counter[str] = Counter()
    for decision in decisions(site):
        unknown.update({code for code in _codes(decision) if code in UNKNOWN})
        for code, due in _standing_still(decision, site.now).items():
            stuck[code] += 1
            oldest[code] = min(due, oldest.get(code, due))
    for code, number in sorted(stuck.items()):
        days = (site.now - oldest[code]).days
        counts = {"number": number, "long": LONG.days, "days": days}
        yield found(WARNING, f"endless-{code}", "endless", code=code, **counts)
    for code, number in sorted(unknown.items()):
        yield found(WARNING, code, "unknown", number=number, code=code)


def _codes(decision: Decision) -> set[str]:
    told = (*decision.reasons, *(reason for one in decision.considered for reason in one.reasons))
    return {reason.code for reason in told}


def _standing_still(decision: Decision, now: dt.datetime) -> dict[str, dt.datetime]:
    """Since when a record is due under a rule that an endless reason keeps from acting, by reason."""
    found: dict[str, dt.datetime] = {}
    if decision.acts:
        return found
    for one in decision.considered:
        due = one.clock.due
        if due is None or now - due <= LONG:
            continue
        for reason in one.reasons:
            if reason.code in ENDLESS and reason.until is None:
                found[reason.code] = min(due, found.get(reason.code, due))
    return found
