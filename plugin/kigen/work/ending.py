"""What a run does at its end: files to remove; its own history, tombstones and frozen documents whose term is over."""

from __future__ import annotations

from sqlalchemy import Connection

from kigen.ledger import frozen, quarantine
from kigen.ledger.chain import Told
from kigen.policy.schedule import Schedule
from kigen.work import begun, brakes, files, freezing, proof
from kigen.work.destroying import destroy_where_due, pay
from kigen.work.export import keep
from kigen.work.finishing import finish_orphans
from kigen.work.forgetting import forget_old
from kigen.work.held_copies import take
from kigen.work.kept_until import instants
from kigen.work.own_terms import drop_own_history
from kigen.work.site import Site
from kigen.work.swept import Swept

WAITING = (
    "no frozen document goes at its floor's end while nobody has confirmed the rules as they are: look at 'kigen plan',"
    " then run 'kigen sweep --confirm'"
)


def tidy(connection: Connection, site: Site, schedule: Schedule, swept: Swept) -> None:
    """Do it, each piece in a transaction of its own; a run that was stopped only removes files whose rows are gone, and
    bundles of clients that are gone.

    So does one by rules that nobody has confirmed, which had nothing else to do: how long a floor lasts is such a rule.
    `connection` is in no transaction. What failed is a warning, and the next run tries again.
    """
    swept.warnings += files.remove(connection, site)
    swept.warnings += keep.remove_ended(connection, site)
    if swept.stop is not None or swept.run is None:
        return
    opened, stays = begun.let_go(connection, site, schedule, swept.run)
    swept.warnings += stays
    swept.warnings += filter(None, [proof.write(site, connection, opened) if opened else None])
    with connection.begin():
        is_unconfirmed = brakes.unconfirmed(site, connection) is not None
        swept.warnings += [WAITING] if is_unconfirmed and frozen.is_any(connection) else []
    if is_unconfirmed:
        return
    swept.rows.update(drop_own_history(connection, site))
    told: list[Told] = []
    swept.rows.update({f"frozen {kind}": number for kind, number in _destroyed(site, schedule, swept.run, told)})
    swept.warnings += filter(None, [proof.write(site, connection, told) if told else None])
    finish_orphans(connection, site, schedule, swept)
    problem = forget_old(connection, site)
    swept.warnings += [problem] if problem else []


def let_copies_go(connection: Connection, site: Site, swept: Swept) -> None:
    """Destroy the copies whose term is over, those of anybody who has asked, and those that a hold kept which ended: at
    the start of every run that may act, whatever stops it later. Not at an instant ahead that nobody has confirmed.
    What evidence still owes is written. `connection` is in no transaction.
    """
    with connection.begin():
        kept = quarantine.first_ends(connection)
        over = quarantine.ended(connection, instants(connection, site, kept)) if kept else []
        ended, _ = take(connection, site, over)
    swept.rows.update({"quarantine": ended} if ended else {})
    if kept:
        destroy_where_due(connection, site)
    pay(connection, site)


def _destroyed(site: Site, schedule: Schedule, run: int, told: list[Told]) -> list[tuple[str, int]]:
    return [(kind.value, number) for kind, number in freezing.destroy_ended(site, schedule, run, told).items()]
