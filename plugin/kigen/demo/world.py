"""The whole invented host: its settings, and as many clients as asked for, each with a life of its own."""

from datetime import datetime
from random import Random

from sqlalchemy import Engine, func, select

from kigen.demo.between_clients import connect
from kigen.demo.book import Book, Row
from kigen.demo.catalogue import PRODUCTS
from kigen.demo.history import tell
from kigen.demo.lives import led_by
from kigen.demo.names import Names
from kigen.demo.oddities import spoil
from kigen.demo.story import Story
from kigen.demo.times import add_months, local
from kigen.hosts.whmcs import tables
from kigen.work.uncollected import uncollected

# name: type, what it belongs to, the words on the form
CUSTOM_FIELDS = {
    "reading": ("client", 0, "フリガナ (reading of the name)"),
    "heard of us": ("client", 0, "How did you hear of us?"),
    "birthday": ("client", 0, "Date of birth"),
    "host name": ("product", PRODUCTS[0].id, "Host name"),
    "server": ("support", 1, "Affected server"),
}
SHARED_USERS = 0.03


def fill(engine: Engine, clients: int = 2000, seed: int = 1, *, now: datetime) -> dict[str, int]:
    """Creates the WHMCS tables where missing and fills them; returns how many rows each got.

    The history ends at `now`. The same clients, seed and now give the same rows on any engine. ValueError when the
    database has clients already: an invented history must never mix with a real one.
    """
    tables.create(engine)
    with engine.begin() as connection, tables.as_whmcs(connection), uncollected():
        if connection.execute(select(func.count()).select_from(tables.tblclients)).scalar_one():
            raise ValueError("The demo needs an empty host: tblclients has rows already.")
        return invent(clients, seed, local(now)).save(connection)


def invent(clients: int, seed: int, now: datetime) -> Book:
    """All rows of the world, numbered; `now` is naive and local to the host."""
    rng, book, names = Random(seed), Book(), Names()
    fields = _settings(book, add_months(now, -170))
    lives = led_by(clients)
    rng.shuffle(lives)
    stories: list[Story] = []
    for number, life in enumerate(lives):
        # Every client has dice of its own, so that a change to one story leaves the others as they were.
        dice = Random(f"{seed} {number}")
        owner = rng.choice(stories) if stories and dice.random() < SHARED_USERS else None
        user = owner.user if owner and life.left is None else None
        stories.append(tell(book, dice, now, life, names, user, fields))
    connect(book, rng, stories)
    spoil(book, rng, now, clients)
    for link in book.rows["tblusers_clients"]:
        link["last_login"] = link["auth_user_id"]["last_login"]
    book.number()
    return book


def _settings(book: Book, at: datetime) -> dict[str, Row]:
    """Custom fields, an own ticket status, an add-on module; returns the fields by name."""
    book.add("tblticketstatuses", at, title="Escalated", color="#aa3388", sortorder=7, showactive=1, showawaiting=1)
    book.add("tbladdonmodules", at, module="staffboard", setting="access", value="1")
    return {
        name: book.add("tblcustomfields", at, type=kind, relid=relid, fieldname=words, fieldtype="text")
        for name, (kind, relid, words) in CUSTOM_FIELDS.items()
    }
