"""How far a request has come, asked of what kigen remembers: also of a client that is closed, half gone, or gone.

A later page shows this to a person whose sign-in is no more; `kigen request show` shows it to staff.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection

from kigen.ledger import anonymised, intents, outbox, requests, runs
from kigen.policy.decide import Considered
from kigen.policy.progress import CLOSED, Progress, Stage
from kigen.policy.records import Kind
from kigen.policy.schedule import ON_REQUEST
from kigen.work.desk import ERASURE, Entry
from kigen.work.readings import read_records
from kigen.work.set_aside import failed
from kigen.work.site import Site


def progress_of(site: Site, connection: Connection, one: Entry) -> Progress:
    """Where a request stands at the site's now."""
    if not one.is_open:
        stage, rest = CLOSED[one.state], anonymised.of(connection, [one.client]).get(one.client)
        if stage is not Stage.IN_PART:
            return Progress(stage, one.closed)
        if rest is not None:
            return Progress(stage, rest.until)
        act = runs.last_act(connection, Kind.CLIENT, one.client)  # what had stayed is gone as well
        return Progress(Stage.DONE, act.at if act else one.closed)
    if one.right != ERASURE or one.is_erasure_of_contact:
        return Progress(Stage.OPEN, one.deadline.due)
    begun = next((row.at for row in intents.begun(connection) if row.client == one.client), None)
    if begun is not None:
        return Progress(Stage.BEGUN, begun)
    rule = _considered(site, connection, one.client)
    again = failed(connection).get((Kind.CLIENT, one.client))
    if again is not None and again > site.now and (rule is None or rule.is_due(site.now)):
        return Progress(Stage.DELAYED, again)
    if rule is None:
        return Progress(Stage.PLANNED, None)
    is_kept = rule.effect is None and rule.is_due(site.now)
    return Progress(Stage.KEPT if is_kept else Stage.PLANNED, rule.clock.due)


def tell_delayed(connection: Connection, site: Site, client: int, again: dt.datetime) -> None:
    """Tell a client that asked and could not be erased when it is tried again: once a request, not every night."""
    asked = outbox.last(connection, client, outbox.RECEIVED)
    if asked is not None and client in requests.asking(connection, ERASURE, site.now):
        about = str(asked["received"])
        outbox.put(connection, client, outbox.DELAYED, {"again": again.isoformat()}, site.now, about=about)


def _considered(site: Site, connection: Connection, client: int) -> Considered | None:
    """What the rule for requests says of a client; None where nobody is there any more."""
    schedule = site.schedule(connection).without(site.drift(connection).refused)
    for reading in read_records(connection, site.host, schedule, Kind.CLIENT, [client], site.now):
        decision = reading.decisions.get((Kind.CLIENT, client))
        for rule in decision.considered if decision else ():
            if rule.rule.id == ON_REQUEST:
                return rule
    return None
