"""The data map of kigen's own tables: what kigen itself holds about a client, and what of it a bundle shows.

A table with a column `client` that is neither here nor in UNTOLD fails a test.
"""

from __future__ import annotations

from kigen.policy.datamap import DataMap, Link
from kigen.policy.exporting import Section
from kigen.policy.fates import Fate
from kigen.policy.notation import table
from kigen.policy.vocabulary import Category

_CLIENT = Link("client", "client")

OWN = DataMap(
    "kigen",
    (
        table(
            "kigen_requests", Category.ACCOUNT, Fate.STAYS_MASKED,
            """
            reference: id client contact
            choice: request_right regime
            state: state
            date: received closed_at extended_at
            """,
            _CLIENT,
        ),
        table(
            "kigen_request_acts", Category.ACCOUNT, Fate.STAYS_MASKED,
            """
            free-text: reason route     | for law
            reference: id client contact
            choice: request_right act method source
            by-staff: actor
            date: at
            """,
            _CLIENT,
        ),
        table(
            "kigen_closings", Category.ACCOUNT, Fate.STAYS_MASKED,
            "reference: client\nchoice: request_right\ndate: at", _CLIENT,
        ),
        table(
            "kigen_bundle_links", Category.ACCOUNT, Fate.STAYS_MASKED,
            """
            token: token
            reference: id client bundle
            by-staff: made_by
            count: uses_left
            date: made_at expires_at
            """,
            _CLIENT,
        ),
        table(
            "kigen_bundle_fetches", Category.ACCOUNT, Fate.STAYS_MASKED,
            """
            reference: id client bundle
            state: outcome
            date: at
            """,
            _CLIENT,
        ),
        table(
            "kigen_bundles", Category.ACCOUNT, Fate.STAYS_MASKED,
            """
            subject: path       | for law | withheld secret
            free-text: problems | for law
            reference: id client contact request
            choice: kind language is_own is_encrypted gone_why digest
            by-staff: made_by
            count: parts size
            state: state
            date: made_at expires_at gone_at
            """,
            _CLIENT,
        ),
        table(
            "kigen_events", Category.TECHNICAL, Fate.STAYS_MASKED,
            """
            json: data      | for law security
            reference: id client record
            choice: name kind
            date: at handled_at
            """,
            _CLIENT,
        ),
        table(
            "kigen_archives", Category.ACCOUNT, Fate.GOES,
            """
            reference: id client run
            state: former_status
            date: at ended_at
            """,
            _CLIENT,
        ),
        table(
            "kigen_anonymised", Category.ACCOUNT, Fate.STAYS_MASKED,
            """
            reference: client run
            choice: codes rule
            date: at until
            """,
            _CLIENT,
        ),
        table(
            "kigen_merges", Category.ACCOUNT, Fate.STAYS_MASKED,
            "reference: client into_client\ndate: at", _CLIENT,
        ),
        table(
            "kigen_contracts", Category.ACCOUNT, Fate.STAYS_MASKED,
            """
            free-text: duty     | for contract law
            reference: id client client_group
            choice: rule term
            by-staff: added_by ended_by
            date: begins until review added_at ended_at
            """,
            _CLIENT,
        ),
        table(
            "kigen_consents", Category.MARKETING, Fate.STAYS_MASKED,
            """
            free-text: evidence | for marketing law
            trait: age          | for marketing law
            country: country    | for marketing law
            reference: id client
            choice: purpose act notice digest language channel by_guardian
            by-staff: actor
            count: version
            date: at ended_at
            """,
            _CLIENT,
        ),
        table(
            "kigen_notice_views", Category.MARKETING, Fate.STAYS_MASKED,
            """
            reference: id client
            choice: notice language act
            count: version
            date: at ended_at
            """,
            _CLIENT,
        ),
        table(
            "kigen_outbox", Category.SUPPORT, Fate.GOES,
            """
            email: address      | for law
            json: data          | for law
            reference: id client message_id
            choice: notice language purpose answer why
            count: tries
            state: state
            date: created_at next_at claimed_at sent_at bounced_at
            """,
            _CLIENT,
        ),
        table(
            "kigen_blocked", Category.FRAUD, Fate.STAYS_MASKED,
            """
            identifier: digest      | withheld fraud
            reference: id client
            choice: sort reason
            by-staff: actor
            date: at
            """,
            _CLIENT,
        ),
        table(
            "kigen_frozen", Category.BILLING, Fate.STAYS_MASKED,
            """
            serialized: wrapped content page    | withheld secret
            reference: id client record number
            choice: kind
            date: issued dated until frozen_at
            """,
            _CLIENT,
        ),
    ),
)  # fmt: skip

SECTIONS = {
    "kigen_requests": Section.REQUESTS,
    "kigen_request_acts": Section.REQUESTS,
    "kigen_closings": Section.REQUESTS,
    "kigen_bundles": Section.REQUESTS,
    "kigen_bundle_links": Section.REQUESTS,
    "kigen_bundle_fetches": Section.REQUESTS,
    "kigen_consents": Section.CONSENTS,
    "kigen_notice_views": Section.CONSENTS,
    "kigen_outbox": Section.MESSAGES,
    "kigen_blocked": Section.AUTOMATED,
    "kigen_frozen": Section.INVOICES,
    "kigen_contracts": Section.SERVICES,
    "kigen_events": Section.CHANGES,
    "kigen_archives": Section.CHANGES,
    "kigen_anonymised": Section.CHANGES,
    "kigen_merges": Section.CHANGES,
}

UNTOLD = {
    "kigen_holds": "The law may forbid to tell of one; where it does not, the reasons beside each record name it.",
    "kigen_records": "The section on terms shows the decisions that are remembered here.",
    "kigen_seen": "Digests of rows, from which nothing can be read.",
    "kigen_intents": "Sealed, while a deletion is under way.",
    "kigen_quarantine_named": "Keyed digests by which these copies are found.",
    "kigen_quarantine": "Sealed copies of what the schedule deleted, destroyed when the client asks for erasure.",
    "kigen_suppressed": "Keyed digests of addresses, which name no client; the withdrawal behind each is a consent.",
    "kigen_notices": "Versions of the operator's own notices, which are public.",
    "kigen_notice_texts": "The operator's own texts, which are public; the consents name the version that was read.",
}
"""Tables of which a bundle says nothing, not even how many rows there are, and why."""
