"""Clients whose erasure was begun and is not over: what an officer ordered goes on, and what nobody asks for ends.

Where something only keeps the rest for now (a hold, a plugin that fails, a rule that is refused), the client stays as
it is, closed, until a later run finishes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection

from kigen.ledger import archiving, intents
from kigen.ledger.chain import Told
from kigen.policy.records import Kind
from kigen.policy.schedule import ORDERED, Effect, Schedule, asked_by
from kigen.work.attempt import Attempts
from kigen.work.mandate import Ordered, schedule_for_orders
from kigen.work.opened import open_again
from kigen.work.readings import Reading
from kigen.work.readings import read as read_clients
from kigen.work.share import Share
from kigen.work.site import Site
from kigen.work.swept import Swept

STAYS = (
    "client {client} stays, for nothing asks any more for its erasure, which kigen began on {at:%Y-%m-%d}:"
    " a part of its mails, log lines or other records is gone, or masked"
)


def finish_orders(share: Share) -> None:
    """Go on with what officers ordered and what a crash, a hold or a failure left half done, one client at a time."""
    connection, site = share.connection, share.site
    with connection.begin():
        waiting = [row.client for row in intents.begun(connection) if row.rule == ORDERED]
        if not waiting:
            return
        schedule, _ = schedule_for_orders(connection, site)
    for client in waiting:
        share.swept.stop = share.swept.stop or share.is_told_to_stop()
        if share.swept.stop is not None:
            return
        with connection.begin():
            readings = read_clients(connection, site.host, schedule, [client], site.now, ordered={client})
        for reading in readings:
            _finish(share, schedule, reading)


def _finish(share: Share, schedule: Schedule, reading: Reading) -> None:
    client = reading.account.id
    decision = reading.decisions.get((Kind.CLIENT, client))
    if decision is None or not decision.acts:
        share.swept.kept.update(decision.kept_now(share.site.now) if decision else ())
        return
    mine = Swept()
    order = Ordered(client)
    attempts = Attempts(share.connection, share.site, schedule, share.run, mine.failures, mine.warnings, order)
    attempts.is_over = share.is_told_to_stop
    outcome, _ = attempts.carry_out(Kind.CLIENT, {client: decision.action})
    mine.done = {action: Counter(ref[0].value for ref in refs) for action, refs in outcome.done.items()}
    mine.kept, mine.rows, mine.left, mine.entries = outcome.kept, outcome.rows, outcome.left, len(outcome.told)
    mine.warnings += share.site.plugins.erased(outcome.done.get(Effect.DELETE, []), share.run)
    share.swept.add(mine)
    share.swept.stop = share.swept.stop or attempts.stop


def let_go(connection: Connection, site: Site, schedule: Schedule, run: int) -> tuple[Sequence[Told], list[str]]:
    """End what was begun of clients that the rules say stay, as after a request that was withdrawn or a payment.

    They are opened again if it was that beginning that closed them. A transaction of its own; returns its evidence, and
    a sentence about each of these clients, of which a part is gone.
    """
    with connection.begin():
        begun = {row.client: row for row in intents.begun(connection)}
        if not begun:
            return (), []
        readings = read_clients(connection, site.host, schedule, sorted(begun), site.now, lock=True)
        staying = [
            one.account.id for one in readings if not _goes_on(one, begun[one.account.id].rule, schedule, site)
        ]  # fmt: skip
        closed = archiving.open_of(connection, {client: begun[client].run for client in staying})
        intents.let_go(connection, staying, site.now)
        archived = {client: (at, begun[client].rule) for client, at in closed.items() if at >= begun[client].at}
        told = open_again(connection, site, run, archived).told
    return told, [STAYS.format(client=client, at=begun[client].at) for client in staying]


def _goes_on(reading: Reading, rule: str, schedule: Schedule, site: Site) -> bool:
    """Whether it is ordered, asked for by a rule, or nobody can tell, for the rule is refused for now."""
    if rule == ORDERED or asked_by(rule) in schedule.refused:
        return True
    decision = reading.decisions.get((Kind.CLIENT, reading.account.id))
    considered = decision.considered if decision else ()
    return any(one.rule.effect is Effect.DELETE and one.is_due(site.now) for one in considered)
