"""How money moves in the invented histories: invoices in every state, payments, refunds, chargebacks, credit."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from kigen.demo.book import Row, Told
from kigen.demo.catalogue import GATEWAYS, tax_on, tax_rate
from kigen.demo.story import Story
from kigen.hosts.whmcs.tables import NO_MOMENT

ISSUED_BEFORE_DUE = timedelta(days=14)


class Line(NamedTuple):
    """One line of an invoice: type as WHMCS has it (Hosting, Addon, Domain…), the item, words, amount before tax."""

    type: str
    item: Row | None
    words: str
    amount: Decimal


def bill(story: Story, due: datetime, lines: list[Line], status: str = "Paid", issued: datetime | None = None) -> Row:
    """An invoice, issued two weeks before it is due unless told; a Paid one that is due at once is paid at once.

    Another Paid one is paid before or soon after its due date, and stays Unpaid when that is later than now.
    """
    rng, currency = story.rng, story.currency
    issued = issued or max(due - ISSUED_BEFORE_DUE, story.born)
    subtotal = sum((line.amount for line in lines), Decimal(0))
    rate = tax_rate(story.person.country.code, issued)
    tax = tax_on(subtotal, rate, currency)
    gateway = rng.choice(GATEWAYS[currency])
    invoice = story.book.add(
        "tblinvoices", issued, userid=story.client, invoicenum="", date=issued, duedate=due, datepaid=NO_MOMENT,
        date_refunded=NO_MOMENT, date_cancelled=NO_MOMENT, subtotal=subtotal, credit=0, tax=tax, total=subtotal + tax,
        taxrate=rate, status=status, paymentmethod=gateway, created_at=issued, updated_at=issued,
    )  # fmt: skip
    invoice["invoicenum"] = Told(f"{issued.year}-{{:06d}}", invoice)
    for line in lines:
        story.book.add(
            "tblinvoiceitems", issued, invoiceid=invoice, userid=story.client, type=line.type, relid=line.item or 0,
            description=line.words, amount=line.amount, taxed=int(rate > 0), duedate=due, paymentmethod=gateway,
        )  # fmt: skip
    story.invoices.append(invoice)
    if status == "Paid":
        late = timedelta(days=9) if story.perhaps(0.08) and issued < due else timedelta(minutes=3)
        paid = issued + (due - issued) * rng.random() + late
        if story.left and paid > story.left:
            paid = max(issued, story.left)
        if paid > story.now:
            invoice["status"] = "Unpaid"
        else:
            settle(story, invoice, paid)
    elif status == "Cancelled":
        cancel(invoice, min(story.now, due + timedelta(days=rng.randint(1, 25))))
    return invoice


def settle(story: Story, invoice: Row, at: datetime) -> None:
    """Pays an invoice in full, now and then from credit."""
    invoice["status"], invoice["datepaid"], invoice["updated_at"] = "Paid", at, at
    if story.perhaps(0.01) and invoice["total"]:
        give_credit(story, at, invoice["total"], "Added by staff as goodwill", keep=False)
        give_credit(story, at, -invoice["total"], "Credit applied to invoice", keep=False)
        invoice["credit"], invoice["total"] = invoice["total"], Decimal(0)
    else:
        pay(story, invoice, at, invoice["total"])


def pay(story: Story, invoice: Row | None, at: datetime, amount: Decimal) -> Row:
    """A payment received; without an invoice it adds funds."""
    gateway = story.client["defaultgateway"] if invoice is None else invoice["paymentmethod"]
    slip = f"{gateway[:2]}_{story.rng.getrandbits(48):012x}"
    payment = story.book.add(
        "tblaccounts", at, userid=story.client, currency=0, gateway=gateway, date=at,
        description="Invoice Payment" if invoice is not None else "Add Funds", amountin=amount, fees=0, amountout=0,
        transid=slip, invoiceid=invoice or 0, refundid=0,
    )  # fmt: skip
    story.payments.append(payment)
    if story.now - at < timedelta(days=90):
        data = json.dumps({"transaction": slip, "email": story.person.email, "amount": str(amount)})
        story.book.add("tblgatewaylog", at, date=at, gateway=gateway, data=data, result="Successful")
    return payment


def refund(story: Story, payment: Row, at: datetime, amount: Decimal) -> Row:
    """Gives back a part or all of a payment; an invoice that got everything back is Refunded."""
    invoice = payment["invoiceid"]
    if isinstance(invoice, Row) and amount == payment["amountin"]:
        invoice["status"], invoice["date_refunded"], invoice["updated_at"] = "Refunded", at, at
    return story.book.add(
        "tblaccounts", at, userid=story.client, currency=0, gateway=payment["gateway"], date=at,
        description="Refund of payment", amountin=0, fees=0, amountout=amount, transid=f"{payment['transid']}r",
        invoiceid=invoice, refundid=payment,
    )  # fmt: skip


def cancel(invoice: Row, at: datetime) -> None:
    """Cancels an invoice that nobody paid."""
    invoice["status"], invoice["date_cancelled"], invoice["updated_at"] = "Cancelled", at, at


def give_credit(story: Story, at: datetime, amount: Decimal, words: str, keep: bool = True) -> None:
    """Books credit for (or off) a client; `keep` also puts it on the client's balance."""
    story.book.add("tblcredit", at, clientid=story.client, admin_id=1, date=at, description=words, amount=amount)
    if keep:
        story.client["credit"] += amount


def freeze(story: Story, invoice: Row) -> None:
    """The host's own snapshot of the client as the invoice named it."""
    person = story.person
    data = {"firstname": person.first, "lastname": person.last, "companyname": person.company, "city": person.city}
    story.book.add("tblinvoicedata", invoice.at, invoice_id=invoice, data=json.dumps(data, ensure_ascii=False))
