"""How a client comes to a domain and keeps it: registration or transfer, renewal every year, the date it expires."""

from datetime import datetime, timedelta

from kigen.demo.billing import Line, bill
from kigen.demo.book import Row
from kigen.demo.catalogue import DOMAIN_YEN_A_YEAR, price
from kigen.demo.story import Story
from kigen.demo.times import add_months


def register_domain(story: Story, at: datetime, order: Row, status: str = "Active") -> Row:
    """The row of a domain, registered for one year; an unregistered one (Pending, Cancelled) has no expiry date."""
    ending = story.rng.choice(list(DOMAIN_YEN_A_YEAR))
    number = str(len(story.domains) + 1) if story.domains else ""
    amount = price(DOMAIN_YEN_A_YEAR[ending], story.currency)
    expiry = add_months(at, 12)
    domain = story.book.add(
        "tbldomains", at, userid=story.client, orderid=order, type="Transfer" if story.perhaps(0.1) else "Register",
        registrationdate=at, domain=f"{story.person.label}{number}.{ending}", firstpaymentamount=amount,
        recurringamount=amount, registrar="demoregistrar", registrationperiod=1,
        expirydate=expiry if status == "Active" else None, status=status, nextduedate=expiry, nextinvoicedate=expiry,
        paymentmethod=story.client["defaultgateway"], donotrenew=0, idprotection=int(story.perhaps(0.3)),
        created_at=at, updated_at=at,
    )  # fmt: skip
    story.domains.append(domain)
    if status == "Active":
        story.log(at + timedelta(minutes=5), "Domain registered successfully - Domain ID: {}", domain, by_staff=True)
    return domain


def renew_domain(story: Story, domain: Row, limit: datetime) -> None:
    """Renews year after year; the last renewal is paid by `limit`."""
    first, years = domain.at, 1
    while (due := add_months(first, 12 * years)) <= limit:
        words = f"Domain Renewal - {domain['domain']}"
        bill(story, due, [Line("Domain", domain, words, domain["recurringamount"])])
        story.log(due, "Domain renewed successfully - Domain ID: {}", domain, by_staff=True)
        years += 1
    domain["expirydate"] = domain["nextduedate"] = domain["nextinvoicedate"] = due
