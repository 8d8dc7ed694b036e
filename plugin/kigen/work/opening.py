"""What a run needs before it may begin: the right database and clock, a ledger file that is up, safe counters."""

from __future__ import annotations

from sqlalchemy import Connection

from kigen.ledger.evidence_verify import Bad
from kigen.work import brakes, proof
from kigen.work.counting import raise_counters
from kigen.work.restored import vanished
from kigen.work.site import Site

NO_FINGERPRINTS = (
    "what goes now leaves no fingerprint, for {folder} has no digest.key ('kigen init' makes it): after a restore of"
    " the database nobody could tell it from others and erase it again"
)


def before_all_else(connection: Connection, site: Site, warnings: list[str]) -> brakes.Brake | None:
    """What stops a run before it hears or writes anything; None, where all is ready. `warnings` grow.

    `connection` is in no transaction.
    """
    with connection.begin():
        brake = brakes.other_database(site, connection)
        brake = brake or brakes.evidence_lost(site, connection) or brakes.clock_jump(site, connection)
    if brake:
        return brake
    with connection.begin():
        gone = vanished(site, connection)
    warnings += [gone] if gone else []
    try:
        problem = proof.write(site, connection)
    except Bad as bad:
        return brakes.contradicted(site, "ledger-apart", f"{bad.problem[0].upper()}{bad.problem[1:]}.")
    warnings += [problem] if problem else []
    raise_counters(connection, site)  # where this user may not, doctor says so
    if site.fingerprint_key is None:
        warnings.append(NO_FINGERPRINTS.format(folder=site.state_dir))
    return None
