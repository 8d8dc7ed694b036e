"""Decides what histories the property tests meet: random, dense, nasty, and close to every due instant.

A client has a plan: what it was (empty, payer, ancient payer, archived, in use, anything) and the newest date of its
paid documents. Old papers are needed, because a floor of more than eleven years hides every deletion of a client
whose papers are younger.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from .dates import Dates
from .generate_events import add_events
from .generate_goods import add_goods
from .generate_ledger import add_ledger, known, settings, twist
from .generate_money import add_payments
from .generate_papers import add_fields, add_papers, add_statuses
from .world import World

PLANS = {"empty": 5, "payer": 4, "ancient": 6, "archived": 6, "used": 3, "mess": 3}
FLOOR = 136 * 31  # days after which the floor of a document is certainly over
COUNTRIES = ["JP", "JP", "JP", "DE", "FR", "GB", "NO", "US", "CH", ""]


@dataclass
class Plan:
    world: World
    dates: Dates
    client: dict
    name: str
    newest: datetime  # no paid document is younger
    since: datetime | None  # when it was archived or closed
    nasty: float  # the share of odd things

    def odd(self, share: float) -> bool:
        return self.dates.chance(share * self.nasty)


def generate(rng: Random, clients: int, now: datetime) -> World:
    """A world of so many clients (some of them deleted from the host by hand), the same for the same rng state."""
    world, dates = World(), Dates(rng, now)
    world.settings = settings(rng)
    add_statuses(world)
    add_fields(world)
    for number in range(1, clients + 1):
        plan = add_client(world, dates, number)
        add_goods(plan)
        add_payments(plan)
        add_papers(plan)
        add_ledger(plan)
    if clients:
        twist(world, dates)
    known(world, dates)
    add_events(world, dates)
    return world


def add_client(world: World, dates: Dates, number: int) -> Plan:
    rng, terms = dates.rng, world.settings["terms"]
    name = rng.choices(list(PLANS), list(PLANS.values()))[0]
    since = None
    newest = dates.ago(0, 4500)
    if name == "payer":
        newest = dates.near(
            rng.choice([terms["client.archive-inactive"], terms["client.delete-inactive"]]) or "18 months", 5000
        )
    if name == "ancient":
        newest = (
            dates.edge(terms["client.delete-inactive"] or "120 months")
            if dates.chance(0.4)
            else dates.ago(FLOOR, FLOOR + 900)
        )
    if name == "archived":
        since = (
            dates.edge(terms["client.delete-archived"] or "120 months") if dates.chance(0.6) else dates.ago(200, 4500)
        )
        newest = since - timedelta(days=rng.randint(540, 900))
    registered = newest - timedelta(days=rng.randint(1, 900))
    if name == "empty" or dates.chance(0.05):
        registered = datetime.combine(
            dates.edge_day(terms["client.delete-registration-only"] or "3 months"), datetime.min.time()
        )
    client = world.add(
        "tblclients",
        id=number,
        email=f"c{number}@example.jp",
        firstname="花子",
        groupid=rng.choice([0, 0, 0, 1, 2]),
        country=rng.choice(COUNTRIES),
        status=rng.choice(["Active", "Active", "active", "Inactive", "INACTIVE"]),
        datecreated=dates.day(registered, 0.12 if name == "empty" else 0.04),
        created_at=dates.stamp(registered, 0.5),
        lastlogin=dates.stamp(dates.ago(0, 3000), 0.03, null=True),
    )
    if since or dates.chance(0.04):
        client["status"] = rng.choice(["Closed", "Closed", "closed"])
    if dates.chance(0.02):
        client["status"] = rng.choice(["", "Lapsed"])  # an ENUM stores an unknown word as ''
    return Plan(world, dates, client, name, newest, since, rng.choice([0, 0, 0.3, 1, 3]))
