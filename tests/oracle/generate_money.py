"""Decides which invoices, lines, payments, refunds and credits a generated client has."""

from datetime import timedelta

AMOUNTS = ["10.00", "99.99", "0.01", "1200.00"]
UNBILLED = ["Unpaid", "Unpaid", "unpaid ", "Draft", "Payment Pending", "Collections", "Credited", ""]


def add_payments(plan) -> None:
    rng, dates = plan.dates.rng, plan.dates
    paying = plan.name in ("payer", "ancient", "archived", "used") or (plan.name == "mess" and dates.chance(0.6))
    when = plan.newest
    for _ in range(rng.choice([1, 1, 2, 3]) if paying else 0):
        pay(plan, when)
        when -= timedelta(days=rng.randint(1, 400), seconds=rng.randint(0, 86399))
    for _ in range(rng.choice([0, 0, 1, 2])):
        add_cancelled(plan)
    if plan.odd(0.15) or (plan.name == "empty" and dates.chance(0.15)):
        add_unpaid(plan)
    if plan.odd(0.1):
        loose_row(plan)
    if (plan.since and plan.odd(0.2)) or plan.odd(0.02):
        pay(plan, (plan.since or plan.newest) + timedelta(seconds=rng.choice([0, 1, 86400])))
    if plan.odd(0.06):
        plan.client["credit"] = rng.choice(["0.01", "0.99", "1.00", "-5.00", "40.00"])
        plan.world.add(
            "tblcredit", clientid=plan.client["id"], amount=plan.client["credit"], date=dates.day(dates.ago(1, 900))
        )


def add_invoice(plan, status: str, amount: str, issued, **values) -> dict:
    """An invoice with a line for something of the client, or for a number that means something else."""
    rng, dates = plan.dates.rng, plan.dates
    tax = "0.00" if dates.chance(0.8) else "1.00"
    usual = {
        "date": dates.day(issued, 0.01),
        "duedate": dates.day(issued, 0.02),
        "subtotal": amount,
        "tax": tax,
        "total": f"{float(amount) + float(tax):.2f}",
    }
    invoice = plan.world.add("tblinvoices", userid=plan.client["id"], status=status, **{**usual, **values})
    for _ in range(rng.choice([0, 1, 1, 2])):
        kind, number = line_of(plan)
        plan.world.add(
            "tblinvoiceitems", invoiceid=invoice["id"], userid=plan.client["id"], type=kind, relid=number, amount=amount
        )
    orders = [row for row in plan.world.tables["tblorders"][-4:] if row["userid"] == plan.client["id"]]
    if orders and dates.chance(0.3):
        rng.choice(orders)["invoiceid"] = invoice["id"]
    if dates.chance(0.1):
        plan.world.add("tblinvoicedata", invoice_id=invoice["id"], data="{}")
    return invoice


def line_of(plan) -> tuple[str, int]:
    rng, tables = plan.dates.rng, plan.world.tables
    table, kinds = rng.choice(
        [
            ("tblhosting", ["Hosting", "hosting", "Upgrade", "LateFee"]),
            ("tblhostingaddons", ["Addon"]),
            ("tbldomains", ["DomainRegister", "Domain", "DomainTransfer"]),
            ("", ["", "AddFunds"]),
        ]
    )
    own = [row["id"] for row in tables.get(table, [])[-3:] if row["userid"] == plan.client["id"]]
    return rng.choice(kinds), rng.choice(own) if own and rng.random() < 0.7 else 0


def pay(plan, when) -> None:
    """One settled invoice at this time: by rows, by credit only, without any row, or money without an invoice."""
    rng, dates = plan.dates.rng, plan.dates
    amount = rng.choice(AMOUNTS)
    way = rng.choice(["rows", "rows", "rows", "credit", "bare", "loose", "nothing", "refunded bare"])
    if way == "loose":
        row(plan, when, amount, 0)
        return
    paid = dates.stamp(when, 0.01 * plan.nasty)
    if way == "nothing":
        add_invoice(plan, "Paid", "0.00", when - timedelta(days=3), tax="0.00", total="0.00", datepaid=paid)
        return
    if way == "refunded bare":
        add_invoice(
            plan,
            "Refunded",
            amount,
            when - timedelta(days=9),
            datepaid=dates.stamp(when - timedelta(days=2), 0.1),
            date_refunded=dates.stamp(when, 0.1),
        )
        return
    status = rng.choice(["Paid", "Paid", "paid "])
    invoice = add_invoice(plan, status, amount, when - timedelta(days=rng.randint(0, 20)), datepaid=paid)
    if way == "credit":
        invoice.update(credit=invoice["total"], total="0.00")
    if way == "rows":
        pay_by_rows(plan, invoice, when, amount)


