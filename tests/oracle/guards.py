"""Decides which reasons keep a record from a rule, whether the rule is due or not."""

from datetime import timedelta

from . import clock, floors
from .anchors import rows_of
from .books import Books, fold, money, owner
from .items import addon_owner, addons_of, foreign_items, has_commission, items, live_under, own_items, paid_invoices
from .states import applied, changed, is_live, is_live_estimate, is_open, is_unpaid, state
from .terms import contract_runs, open_requests, own_term, speaking_of, time_of


def reasons(books: Books, rule: str, kind: str, row: dict) -> set[str]:
    """Every reason but time: those that keep any record from any rule, and the rule's own."""
    deletes = rule != "client.archive-inactive"
    codes = always(books, kind, row) | {code for code, keeps in OWN[rule].items() if keeps(books, row)}
    if deletes:
        codes |= below(books, kind, row)
        if floors.is_kept(books, kind, row):
            codes.add("floor")
    if rule.startswith("order."):
        codes |= live_in(books, row)
    if rule == "client.delete-on-request":
        codes |= live_under(books, row["id"])
        codes |= {"active-service"} if has_live_foreign_addon(books, row) else set()
    return codes


def always(books: Books, kind: str, row: dict) -> set[str]:
    client = owner(kind, row)
    rights = {entry["right"] for entry in open_requests(books, client)}
    codes = set()
    if any(holds(books, hold) for hold in books.client_holds.get(client, [])) or is_held(books, kind, row):
        codes.add("hold")
    if rights - {"erasure", "restriction"}:
        codes.add("open-request")
    if "restriction" in rights:
        codes.add("restricted")
    if state(books, kind, row) is None:
        codes.add("unknown-state")
    if is_settling(books, kind, row):
        codes.add("settling")
    return codes


def holds(books: Books, hold: dict) -> bool:
    return hold["until"] is None or books.now < hold["until"]


def is_held(books: Books, kind: str, row: dict) -> bool:
    return any(holds(books, hold) for hold in books.record_holds.get((kind, row["id"]), []))


def is_settling(books: Books, kind: str, row: dict) -> bool:
    entered = changed(books, kind, row)
    days = books.settings["settling_days"]
    return bool(entered and days) and books.now < clock.due(entered, f"{days} days")


def below(books: Books, kind: str, row: dict) -> set[str]:
    """Codes of the records that would go along: unknown state, a hold on the record, a contract running on its rule."""
    codes = set()
    for child_kind, child in children(books, kind, row):
        if state(books, child_kind, child) is None:
            codes.add("unknown-state")
        if child_kind == "addon":
            codes |= owners_word(books, addon_owner(books, child))
            continue  # never a record of its own: it has no rules, and no hold but its owner's
        if is_held(books, child_kind, child):
            codes.add("hold")
        if any(contract_runs(books, rule, child_kind, child) for rule in speaking_of(books, child_kind, child)):
            codes.add("contract")
    if kind == "client":
        codes |= {"hold"} if any(is_on_held_invoice(books, payment) for payment in rows_of(books, row["id"])) else set()
    return codes


def is_on_held_invoice(books: Books, payment: dict) -> bool:
    """A hold on an invoice holds its payments, also those that would go with another client."""
    invoice = books.one("tblinvoices", payment["invoiceid"])
    return bool(invoice) and is_held(books, "invoice", invoice) and floors.is_transaction(payment)


def owners_word(books: Books, client: int) -> set[str]:
    """What keeps everything of a client: a hold, an open request, a restriction; also where it goes with another's."""
    rights = {entry["right"] for entry in open_requests(books, client)}
    codes = {"hold"} if any(holds(books, hold) for hold in books.client_holds.get(client, [])) else set()
    codes |= {"open-request"} if rights - {"erasure", "restriction"} else set()
    return codes | ({"restricted"} if "restriction" in rights else set())


def children(books: Books, kind: str, row: dict) -> list[tuple[str, dict]]:
    if kind == "order":
        return own_items(books, row)
    if kind == "service":
        return [("addon", addon) for addon in books.where("tblhostingaddons", "hostingid", row["id"])]
    if kind != "client":
        return []
    tables = {"order": "tblorders", "invoice": "tblinvoices", "service": "tblhosting", "domain": "tbldomains"}
    found = [(child, entry) for child, table in tables.items() for entry in books.where(table, "userid", row["id"])]
    for service in books.where("tblhosting", "userid", row["id"]):
        found += children(books, "service", service)
    return found + [("addon", addon) for addon in addons_of(books, row["id"])]


def live_in(books: Books, order: dict) -> set[str]:
    live = {kind for kind, row in items(books, order) if is_live(books, kind, row)}
    codes = {"active-domain"} if "domain" in live else set()
    return codes | ({"active-service"} if live - {"domain"} else set())


