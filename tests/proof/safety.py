"""Decides the crudest of questions about what a sweep took away: was it held, live, paid lately, or unknown?

It asks neither rules nor terms, so that an error which the program and the oracle share would still be seen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from tests.oracle.books import TABLE, fold
from tests.oracle.world import World

PAID_LATELY = dt.timedelta(days=5 * 365)  # the shortest floor that any life here sets
LIVE = {"active", "suspended", "grace", "redemption", "pending transfer", "pending registration"}
STRANGE = {"", "parked", "lapsed", "credited", "on a whim"}


def wrongly_gone(world: World, after: Mapping[str, list[dict[str, Any]]], now: dt.datetime) -> list[str]:
    """Records that are gone although nothing could ever let them go; a sentence each."""
    found = []
    held = {(hold["kind"], hold["id"]) for hold in world.holds if "kind" in hold and in_force(hold, now)}
    kept_clients = {hold["client"] for hold in world.holds if "client" in hold and in_force(hold, now)}
    for request in world.requests:
        is_open = request["received"] <= now and (request["closed"] is None or request["closed"] > now)
        if is_open and request["right"] != "erasure":
            kept_clients.add(request["client"])
    for kind, table in TABLE.items():
        left = {row["id"] for row in after[table]}
        for row in (row for row in world.tables[table] if row["id"] not in left):
            owner = row["id"] if kind == "client" else row["userid"]
            status = fold(row["domainstatus"] if kind == "service" else row["status"])
            if (kind, row["id"]) in held or owner in kept_clients:
                found.append(f"{kind} {row['id']} is gone although it is held, asked for or restricted")
            if kind in ("service", "domain") and status in LIVE:
                found.append(f"{kind} {row['id']} is gone although it is {status}")
            if status in STRANGE:
                found.append(f"{kind} {row['id']} is gone although nobody knows what {status!r} is")
    paid = {row["id"] for row in world.tables["tblaccounts"] if is_late_payment(row, now)}
    lost = paid - {row["id"] for row in after["tblaccounts"]}
    return found + [f"payment {number} is gone under its floor" for number in sorted(lost)]


def in_force(hold: dict[str, Any], now: dt.datetime) -> bool:
    return hold["until"] is None or now < hold["until"]


def is_late_payment(row: dict[str, Any], now: dt.datetime) -> bool:
    japan = dt.timezone(dt.timedelta(hours=9))
    return bool(row["date"]) and not row["date"].startswith("0000") and (
        dt.datetime.fromisoformat(row["date"]).replace(tzinfo=japan) > now - PAID_LATELY
    )  # fmt: skip
