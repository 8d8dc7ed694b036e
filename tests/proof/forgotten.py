"""Decides whether erased people are forgotten: hundreds are erased through the gate, then every cell and file is read.

    python -m tests.proof.forgotten [--clients N] [--of M] [--seed S]

M invented clients with years of history; N of them and half as many again end their contracts and ask for erasure, and
sweeps run until nothing is due. Then the database comes back from a backup of before, and a replay erases the same
again. It ends with 1 where somebody is still found, where a row of anybody else changed, where evidence does not tell
of each act once, where the replay did something else, or where fewer were erased than asked for.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

from sqlalchemy import Connection

from kigen.demo import world
from kigen.ledger import evidence_read, runs
from kigen.policy.facts import Account
from kigen.policy.identifiers import Person, Strength
from kigen.policy.identifiers_of import identifiers_of
from kigen.policy.records import Kind
from kigen.policy.sorts import Sort
from kigen.work.replay import replay
from kigen.work.site import Site
from kigen.work.sweep import sweep
from tests.hosts.erasing import rows_of, telling
from tests.proof.leaving import leave
from tests.proof.looking import Forgotten, look
from tests.support.mariadb import MariaDB, install
from tests.work.billing import NOW, Billing, Copy

CERTAIN = (Sort.EMAIL, Sort.PHONE, Sort.TAX_ID)

MOST = 20
"""Identifiers of one person that are looked for."""


class Proof:
    """A filled installation whose clients are known before any of them leaves."""

    def __init__(self, site: Site, folder: Path) -> None:
        self.site, self.folder, host = site, folder, site.host
        with site.reading() as connection:
            ids = host.client_ids(connection, None, 1_000_000)
            self.accounts = [one for one in host.accounts(connection, ids) if one.client]
            self.clients = [one.id for one in self.accounts]
            self.people = dict(zip(self.clients, host.people(connection, self.accounts), strict=True))
        self.before: dict[str, list[str]] = {}
        self.others: list[int] = []

    def forget(self, wanted: int, seed: int) -> Forgotten:
        """Let about `wanted` clients leave and ask, sweep until nothing is due, and look."""
        began, forgotten = time.monotonic(), Forgotten(len(self.clients))
        leaving = sorted(Random(seed).sample(self.clients, min(len(self.clients), wanted * 3 // 2)))
        leave(self.site, leaving, self.folder / "attachments")
        self.others = [one for one in self.clients if one not in leaving]
        with self.site.reading() as connection:
            self.before = rows_of(self.site.host, connection, self.others)
        left: Counter[str] = Counter()
        while (swept := sweep(self.site, confirmed=True)).acted:
            forgotten.take(swept)
            left.update(swept.left)
        self._judge(forgotten, left)
        with self.site.reading() as connection:
            forgotten.twice = list(_not_told_once(list(runs.acts(connection, None, None)), connection))
        forgotten.seconds = time.monotonic() - began
        return forgotten

    def forget_again(self) -> Forgotten:
        """After a restore from before everything: replay once, look, and once more, when nothing may be done."""
        began, forgotten = time.monotonic(), Forgotten(len(self.clients))
        found = replay(self.site)
        forgotten.take(found.swept)
        forgotten.failures += [one["text"] for one in found.findings("UTC")]
        if acts := replay(self.site).returned.acts:
            forgotten.failures.append(f"a second replay finds {len(acts)} records that came back")
        self._judge(forgotten, found.swept.left)
        forgotten.seconds = time.monotonic() - began
        return forgotten

    def _judge(self, forgotten: Forgotten, left: Counter[str]) -> None:
        with self.site.reading() as connection:
            acts = list(runs.acts(connection, None, None))
            erased = {act.id for act in acts if act.kind is Kind.CLIENT and act.action in ("delete", "anonymise")}
            staying = [account for account in self.accounts if account.id not in erased]
            theirs = set(_ip_addresses(self.site, connection, staying))
            theirs |= telling([self.people[one.id] for one in staying])
            gone = [self.people[one] for one in erased]
            needles = _needles(gone, theirs)
            look(connection, self.folder, needles, left, forgotten, certain=needles & _certain(gone))
            now = rows_of(self.site.host, connection, self.others)
            # A user that was shared with somebody who is gone counts as theirs only now.
            forgotten.changed = [
                name for name, rows in self.before.items() if Counter(rows) - Counter(now.get(name, []))
            ]


def _ip_addresses(site: Site, connection: Connection, accounts: Collection[Account]) -> Iterator[str]:
    """Those in the rows of clients who stay, their own or of staff: an address of the net says nothing by itself."""
    for account in accounts:
        for holding in site.host.holdings(connection, account):
            columns = [one.name for one in holding.table.personal if one.sort is Sort.IP]
            for row in holding.rows:
                yield from (str(row[name]) for name in columns if row.get(name))


def _needles(erased: Collection[Person], theirs: Collection[str]) -> set[str]:
    """Up to twenty values of each that tell who it is, without what somebody who stays has as well."""
    shared = {one.casefold() for one in theirs}
    found: set[str] = set()
    for person in erased:
        own = sorted({one.casefold() for one in telling([person])} - shared, key=len, reverse=True)
        found.update(own[:MOST])
    return found


def _certain(erased: Collection[Person]) -> set[str]:
    """Addresses and numbers that mean one person wherever they stand."""
    found: set[str] = set()
    for person in erased:
        for sort, value in person.values:
            spelled = identifiers_of(replace(person, names=(), values=((sort, value),))) if sort in CERTAIN else ()
            if any(one.strength is Strength.ALONE for one in spelled):
                found.add(value.casefold())
    return found


def _not_told_once(done: Collection[runs.Act], connection: Connection) -> Iterator[str]:
    """What runs did and evidence does not tell exactly once, or tells and no run did."""
    acts: Counter[tuple[object, ...]] = Counter((act.action, act.kind.value, act.id) for act in done)
    told: Counter[tuple[object, ...]] = Counter()
    for one in evidence_read.told(connection):
        for part in one.parts:
            told.update((one.entry.action, part.kind, item[0]) for item in part.items if item)
    yield from (f"{name}: done {acts[name]} times, told {told[name]} times" for name in acts.keys() | told.keys()
                if acts[name] != told[name])  # fmt: skip


def main() -> int:
    """One run on MariaDB."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof.forgotten", description=__doc__)
    parser.add_argument("--clients", type=int, default=500)
    parser.add_argument("--of", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kigen-forgotten-") as name:
        folder = Path(name)
        install(folder / "template")
        server = MariaDB(folder / "template")
        try:
            server.start()
            (own := folder / "site").mkdir()
            billing = Billing(server.url(server.create_database()), own / "state")
            world.fill(billing.site.engine, chosen.of, chosen.seed, now=NOW)
            backup = Copy(billing.url)
            proof = Proof(billing.site, own)
            forgotten = proof.forget(chosen.clients, chosen.seed)
            billing.site.engine.dispose()
            backup.put_back()
            again = proof.forget_again()
        finally:
            server.remove()
    print("\n".join([f"forgotten: seed {chosen.seed}", *forgotten.lines(), "after a restore:", *again.lines()]))
    is_same = forgotten.done == again.done
    return 0 if is_same and all(one.is_right(chosen.clients) for one in (forgotten, again)) else 1


if __name__ == "__main__":
    sys.exit(main())
