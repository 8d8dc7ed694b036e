"""Money: what a plugin can hear of payments, and of commissions beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kigen.specs.book import Book, hookspec

if TYPE_CHECKING:
    from kigen.policy.events import Event


@hookspec
def kigen_payment_received(event: Event, book: Book) -> None:
    """Money came in. `event` has client, id, data.amount, data.invoice (None: no invoice).

    The `book` notes 'received' and ends the client's archive, where the amount is above zero.

    Example:
        @hookimpl
        def kigen_payment_received(event, book):
            if event.data["invoice"] is None:
                book.observe(event.ref, "acme.unassigned", event.at)
    """


@hookspec
def kigen_payment_reversed(event: Event, book: Book) -> None:
    """All of a payment was refunded or charged back. `event` has client, id, data.amount, data.invoice.

    The `book` notes 'reversed': the payment does not count any more. Where only a part was paid back, hosts send
    nothing or set data.partial, and the payment still counts.

    Example:
        @hookimpl
        def kigen_payment_reversed(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.chargeback", event.at)
    """


@hookspec
def kigen_commission_approved(event: Event, book: Book) -> None:
    """A commission was approved. `event` has client, id, data.service; nothing for the `book`: the tables tell.

    Example:
        @hookimpl
        def kigen_commission_approved(event, book):
            book.observe((Kind.SERVICE, event.data["service"]), "acme.commission", event.at)
    """


@hookspec
def kigen_commission_reversed(event: Event, book: Book) -> None:
    """A commission was taken back. `event` has client, id, data.service; nothing for the `book`: the tables tell.

    Example:
        @hookimpl
        def kigen_commission_reversed(event, book):
            book.observe((Kind.SERVICE, event.data["service"]), "acme.commission reversed", event.at)
    """
