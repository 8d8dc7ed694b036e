"""Decides what kigen's ledger knows of a generated world, its settings, and the twists between clients."""

from datetime import timedelta
from random import Random

from .world import TERMS, World, defaults

KINDS = {"order": "tblorders", "invoice": "tblinvoices", "service": "tblhosting", "domain": "tbldomains"}
RIGHTS = ["access", "portability", "rectification", "objection", "restriction", "complaint"]
CONTRACTS = [
    "5 years",
    "60 months",
    "400 days",
    "1 months",
    "20 months",
    "12 years",
    "30 days",
    "10 days",
    "150 months",
]


def settings(rng: Random) -> dict:
    """Mostly as shipped; sometimes client terms longer than every floor, so that deletions meet their exact instant."""
    chosen = defaults()
    terms = chosen["terms"]
    if rng.random() < 0.5:
        terms["client.delete-inactive"] = rng.choice(["140 months", "12 years", "4300 days", "", "30 years"])
    for rule in TERMS:
        if rng.random() < 0.04:
            terms[rule] = rng.choice(["", "0 months", "2 months", "45 days"])
    chosen["settling_days"] = rng.choice([7, 7, 7, 3, 0])
    chosen["smallest_credit"] = rng.choice(["0.01", "0.01", "1.00"])
    chosen["unpaid_keeps_days"] = rng.choice([None, None, 365, 30])
    chosen["sign_in_moves_date"] = rng.random() < 0.85
    if rng.random() < 0.35:
        chosen["floors.fiscal_year_end"] = rng.choice(["03-31", "03-31", "12-31", "02-28", "02-29", "05-20"])
        chosen["floors.filing_months"] = rng.choice([2, 2, 3, 0])
        chosen["floors.years"] = rng.choice([7, 7, 5, 10])
        chosen["floors.loss_years"] = tuple(sorted(rng.sample(range(2005, 2026), rng.choice([0, 0, 1, 3]))))
        chosen["floors.company_books"] = rng.random() < 0.15
    return chosen


def add_ledger(plan) -> None:
    rng, dates, world = plan.dates.rng, plan.dates, plan.world
    client = plan.client["id"]
    if (plan.since and dates.chance(0.7)) or plan.odd(0.03):
        since = plan.since or dates.ago(1, 3000)
        world.archives.append({"client": client, "at": dates.instant(since), "former_status": "Active"})
    if plan.since and dates.chance(0.1):
        plan.client["status"] = "Active"  # staff let the client in again
    if plan.since:
        world.first_seen["client", client] = dates.instant(plan.since + timedelta(days=rng.choice([0, 0, 0, -400, 1])))
    if plan.odd(0.05):
        world.holds.append({"client": client, "placed": dates.instant(dates.ago(1, 500)), "until": ends(dates)})
    if plan.odd(0.08):
        world.contracts.append({"client": client, **agreed(dates)})
    if plan.odd(0.06):
        ask(plan, rng.choice(RIGHTS), dates.ago(0, 60))
    if dates.chance(0.12):
        ask_erasure(plan)


def ends(dates):
    """None, past, future, or this very second."""
    steps = [timedelta(), timedelta(seconds=1), timedelta(seconds=-1), timedelta(days=-30), timedelta(days=90)]
    return None if dates.chance(0.5) else dates.instant(dates.now + dates.rng.choice(steps))


def agreed(dates) -> dict:
    """A contract on some rule, valid, future or over by a day."""
    rng = dates.rng
    rules = [rule for rule in TERMS if rule != "client.delete-on-request"]
    today = dates.now.date()
    start = today - timedelta(days=rng.choice([0, 1, 400, 4000, -1]))
    until = rng.choice(
        [None, None, today, today + timedelta(days=1), today + timedelta(days=300), today - timedelta(days=1)]
    )
    return {
        "rule": rng.choice(rules),
        "term": rng.choice(CONTRACTS),
        "from": start.isoformat(),
        "until": until and until.isoformat(),
    }


