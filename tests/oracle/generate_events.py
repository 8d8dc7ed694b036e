"""Decides which events kigen has heard of a generated world: some of what happened, at or near the terms it starts."""

from datetime import timedelta

from .clock import ZONE
from .world import ZERO, ZERO_TIME, World

ORDERS = {
    "pending": "order_set_pending",
    "active": "order_accepted",
    "cancelled": "order_cancelled",
    "fraud": "order_marked_fraud",
    "draft": "order_drafted",
}
SERVICES = {
    "active": "service_activated",
    "suspended": "service_suspended",
    "cancelled": "service_cancelled",
    "terminated": "service_terminated",
}
DOMAINS = ["domain_registered", "domain_renewed", "domain_cancelled", "domain_expired", "domain_transferred"]
SIGN_INS = [{}, {}, {}, {"masquerading": True}, {"by": "staff"}, {"sso": True}]
CHANGES = [{}, {"fields": ["domain"]}, {"fields": ["notes", "amount"]}]


def add_events(world: World, dates) -> None:
    archived = {entry["client"] for entry in world.archives}
    for client in world.tables["tblclients"]:
        about_client(world, dates, client)
    for order in world.tables["tblorders"]:
        about_order(world, dates, order)
    for invoice in world.tables["tblinvoices"]:
        about_invoice(world, dates, invoice, archived)
    for payment in world.tables["tblaccounts"]:
        about_payment(world, dates, payment, archived)
    for service in world.tables["tblhosting"]:
        about_service(world, dates, service)
    for domain in world.tables["tbldomains"]:
        about_domain(world, dates, domain)


def tell(world: World, dates, name: str, at, client: int, number: int | None = None, **data) -> None:
    """One event; nothing is told of what lies ahead."""
    event = {"event": name, "at": dates.instant(min(at, dates.now)), "client": client, "data": data}
    world.events.append(event if number is None else {**event, "id": number})


def some(dates, term: str | None, fallback: str):
    return dates.near(term or fallback, 3000)


def about_client(world: World, dates, client: dict) -> None:
    rng, terms, number = dates.rng, world.settings["terms"], client["id"]
    if dates.chance(0.1):
        term = rng.choice([terms["client.delete-on-request"], "1 months"])
        tell(world, dates, "client_signed_in", some(dates, term, "30 days"), number, **rng.choice(SIGN_INS))
    if client["datecreated"] == ZERO and dates.chance(0.3):
        term = terms["client.delete-registration-only"]
        tell(world, dates, "client_registered", some(dates, term, "3 months"), number)
    if client["status"].lower() == "closed" and dates.chance(0.1):
        name = rng.choice(["client_closed", "client_closed", "client_unarchived"])
        if number not in {entry["client"] for entry in world.archives}:
            tell(world, dates, name, some(dates, terms["client.delete-archived"], "120 months"), number)


def about_order(world: World, dates, order: dict) -> None:
    status = order["status"].strip().lower()
    owner, number = order["userid"], order["id"]
    if order["date"] == ZERO_TIME and dates.chance(0.4):
        term = world.settings["terms"].get(f"order.delete-{status}")
        tell(world, dates, "order_created", some(dates, term, "365 days"), owner, number)
    elif status in ORDERS and dates.chance(0.04):
        days = f"{world.settings['settling_days'] or 7} days"
        tell(world, dates, ORDERS[status], dates.near(days, 20), owner, number)
        seen_otherwise(world, dates, "order", number)


def seen_otherwise(world: World, dates, kind: str, number: int) -> None:
    """A reading met another state, before or after the event."""
    at = world.events[-1]["at"]
    if dates.chance(0.5) and (kind, number) in world.state_changes:
        step = timedelta(seconds=dates.rng.choice([-86400, -1, 0, 1, 86400]))
        world.other_seen[kind, number] = min(at + step, world.state_changes[kind, number], dates.instant(dates.now))


def about_invoice(world: World, dates, invoice: dict, archived: set) -> None:
    owner, number = invoice["userid"], invoice["id"]
    if invoice["duedate"] == ZERO and dates.chance(0.4):
        due = some(dates, world.settings["terms"]["invoice.delete-cancelled"], "365 days").replace(tzinfo=ZONE)
        tell(world, dates, "invoice_due_changed", dates.ago(1, 900), owner, number, due=due.isoformat())
    if dates.chance(0.05) and owner not in archived:
        gross = f"{float(invoice['subtotal']) + float(invoice['tax']):.2f}"
        tell(world, dates, "invoice_paid", paid_about(world, dates), owner, number, gross=gross)


def paid_about(world: World, dates):
    terms = world.settings["terms"]
    name = dates.rng.choice(["client.archive-inactive", "client.delete-inactive"])
    return dates.edge(terms[name] or "18 months") if dates.chance(0.5) else dates.ago(1, 6000)


def about_payment(world: World, dates, payment: dict, archived: set) -> None:
    owner, number = payment["userid"], payment["id"]
    if not owner or owner in archived or float(payment["amountin"]) <= 0:
        return
    data = {"amount": payment["amountin"], "invoice": payment["invoiceid"] or number}
    if dates.chance(0.05 if payment["date"] else 0.5):
        tell(world, dates, "payment_received", paid_about(world, dates), owner, number, **data)
    if dates.chance(0.02):
        data |= {"partial": True} if dates.chance(0.3) else {}
        tell(world, dates, "payment_reversed", paid_about(world, dates), owner, number, **data)


def about_service(world: World, dates, service: dict) -> None:
    rng, status = dates.rng, service["domainstatus"].strip().lower()
    owner, number = service["userid"], service["id"]
    term = world.settings["terms"].get(f"service.delete-{status}")
    if status in SERVICES and dates.chance(0.06):
        tell(world, dates, SERVICES[status], some(dates, term, "180 days"), owner, number)
        seen_otherwise(world, dates, "service", number)
    if dates.chance(0.04):
        tell(world, dates, "service_changed", some(dates, term, "180 days"), owner, number, **rng.choice(CHANGES))


def about_domain(world: World, dates, domain: dict) -> None:
    rng, owner, number = dates.rng, domain["userid"], domain["id"]
    term = world.settings["terms"]["domain.delete-cancelled"]
    if dates.chance(0.05):
        tell(world, dates, rng.choice(DOMAINS), some(dates, term, "180 days"), owner, number)
    if dates.chance(0.03):
        tell(world, dates, "domain_changed", some(dates, term, "180 days"), owner, number, **rng.choice(CHANGES))
