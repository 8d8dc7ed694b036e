"""What clients begin and do not finish: orders that stay pending, are cancelled, turn out to be fraud; estimates."""

from datetime import datetime, timedelta

from kigen.demo.billing import Line, bill
from kigen.demo.book import Row
from kigen.demo.buying import add_on, host, place
from kigen.demo.catalogue import PRODUCTS, price
from kigen.demo.registering import register_domain
from kigen.demo.story import Story
from kigen.hosts.whmcs.tables import NO_DAY

# In which state a service waits, when its order is in this one.
SERVICE_OF = {"Pending": "Pending", "Cancelled": "Cancelled", "Fraud": "Fraud", "Draft": "Pending"}
QUOTE_STAGES = ("Draft", "Delivered", "On Hold", "Accepted", "Lost", "Dead")


def abandon(story: Story, at: datetime, status: str, invoice_status: str = "Cancelled") -> Row:
    """An order that never became a running service, with its items and its invoice in these states."""
    rng = story.rng
    product, months = rng.choice(PRODUCTS), rng.choice((1, 12, 12))
    order = place(story, at, status, min(story.now, at + timedelta(days=rng.randint(1, 20))))
    amount = price(product.yen, story.currency, months)
    order["amount"] = amount
    if status == "Fraud":
        order["fraudmodule"], order["fraudoutput"] = "demofraud", '{"score": 91, "reason": "country of card differs"}'
    if status == "Draft":
        order["orderdata"] = f'{{"product": "{product.name}"}}'
        return order
    service = host(story, at, order, product, months, SERVICE_OF[status])
    if story.perhaps(0.2):
        add_on(story, at, order, service, months)
    if story.perhaps(0.25):
        register_domain(story, at, order, SERVICE_OF[status])
    words = f"{product.name} - {service['domain']}"
    line = Line("Hosting", service, words, amount)
    order["invoiceid"] = bill(story, at + timedelta(days=7), [line], invoice_status, issued=at)
    if status == "Cancelled":
        changed = min(story.now, at + timedelta(days=8))
        story.log(changed, "Service status set to Cancelled - Service ID: {}", service, by_staff=True)
    return order


def estimate(story: Story, at: datetime, stage: str) -> Row:
    """An estimate (WHMCS: quote) for the client, in one of the host's stages."""
    person, total = story.person, price(story.rng.choice(PRODUCTS).yen, story.currency, 12)
    sent = at + timedelta(days=1) if stage != "Draft" else None
    done = min(story.now, at + timedelta(days=story.rng.randint(2, 30)))
    return story.book.add(
        "tblquotes", at, subject=story.rng.choice(("Cloud VPS 見積書", "Angebot Cloud VPS", "Cloud VPS for two years")),
        stage=stage, validuntil=at + timedelta(days=30), userid=story.client, firstname=person.first,
        lastname=person.last, companyname=person.company, email=person.email, address1=person.address,
        city=person.city, state=person.state, postcode=person.postcode, country=person.country.code,
        phonenumber=person.phone, currency=person.country.currency, subtotal=total, total=total,
        proposal="Two servers with daily backup.", customernotes="", adminnotes="", datecreated=at, lastmodified=done,
        datesent=sent or NO_DAY, dateaccepted=done if stage == "Accepted" else NO_DAY,
    )  # fmt: skip
