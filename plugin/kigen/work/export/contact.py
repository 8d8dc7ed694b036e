"""What a bundle for a client's contact holds: what is the contact's own, and never the client's invoices (cases.md G3).

The rows are those that a person looks at when the contact asks to be erased: one reading serves both.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from kigen.hosts.contact import Task
from kigen.ledger import requests
from kigen.work.site import Site


def check_contact(site: Site, connection: Connection, client: int, contact: int) -> None:
    """ValueError, with a sentence, where the client has no such contact."""
    if not site.host.has_contacts:
        raise ValueError(f"{site.host.name} knows no contacts of a client; expected a bundle of the client")
    if not site.host.left_of_contact(connection, client, contact):
        raise ValueError(f"client {client} has no contact {contact} on {site.host.name}")


def rows_of(site: Site, connection: Connection, client: int, contact: int) -> Mapping[str, frozenset[int]]:
    """By table the numbers of the contact's rows; the client's own, which only name it, are the client's."""
    found: dict[str, frozenset[int]] = {}
    for task in site.host.left_of_contact(connection, client, contact):
        if task.task is not Task.REPLACE_FIRST:
            found[task.table] = found.get(task.table, frozenset()) | set(task.rows)
    return found


def own_rows_of(connection: Connection, client: int, contact: int) -> Mapping[str, frozenset[int]]:
    """What kigen itself holds of a contact: its requests."""
    rows = requests.listed(connection, [client])
    return {"kigen_requests": frozenset(row.id for row in rows if row.contact == contact)}
