"""What kigen remembers of people: their requests, messages, bundles and consents, and who is not to come back."""

from __future__ import annotations

from kigen.ledger.own_notation import CLIENT, FOR_EVER, own
from kigen.policy.cookies import CHOICES
from kigen.policy.exporting import Section
from kigen.policy.exports import RECORDS as BUNDLES
from kigen.policy.fates import Fate
from kigen.policy.own_terms import BLOCKED, CHANGES, CONSENTS, REQUESTS
from kigen.policy.vocabulary import Category

PEOPLE = (
    own(
        "kigen_requests", REQUESTS,
        """
        reference: id client contact
        choice: request_right regime
        state: state
        date: received closed_at extended_at
        """,
        Section.REQUESTS,
    ),
    own(
        "kigen_closings", REQUESTS,
        """
        reference: client
        choice: request_right
        date: at
        """,
        Section.REQUESTS,
    ),
    own(
        "kigen_request_acts", REQUESTS,
        """
        free-text: reason route     | for law
        reference: id client contact
        choice: request_right act method source
        by-staff: actor
        date: at
        """,
        Section.REQUESTS,
    ),
    own(
        "kigen_anonymised", CLIENT,
        """
        reference: client run
        choice: codes rule
        date: at until
        """,
        Section.CHANGES,
    ),
    own(
        "kigen_outbox", REQUESTS,
        """
        email: address              | for law | until own.addresses
        json: data                  | for law
        reference: id client message_id
        choice: notice language purpose answer why
        count: tries
        state: state
        date: created_at next_at claimed_at sent_at bounced_at
        digest: digest
        """,
        Section.MESSAGES, Category.SUPPORT, fate=Fate.GOES,
    ),
    own(
        "kigen_bundles", BUNDLES,
        """
        subject: path               | for law | withheld secret | until exports.kept
        free-text: problems         | for law | holds told
        reference: id client contact request
        choice: kind language is_own is_encrypted gone_why digest
        by-staff: made_by
        count: parts size
        state: state
        date: made_at expires_at gone_at
        """,
        Section.REQUESTS,
    ),
    own(
        "kigen_bundle_links", BUNDLES,
        """
        token: token                | holds plain
        reference: id client bundle
        by-staff: made_by
        count: uses_left
        date: made_at expires_at
        """,
        Section.REQUESTS,
    ),
    own(
        "kigen_bundle_fetches", BUNDLES,
        """
        reference: id client bundle
        state: outcome
        date: at
        """,
        Section.REQUESTS,
    ),
    own(
        "kigen_notices", FOR_EVER, "by-staff: actor\nplain: notice weight binding_language",
        untold="Versions of the operator's own notices, which are public.",
    ),
    own(
        "kigen_notice_texts", FOR_EVER, "plain: notice language title digest text",
        untold="The operator's own texts, which are public; the consents name the version that was read.",
    ),
    own(
        "kigen_notice_views", CONSENTS,
        """
        reference: id client
        choice: notice language act
        count: version
        date: at ended_at
        """,
        Section.CONSENTS, Category.MARKETING,
    ),
    own(
        "kigen_consents", CONSENTS,
        """
        free-text: evidence         | for marketing law | until with its client
        trait: age                  | for marketing law | until with its client
        country: country            | for marketing law | until with its client
        choice: channel             | holds told | until with its client
        by-staff: actor             | until with its client
        reference: id client
        choice: purpose act notice digest language by_guardian
        count: version
        date: at ended_at
        """,
        Section.CONSENTS, Category.MARKETING,
    ),
    own(
        "kigen_choices", CHOICES, "told: visitor\nplain: purpose act notice digest language",
        untold="Choices about cookies of visitors who were not signed in; nothing tells whose they are.",
    ),
    own(
        "kigen_suppressed", FOR_EVER, "keyed-digest: digest\nplain: purpose",
        untold="Keyed digests of addresses, which name no client; the withdrawal behind each is a consent.",
    ),
    own(
        "kigen_blocked", BLOCKED,
        """
        identifier: digest          | withheld fraud | holds keyed-digest
        reference: id client
        choice: sort reason
        by-staff: actor
        date: at
        """,
        Section.AUTOMATED, Category.FRAUD,
    ),
    own(
        "kigen_change_log", CHANGES,
        """
        keyed-digest: old_digest new_digest
        sealed: sealed
        plain: kind field act actor
        """,
        untold="Sealed; the change log shows what it says, as its rows `change_log`.",
    ),
    own(
        "kigen_host_flags", CLIENT, "plain: purpose",
        untold="The platform's own mark as it was read last; the account shows it as it is.",
    ),
    own(
        "kigen_letting_go", CLIENT, "",
        untold="Whose consents ended, until the next run has emptied what rested on them; the consents tell when.",
    ),
)  # fmt: skip
