"""Decides when each clock starts. An anchor is a date, an instant, or None for unknown.

A candidate that is unreadable or later than now makes the anchor unknown; it is never skipped in favour of another.
"""

from datetime import date, datetime

from .books import Books, fold, money
from .clock import is_later, is_unset, moment, read
from .states import applied, changed, state


def latest(books: Books, values: list) -> date | datetime | None:
    if not values or None in values or any(is_later(value, books.now) for value in values):
        return None
    return max(values, key=moment)


def not_later(books: Books, value) -> date | datetime | None:
    return latest(books, [value])


def rows_of(books: Books, client: int) -> list[dict]:
    """The client's rows of tblaccounts: its own, and nobody's on its invoices."""
    rows = list(books.where("tblaccounts", "userid", client))
    for invoice in books.where("tblinvoices", "userid", client):
        rows += [row for row in books.where("tblaccounts", "invoiceid", invoice["id"]) if not row["userid"]]
    return rows


def refunds(books: Books, payment: dict) -> list[dict]:
    return [row for row in books.where("tblaccounts", "refundid", payment["id"]) if money(row["amountout"]) > 0]


def is_reversed(books: Books, payment: dict) -> bool:
    if books.heard.when("payment", payment["id"], "reversed"):
        return True
    return sum(money(row["amountout"]) for row in refunds(books, payment)) >= money(payment["amountin"])


def worth(invoice: dict):
    """What was invoiced; the total would be zero where credit paid it."""
    return money(invoice["subtotal"]) + money(invoice["tax"]) + money(invoice["tax2"])


def payment_dates(books: Books, client: int) -> list:
    """A date (None: unreadable) for each payment that stands."""
    payments = [row for row in rows_of(books, client) if money(row["amountin"]) > 0]
    dates = []
    for row in payments:
        if not is_reversed(books, row):
            dates += with_told(read(row["date"]), books.heard.when("payment", row["id"], "received"))
    for invoice in books.where("tblinvoices", "userid", client):
        if fold(invoice["status"]) != "paid" or worth(invoice) <= 0:
            continue
        rows = applied(books, invoice)
        if rows and all(is_reversed(books, row) for row in rows):
            continue
        paid, told = read(invoice["datepaid"]), books.heard.when("invoice", invoice["id"], "received")
        if paid or told or not rows:
            dates += with_told(paid, told)
    return dates


def with_told(value, told: list) -> list:
    """The host's date beside the observed one; the observed one alone where the host's cannot be read."""
    return [value, *told] if value or not told else told


def reversal_dates(books: Books, client: int) -> list:
    """Where every payment was reversed: when each went back, or was paid where nobody knows when it went back."""
    dates = []
    for payment in rows_of(books, client):
        if money(payment["amountin"]) > 0:
            back = [read(row["date"]) for row in refunds(books, payment)]
            back += books.heard.when("payment", payment["id"], "reversed")
            dates.append(max((value for value in back if value), key=moment, default=read(payment["date"])))
    for invoice in books.where("tblinvoices", "userid", client):
        if fold(invoice["status"]) == "refunded" and worth(invoice) > 0 and not applied(books, invoice):
            dates.append(read(invoice["date_refunded"]) or read(invoice["datepaid"]))
    return dates


def last_payment(books: Books, client: int):
    return books.once(
        ("last payment", client), lambda: latest(books, payment_dates(books, client) or reversal_dates(books, client))
    )


def registered(books: Books, client: dict):
    created = told_if_unread(read(client["datecreated"]), books.heard.when("client", client["id"], "registered"))
    if created:
        return not_later(books, created)
    number = client["id"]
    texts = [client["created_at"]] + [row["date"] for row in rows_of(books, number)]
    for table, column in (
        ("tblorders", "date"),
        ("tblinvoices", "date"),
        ("tblhosting", "regdate"),
        ("tbldomains", "registrationdate"),
        ("tbltickets", "date"),
        ("tblquotes", "datecreated"),
    ):
        texts += [row[column] for row in books.where(table, "userid", number)]
    values = [value for value in map(read, texts) if value]
    if not values or any(is_later(value, books.now) for value in values):
        return None
    return min(values, key=moment)


def told_if_unread(value, told: list):
    """The host's column where it is readable, else what an event told."""
    return value or (told[0] if told else None)


def created(books: Books, order: dict):
    return not_later(books, told_if_unread(read(order["date"]), books.heard.when("order", order["id"], "created")))


def falls_due(books: Books, invoice: dict):
    return read(invoice["duedate"]) or books.heard.due(invoice["id"])


def first_seen(books: Books, kind: str, number: int) -> datetime:
    """What kigen never saw before it sees now."""
    return books.world.first_seen.get((kind, number), books.now)


def archived_at(books: Books, client: int):
    """kigen's own archive; else the first sight of the client as closed, which is the change where kigen saw one."""
    own = [entry["at"] for entry in books.archives.get(client, [])]
    if own:
        return max(own)
    return changed(books, "client", books.one("tblclients", client)) or first_seen(books, "client", client)


def is_archived(books: Books, client: dict) -> bool:
    """Closed, and no standing payment since; one whose date cannot be read does not show that it came since.

    Of an archive that lies ahead nobody knows when it was.
    """
    if fold(client["status"]) != "closed":
        return False
    since = archived_at(books, client["id"])
    if is_later(since, books.now):
        return True
    return not any(value and moment(value) > since for value in payment_dates(books, client["id"]))


def last_change(books: Books, kind: str, row: dict):
    """What kigen saw change and what the host dates, whichever is later; with neither, the first sight."""
    seen = changed(books, kind, row)
    values = [seen] if seen else []
    if kind == "service":
        values += host_change(books, row)
    bought = books.heard.when(kind, row["id"], "bought")
    bought += [books.world.bought[kind, row["id"]]] if (kind, row["id"]) in books.world.bought else []
    return latest(books, (values or [first_seen(books, kind, row["id"])]) + bought)


def host_change(books: Books, service: dict) -> list:
    """The termination date of a cancelled or terminated service; where none is set, the latest cancellation request."""
    if state(books, "service", service) in {"cancelled", "terminated"} and not is_unset(service["termination_date"]):
        return [read(service["termination_date"])]
    asked = [
        row["date"] for row in books.where("tblcancelrequests", "relid", service["id"]) if not is_unset(row["date"])
    ]
    values = [read(text) for text in asked]
    return values if None in values or not values else [max(values, key=moment)]


def sign_ins(books: Books, client: int) -> list:
    """Every dated sign-in of the client's own users; None among them where a date cannot be read."""
    row = books.one("tblclients", client)
    texts = [row["lastlogin"]] if row else []
    for link in books.where("tblusers_clients", "client_id", client):
        user = books.one("tblusers", link["auth_user_id"])
        texts += [user["last_login"]] if user else []
    return [read(text) for text in texts if not is_unset(text)] + books.heard.when("client", client, "signed in")
