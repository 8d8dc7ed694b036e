"""kigen's own history goes by terms of its own, at the end of a run that may act (settings own.*)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial

from sqlalchemy import Connection

from kigen.ledger import own_terms as ledger
from kigen.ledger.own_terms import Dated
from kigen.policy import cookies, exports, own_terms
from kigen.policy.periods import Term, add
from kigen.work.site import Site
from kigen.work.touched import read_up_to

MOST = 100
"""Pieces of each sort that one run deletes: a long history that comes due at once goes in several nights."""

Sort = tuple[str, str, Callable[[Connection], Dated]]
"""A table, the setting that holds its term, and its oldest rows."""

OTHERS: tuple[Sort, ...] = (
    ("kigen_inbox", own_terms.SET_ASIDE, ledger.set_aside),
    ("kigen_requests", own_terms.REQUESTS, ledger.closed_requests),
    ("kigen_closings", own_terms.REQUESTS, ledger.told_withdrawals),
    ("kigen_request_acts", own_terms.REQUESTS, ledger.answered_steps),
    ("kigen_outbox", own_terms.REQUESTS, ledger.sent_messages),
    ("kigen_outbox", own_terms.ADDRESSES, ledger.unsent_addresses),
    ("kigen_holds", own_terms.HOLDS, ledger.ended_holds),
    ("kigen_consents", own_terms.CONSENTS, ledger.ended_consents),
    ("kigen_notice_views", own_terms.CONSENTS, ledger.ended_views),
    ("kigen_choices", cookies.CHOICES, ledger.made_choices),
    ("kigen_frozen_views", own_terms.VIEWS, ledger.opened_documents),
    ("kigen_blocked", own_terms.BLOCKED, ledger.blocked_people),
    ("kigen_bundle_fetches", exports.RECORDS, ledger.tried_links),
    ("kigen_bundle_links", exports.RECORDS, ledger.links_of_gone_bundles),
    ("kigen_bundles", exports.RECORDS, ledger.gone_bundles),
)
"""All but events, which are found in a way of their own."""


def drop_own_history(connection: Connection, site: Site) -> Counter[str]:
    """Delete what kigen wrote down itself and need not keep; rows by table. A transaction for each piece."""
    with connection.begin():
        up_to = read_up_to(connection)
    events: Sort = ("kigen_events", own_terms.EVENTS, partial(ledger.heard, up_to=up_to))
    gone: Counter[str] = Counter()
    for table, name, oldest in (events, *OTHERS):
        for _ in range(MOST):
            with connection.begin():
                term = site.setting(connection, name)
                if not isinstance(term, Term):
                    break
                over = [key for key, at in oldest(connection) if add(at, term, site.zone) <= site.now]
                gone[table] += ledger.drop(connection, table, over)
            if len(over) < ledger.AT_ONCE:
                break
    return +gone