def pay_by_rows(plan, invoice: dict, when, amount: str) -> None:
    rng, dates = plan.dates.rng, plan.dates
    number = invoice["id"]
    if dates.chance(0.2):
        row(plan, when - timedelta(days=1), "0.00", number)
    if dates.chance(0.25):
        row(plan, when - timedelta(days=rng.randint(0, 30)), "0.01", number)
    payment = row(plan, when, amount, number)
    if dates.chance(0.3):
        invoice["datepaid"] = "0000-00-00 00:00:00"
    if dates.chance(0.1):
        invoice["status"] = rng.choice(["Unpaid", "Cancelled", "Collections", "Draft", "Refunded", "Credited"])
    if dates.chance(0.25):
        refund(plan, payment, when)


def refund(plan, payment: dict, when) -> None:
    """A part, the whole, or the whole in two steps; the reversal moves nothing where another payment stands."""
    rng, dates = plan.dates.rng, plan.dates
    whole, number = payment["amountin"], payment["invoiceid"]
    parts = rng.choice([[whole], [whole], ["0.01"], [f"{float(whole) - 0.01:.2f}", "0.01"]])
    for part in parts:
        late = when + timedelta(days=rng.choice([0, 1, 40]))
        plan.world.add(
            "tblaccounts",
            userid=payment["userid"],
            amountout=part,
            refundid=payment["id"],
            invoiceid=rng.choice([number, 0]),
            date=dates.stamp(min(late, dates.now), 0.08, null=True),
        )


def row(plan, when, amount: str, invoice: int) -> dict:
    dates = plan.dates
    client = plan.client["id"] if not invoice or dates.chance(0.85) else 0
    return plan.world.add(
        "tblaccounts",
        userid=client,
        amountin=amount,
        invoiceid=invoice,
        date=dates.stamp(when, 0.01 * plan.nasty, null=True),
    )


def loose_row(plan) -> None:
    """Money out that refunds nothing, or in for nothing."""
    rng, dates = plan.dates.rng, plan.dates
    plan.world.add(
        "tblaccounts",
        userid=plan.client["id"],
        date=dates.stamp(dates.ago(1, 5500), 0.05, null=True),
        invoiceid=rng.choice([0, rng.randint(1, 40)]),
        **rng.choice([{"amountout": "5.00"}, {"amountin": "0.00"}]),
    )


def add_cancelled(plan) -> None:
    rng, dates = plan.dates.rng, plan.dates
    term = plan.world.settings["terms"]["invoice.delete-cancelled"] or "365 days"
    day = dates.near_day(term)
    invoice = add_invoice(
        plan,
        rng.choice(["Cancelled", "cancelled", " Cancelled "]),
        rng.choice(AMOUNTS),
        day - timedelta(days=14),
        duedate=dates.day(day, 0.04),
    )
    if plan.odd(0.05):
        row(plan, min(plan.newest, dates.now), "0.01", invoice["id"])


def add_unpaid(plan) -> None:
    rng, dates = plan.dates.rng, plan.dates
    limit = plan.world.settings["unpaid_keeps_days"]
    day = (
        dates.edge_day(f"{limit or 1} days")
        if dates.chance(0.6)
        else dates.now.date() + timedelta(days=rng.randint(-40, 20))
    )
    invoice = add_invoice(plan, rng.choice(UNBILLED), rng.choice(AMOUNTS), day, duedate=dates.day(day, 0.05))
    if dates.chance(0.15):
        row(plan, min(plan.newest, dates.now), "0.01", invoice["id"])
