"""Decides the state of a record from the host's status, and what is live, open, paid or unpaid."""

from .books import Books, fold, money

CLIENT = {"active", "inactive", "closed"}
ORDER = {"pending", "active", "cancelled", "fraud", "draft"}
INVOICE = {"draft", "unpaid", "paid", "cancelled", "refunded", "collections", "payment pending"}
LIVE_SERVICE = {"active", "suspended"}
SERVICE = LIVE_SERVICE | {"pending", "terminated", "cancelled", "fraud", "completed"}
LIVE_DOMAIN = {"active", "grace", "redemption", "pending transfer", "pending registration"}
DOMAIN = LIVE_DOMAIN | {"pending", "expired", "cancelled", "fraud", "transferred away"}
LIVE_QUOTE = {"draft", "delivered", "on hold", "accepted"}
DEAD_QUOTE = {"lost", "dead"}
UNPAID = {"unpaid", "collections", "payment pending"}
MAPPED = {"client": CLIENT, "invoice": INVOICE, "service": SERVICE, "addon": SERVICE, "domain": DOMAIN}


def state(books: Books, kind: str, row: dict) -> str | None:
    """The folded status, None where nobody mapped it; of a domain perhaps a later word."""
    found = host_state(books, kind, row)
    return later_word(books, row, found) if kind == "domain" else found


def host_state(books: Books, kind: str, row: dict) -> str | None:
    status = fold(row["domainstatus"] if kind == "service" else row["status"])
    if kind == "order":
        return order_state(books, status)
    return status if status in MAPPED[kind] else None


def later_word(books: Books, domain: dict, found: str | None) -> str | None:
    """The host's status is the registrar's word, unless an event that came after it calls the domain live."""
    key = ("domain", domain["id"])
    told = books.heard.became.get(key)
    if found in LIVE_DOMAIN or not told or told[1] not in LIVE_DOMAIN:
        return found
    since = books.world.state_changes.get(key) or books.world.first_seen.get(key, books.now)
    return told[1] if told[0] > since else found


def changed(books: Books, kind: str, row: dict):
    """When kigen saw the record enter its present state, by an event or by reading; None at first sight.

    An event says nothing any more once a later reading met another state.
    """
    key = (kind, row["id"])
    told, other = books.heard.became.get(key), books.world.other_seen.get(key)
    if told and told[1] == state(books, kind, row) and (other is None or told[0] >= other):
        return told[0]
    return books.world.state_changes.get(key)


def order_state(books: Books, status: str) -> str | None:
    """An own status is what its only flag in tblorderstatuses says; with none or several nobody mapped it."""
    if status in ORDER:
        return status
    for row in books.world.tables["tblorderstatuses"]:
        if fold(row["title"]) == status:
            flags = [row["showpending"], row["showactive"], row["showcancelled"]]
            marked = [name for name, flag in zip(("pending", "active", "cancelled"), flags, strict=True) if flag]
            return marked[0] if len(marked) == 1 else None
    return None


def is_live(books: Books, kind: str, row: dict) -> bool:
    return state(books, kind, row) in (LIVE_DOMAIN if kind == "domain" else LIVE_SERVICE)


def is_open(ticket: dict) -> bool:
    return fold(ticket["status"]) != "closed" and not ticket["merged_ticket_id"]


def is_live_estimate(quote: dict) -> bool:
    """A stage nobody mapped counts as live."""
    return fold(quote["stage"]) not in DEAD_QUOTE


def applied(books: Books, invoice: dict) -> list[dict]:
    """Payments above zero on this invoice, refunded later or not, whoever paid."""
    return [row for row in books.where("tblaccounts", "invoiceid", invoice["id"]) if money(row["amountin"]) > 0]


def is_paid(books: Books, invoice: dict) -> bool:
    return fold(invoice["status"]) in {"paid", "refunded"} or bool(applied(books, invoice))


def is_unpaid(books: Books, invoice: dict) -> bool:
    status = fold(invoice["status"])
    if status in UNPAID:
        return True
    if status in {"paid", "refunded", "cancelled", "draft"}:
        return False
    received = [money(row["amountin"]) for row in applied(books, invoice)]
    return bool(received) and sum(received) < money(invoice["total"])
