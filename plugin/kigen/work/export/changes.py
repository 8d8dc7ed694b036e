"""The change log in a bundle: what was changed, when, by whom, and from what to what, as far as it is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection

from kigen.ledger import change_log, keys_store
from kigen.ledger.keys_store import StoreKeys
from kigen.policy.change_log import CONTACT
from kigen.policy.exporting import Missing, Section
from kigen.policy.periods import to_local
from kigen.work.export.tables import Source
from kigen.work.site import Site

COLUMNS = ("client", "kind", "record", "field", "at", "act", "by", "before", "after")

LOCKED = Missing(
    "the values of the change log do not open with the keys here",
    "変更履歴の値は、現在の鍵では復号できません",
)


def source(
    site: Site, connection: Connection, clients: Sequence[int], contact: int, problems: list[Missing]
) -> Source:  # fmt: skip
    """The entries of these clients; with `contact` those of that contact alone. What does not open is a problem."""
    try:
        keys = keys_store.read(site.state_dir)
    except ValueError:
        keys = None
    pages = _pages(site, connection, clients, contact, keys, problems)
    return Source("change_log", Section.CHANGES, COLUMNS, pages)


def _pages(
    site: Site, connection: Connection, clients: Sequence[int], contact: int, keys: StoreKeys | None,
    problems: list[Missing],
) -> Iterator[list[list[Any]]]:  # fmt: skip
    after = 0
    while rows := change_log.of(connection, clients, after):
        after = rows[-1].id
        page = []
        for row in rows:
            if contact and (row.kind, row.record) != (CONTACT, contact):
                continue
            try:
                values = change_log.values(keys, row) if keys or row.sealed is None else None
            except ValueError:
                values = None
            if values is None and LOCKED not in problems:
                problems.append(LOCKED)
            before, now = values or (None, None)
            at = to_local(row.at, site.zone).isoformat()
            page.append([str(row.client), row.kind, str(row.record), row.field, at, row.act, row.actor, before, now])
        if page:
            yield page
