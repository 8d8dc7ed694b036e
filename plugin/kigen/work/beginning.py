"""What stops all that acts before it hears or writes anything: another database, a ledger that contradicts it."""

from __future__ import annotations

from sqlalchemy import Connection

from kigen.ledger.evidence_verify import Bad
from kigen.work import brakes, proof
from kigen.work.brakes import Brake
from kigen.work.site import Site


def begin(site: Site, connection: Connection, warnings: list[str]) -> Brake | None:
    """None where work may begin, and then the ledger file has been brought up; what failed about that is a warning.

    `connection` is in no transaction and has read nothing yet.
    """
    with connection.begin():
        brake = brakes.other_database(site, connection) or brakes.clock_jump(site, connection)
    if brake:
        return brake
    try:
        problem = proof.write(site, connection)
    except Bad as bad:
        return brakes.contradicted(site, "ledger-apart", f"{bad.problem[0].upper()}{bad.problem[1:]}.")
    warnings += [problem] if problem else []
    return None
