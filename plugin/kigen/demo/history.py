"""One client's believable life: what it bought, what else happened, what it wrote, its sign-ins and mails."""

from datetime import datetime, timedelta
from random import Random

from kigen.demo.billing import Line, bill, pay, refund
from kigen.demo.book import Book, Row
from kigen.demo.buying import ORDER_LOG, buy
from kigen.demo.endings import ask_to_cancel
from kigen.demo.leaving_undone import QUOTE_STAGES, abandon, estimate
from kigen.demo.lives import Life
from kigen.demo.names import Names
from kigen.demo.people import register, surround
from kigen.demo.story import Story
from kigen.demo.support import OPEN, talk
from kigen.demo.times import add_months, between
from kigen.demo.turns import TURNS, some_time
from kigen.hosts.whmcs.tables import NO_DAY

MONTH = timedelta(days=30)
# What happens to a client who buys: how often in a hundred lives, and in which states order and invoice are left.
MISHAPS: tuple[tuple[int, str, str], ...] = (
    (20, "Cancelled", "Cancelled"),
    (3, "Cancelled", "Paid"),
    (4, "Pending", "Unpaid"),
    (2, "Pending", "Paid"),
    (2, "Pending", "Payment Pending"),
    (2, "Draft", ""),
    (1, "Fraud", "Cancelled"),
)


def tell(
    book: Book, rng: Random, now: datetime, life: Life, names: Names, user: Row | None, fields: dict[str, Row]
) -> Story:
    """Writes one client's life into the book."""
    left = _months_ago(rng, now, life.left) if life.left else None
    born = _months_ago(rng, left or now, life.begins)
    story = register(book, rng, now, life, names, born, left, user, fields)
    surround(story, names)
    for number in range(rng.randint(*life.products)):
        start = story.born + timedelta(minutes=12) if number == 0 else some_time(story)
        if start < now:
            buy(story, start, left)
    for turn in life.turns:
        TURNS[turn](story)
    # Who got all money back paid nothing else.
    if story.services and life.products[1] and "refunded" not in life.turns:
        stumble(story)
        chat(story)
    come_and_go(story)
    post(story)
    if left and story.client["status"] == "Active":
        story.client["status"] = "Inactive"
    return story


def stumble(story: Story) -> None:
    """Orders that came to nothing, doubled invoices, refunds, a service given up while others run on."""
    rng = story.rng
    for chance, status, invoice_status in MISHAPS:
        # A client who left leaves nothing open but what its own turns say; its life would be another one.
        settled = status in ("Cancelled", "Draft") and invoice_status != "Unpaid"
        if rng.randrange(100) < chance and (settled or story.left is None):
            abandon(story, some_time(story), status, invoice_status)
    service = story.services[0]
    if story.perhaps(0.12):
        line = Line("Hosting", service, f"Billed twice - {service['domain']}", service["amount"])
        bill(story, some_time(story), [line], "Cancelled")
    if story.perhaps(0.05) and len(story.payments) > 2:
        payment = story.payments[1]
        amount = payment["amountin"] if story.perhaps(0.5) else (payment["amountin"] / 2).quantize(payment["amountin"])
        refund(story, payment, min(story.now, payment["date"] + timedelta(days=6)), amount)
    if story.left is None and story.now - story.born > 12 * MONTH:
        if story.perhaps(0.4):
            begun = between(rng, story.born, story.now - 10 * MONTH)
            buy(story, begun, between(rng, begun, story.now - 2 * MONTH))
        if story.perhaps(0.02):
            ask_to_cancel(story, service, story.now - timedelta(days=rng.randint(1, 20)), immediate=False)
    if story.perhaps(0.04):
        estimate(story, some_time(story), rng.choice(QUOTE_STAGES[3:] if story.left else QUOTE_STAGES))
    leave_loose_ends(story, service)


def leave_loose_ends(story: Story, service: Row) -> None:
    """What staff did by hand, half: money on a cancelled invoice, a cancelled order or service with a part alive."""
    if story.perhaps(0.015):
        line = Line("Hosting", service, f"Upgrade that was not made - {service['domain']}", service["amount"])
        invoice = bill(story, some_time(story), [line], "Cancelled")
        pay(story, invoice, invoice.at, (invoice["total"] / 4).quantize(invoice["total"]))
    if story.left is None and story.perhaps(0.015):
        service["orderid"]["status"] = "Cancelled"
        story.log(some_time(story), ORDER_LOG["Cancelled"], service["orderid"], by_staff=True)
    addons = [row for row in story.addons if row["status"] == "Cancelled"]
    if story.left is None and addons and story.perhaps(0.3):
        addons[0]["status"], addons[0]["termination_date"] = "Active", NO_DAY


def chat(story: Story) -> None:
    """Tickets over the years; of a client still there, now and then one that is open; answers about the service."""
    years = ((story.left or story.now) - story.born).days / 365
    for _ in range(story.rng.randint(0, 1 + int(years * 0.5))):
        talk(story, some_time(story))
    if story.left is None and story.perhaps(0.06):
        talk(story, story.now - timedelta(days=story.rng.randint(1, 20)), story.rng.choice(OPEN))
    for service in story.services:
        if story.perhaps(0.2):
            story.book.add(
                "tblcustomfieldsvalues", service.at, fieldid=story.fields["host name"], relid=service,
                value=service["domain"], created_at=service.at, updated_at=service.at,
            )  # fmt: skip


def come_and_go(story: Story) -> None:
    """The sign-ins: at registration, some on the way, the last one lately or soon after leaving."""
    rng = story.rng
    story.sign_in(story.born + timedelta(minutes=1))
    for _ in range(rng.randint(0, 3)):
        story.sign_in(some_time(story))
    if story.life.products[1]:
        end = min(story.now, story.left + 2 * MONTH) if story.left else story.now
        story.sign_in(between(rng, max(story.born, end - 2 * MONTH), end))


def post(story: Story) -> None:
    """The mails that the host still keeps: the welcome, and receipts of the last year."""
    sent = [(story.born, "Welcome / ようこそ", "Your account is ready.")]
    for payment in story.payments:
        if story.now - payment["date"] < timedelta(days=365):
            sent.append((payment["date"], "Payment Confirmation", f"We received {payment['amountin']}."))
    for at, subject, message in sent:
        story.book.add(
            "tblemails", at, userid=story.client, date=at, subject=subject,
            message=f"{story.person.last} {story.person.first}: {message}", to=story.person.email,
            created_at=at, updated_at=at,
        )  # fmt: skip


def _months_ago(rng: Random, end: datetime, months: tuple[int, int]) -> datetime:
    """Some moment so many months before the end."""
    return between(rng, add_months(end, -months[1]), add_months(end, -months[0]))
