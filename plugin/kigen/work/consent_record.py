"""A client's consents as others read them: the record of ISO/IEC TS 27560:2023, and the receipt of Kantara 1.1.

Names and which of them are mandatory: TS 27560 clauses 6.3.3 to 6.3.7, as the W3C community group's guide "Consent
Records and Receipts as per ISO/IEC TS 27560:2023 using DPV" lists them; Kantara Consent Receipt Specification 1.1.0,
chapter 4. What the platform does not know is null, never guessed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from kigen.ledger import consents as ledger
from kigen.ledger import notices
from kigen.policy.consents import Act, Consented, Standing
from kigen.policy.notices import named
from kigen.policy.periods import Term, to_local
from kigen.policy.purposes import PURPOSES, ConsentPurpose
from kigen.work import filling
from kigen.work.consents import standings, term_of
from kigen.work.site import Site

SCHEMA, RECEIPT = "ISO-IEC-TS-27560:2023", "KI-CR-v1.1.0"
JURISDICTION = "JP"
"""Whose law the policy names where an event does not tell the country (Article 23)."""

STATUS: Mapping[Act, str] = {
    Act.GIVEN: "dpv:ConsentGiven",
    Act.REFUSED: "dpv:ConsentRefused",
    Act.WITHDRAWN: "dpv:ConsentWithdrawn",
    Act.EXPIRED: "dpv:ConsentExpired",
    Act.ASKED: "dpv:ConsentRequested",
}
CONTROLLER = "controller"


def record(site: Site, connection: Connection, client: int) -> dict[str, Any]:
    """Every purpose with its events and their proof, in the fields of TS 27560."""
    events = ledger.of(connection, [client])
    speaker = filling.speaker(site, connection, "en")
    return {
        "schema_version": SCHEMA,
        "record_id": _id(site, client, "record"),
        "pii_principal_id": str(client),
        "pii_processing": [
            _processing(site, connection, key, one, [told for told in events if told.purpose == key], speaker)
            for key, one in standings(site, connection, client, site.now).items()
        ],
        "party_identification": [{
            "party_id": CONTROLLER, "party_role": "pii_controller", "party_type": "controller",
            "party_name": speaker["name"], "party_address": speaker["address"], "party_email": speaker["contact"],
            "party_contact": speaker["contact"], "party_url": speaker["portal"],
        }],
    }  # fmt: skip


def receipts(site: Site, connection: Connection, client: int) -> list[dict[str, Any]]:
    """A receipt of Kantara for each consent that holds now; `consentTimestamp` counts seconds since 1970 in UTC."""
    speaker = filling.speaker(site, connection, "en")
    return [
        _receipt(site, client, PURPOSES[key], one.event, speaker)
        for key, one in standings(site, connection, client, site.now).items()
        if one.allows and one.event and key in PURPOSES
    ]


def _processing(
    site: Site, connection: Connection, key: str, standing: Standing, events: Sequence[Consented],
    speaker: Mapping[str, str],
) -> dict[str, Any]:  # fmt: skip
    purpose, last = PURPOSES.get(key), standing.event
    term = term_of(site, connection, key)
    return {
        "privacy_notice": _spelled(last) if last else None,
        "language": (last.language or None) if last else None,
        "purposes": [{
            "purpose": key, "purpose_type": purpose.dpv if purpose else None, "lawful_basis": "eu-gdpr:A6-1-a",
            "pii_information": purpose.uses[0] if purpose else None,
            "pii_controllers": [CONTROLLER],
            "collection_method": (last.channel or None) if last else None,
            "storage_locations": [speaker["transfers"]] if speaker.get("transfers") else [],
            "retention_period": str(term) if term else None,
            "jurisdiction": (last.country if last else "") or JURISDICTION,
            "recipient_third_parties": [one.said() for one in purpose.recipients] if purpose else [],
            "withdrawal_method": speaker["portal"] or speaker["contact"] or None,
        }],
        "consent_state": standing.state.value,
        "events": [event(site, one, one.digest or _digest(connection, one), term) for one in by_time(events)],
    }  # fmt: skip


def by_time(events: Sequence[Consented]) -> list[Consented]:
    """Events as they happened; of two at one instant the one received first."""
    return sorted(events, key=lambda one: (one.at, one.number))


def event(site: Site, one: Consented, digest: str | None, term: Term | None) -> dict[str, Any]:
    """One event in the fields of TS 27560. `digest` is that of the text that was read, `term` how long it holds."""
    return {
        "event_time": to_local(one.at, site.zone).isoformat(), "event_type": "explicit", "event_state": one.act.value,
        "consent_status": STATUS[one.act], "validity_duration": str(term) if term and one.act is Act.GIVEN else None,
        "entity_id": one.actor or None, "privacy_notice": one.notice or None, "notice_version": one.version,
        "notice_digest": digest or None, "language": one.language or None, "collection_method": one.channel or None,
        "evidence": one.evidence or None, "by_guardian": one.by_guardian,
    }  # fmt: skip


def _receipt(
    site: Site, client: int, purpose: ConsentPurpose, event: Consented, speaker: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "version": RECEIPT,
        "jurisdiction": event.country or JURISDICTION,
        "consentTimestamp": int(event.at.timestamp()),
        "collectionMethod": event.channel or None,
        "consentReceiptID": _id(site, client, f"receipt {event.number}"),
        "language": event.language or None,
        "piiPrincipalId": str(client),
        "piiControllers": [{
            "piiController": speaker["name"], "onBehalf": False, "contact": speaker["representative"],
            "address": {"streetAddress": speaker["address"]}, "email": speaker["contact"], "phone": None,
            "piiControllerUrl": speaker["portal"],
        }],
        "policyUrl": speaker["portal"],
        "services": [{
            "service": speaker["name"],
            "purposes": [{
                "purpose": purpose.name[0], "purposeCategory": [purpose.dpv], "consentType": "EXPLICIT",
                "piiCategory": [purpose.uses[0]], "primaryPurpose": False, "termination": purpose.stops[0],
                "thirdPartyDisclosure": bool(purpose.recipients),
                "thirdPartyName": ", ".join(one.said() for one in purpose.recipients) or None,
            }],
        }],
        "sensitive": False,
        "spiCat": [],
    }  # fmt: skip


def _spelled(one: Consented) -> str | None:
    return (f"{one.notice}@{one.version}" if one.version else one.notice) or None


def _digest(connection: Connection, one: Consented) -> str | None:
    meant = named(notices.versions(connection, one.notice), one.version, one.at) if one.notice else None
    return meant.digest(one.language or meant.binding) if meant else None


def _id(site: Site, client: int, of: str) -> str:
    """Not guessed from the client's number alone, and the same each time."""
    return hashlib.sha256(f"{site.host.name} {client} {of}".encode()).hexdigest()[:32]
