"""Several processes write evidence at once: the chain stays one, nobody overtakes, and nobody waits for ever."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from kigen.ledger import evidence, evidence_read, keys, ledger_file
from kigen.ledger.database import giving_way, open_database
from kigen.ledger.evidence_verify import verify
from kigen.ledger.ledger_standing import State, standing
from kigen.ledger.migrate import upgrade
from kigen.policy.records import Kind
from tests.ledger.chains import CANCELLED, done, write

WRITERS, CHUNKS = 3, 40

WRITER = """
import datetime as dt, sys
from pathlib import Path
from kigen.ledger import evidence, ledger_file
from kigen.ledger.database import giving_way, open_database
from kigen.policy.records import Kind
url, folder, name, chunks = sys.argv[1:]
with open_database(url).connect() as connection:
    for number in range(int(chunks)):
        done = {(Kind.ORDER, "order.delete-cancelled"): [(int(name) * 1000 + number, None)]}
        with giving_way(connection):
            told = evidence.append(connection, "whmcs", 1, name, "delete", dt.datetime.now(dt.UTC), done)
        ledger_file.append(Path(folder), connection, told)
"""


def test_several_processes_that_append_at_once_make_one_chain(mariadb_url: str, tmp_path: Path) -> None:
    engine = open_database(mariadb_url)
    upgrade(engine)
    keys.make(tmp_path)
    command = [sys.executable, "-c", WRITER, mariadb_url, str(tmp_path)]
    processes = [subprocess.Popen([*command, str(name), str(CHUNKS)]) for name in range(1, WRITERS + 1)]
    assert [process.wait(timeout=120) for process in processes] == [0] * WRITERS
    with engine.connect() as connection:
        found = verify(connection, keys.public(tmp_path))
        assert (found.ok, found.entries, found.records) == (True, WRITERS * CHUNKS, WRITERS * CHUNKS)
        actors = [told.entry.actor for told in evidence_read.told(connection)]
        assert {name: actors.count(name) for name in set(actors)} == {"1": CHUNKS, "2": CHUNKS, "3": CHUNKS}
        assert actors != sorted(actors), "They did not run at the same time: the test shows nothing."
        assert standing(tmp_path, connection).state is State.AGREE
    assert ledger_file.verify(tmp_path, keys.public(tmp_path)).entries == WRITERS * CHUNKS
    engine.dispose()


def test_who_appends_waits_for_the_other_even_where_it_waits_for_no_other_lock(mariadb_url: str) -> None:
    engine = open_database(mariadb_url)
    upgrade(engine)
    command = [sys.executable, "-c", HOLDER, mariadb_url]
    with engine.connect() as connection, subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"holds\n"
        began = time.monotonic()
        with giving_way(connection):
            (told,) = write(connection, done(Kind.ORDER, CANCELLED, 1, 1))
            waits = connection.exec_driver_sql("SELECT @@SESSION.innodb_lock_wait_timeout").scalar()
        assert told.entry.seq == 2
        assert time.monotonic() - began > 0.2
        assert waits == 0, "Other locks must not be waited for, also after this one was."
    engine.dispose()


HOLDER = """
import datetime as dt, sys, time
from kigen.ledger import evidence
from kigen.ledger.database import open_database
from kigen.policy.records import Kind
with open_database(sys.argv[1]).begin() as connection:
    done = {(Kind.ORDER, "order.delete-cancelled"): [(77, None)]}
    evidence.append(connection, "whmcs", 1, "first", "delete", dt.datetime.now(dt.UTC), done)
    print("holds", flush=True)
    time.sleep(0.7)
"""


def test_a_writer_that_is_killed_before_its_commit_leaves_the_chain_to_the_next(mariadb_url: str) -> None:
    engine = open_database(mariadb_url)
    upgrade(engine)
    with subprocess.Popen([sys.executable, "-c", HOLDER, mariadb_url], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        holder.kill()
    with engine.begin() as connection:
        (told,) = write(connection, done(Kind.ORDER, CANCELLED, 1, 1))
        assert told.entry.seq == 1
        assert evidence_read.latest_about(connection, (Kind.ORDER, 77)) is None
        assert evidence.end(connection) == (1, told.entry.hash)
    engine.dispose()
