"""Money: which payments came in, which were reversed, and that a payment ends an archive; commissions beside them."""

from __future__ import annotations

from kigen.policy.events import Event
from kigen.policy.records import RECEIVED, REVERSED
from kigen.specs import Book, hookimpl

from . import amount_of, is_set, ref_of


@hookimpl
def kigen_payment_received(event: Event, book: Book) -> None:
    amount = amount_of(event, "amount")
    if amount is None or amount <= 0:
        return  # only a payment above zero counts (retention.md, Anchors)
    book.observe(ref_of(event), RECEIVED, event.at)
    # Where the event does not know the client, the tables show the payment, and that ends the archive too.
    if event.client is not None:
        book.end_archive(event.client, event.at)


@hookimpl
def kigen_payment_reversed(event: Event, book: Book) -> None:
    # A reversed payment never counts again, so a part that was paid back must not be taken for the whole.
    if not is_set(event, "partial"):
        book.observe(ref_of(event), REVERSED, event.at)


# Whether a commission has cleared is a sum over the affiliate's rows, which can be reversed, paid out and corrected
# without an event. A guard reads them locked at the last moment; a note of ours could only disagree with them.


@hookimpl
def kigen_commission_approved(event: Event, book: Book) -> None:
    """Nothing, see above."""


@hookimpl
def kigen_commission_reversed(event: Event, book: Book) -> None:
    """Nothing, see above."""
