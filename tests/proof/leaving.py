"""How invented or recorded clients leave, so that their erasure can be proved: they end everything, then they ask."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from sqlalchemy import insert, text

from kigen.ledger import keys_backup, keys_store, settings
from kigen.ledger.tables import requests
from kigen.policy.schedule import ON_REQUEST, RULES
from kigen.work.site import Site

ASKED = dt.timedelta(days=40)

ENDING: Mapping[str, Sequence[str]] = {
    "whmcs": (
        "UPDATE tblhosting SET domainstatus = 'Terminated', termination_date = '2026-01-05' WHERE userid IN :ids",
        "UPDATE tblhostingaddons SET status = 'Terminated', termination_date = '2026-01-05' WHERE userid IN :ids",
        "UPDATE tbldomains SET status = 'Cancelled' WHERE userid IN :ids",
        "UPDATE tbltickets SET status = 'Closed' WHERE userid IN :ids",
        "UPDATE tblinvoices SET status = 'Cancelled' WHERE userid IN :ids AND status NOT IN ('Paid', 'Refunded')",
        "UPDATE tblclients SET credit = 0 WHERE id IN :ids",
        "UPDATE tblaffiliates SET balance = 0 WHERE clientid IN :ids",
    ),
    "fossbilling": (
        "UPDATE client_order SET status = 'canceled', canceled_at = '2026-01-05 00:00:00' WHERE client_id IN :ids",
        "UPDATE support_ticket SET status = 'closed' WHERE client_id IN :ids",
        "UPDATE invoice SET status = 'canceled' WHERE client_id IN :ids AND status NOT IN ('paid', 'refunded')",
        "DELETE FROM client_balance WHERE client_id IN :ids",
    ),
}
"""By host, what somebody does who ends everything: no service, ticket, debt or credit is left to keep the client."""

ATTACHED = {
    "whmcs": "SELECT t.attachment, c.email FROM tbltickets t JOIN tblclients c ON c.id = t.userid"
             " WHERE t.attachment <> '' AND c.id IN :ids",
}  # fmt: skip


def leave(site: Site, clients: Collection[int], attachments: Path) -> None:
    """Let these clients go: each has asked long enough ago, and no rule but the one for requests acts."""
    off = {f"schedule.{rule.id}": "" for rule in RULES if rule.id != ON_REQUEST}
    listed = f"({', '.join(map(str, clients))})"
    attachments.mkdir(exist_ok=True)
    with site.transaction() as connection:
        for name, value in {"host.attachments": str(attachments), **off}.items():
            settings.store(connection, name, value, site.now, "tests")
        keys_backup.note(connection, keys_store.names(site.state_dir), site.now)
        for statement in ENDING[site.host.name]:
            connection.execute(text(statement.replace(":ids", listed)))
        asked = {"request_right": "erasure", "received": site.now - ASKED}
        connection.execute(insert(requests), [{"client": client, **asked} for client in clients])
        if site.host.name in ATTACHED:
            for names, address in connection.execute(text(ATTACHED[site.host.name].replace(":ids", listed))):
                for name in names.split("|"):
                    (attachments / name).write_text(f"{name}: from {address}", encoding="utf-8")
