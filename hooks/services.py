"""Services and add-ons: which state they entered when, and when what was bought changed."""

from __future__ import annotations

from kigen.policy.events import Event
from kigen.policy.records import BOUGHT, Kind, Ref, State
from kigen.specs import Book, hookimpl

from . import is_counted, ref_of

COUNTED_FIELDS = {
    "product": "what was bought",
    "packageid": "what was bought, as WHMCS calls it",
    "addonid": "which add-on was bought, as WHMCS calls it",
    "name": "which add-on was bought, where WHMCS has it in no list",
    "product_id": "what was bought, as FOSSBilling calls it",
    "quantity": "how many",
    "qty": "how many, as WHMCS calls it",
    "options": "the options that were chosen",
    "configoptions": "the options that were chosen, as WHMCS calls them",
    "config": "the options that were chosen, as FOSSBilling calls them",
    "period": "for how long at a time",
    "billingcycle": "for how long at a time, as WHMCS calls it",
    "domain": "the name that the service is for",
    "client": "whose it is",
    "userid": "whose it is, as WHMCS calls it",
    "client_id": "whose it is, as FOSSBilling calls it",
}
"""Fields of a service whose change starts the clock 'last change' again, and what each says (Appendix 4 of the policy).

Nothing else counts: not price, discount or promotion, usage or disk figures, notes, passwords, servers or addresses,
due dates, nor what a status sync or bulk edit writes. A change of state is an event of its own.
"""


@hookimpl
def kigen_service_activated(event: Event, book: Book) -> None:
    book.enter(_item(event), State.ACTIVE, event.at)


@hookimpl
def kigen_service_suspended(event: Event, book: Book) -> None:
    book.enter(_item(event), State.SUSPENDED, event.at)


@hookimpl
def kigen_service_unsuspended(event: Event, book: Book) -> None:
    book.enter(_item(event), State.ACTIVE, event.at)


@hookimpl
def kigen_service_changed(event: Event, book: Book) -> None:
    if is_counted(event, COUNTED_FIELDS):
        book.observe(_item(event), BOUGHT, event.at)


@hookimpl
def kigen_service_cancelled(event: Event, book: Book) -> None:
    book.enter(_item(event), State.CANCELLED, event.at)


@hookimpl
def kigen_service_terminated(event: Event, book: Book) -> None:
    book.enter(_item(event), State.TERMINATED, event.at)


@hookimpl
def kigen_service_deleted(event: Event, book: Book) -> None:
    book.forget(_item(event), event.at)


def _item(event: Event) -> Ref:
    # Hosts number add-ons apart from services: the same number is another record.
    kind, number = ref_of(event)
    return (Kind.ADDON if event.data.get("kind") == Kind.ADDON else kind, number)
