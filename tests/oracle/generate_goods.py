"""Decides which orders, services, domains, add-ons, cancellation requests and commissions a generated client has."""

from datetime import timedelta

LIVE = {
    "service": ["Active", "Suspended", "active"],
    "domain": ["Active", "Grace", "Redemption", "Pending Transfer", "Pending Registration", " ACTIVE "],
    "addon": ["Active", "Suspended "],
}
DEAD = {
    "service": ["Cancelled", "Terminated", "Terminated", "cancelled", "Pending", "Fraud", "Completed"],
    "domain": [
        "Cancelled",
        "Cancelled",
        " cancelled",
        "Expired",
        "Expired",
        "EXPIRED ",
        "Pending",
        "Fraud",
        "Transferred Away",
    ],
    "addon": ["Cancelled", "Terminated", "Pending", " terminated", "Completed"],
}
UNKNOWN = {
    "service": ["", "Parked"],
    "domain": ["Parked", ""],
    "addon": ["Expired", "Parked"],
}  # Expired is a domain's word
ORDERS = ["Pending", "pending ", "Active", "Cancelled", "CANCELLED", "Fraud", "fraud", "Draft", " draft"]
OWN_ORDERS = ["Awaiting Papers", "awaiting papers ", "Abandoned", "Checked", "Both", "Silent", "Never Listed", ""]
EDGES = {
    "pending": "order.delete-pending",
    "draft": "order.delete-draft",
    "cancelled": "order.delete-cancelled",
    "fraud": "order.delete-fraud",
    "abandoned": "order.delete-cancelled",
    "awaiting papers": "order.delete-pending",
}


def add_goods(plan) -> None:
    rng = plan.dates.rng
    for _ in range(rng.choice([0, 0, 1, 1, 2, 3]) if plan.name != "used" else rng.randint(1, 4)):
        add_order(plan)
    for _ in range(rng.choice([0, 0, 0, 1])):
        add_service(plan, 0)
    if rng.random() < 0.2:
        add_domain(plan, 0)


def add_order(plan) -> dict:
    rng, dates = plan.dates.rng, plan.dates
    status = rng.choice(OWN_ORDERS) if plan.odd(0.1) or dates.chance(0.05) else rng.choice(ORDERS)
    term = plan.world.settings["terms"].get(EDGES.get(status.strip().lower()), "") or "365 days"
    order = plan.world.add(
        "tblorders",
        userid=plan.client["id"],
        ordernum=rng.randint(1, 10**9),
        status=status,
        date=dates.stamp(dates.near(term, 4000), 0.02),
    )
    for _ in range(rng.choice([0, 1, 1, 2])):
        add_service(plan, order["id"])
    for _ in range(rng.choice([0, 0, 1])):
        add_domain(plan, order["id"])
    if dates.chance(0.1):
        add_addon(
            plan, order["id"], rng.randint(1, 9), plan.client["id"]
        )  # ordered later, for a service of another order
    return order


def status_of(plan, kind: str) -> str:
    rng = plan.dates.rng
    if plan.odd(0.02):
        return rng.choice(UNKNOWN[kind])
    live = 0.6 if plan.name == "used" else 0.15 if plan.name == "mess" else 0.01
    return rng.choice(LIVE[kind] if rng.random() < live else DEAD[kind])


def add_service(plan, order: int) -> dict:
    rng, dates, terms = plan.dates.rng, plan.dates, plan.world.settings["terms"]
    status = status_of(plan, "service")
    term = terms["service.delete-terminated" if status == "Terminated" else "service.delete-cancelled"] or "180 days"
    service = plan.world.add(
        "tblhosting",
        userid=plan.client["id"],
        orderid=order,
        domainstatus=status,
        domain="a.example",
        regdate=dates.day(dates.ago(100, 4000), 0.05),
    )
    if dates.chance(0.5):
        service["termination_date"] = dates.day(dates.near_day(term), 0.05)
    for _ in range(rng.choice([0, 0, 1, 1, 2])):
        plan.world.add(
            "tblcancelrequests",
            relid=service["id"],
            date=dates.stamp(dates.near(term), 0.05),
            type=rng.choice(["Immediate", "End of Billing Period"]),
        )
    for _ in range(rng.choice([0, 0, 0, 1, 2])):
        add_addon(plan, 0, service["id"], rng.choice([0, plan.client["id"]]))
    if dates.chance(0.05):
        add_commission(plan, service)
    return service


def add_addon(plan, order: int, service: int, client: int) -> dict:
    dates = plan.dates
    return plan.world.add(
        "tblhostingaddons",
        orderid=order,
        hostingid=service,
        userid=client,
        status=status_of(plan, "addon"),
        name="IP",
        regdate=dates.day(dates.ago(100, 3000), 0.05),
    )


def add_domain(plan, order: int) -> dict:
    dates, terms = plan.dates, plan.world.settings["terms"]
    term = terms["domain.delete-expired"] or "120 days"
    expiry = dates.near_day(term) if dates.chance(0.8) else dates.now + timedelta(days=dates.rng.randint(0, 900))
    return plan.world.add(
        "tbldomains",
        userid=plan.client["id"],
        orderid=order,
        status=status_of(plan, "domain"),
        domain="b.example",
        registrationdate=dates.day(dates.ago(100, 4000), 0.05),
        expirydate=dates.day(expiry, 0.04, null=True),
    )


def add_commission(plan, service: dict) -> None:
    """An account of some affiliate, with history that may be empty, pending, a correction, or cleared."""
    rng, dates = plan.dates.rng, plan.dates
    affiliate = rng.randint(1, 30)
    account = plan.world.add("tblaffiliatesaccounts", affiliateid=affiliate, relid=service["id"])
    if dates.chance(0.5):
        plan.world.add("tblaffiliatespending", affaccid=account["id"], amount="12.00")
    for _ in range(rng.choice([0, 1, 1])):
        plan.world.add(
            "tblaffiliateshistory",
            affiliateid=affiliate,
            affaccid=rng.choice([account["id"], account["id"], 0]),
            amount=rng.choice(["12.00", "-12.00", "0.00", "0.01"]),
            date=dates.day(dates.ago(1, 2000)),
        )