def ask(plan, right: str, received, closed=None) -> None:
    plan.world.requests.append(
        {
            "client": plan.client["id"],
            "right": right,
            "received": plan.dates.instant(received),
            "closed": closed or (plan.dates.instant(plan.dates.now) if plan.dates.chance(0.3) else None),
        }
    )


def ask_erasure(plan) -> None:
    """Asked thirty days or a month ago, with a sign-in before, at or after it."""
    rng, dates, world = plan.dates.rng, plan.dates, plan.world
    received = dates.edge(rng.choice(["30 days", "1 months", "40 days"]))
    received = min(received, dates.now)
    ask(plan, "erasure", received)
    if dates.chance(0.5):
        later = rng.choice(
            [received, received + timedelta(seconds=1), dates.edge("30 days"), received + timedelta(days=9)]
        )
        plan.client["lastlogin"] = dates.stamp(min(later, dates.now), 0.03, null=True)
    if dates.chance(0.7):
        for link in world.tables["tblusers_clients"][-2:]:
            if link["client_id"] == plan.client["id"]:
                world.tables["tblusers"][link["auth_user_id"] - 1]["last_login"] = dates.stamp(
                    received - timedelta(days=2), 0, null=True
                )


def twist(world: World, dates) -> None:
    """What goes across clients: things moved, paid for others, records left behind, contracts with a group."""
    rng = dates.rng
    clients = [row["id"] for row in world.tables["tblclients"]]
    for table, column, share in (
        ("tblhosting", "userid", 0.02),
        ("tbldomains", "userid", 0.02),
        ("tblaccounts", "invoiceid", 0.01),
        ("tblhostingaddons", "hostingid", 0.01),
        ("tblhosting", "orderid", 0.01),
    ):
        targets = {
            "userid": clients,
            "invoiceid": ids(world, "tblinvoices"),
            "hostingid": ids(world, "tblhosting"),
            "orderid": ids(world, "tblorders"),
        }[column]
        for row in world.tables[table]:
            if targets and dates.chance(share):
                row[column] = rng.choice(targets)
    for group in (1, 2):
        if dates.chance(0.5):
            world.contracts.append({"group": group, **agreed(dates)})
    for kind, table in KINDS.items():
        for row in world.tables[table]:
            if dates.chance(0.01):
                world.holds.append(
                    {"kind": kind, "id": row["id"], "placed": dates.instant(dates.ago(1, 99)), "until": ends(dates)}
                )
    orphan(world, dates)


def ids(world: World, table: str) -> list[int]:
    return [row["id"] for row in world.tables[table]]


def orphan(world: World, dates) -> None:
    """Somebody deleted a few clients in the database and left everything else."""
    lost = {row["id"] for row in world.tables["tblclients"] if dates.chance(0.01)}
    world.tables["tblclients"] = [row for row in world.tables["tblclients"] if row["id"] not in lost]
    world.tables["tblusers_clients"] = [row for row in world.tables["tblusers_clients"] if row["client_id"] not in lost]
    linked = {link["auth_user_id"] for link in world.tables["tblusers_clients"]}
    world.tables["tblusers"] = [row for row in world.tables["tblusers"] if row["id"] in linked]


def known(world: World, dates) -> None:
    """First sights and seen changes, near the terms that count from them."""
    for row in world.tables["tblclients"]:
        if dates.chance(0.8):
            world.first_seen.setdefault(("client", row["id"]), dates.instant(dates.ago(0, 2000)))
        if dates.chance(0.03):
            world.state_changes["client", row["id"]] = settle_edge(world, dates)
    for kind, table in KINDS.items():
        for row in world.tables[table]:
            term = dates.rng.choice(["180 days", "365 days"])
            if dates.chance(0.85):
                world.first_seen[kind, row["id"]] = dates.instant(dates.near(term))
            if dates.chance(0.06):
                world.state_changes[kind, row["id"]] = settle_edge(world, dates)
            elif kind in ("service", "domain") and dates.chance(0.1):
                world.state_changes[kind, row["id"]] = dates.instant(dates.near(term))


def settle_edge(world: World, dates):
    return dates.instant(min(dates.near(f"{world.settings['settling_days'] or 7} days", 20), dates.now))
