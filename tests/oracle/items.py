"""Decides what hangs under an order, a service or a client, and whose it is."""

from .books import Books, fold, money
from .states import is_live, is_paid


def addon_owner(books: Books, addon: dict) -> int:
    """The add-on's own client; with none, its service's."""
    if addon["userid"]:
        return addon["userid"]
    service = books.one("tblhosting", addon["hostingid"])
    return service["userid"] if service else 0


def item_owner(books: Books, kind: str, row: dict) -> int:
    return addon_owner(books, row) if kind == "addon" else row["userid"]


def items(books: Books, order: dict) -> list[tuple[str, dict]]:
    """Services, domains and add-ons of the order, and every add-on under one of its services."""
    services = books.where("tblhosting", "orderid", order["id"])
    addons = {row["id"]: row for row in books.where("tblhostingaddons", "orderid", order["id"])}
    for service in services:
        addons.update({row["id"]: row for row in books.where("tblhostingaddons", "hostingid", service["id"])})
    found = [("service", row) for row in services]
    found += [("domain", row) for row in books.where("tbldomains", "orderid", order["id"])]
    return found + [("addon", row) for row in addons.values()]


def own_items(books: Books, order: dict) -> list[tuple[str, dict]]:
    return [(kind, row) for kind, row in items(books, order) if item_owner(books, kind, row) == order["userid"]]


def foreign_items(books: Books, order: dict) -> list[tuple[str, dict]]:
    return [(kind, row) for kind, row in items(books, order) if item_owner(books, kind, row) != order["userid"]]


def addons_of(books: Books, client: int) -> list[dict]:
    """Add-ons the client owns, with or without a service of its own above them."""
    found = list(books.where("tblhostingaddons", "userid", client))
    for service in books.where("tblhosting", "userid", client):
        found += [row for row in books.where("tblhostingaddons", "hostingid", service["id"]) if not row["userid"]]
    return found


def live_under(books: Books, client: int) -> set[str]:
    """The codes of what is live under a client: active-service, active-domain."""
    codes = set()
    if any(is_live(books, "service", row) for row in books.where("tblhosting", "userid", client)):
        codes.add("active-service")
    if any(is_live(books, "addon", row) for row in addons_of(books, client)):
        codes.add("active-service")
    if any(is_live(books, "domain", row) for row in books.where("tbldomains", "userid", client)):
        codes.add("active-domain")
    return codes


def billed_kind(item_type: str) -> str | None:
    """What an invoice line bills; upgrades, fees and mass payments number other tables."""
    kind = fold(item_type)
    if kind.startswith("domain") or kind == "promodomain":
        return "domain"
    return {"hosting": "service", "promohosting": "service", "addon": "addon"}.get(kind)


def paid_invoices(books: Books, order: dict) -> list[dict]:
    """The order's own invoice and those billing its items, as far as they are paid."""
    numbers = {order["invoiceid"]}
    for kind, row in items(books, order):
        lines = books.where("tblinvoiceitems", "relid", row["id"])
        numbers |= {line["invoiceid"] for line in lines if billed_kind(line["type"]) == kind}
    invoices = [books.one("tblinvoices", number) for number in sorted(numbers)]
    return [invoice for invoice in invoices if invoice and is_paid(books, invoice)]


def has_commission(books: Books, service: dict) -> bool:
    """A commission on this service that cleared; pending ones and balance corrections do not count."""
    accounts = books.where("tblaffiliatesaccounts", "relid", service["id"])
    return any(
        money(row["amount"]) > 0
        for account in accounts
        for row in books.where("tblaffiliateshistory", "affaccid", account["id"])
    )
