"""What kigen's own tables hold about people, column by column, and until when: a keeper of data is in its own register.

A digest of an address or a number is personal data as the address is, for whoever has the key can try every address
(EDPS and AEPD, "Hash function as pseudonymisation technique"). Columns of numbers and dates alone are not listed: with
their row they are as long there as what stands beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kigen.policy import exports, own_terms


class What(StrEnum):
    """What a column holds."""

    ADDRESS = "address"
    TOLD = "told"
    WORDS = "words"
    DIGEST = "digest"
    KEYED_DIGEST = "keyed-digest"
    SEALED = "sealed"
    STAFF = "by-staff"
    PLAIN = "plain"


SENTENCES: Mapping[What, tuple[str, str]] = {
    What.ADDRESS: ("a mail address", "メールアドレス"),
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

HEARD, FLOOR, TOMBSTONE, FILES = "when it was heard", "floors.years", "evidence.tombstone_term", "when they went"
CLIENT, RECORD, DOCUMENT, FINISHED = "with its client", "with its record", "with its document", "when it is finished"
FOR_EVER, QUARANTINE, FRAUD = "for ever", "quarantine.term", own_terms.BLOCKED
"""How long a column is kept: a setting, or an end in words."""


@dataclass(frozen=True, slots=True)
class Own:
    """One column of one of kigen's tables: what it holds, and until when."""

    what: What
    until: str

    @property
    def is_personal(self) -> bool:
        """Whether it may say who somebody is; staff are people of the operator's."""
        return self.what is not What.PLAIN


def _own(until: str, **columns: str) -> dict[str, Own]:
    return {name: Own(What(what), until) for what, names in columns.items() for name in names.split()}


def _table(until: str, plain: str = "", **columns: str) -> dict[str, Own]:
    told = {key.replace("_", "-"): names for key, names in columns.items()}
    return {**_own(until, **told), **_own(until, plain=plain)}


OWN: Mapping[str, Mapping[str, Own]] = {
    "kigen_inbox": {
        **_table(HEARD, "event host_event state", told="payload", digest="digest"),
        **_table(own_terms.SET_ASIDE, told="error"),
    },
    "kigen_events": _table(own_terms.EVENTS, "name kind", told="data", digest="digest"),
    "kigen_records": _table(RECORD, "kind state bought event_state rule action codes"),
    "kigen_clocks": _table(RECORD, "kind rule codes"),
    "kigen_seen": _table(CLIENT, digest="digest", plain="records"),
    "kigen_marks": _table(FINISHED, "marked"),
    "kigen_observed": _table(RECORD, "kind name"),
    "kigen_archives": _table(FOR_EVER, "former_status"),
    "kigen_holds": _table(own_terms.HOLDS, "kind", words="reason release_reason", by_staff="placed_by released_by"),
    "kigen_contracts": _table(FOR_EVER, "rule term", words="duty", by_staff="added_by ended_by"),
    "kigen_merges": {},
    "kigen_settings": _table(FOR_EVER, "name value"),
    "kigen_settings_history": _table(FOR_EVER, "name old new", by_staff="actor"),
    "kigen_notes": _table(FOR_EVER, "name value"),
    "kigen_runs": _table(FOR_EVER, "outcome counts stopped", by_staff="actor"),
    "kigen_chunks": _table(FOR_EVER, "kind action rule records"),
    "kigen_ranges": _table(FINISHED, "told"),
    "kigen_datamap": _table(FOR_EVER, "name treatment client_by", by_staff="actor"),
    "kigen_requests": _table(own_terms.REQUESTS, "request_right state regime"),
    "kigen_closings": _table(own_terms.REQUESTS, "request_right"),
    "kigen_request_acts": _table(
        own_terms.REQUESTS, "request_right act method source", words="reason route", by_staff="actor"
    ),
    "kigen_anonymised": _table(CLIENT, "codes rule"),
    "kigen_outbox": {
        **_table(own_terms.ADDRESSES, address="address"),
        **_table(own_terms.REQUESTS, "notice language data state purpose answer why message_id", digest="digest"),
    },
    "kigen_evidence": _table(FOR_EVER, "previous host action rule reasons at root hash", by_staff="actor"),
    "kigen_chain": _table(FOR_EVER, "hash"),
    "kigen_leaves": _table(TOMBSTONE, "kind salts", keyed_digest="records"),
    "kigen_heads": _table(FOR_EVER, "at hash signing_key signature"),
    "kigen_stamps": _table(FOR_EVER, "hash at answer"),
    "kigen_frozen": _table(FLOOR, "host kind number currency store_key", sealed="content page wrapped"),
    "kigen_frozen_parties": _table(DOCUMENT, keyed_digest="party"),
    "kigen_frozen_views": _table(own_terms.VIEWS, "kind part", by_staff="actor"),
    "kigen_frozen_gone": _table(TOMBSTONE, "host kind"),
    "kigen_maskings": _table(RECORD, "host kind number fields codes", keyed_digest="party", by_staff="actor"),
    "kigen_going_files": _table(FILES, sealed="names"),
    "kigen_intents": _table(FINISHED, "rule", sealed="people"),
    "kigen_quarantine": _table(QUARANTINE, "host kind store_key", sealed="content"),
    "kigen_quarantine_named": {},
    "kigen_bundles": {
        **_table(exports.RECORDS, "kind language state digest problems gone_why", by_staff="made_by"),
        **_table(exports.KEPT, words="path"),
    },
    "kigen_bundle_links": _table(exports.RECORDS, "token", by_staff="made_by"),
    "kigen_bundle_fetches": _table(exports.RECORDS, "outcome"),
    "kigen_notices": _table(FOR_EVER, "notice weight binding_language", by_staff="actor"),
    "kigen_notice_texts": _table(FOR_EVER, "notice language title digest text"),
    "kigen_notice_views": _table(own_terms.CONSENTS, "notice language act"),
    "kigen_consents": {
        **_table(CLIENT, told="country channel", words="evidence", by_staff="actor"),
        **_table(own_terms.CONSENTS, "purpose act notice digest language"),
    },
    "kigen_suppressed": _table(FOR_EVER, "purpose", keyed_digest="digest"),
    "kigen_blocked": _table(FRAUD, "sort reason", keyed_digest="digest", by_staff="actor"),
}
"""Every column of text or bytes of every table of kigen's."""
