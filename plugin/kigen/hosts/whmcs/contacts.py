"""What a WHMCS client's contact has of its own, and who else signs in to the client's account.

A contact and its user have no link but their e-mail address. A user that owns the account, or that another client has
as well, is more than this contact and stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kigen.hosts.contact import ByHand, Task
from kigen.hosts.people import is_mask
from kigen.hosts.rows import Rows

AUTHOR = ("name", "email")
RECIPIENT = ("to", "cc", "bcc")


def left_of(rows: Rows, client: int, contact: int) -> list[ByHand]:
    """What is left of a contact, in the order in which it is to go: its own row, by which the rest is found, last."""
    own = [row for row in rows.read("tblcontacts", ("userid", "email"), "id", (contact,)) if row["userid"] == client]
    addresses = {_folded(row["email"]) for row in own} - {""}
    users, links = _users(rows, client, addresses)
    found = [
        ByHand(Task.REPLACE_FIRST, "tblclients", _billed(rows, client, contact), ("billingcid",)),
        ByHand(Task.REPLACE_FIRST, "tblpaymethods", _paying(rows, client, contact), ("contact_id",)),
        *_written(rows, client, contact, users),
        ByHand(Task.EMPTY, "tblemails", _mailed(rows, client, addresses), RECIPIENT),
        ByHand(Task.DELETE, "tblusers_clients", links),
        ByHand(Task.DELETE, "tblusers", _of_nobody_else(rows, users, client)),
        ByHand(Task.DELETE, "tblcontacts", tuple(row["id"] for row in own)),
    ]
    return [one for one in found if one.rows]


def further_users(rows: Rows, clients: Sequence[int]) -> dict[int, int]:
    """How many users each of these clients has besides its owner."""
    links = rows.read("tblusers_clients", ("owner",), "client_id", clients)
    return dict(Counter(link["client_id"] for link in links if not link["owner"]))


def _users(rows: Rows, client: int, addresses: set[str]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The users with one of these addresses who have this account and do not own it, with their links to it."""
    links = rows.read("tblusers_clients", ("auth_user_id", "owner"), "client_id", (client,))
    guests = {link["auth_user_id"]: link["id"] for link in links if not link["owner"]}
    users = rows.read("tblusers", ("email",), "id", guests)
    own = sorted(user["id"] for user in users if _folded(user["email"]) in addresses)
    return tuple(own), tuple(guests[user] for user in own)


def _of_nobody_else(rows: Rows, users: Sequence[int], client: int) -> tuple[int, ...]:
    links = rows.read("tblusers_clients", ("client_id",), "auth_user_id", users)
    shared = {link["auth_user_id"] for link in links if link["client_id"] != client}
    return tuple(user for user in users if user not in shared)


def _written(rows: Rows, client: int, contact: int, users: Sequence[int]) -> Iterator[ByHand]:
    """Tickets and replies of the client that this contact wrote, by its number or by its user's."""
    for table in ("tbltickets", "tblticketreplies"):
        wanted = ("userid", "contactid", "requestor_id", *AUTHOR)
        numbers = {
            row["id"]
            for by, ids in (("contactid", (contact,)), ("requestor_id", users))
            for row in rows.read(table, wanted, by, ids)
            if row["userid"] == client and (by == "contactid" or not row["contactid"]) and _says(row, AUTHOR)
        }
        yield ByHand(Task.EMPTY, table, tuple(sorted(numbers)), AUTHOR)


def _mailed(rows: Rows, client: int, addresses: set[str]) -> tuple[int, ...]:
    """Mails of the client to one of these addresses."""
    mails = rows.read("tblemails", RECIPIENT, "userid", (client,)) if addresses else []
    return tuple(
        mail["id"]
        for mail in mails
        if addresses & {_folded(one) for name in RECIPIENT for one in str(mail[name] or "").split(",")}
    )


def _billed(rows: Rows, client: int, contact: int) -> tuple[int, ...]:
    return tuple(
        row["id"] for row in rows.read("tblclients", ("billingcid",), "id", (client,)) if row["billingcid"] == contact
    )


def _paying(rows: Rows, client: int, contact: int) -> tuple[int, ...]:
    """Ways to pay whose billing address is the contact's; the same number with another type is a client's."""
    ways = rows.read("tblpaymethods", ("contact_id", "contact_type"), "userid", (client,))
    return tuple(
        way["id"] for way in ways if way["contact_id"] == contact and "contact" in str(way["contact_type"]).lower()
    )


def _says(row: Mapping[str, Any], columns: Sequence[str]) -> bool:
    return any(str(row[name] or "").strip() and not is_mask(str(row[name])) for name in columns)


def _folded(address: object) -> str:
    return str(address or "").strip().casefold()
