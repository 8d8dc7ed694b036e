"""How a client buys: an order with a service, perhaps an add-on and a domain, billed term after term to the end."""

import json
from datetime import datetime, timedelta

from kigen.demo.billing import Line, bill, freeze
from kigen.demo.book import Row
from kigen.demo.catalogue import ADDONS, CYCLES, PRODUCTS, Product, price
from kigen.demo.endings import end_domain, end_service
from kigen.demo.names import ip
from kigen.demo.registering import register_domain, renew_domain
from kigen.demo.story import Story
from kigen.demo.times import add_months
from kigen.hosts.whmcs.tables import NO_DAY

ORDER_LOG = {
    "Pending": "New order placed - Order ID: {}",
    "Draft": "Order saved as draft - Order ID: {}",
    "Active": "Order accepted - Order ID: {}",
    "Cancelled": "Order status set to Cancelled - Order ID: {}",
    "Fraud": "Order status set to Fraud - Order ID: {}",
}


def place(story: Story, at: datetime, status: str, changed: datetime | None = None) -> Row:
    """An order; its state was changed from Pending at `changed` (soon after, unless given)."""
    order = story.book.add(
        "tblorders", at, ordernum=story.rng.randrange(10**9, 10**10), userid=story.client, requestor_id=story.user,
        date=at, nameservers=f"ns1.{story.home},ns2.{story.home}", promocode="", orderdata="[]", amount=0,
        paymentmethod=story.client["defaultgateway"], invoiceid=0, status=status, ipaddress=ip(story.rng),
        fraudmodule="", fraudoutput="", notes="",
    )  # fmt: skip
    story.log(at, ORDER_LOG["Draft" if status == "Draft" else "Pending"], order, by_staff=status == "Draft")
    if status in ("Active", "Cancelled", "Fraud"):
        later = changed or min(story.now, at + timedelta(minutes=story.rng.randint(5, 600)))
        story.log(later, ORDER_LOG[status], order, by_staff=True)
    return order


def buy(story: Story, at: datetime, last_payment: datetime | None, ends: datetime | None = None) -> Row:
    """A service with its whole history up to now, or to the end of the term that `last_payment` paid for.

    `ends` overrides that end, for a service that stopped while its client stayed.
    """
    rng = story.rng
    product, months = rng.choice(PRODUCTS), rng.choice(story.life.cycles)
    order = place(story, at, "Active")
    amount = price(product.yen, story.currency, months)
    order["amount"] = amount
    service = host(story, at, order, product, months, "Active")
    addon = add_on(story, at, order, service, months) if story.perhaps(0.12) else None
    domain = register_domain(story, at, order) if story.perhaps(0.45) else None
    limit, turn = last_payment or story.now, 0
    due = at
    while due <= limit or turn == 0:
        lines = [Line("Hosting", service, f"{product.name} - {service['domain']}", amount)]
        if addon is not None:
            lines.append(Line("Addon", addon, addon["name"], price(ADDONS[0].yen, story.currency, months)))
        if domain is not None and turn == 0:
            lines.append(Line("Domain", domain, f"Domain Registration - {domain['domain']}", domain["recurringamount"]))
        invoice = bill(story, due, lines, issued=at if turn == 0 else None)
        if turn == 0:
            order["invoiceid"] = invoice
        if story.perhaps(0.02):
            freeze(story, invoice)
        turn += 1
        due = add_months(at, turn * months)
    service["nextduedate"] = service["nextinvoicedate"] = due
    if last_payment:
        end_service(story, service, addon, ends or min(due, story.now))
    elif due - timedelta(days=14) <= story.now:
        bill(story, due, [Line("Hosting", service, f"{product.name} - {service['domain']}", amount)], status="Unpaid")
    if domain is not None:
        renew_domain(story, domain, limit)
        if last_payment or domain["expirydate"] <= story.now:
            end_domain(story, domain)
    return service


def host(story: Story, at: datetime, order: Row, product: Product, months: int, status: str) -> Row:
    """The row of a service."""
    name = f"{product.name.split()[0].lower()}{len(story.services) + 1}.{story.home}"
    amount = price(product.yen, story.currency, months)
    service = story.book.add(
        "tblhosting", at, userid=story.client, orderid=order, packageid=product.id, server=1, regdate=at, domain=name,
        paymentmethod=story.client["defaultgateway"], firstpaymentamount=amount, amount=amount,
        billingcycle=CYCLES[months], nextduedate=at, nextinvoicedate=at, termination_date=NO_DAY, domainstatus=status,
        username=f"u{story.rng.randrange(10**6):06d}", dedicatedip=ip(story.rng), created_at=at, updated_at=at,
        password="demo",  # noqa: S106 - nothing is behind it
    )  # fmt: skip
    story.services.append(service)
    if status == "Active":
        story.log(at + timedelta(minutes=4), "Module Create successful - Service ID: {}", service, by_staff=True)
        if story.now - at < timedelta(days=180):
            request = json.dumps({"domain": name, "username": service["username"], "email": story.person.email})
            story.book.add("tblmodulelog", at, date=at, module="demovps", action="CreateAccount", request=request,
                           response="success")  # fmt: skip
    return service


def add_on(story: Story, at: datetime, order: Row, service: Row, months: int) -> Row:
    """The row of an add-on to a service."""
    sold = ADDONS[0]
    addon = story.book.add(
        "tblhostingaddons", at, orderid=order, hostingid=service, addonid=sold.id, userid=story.client, name=sold.name,
        status=service["domainstatus"], regdate=at, nextduedate=add_months(at, months), termination_date=NO_DAY,
    )  # fmt: skip
    story.addons.append(addon)
    return addon
