"""How a run's evidence gets out of the database: into the ledger file after every commit, signed at the run's end.

What is committed stays, whatever fails here: a file that cannot be written is behind, and the next write brings it up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from kigen.ledger import evidence, evidence_read, keys, ledger_file
from kigen.ledger.chain import Head, Told
from kigen.ledger.evidence_verify import Bad
from kigen.work.site import Site


def write(site: Site, connection: Connection, fresh: Sequence[Told] = (), heads: Sequence[Head] = ()) -> str | None:
    """Bring the ledger file up, with nothing at hand or what was just committed; None, or the sentence why not.

    `connection` is in no transaction. Bad where the file does not lead to what the database has.
    """
    try:
        ledger_file.append(site.state_dir, connection, fresh, heads)
    except OSError as error:
        return _failed(site, error.strerror or type(error).__name__)
    except DBAPIError:  # the act is committed and must not be tried again for this; a lost database is seen at once
        return _failed(site, "the database did not tell what the file lacks")
    return None


def sign(site: Site, connection: Connection, at: dt.datetime) -> str | None:
    """Sign the chain at the end of a run, in the database and in the file; None, or the sentence why not.

    `at` is the machine's clock. Before the first entry there is nothing to sign.
    """
    with connection.begin():
        if evidence.end(connection)[0] == 0:
            return None
        try:
            key = keys.private(site.state_dir)
        except ValueError as error:
            return f"the evidence is not signed: {error}"
        last, name = evidence_read.last_head(connection), keys.name(key.public_key())
        if last is not None and last.key != name:  # a head by a second key would spoil every later verification
            return (f"the evidence is not signed: it was signed by the key {last.key}, and {site.state_dir} holds"
                    f" {name}; restore the first with 'kigen keys restore'")  # fmt: skip
        head = evidence.sign_head(connection, key, at)
    try:
        return write(site, connection, heads=[head])
    except Bad as bad:
        return f"the head was not written to the ledger file: {bad.problem}; see 'kigen evidence verify'"


def _failed(site: Site, why: str) -> str:
    return f"the ledger file in state_dir {site.state_dir} could not be written: {why}; the next run brings it up"
