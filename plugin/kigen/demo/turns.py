"""What happens besides in the lives of kigen.demo.lives: each turn by its name there, one small function each."""

from collections.abc import Callable
from datetime import datetime, timedelta

from kigen.demo.billing import Line, bill, give_credit, pay, refund
from kigen.demo.catalogue import price
from kigen.demo.leaving_undone import abandon, estimate
from kigen.demo.story import Story
from kigen.demo.support import OPEN, talk
from kigen.demo.times import add_months, between


def last_bill(story: Story, status: str, part: bool = False) -> None:
    """One more invoice that was not paid when the client left (or, of a client still there, lately)."""
    service = story.services[0]
    due = story.left + timedelta(days=30) if story.left else story.now - timedelta(days=story.rng.randint(5, 50))
    line = Line("Hosting", service, f"Last term - {service['domain']}", service["amount"])
    invoice = bill(story, due, [line], status)
    if part:
        half = (invoice["total"] / 2).quantize(invoice["total"])
        pay(story, invoice, max(invoice.at, story.left or invoice.at), half)


def pay_late(story: Story) -> None:
    """An overdue invoice, and mostly a suspended service."""
    last_bill(story, "Unpaid")
    live = [s for s in story.services if s["domainstatus"] == "Active"]
    if live and story.perhaps(0.7):
        live[0]["domainstatus"], live[0]["suspendreason"] = "Suspended", "Overdue on payment"
        at = story.now - timedelta(days=story.rng.randint(1, 4))
        story.log(at, "Module Suspend successful - Service ID: {}", live[0], by_staff=True)


def keep_credit(story: Story) -> None:
    """Credit that was never used: paid in, or given by staff to one who never paid."""
    at, amount = story.left or story.born, price(story.rng.randint(300, 4000), story.currency)
    if story.left:
        pay(story, None, at, amount)
    give_credit(story, at, amount, "Add Funds" if story.left else "Welcome credit")


def never_pay(story: Story) -> None:
    """An order at once, never paid: left pending, or cancelled by staff."""
    at = story.born + timedelta(minutes=6)
    if story.perhaps(0.5):
        abandon(story, at, "Pending", "Unpaid" if story.perhaps(0.6) else "Cancelled")
    else:
        abandon(story, at, "Cancelled")


def commit_fraud(story: Story) -> None:
    """An order found to be fraud; some had paid with somebody else's card and the money went back."""
    order = abandon(story, story.born + timedelta(minutes=2), "Fraud")
    invoice = order["invoiceid"]
    if story.perhaps(0.1):
        at = min(story.now, order.at + timedelta(hours=1))
        payment = pay(story, invoice, at, invoice["total"])
        invoice["datepaid"] = at
        refund(story, payment, min(story.now, at + timedelta(days=9)), invoice["total"])


def get_money_back(story: Story) -> None:
    """Every payment wholly refunded."""
    for payment in list(story.payments):
        refund(story, payment, min(story.now, payment["date"] + timedelta(days=10)), payment["amountin"])


def be_closed(story: Story) -> None:
    """Staff closed the account some months after the last payment."""
    at = min(story.now, add_months(story.left or story.now, story.rng.randint(3, 5)))
    story.client["status"], story.client["updated_at"] = "Closed", at
    story.log(at, "Client status set to Closed - Client ID: {}", story.client, by_staff=True)


def ask_for_deletion(story: Story) -> None:
    """The client asks in the client area that its account be deleted: due already, or the term runs still."""
    at = story.now - timedelta(days=40 if story.left else 10, hours=3, minutes=story.rng.randint(0, 900))
    story.sign_in(at - timedelta(minutes=7))
    story.log(at, "Account deletion requested - Client ID: {}", story.client)


def some_time(story: Story) -> datetime:
    """Any time of the client's life with the host."""
    return between(story.rng, story.born, story.left or story.now)


def later(story: Story) -> datetime:
    """Soon after the client left, or some days ago."""
    return min(story.now, (story.left or story.now - timedelta(days=40)) + timedelta(days=story.rng.randint(5, 35)))


TURNS: dict[str, Callable[[Story], object]] = {
    "overdue": pay_late,
    "debt": lambda story: last_bill(story, "Unpaid"),
    "collections": lambda story: last_bill(story, "Collections"),
    "part paid": lambda story: last_bill(story, "Unpaid", part=True),
    "credit": keep_credit,
    "never paid": never_pay,
    "pending": lambda story: abandon(story, story.born + timedelta(minutes=6), "Pending", "Unpaid"),
    "first collections": lambda story: abandon(story, story.born + timedelta(minutes=6), "Pending", "Collections"),
    "fraud": commit_fraud,
    "draft": lambda story: abandon(story, some_time(story), "Draft"),
    "live quote": lambda story: estimate(story, some_time(story), story.rng.choice(("Draft", "Delivered", "On Hold"))),
    "dead quote": lambda story: estimate(story, some_time(story), story.rng.choice(("Lost", "Dead"))),
    "open ticket": lambda story: talk(story, later(story), story.rng.choice(OPEN)),
    "closed": be_closed,
    "refunded": get_money_back,
    "deletion asked": ask_for_deletion,
    # Between clients: kigen.demo.between_clients.
    "partner": lambda story: None,
    "sold": lambda story: None,
}
