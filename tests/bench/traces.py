"""How quickly traces of erased people are looked for in a log of a million rows; run by hand, for one server alone.

`python -m tests.bench.traces [ROWS]` prints rows a second for 1, 100 and 1,000 people.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import create_engine, text

from kigen.hosts.whmcs import WhmcsHost, tables
from kigen.policy.identifiers import Person
from kigen.policy.sorts import Sort
from tests.support.mariadb import MariaDB, install

LINES = (
    "Email Sent to Client {0} (Invoice Payment Confirmation) - User ID: {0}",
    "Modified Invoice Options - Invoice ID: {0}",
    "Module Suspend Successful - Service ID: {0} - User ID: {0}",
    "Cron Job: Domain Synchronisation processed {0}.example.jp",
    "ログインに成功しました - ユーザー {0} - 198.51.100.{1}",
)


def person(number: int) -> Person:
    """Somebody with the usual number of identifiers; nobody in the log."""
    values = (
        (Sort.EMAIL, f"someone{number}@shop{number}.example.jp"),
        (Sort.PHONE, f"+81.9{number:09d}"),
        (Sort.IP, f"203.0.{number % 250}.{number // 250}"),
        (Sort.COMPANY, f"株式会社あおば{number}号"),
        (Sort.ADDRESS, f"大崎市古川{number}丁目2番3号"),
        (Sort.HOSTNAME, f"shop{number}.example.jp"),
        (Sort.USERNAME, f"u{number:06d}"),
        (Sort.TAX_ID, f"T{number:013d}"),
    )
    return Person(str(10**6 + number), ((f"Given{number}", f"Family{number}"),), values)


def main(rows: int) -> None:
    """Fill one table and look for people in it."""
    with tempfile.TemporaryDirectory(prefix="kigen-traces-") as folder:
        template = Path(folder) / "template"
        install(template)
        server = MariaDB(template)
        try:
            server.start()
            engine = create_engine(server.url(server.create_database()))
            tables.create(engine)
            chance = random.Random(1)
            with engine.begin() as connection, tables.as_whmcs(connection):
                statement = text(
                    "INSERT INTO tblactivitylog (description, user, userid, ipaddr) VALUES (:d, :u, :c, :i)"
                )
                for start in range(0, rows, 5000):
                    connection.execute(
                        statement,
                        [
                            {
                                "d": chance.choice(LINES).format(n, n % 250),
                                "u": chance.choice(("System", "Client", "admin")),
                                "c": n % 9000,
                                "i": f"192.0.{n % 250}.{n % 249}",
                            }
                            for n in range(start, min(start + 5000, rows))
                        ],
                    )
            for people in (1, 100, 1000):
                with engine.connect() as connection:
                    began = time.monotonic()
                    WhmcsHost("Asia/Tokyo").look_for(connection, [person(number) for number in range(people)])
                    print(f"{people} people: {rows / (time.monotonic() - began):,.0f} rows a second", flush=True)
        finally:
            server.remove()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
