"""What clients have to do with each other: partners who brought others, services that changed hands, merged tickets."""

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from kigen.demo.billing import Line, bill
from kigen.demo.book import Book
from kigen.demo.catalogue import price
from kigen.demo.story import Story
from kigen.demo.times import between
from kigen.hosts.whmcs.tables import NO_DAY


def connect(book: Book, rng: Random, stories: list[Story]) -> None:
    """Everything between the clients, after every life is told."""
    live = [story for story in stories if story.left is None and story.life.products[1]]
    left_with = [story for story in stories if "partner" in story.life.turns]
    referred = [story for story in stories if story.services]
    if len(live) < 2:
        return
    for story in [*left_with, *rng.sample(live, max(1, len(live) // 40))]:
        refer(book, rng, story, rng.sample(referred, min(len(referred), rng.randint(2, 6))))
    for story in stories:
        if "sold" in story.life.turns:
            hand_over(story, rng.choice(live))
    for story in rng.sample(live, max(1, len(live) // 100)):
        hand_over(story, rng.choice([other for other in live if other is not story]))
    merge_tickets(book, rng)


def refer(book: Book, rng: Random, partner: Story, clients: list[Story]) -> None:
    """A partner's account: sales brought, commission cleared (history) or not yet (pending), balance or paid out.

    Who left keeps a balance; of the others every second has everything paid out.
    """
    end = partner.left or partner.now
    begun = between(rng, partner.born, end)
    account = book.add(
        "tblaffiliates", begun, date=begun, clientid=partner.client, visitors=rng.randint(3, 400), paytype="percentage",
        payamount=10, balance=Decimal(0), withdrawn=Decimal(0), created_at=begun, updated_at=begun,
    )  # fmt: skip
    earned = Decimal(0)
    for other in clients:
        if other is partner:
            continue
        service = rng.choice(other.services)
        sale = book.add(
            "tblaffiliatesaccounts", service.at, affiliateid=account, relid=service, lastpaid=NO_DAY
        )  # fmt: skip
        amount = (service["amount"] / 10).quantize(Decimal("0.01"))
        cleared = service.at + timedelta(days=45)
        if cleared < partner.now and rng.random() < 0.75:
            sale["lastpaid"] = cleared
            book.add(
                "tblaffiliateshistory", cleared, affiliateid=account, date=cleared, affaccid=sale,
                description="Commission", amount=amount,
            )  # fmt: skip
            earned += amount
        else:
            clearing = max(cleared, partner.now + timedelta(days=rng.randint(1, 40)))
            book.add("tblaffiliatespending", service.at, affaccid=sale, amount=amount, clearingdate=clearing)
    if partner.left or not partner.services or rng.random() < 0.5:
        account["balance"] = max(earned, price(800, partner.currency))
    else:
        account["withdrawn"] = earned


def hand_over(seller: Story, buyer: Story) -> None:
    """A service goes to another client and lives on there; the order stays with the one who placed it."""
    service = seller.services[0]
    service["userid"] = buyer.client
    service["domainstatus"], service["termination_date"] = "Active", NO_DAY
    service["nextduedate"] = service["nextinvoicedate"] = buyer.now + timedelta(days=120)
    due = buyer.now - timedelta(days=60)
    line = Line("Hosting", service, f"Taken over - {service['domain']}", price(2980, buyer.currency))
    bill(buyer, max(due, buyer.born), [line])
    at: datetime = min(buyer.now, max(due, service.at))
    buyer.log(at, "Service moved to this client - Service ID: {}", service, by_staff=True)


def merge_tickets(book: Book, rng: Random) -> None:
    """A few tickets that were merged into another one and so count no longer, whatever their status says."""
    tickets = book.rows["tbltickets"]
    for ticket in rng.sample(tickets, max(1, len(tickets) // 100)):
        into = next((t for t in tickets if t is not ticket and t["userid"] is ticket["userid"]), None)
        if into is not None and not into["merged_ticket_id"]:
            ticket["merged_ticket_id"], ticket["status"] = into, "Open"
