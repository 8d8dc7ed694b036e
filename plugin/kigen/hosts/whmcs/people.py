"""How a WHMCS client row, its users' sign-ins and its affiliate balance become a Client."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from kigen.hosts.dates import read_optional, read_when
from kigen.hosts.rows import Rows
from kigen.hosts.whmcs import states
from kigen.policy.periods import When, moment
from kigen.policy.records import UNREADABLE, Client

Row = Mapping[str, Any]

CLIENT = ("status", "groupid", "country", "credit", "datecreated", "lastlogin", "created_at")
LINK, USER, BALANCE = ("auth_user_id", "client_id"), ("last_login",), ("clientid", "balance")


def read_clients(rows: Rows, clients: Sequence[int]) -> dict[int, Row]:
    """The client rows that are there, by id."""
    return {row["id"]: row for row in rows.read("tblclients", CLIENT, "id", clients)}


def read_logins(rows: Rows, clients: Sequence[int]) -> dict[int, list[Any]]:
    """The raw dates of sign-in of each client's users: a user that several clients share signs in for all of them."""
    links = rows.read("tblusers_clients", LINK, "client_id", clients)
    users = rows.read("tblusers", USER, "id", {link["auth_user_id"] for link in links})
    at = {user["id"]: user["last_login"] for user in users}
    found: dict[int, list[Any]] = defaultdict(list)
    for link in links:
        found[link["client_id"]].append(at.get(link["auth_user_id"]))
    return found


def read_balances(rows: Rows, clients: Sequence[int]) -> dict[int, Decimal]:
    """The affiliate balance of each client; a debt on one account does not hide what another one holds."""
    found: dict[int, Decimal] = defaultdict(Decimal)
    for row in rows.read("tblaffiliates", BALANCE, "clientid", clients):
        found[row["clientid"]] += max(amount(row["balance"]), Decimal(0))
    return found


def client_of(row: Row, logins: Iterable[Any], balance: Decimal, dates: Iterable[When | None], zone: str) -> Client:
    """The client; `dates` are those of everything it has, for a missing registration date."""
    registered = read_when(row["datecreated"], zone)
    things = () if registered else (read_when(row["created_at"], zone), *dates)
    signed_in = [read_optional(value, zone) for value in (row["lastlogin"], *logins)]
    return Client(
        id=row["id"],
        state=states.state_of(states.CLIENTS, row["status"]),
        status=str(row["status"] or ""),
        group=row["groupid"] or None,
        country=str(row["country"] or ""),
        credit=amount(row["credit"]),
        commission=balance,
        registered=registered,
        dated=tuple(sorted((when for when in things if when), key=lambda when: moment(when, zone))),
        last_login=latest(signed_in, zone),
    )


def by_themselves(rows: Mapping[int, Row], zone: str) -> dict[int, Client]:
    """Clients beside other records: sign-ins, balances and the dates of what they have count only for clients."""
    return {id_: client_of(row, (), Decimal(0), (), zone) for id_, row in rows.items()}


def amount(value: object) -> Decimal:
    """Money as Decimal: SQLite gives floats and MariaDB decimals; NULL and an absent column are nothing."""
    return value if isinstance(value, Decimal) else Decimal(str(value or 0))


def latest(dates: Iterable[When | None], zone: str) -> When | None:
    """The latest of those that are set; UNREADABLE where one is nonsense, for it may be the latest; None for none."""
    known = [when for when in dates if when]
    if UNREADABLE in known:
        return UNREADABLE
    return max(known, key=lambda when: moment(when, zone), default=None)
