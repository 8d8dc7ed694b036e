"""What kigen remembers of events, of records and of its own runs: column by column what it holds, and until when."""

from __future__ import annotations

from kigen.ledger.own_notation import CLIENT, FINISHED, FOR_EVER, HEARD, RECORD, own
from kigen.policy.exporting import Section
from kigen.policy.fates import Fate
from kigen.policy.own_terms import EVENTS, HOLDS
from kigen.policy.vocabulary import Category

RECORDS = (
    own(
        "kigen_inbox", HEARD,
        """
        told: payload
        told: error                 | until own.set_aside
        digest: digest
        plain: event host_event state
        """,
    ),
    own(
        "kigen_events", EVENTS,
        """
        json: data                  | for law security
        reference: id client record
        choice: name kind
        date: at handled_at
        digest: digest
        """,
        Section.CHANGES, Category.TECHNICAL,
    ),
    own(
        "kigen_records", RECORD, "plain: kind state bought event_state rule action codes",
        untold="The section on terms shows the decisions that are remembered here.",
    ),
    own("kigen_clocks", RECORD, "plain: kind rule codes"),
    own(
        "kigen_seen", CLIENT, "digest: digest\nplain: records",
        untold="Digests of rows, from which nothing can be read.",
    ),
    own("kigen_marks", FINISHED, "plain: marked"),
    own("kigen_observed", RECORD, "plain: kind name"),
    own(
        "kigen_archives", FOR_EVER,
        """
        reference: id client run
        state: former_status
        date: at ended_at
        """,
        Section.CHANGES, fate=Fate.GOES,
    ),
    own(
        "kigen_merges", FOR_EVER,
        """
        reference: client into_client
        date: at
        """,
        Section.CHANGES,
    ),
    own(
        "kigen_holds", HOLDS,
        """
        words: reason release_reason
        by-staff: placed_by released_by
        plain: kind
        """,
        untold="The law may forbid to tell of one; where it does not, the reasons beside each record name it.",
    ),
    own(
        "kigen_contracts", FOR_EVER,
        """
        free-text: duty             | for contract law
        reference: id client client_group
        choice: rule term
        by-staff: added_by ended_by
        date: begins until review added_at ended_at
        """,
        Section.SERVICES,
    ),
    own("kigen_settings", FOR_EVER, "plain: name value"),
    own("kigen_settings_history", FOR_EVER, "by-staff: actor\nplain: name old new"),
    own("kigen_notes", FOR_EVER, "plain: name value"),
    own("kigen_runs", FOR_EVER, "by-staff: actor\nplain: outcome counts stopped"),
    own("kigen_chunks", FOR_EVER, "plain: kind action rule records"),
    own("kigen_ranges", FINISHED, "plain: told"),
    own("kigen_datamap", FOR_EVER, "by-staff: actor\nplain: name treatment client_by"),
)  # fmt: skip
