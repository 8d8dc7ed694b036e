"""Domains: which state they entered when, and when what was bought changed; when they expire is the registry's word."""

from __future__ import annotations

from kigen.policy.events import Event
from kigen.policy.records import BOUGHT, State
from kigen.specs import Book, hookimpl

from . import is_counted, is_set, ref_of

COUNTED_FIELDS = {
    "domain": "the name",
    "sld": "the name, as FOSSBilling calls it",
    "tld": "under which it is registered, as FOSSBilling calls it",
    "type": "registered or transferred, as WHMCS calls it",
    "period": "for how many years at a time",
    "registrationperiod": "for how many years at a time, as WHMCS calls it",
    "dnsmanagement": "an extra that is bought: name service",
    "emailforwarding": "an extra that is bought: mail forwarding",
    "idprotection": "an extra that is bought: a hidden owner",
    "privacy": "an extra that is bought: a hidden owner, as FOSSBilling calls it",
    "client": "whose it is",
    "userid": "whose it is, as WHMCS calls it",
    "client_id": "whose it is, as FOSSBilling calls it",
}
"""Fields of a domain whose change starts the clock 'last change' again, and what each says (Appendix 4 of the policy).

Nothing else counts: not price, name servers, lock, owner's contact details, notes, due and expiry dates, automatic
renewal, nor what a sync with the registry writes. A change of state is an event of its own.
"""


@hookimpl
def kigen_domain_registered(event: Event, book: Book) -> None:
    book.enter(ref_of(event), State.ACTIVE, event.at)


@hookimpl
def kigen_domain_renewed(event: Event, book: Book) -> None:
    book.enter(ref_of(event), State.ACTIVE, event.at)


@hookimpl
def kigen_domain_transferred(event: Event, book: Book) -> None:
    # To us or away: without a word it counts as ours, which keeps.
    book.enter(ref_of(event), State.TRANSFERRED if is_set(event, "away") else State.ACTIVE, event.at)


@hookimpl
def kigen_domain_changed(event: Event, book: Book) -> None:
    if is_counted(event, COUNTED_FIELDS):
        book.observe(ref_of(event), BOUGHT, event.at)


@hookimpl
def kigen_domain_cancelled(event: Event, book: Book) -> None:
    book.enter(ref_of(event), State.CANCELLED, event.at)


@hookimpl
def kigen_domain_expired(event: Event, book: Book) -> None:
    book.enter(ref_of(event), State.EXPIRED, event.at)


@hookimpl
def kigen_domain_deleted(event: Event, book: Book) -> None:
    book.forget(ref_of(event), event.at)