def has_unpaid(books: Books, client: dict) -> bool:
    """An unpaid invoice that has not outlived the longest time one may keep; without a due date it keeps."""
    limit = books.settings["unpaid_keeps_days"]
    for invoice in books.where("tblinvoices", "userid", client["id"]):
        day = clock.read(invoice["duedate"])
        outlived = limit and day and books.now >= clock.end_of(day + timedelta(days=limit))
        if is_unpaid(books, invoice) and not outlived:
            return True
    return False


def has_credit(books: Books, client: dict) -> bool:
    return money(client["credit"]) >= money(books.settings["smallest_credit"])


def has_balance(books: Books, client: dict) -> bool:
    return any(money(row["balance"]) > 0 for row in books.where("tblaffiliates", "clientid", client["id"]))


def has_foreign_item(books: Books, client: dict) -> bool:
    """In one of its orders; or a live add-on of somebody else under one of its services, which would go along."""
    if any(foreign_items(books, order) for order in books.where("tblorders", "userid", client["id"])):
        return True
    return has_live_foreign_addon(books, client)


def has_live_foreign_addon(books: Books, client: dict) -> bool:
    """Under one of the client's services, but somebody else's."""
    services = books.where("tblhosting", "userid", client["id"])
    under = [row for service in services for row in books.where("tblhostingaddons", "hostingid", service["id"])]
    return any(addon_owner(books, addon) != client["id"] and is_live(books, "addon", addon) for addon in under)


def has_open_ticket(books: Books, client: dict) -> bool:
    return any(is_open(row) for row in books.where("tbltickets", "userid", client["id"]))


def has_pending_order(books: Books, client: dict) -> bool:
    """A pending or draft order whose own term runs, or an invoice on its way to be paid, or one not yet due."""
    for order in books.where("tblorders", "userid", client["id"]):
        if state(books, "order", order) in {"pending", "draft"} and term_runs(books, order):
            return True
    for invoice in books.where("tblinvoices", "userid", client["id"]):
        status, day = fold(invoice["status"]), clock.read(invoice["duedate"])
        if status in {"payment pending", "collections"}:
            return True
        if status == "unpaid" and (day is None or books.now < clock.end_of(day)):
            return True
    return False


def term_runs(books: Books, order: dict) -> bool:
    """A rule that is off, and a clock nobody knows, never end."""
    rule = f"order.delete-{state(books, 'order', order)}"
    if not own_term(books, rule):
        return True
    due = time_of(books, rule, "order", order)[0]
    return due is None or books.now < due


def order_commission(books: Books, order: dict) -> bool:
    return any(has_commission(books, row) for kind, row in items(books, order) if kind == "service")


def dead_foreign_item(books: Books, order: dict) -> bool:
    """A live one is named as active."""
    return any(not is_live(books, kind, row) for kind, row in foreign_items(books, order))


def has_live_estimate(books: Books, order: dict) -> bool:
    return any(is_live_estimate(quote) for quote in books.where("tblquotes", "userid", order["userid"]))


def has_live_addon(books: Books, service: dict) -> bool:
    return any(is_live(books, "addon", row) for row in books.where("tblhostingaddons", "hostingid", service["id"]))


ARCHIVE = {"unpaid-invoice": has_unpaid, "credit-balance": has_credit, "approved-commission": has_balance}
INACTIVE = {**ARCHIVE, "foreign-item": has_foreign_item}
ORDER = {
    "paid-invoice": lambda books, row: bool(paid_invoices(books, row)),
    "approved-commission": order_commission,
    "foreign-item": dead_foreign_item,
}
SERVICE = {"active-service": has_live_addon, "approved-commission": has_commission}
OWN = {
    "client.archive-inactive": ARCHIVE,
    "client.delete-archived": INACTIVE,
    "client.delete-registration-only": {
        "credit-balance": has_credit,
        "approved-commission": has_balance,
        "pending-order": has_pending_order,
        "foreign-item": has_foreign_item,
    },
    "client.delete-inactive": INACTIVE,
    "client.delete-on-request": {**ARCHIVE, "open-ticket": has_open_ticket},
    "invoice.delete-cancelled": {"paid-invoice": lambda books, row: bool(applied(books, row))},
    "order.delete-cancelled": ORDER,
    "order.delete-fraud": ORDER,
    "order.delete-pending": ORDER,
    "order.delete-draft": {**ORDER, "live-estimate": has_live_estimate},
    "service.delete-cancelled": SERVICE,
    "service.delete-terminated": SERVICE,
    "domain.delete-cancelled": {},
    "domain.delete-expired": {},
}
