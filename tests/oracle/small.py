"""Decides what the smallest worlds hold: one client with one payment, none, or one order."""

from datetime import datetime

from .judge import judge
from .world import World


def at(text: str) -> datetime:
    return datetime.fromisoformat(text + "+09:00")


def payer(paid: str, **values) -> World:
    """Client 1 with one Paid invoice and its payment at this time."""
    world = World()
    world.add("tblclients", **{"datecreated": "2010-01-01", "country": "JP", **values})
    world.add("tblinvoices", userid=1, status="Paid", date=paid[:10], datepaid=paid, subtotal="10.00", total="10.00")
    world.add("tblaccounts", userid=1, date=paid, amountin="10.00", invoiceid=1)
    return world


def newcomer(**values) -> World:
    world = World()
    world.add("tblclients", **{"datecreated": "2025-08-31", "country": "JP", **values})
    return world


def order(status: str, created: str = "2025-01-01 10:00:00", **values) -> World:
    world = newcomer()
    world.add("tblorders", userid=1, status=status, date=created, **values)
    return world


def said(world: World, now: str, kind: str = "client", number: int = 1):
    verdict = judge(world, at(now))[kind, number]
    return verdict.action, verdict.rule, verdict.due, set(verdict.reasons)
