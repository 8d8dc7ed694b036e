"""The peer for deleting: pt-archiver of Percona Toolkit, which looks at nothing but its WHERE, at its quickest."""

from __future__ import annotations

import subprocess
import time

from tests.bench.generator import DATABASE
from tests.support.mariadb import MariaDB, program

DUE = "status = 'Cancelled' AND date <= '2025-11-23 10:00:00'"
"""What is due in the generated world, as somebody would write it who knows that nothing else needs to be asked."""

PURGES = (
    ("tblhosting", f"orderid IN (SELECT id FROM tblorders WHERE {DUE})"),
    ("tbldomains", f"orderid IN (SELECT id FROM tblorders WHERE {DUE})"),
    ("tblorders", DUE),
)
"""Tables in the order of deleting, with what goes. One process each, as pt-archiver works on one table."""

NOTHING = "id < 0"


def purge(server: MariaDB) -> float:
    """Delete the due orders and what goes along; the seconds that it took, the start of its processes subtracted."""
    idle = [_run(server, table, NOTHING) for table, _ in PURGES]
    busy = [_run(server, table, where) for table, where in PURGES]
    return max(sum(busy) - len(idle) * min(idle), 0.001)


def _run(server: MariaDB, table: str, where: str) -> float:
    command = [program("pt-archiver"), "--source", f"S={server.socket},u=root,D={DATABASE},t={table}", "--where", where]
    command += ["--purge", "--bulk-delete", "--limit", "1000", "--commit-each"]
    # These make it quicker, or right: without the last, the row with the highest id would stay.
    command += ["--primary-key-only", "--no-version-check", "--no-check-charset", "--nosafe-auto-increment"]
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError(f"pt-archiver failed on {table}:\n{done.stdout}{done.stderr}")
    return seconds
