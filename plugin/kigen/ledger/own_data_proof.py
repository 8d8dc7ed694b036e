"""What kigen keeps to prove, to show or to undo what it did: evidence, frozen documents, maskings, quarantine."""

from __future__ import annotations

from kigen.ledger.own_notation import (
    DOCUMENT,
    FILES,
    FINISHED,
    FLOOR,
    FOR_EVER,
    QUARANTINE,
    RECORD,
    TOMBSTONE,
    own,
)
from kigen.policy.exporting import Section
from kigen.policy.own_terms import VIEWS
from kigen.policy.vocabulary import Category

PROOF = (
    own("kigen_evidence", FOR_EVER, "by-staff: actor\nplain: previous host action rule reasons at root hash"),
    own("kigen_chain", FOR_EVER, "plain: hash"),
    own("kigen_leaves", TOMBSTONE, "keyed-digest: records\nplain: kind salts"),
    own("kigen_heads", FOR_EVER, "plain: at hash signing_key signature"),
    own("kigen_stamps", FOR_EVER, "plain: hash at answer"),
    own(
        "kigen_frozen", FLOOR,
        """
        serialized: wrapped content page    | withheld secret | holds sealed
        reference: id client record number
        choice: kind
        date: issued dated until frozen_at
        plain: host currency amount shorter shorter_run store_key
        """,
        Section.INVOICES, Category.BILLING,
    ),
    own("kigen_frozen_parties", DOCUMENT, "keyed-digest: party"),
    own("kigen_frozen_views", VIEWS, "by-staff: actor\nplain: kind part"),
    own("kigen_frozen_gone", TOMBSTONE, "plain: host kind"),
    own(
        "kigen_maskings", RECORD,
        """
        keyed-digest: party
        by-staff: actor
        plain: host kind number fields codes
        """,
    ),
    own("kigen_going_files", FILES, "sealed: names"),
    own("kigen_intents", FINISHED, "sealed: people\nplain: rule", untold="Sealed, while a deletion is under way."),
    own(
        "kigen_quarantine", QUARANTINE, "sealed: content\nplain: host kind store_key",
        untold="Sealed copies of what the schedule deleted, destroyed when the client asks for erasure.",
    ),
    own("kigen_quarantine_named", QUARANTINE, "", untold="Numbers of clients, by which these copies are found."),
)  # fmt: skip
