"""Whether what rested on consents alone is emptied in a client's rows, once none by mail is left.

The rows stay, and what another purpose needs; that there was a consent, and when it ended, is proof and stays for its
term (GDPR Art. 7(1)). Source: Article 6 of the policy, GDPR Art. 17(1)(b).
"""

from __future__ import annotations

import datetime as dt

from kigen.policy.case import Case
from kigen.policy.decide import KEEP, Decision
from kigen.policy.facts import Facts
from kigen.policy.guards import hold, open_request, restricted
from kigen.policy.records import REGISTERED, Kind, Record
from kigen.policy.schedule import Effect, Rule, Schedule

EMPTY = "empty"
"""The act: columns of a client's rows are emptied, and the client stays."""

WITHDRAWN = "consent.withdrawn"
"""By what evidence calls it."""

ITSELF = "withdraw-consent"
"""The right that this act carries out, so that a request for it does not stand against it."""

RULE = Rule(WITHDRAWN, Kind.CLIENT, lambda record, facts, zone: True, REGISTERED, None, Effect.ARCHIVE)
"""As the guards see it: an act on the client alone, which takes no record along."""


def decide_letting_go(
    record: Record, facts: Facts, schedule: Schedule, ended: dt.datetime, agreed: bool, now: dt.datetime
) -> Decision:
    """Empty, since its consents ended at `ended`; or keep, with every reason.

    Without a reason it stays where the client `agreed` again since.
    """
    case = Case(record, facts, schedule, RULE, now)
    against = (
        *hold(case), *restricted(case), *(one for one in open_request(case) if one.values.get("right") != ITSELF)
    )  # fmt: skip
    return Decision(record, KEEP if against or agreed else EMPTY, WITHDRAWN, ended, against, ())
