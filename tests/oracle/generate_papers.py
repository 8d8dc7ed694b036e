"""Decides which tickets, quotes, affiliate rows, users, contacts, custom fields and logs a generated client has."""

STATUSES = [
    ("Awaiting Papers", 1, 0, 0),
    ("Abandoned", 0, 0, 1),
    ("Checked", 0, 1, 0),
    ("Both", 1, 0, 1),
    ("Silent", 0, 0, 0),
]
STAGES = ["Draft", "Delivered", "On Hold", "Accepted", "Lost", "Dead", "lost", ""]
FIELDS = ["client", "product", "support", "addon"]


def add_statuses(world) -> None:
    """The operator's own statuses, beside those that every installation has."""
    for number, (title, pending, active, cancelled) in enumerate(STATUSES, 100):
        world.add(
            "tblorderstatuses", id=number, title=title, showpending=pending, showactive=active, showcancelled=cancelled
        )
    world.add("tblticketstatuses", id=100, title="Escalated", showactive=1)
    world.add("tblticketstatuses", id=101, title="Archived Ticket", showactive=0)


def add_fields(world) -> None:
    for kind in FIELDS:
        world.add("tblcustomfields", type=kind, fieldname=kind)


def add_papers(plan) -> None:
    rng, dates = plan.dates.rng, plan.dates
    world, client = plan.world, plan.client["id"]
    for _ in range(rng.choice([0, 0, 1, 2])):
        add_ticket(plan)
    if plan.odd(0.1) or dates.chance(0.05):
        accepted = plan.newest if dates.chance(0.7) else dates.ago(1, 5500)
        stage = rng.choice(STAGES)
        world.add(
            "tblquotes",
            userid=client,
            stage=stage,
            datecreated=dates.day(accepted, 0.05),
            dateaccepted=dates.day(accepted, 0.05) if stage == "Accepted" else "0000-00-00",
        )
    if dates.chance(0.1):
        balance = rng.choice(["0.01", "-3.00", "25.00"]) if plan.odd(0.3) else "0.00"
        affiliate = world.add("tblaffiliates", clientid=client, balance=balance)
        world.add("tblaffiliateshistory", affiliateid=affiliate["id"], affaccid=0, amount="30.00", date="2012-01-01")
    add_users(plan)
    for table, column in (
        ("tblcontacts", "userid"),
        ("tblemails", "userid"),
        ("tblactivitylog", "userid"),
        ("tblnotes", "userid"),
        ("tblclientsfiles", "userid"),
        ("tblmarketing_consent", "userid"),
    ):
        if dates.chance(0.25):
            world.add(table, **{column: client})
    if dates.chance(0.1):
        method = world.add("tblpaymethods", userid=client)
        world.add("tblcreditcards", pay_method_id=method["id"])
    for field in range(1, len(FIELDS) + 1):
        if dates.chance(0.3):  # the same number is a client, a service, a ticket and an add-on
            world.add("tblcustomfieldsvalues", fieldid=field, relid=client, value="x")


def add_ticket(plan) -> None:
    rng, dates, world = plan.dates.rng, plan.dates, plan.world
    status = rng.choice(["Closed", "Closed", "closed", " CLOSED "])
    if plan.odd(0.05):
        status = rng.choice(["Open", "Answered", "Escalated", "Archived Ticket", "Customer-Reply", ""])
    ticket = world.add(
        "tbltickets",
        tid=str(rng.randint(1, 10**6)),
        userid=plan.client["id"],
        status=status,
        date=dates.stamp(dates.ago(0, 5000), 0.05),
    )
    if dates.chance(0.05):
        ticket.update(status="Open", merged_ticket_id=rng.randint(1, 50))
    for table, column in (("tblticketreplies", "tid"), ("tblticketnotes", "ticketid"), ("tblticketlog", "tid")):
        if dates.chance(0.4):
            world.add(table, **{column: ticket["id"]})
    if dates.chance(0.2):
        world.add("tblcustomfieldsvalues", fieldid=FIELDS.index("support") + 1, relid=ticket["id"], value="y")


def add_users(plan) -> None:
    """An own user, now and then one more, and some that another client has too."""
    rng, dates, world = plan.dates.rng, plan.dates, plan.world
    for owner in [1, 0][: rng.choice([0, 1, 1, 1, 2])]:
        number = len(world.tables["tblusers"]) + 1
        world.add(
            "tblusers", email=f"u{number}@example.jp", last_login=dates.stamp(dates.ago(0, 4000), 0.15, null=True)
        )
        world.add("tblusers_clients", auth_user_id=number, client_id=plan.client["id"], owner=owner)
    users = world.tables["tblusers"]
    if users and dates.chance(0.08):
        shared = rng.choice(users)["id"]
        if not any(link["auth_user_id"] == shared for link in world.tables["tblusers_clients"][-3:]):
            world.add("tblusers_clients", auth_user_id=shared, client_id=plan.client["id"])
