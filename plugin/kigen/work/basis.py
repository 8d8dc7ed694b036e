"""On what every decision rests besides the records themselves: program, tables, host, rules and their settings."""

from __future__ import annotations

import hashlib
import json

from sqlalchemy import Connection

import kigen
from kigen.ledger import migrate, settings
from kigen.policy.schedule import Schedule
from kigen.policy.settings import declared
from kigen.work.site import Site


def what_was_confirmed(site: Site, connection: Connection) -> str:
    """A digest of all whose change makes the next run a preview: program, tables, host, rules and their settings."""
    rules = tuple(site.plugins.rules())
    values = settings.stored(connection)
    # With a backup of the keys clients are anonymised that were kept before: a person looks at that first.
    anonymises = {"anonymises": True} if site.can_anonymise(connection) else {}
    return _digest(
        {
            **anonymises, "program": kigen.__version__, "tables": migrate.HEAD, "host": site.host.name,
            "zones": [site.zone, site.host.zone], "plugins": sorted(site.plugins.names()),
            "rules": {name: values.get(name, s.default) for name, s in declared(rules).items() if s.is_rule},
        }
    )  # fmt: skip


def what_was_decided_by(site: Site, connection: Connection, schedule: Schedule) -> str:
    """A digest of all whose change makes every stored decision doubtful: that, refused rules, and the host's words."""
    confirmed, words = what_was_confirmed(site, connection), site.host.vocabulary(connection)
    return _digest({"confirmed": confirmed, "refused": sorted(schedule.refused), "words": words})


def _digest(told: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
