"""Evidence as it is kept: entries appended in the transaction of the act they prove, one after the other, never a fork.

Whoever appends first locks the end of the chain and keeps it until the commit. It waits for that lock even where it
waits for no other: the holder only writes new rows and never waits for anything, so no ring of waiting can close.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Table, delete, insert, select, update

from kigen.ledger import keys, merkle
from kigen.ledger.chain import Entry, Head, Told, leaf_hashes, link, statement
from kigen.ledger.database import LOCK_WAIT_SECONDS
from kigen.ledger.leaves import Act, Part, forgotten, part_of
from kigen.ledger.runs import Done
from kigen.ledger.tables_evidence import chain, evidence, heads, leaves
from kigen.packing import Bare
from kigen.policy.records import Kind

CODE, DIGESTS = re.compile(r"[a-z][a-z0-9._-]*"), re.compile(r"(?:[0-9a-f]{16,128}\n)*")
"""What an entry may say in words: names of the program's own, and keyed digests. No sentence, hence nobody's name."""

NO_SENTENCE = "evidence holds codes and digests; expected neither a sentence nor a name"

MOST = 50_000
"""Records of one part: what is longer stands in several rows, each of which any server takes."""

LONGEST = {"host": 64, "action": 12, "rule": 80, "actor": 120, "reasons": 1000}
"""Characters of the columns."""

THE_END = chain.c.id == 1
READ_END = f"SELECT seq, hash FROM {chain.name} WHERE id = 1"  # noqa: S608 - kigen's own
MOVE_END = f"UPDATE {chain.name} SET seq = %s, hash = %s WHERE id = 1"  # noqa: S608 - kigen's own; values are bound


def append(
    connection: Connection, host: str, run: int | None, actor: str, action: str, at: dt.datetime,
    done: Mapping[tuple[Kind, str], Done], reasons: Mapping[str, Sequence[str]] | None = None,
    fingerprints: Mapping[Kind, Mapping[int, str]] | None = None,
) -> list[Told]:  # fmt: skip
    """Write what was done, an entry a rule, in the caller's transaction; `done` is what `runs.write_chunk` takes.

    `reasons` are codes by rule, `fingerprints` keyed digests by kind and id. Call it last: from here to the commit none
    other can append. Nothing done, nothing written. ValueError for what is no code or no digest: a sentence could name
    a person. The actor is one of the operator's people or programs, never a client.
    """
    codes_of = reasons or {}
    for rule in {rule for _, rule in done}:
        codes = codes_of.get(rule, ())
        if not all(CODE.fullmatch(word) for word in (host, action, rule, *codes) if word):
            raise ValueError(NO_SENTENCE)
        _check_lengths(host=host, action=action, rule=rule, actor=actor, reasons=" ".join(codes))
    prints = fingerprints or {}
    if not all(DIGESTS.fullmatch("\n".join((*mine.values(), ""))) for mine in prints.values()):
        raise ValueError(NO_SENTENCE)
    by_rule: dict[str, list[Part]] = defaultdict(list)
    for (kind, rule), mine in done.items():
        for start in range(0, len(mine), MOST):
            by_rule[rule].append(part_of(kind, mine[start : start + MOST], prints.get(kind, {})))
    drafts = []
    for rule, parts in by_rule.items():
        found = leaf_hashes(Act(host, action, rule), parts)
        root = merkle.root(found).hex()
        entry = Entry(
            0, "", host, action, rule, tuple(codes_of.get(rule, ())), run, actor, written(at), len(found), root, ""
        )
        drafts.append(Told(entry, tuple(parts)))
    if not drafts:
        return []
    seq, previous = lock_end(connection)
    told = []
    for draft in drafts:
        seq += 1
        entry = replace(draft.entry, seq=seq, previous=previous)
        previous = link(previous, entry.digest())
        told.append(Told(replace(entry, hash=previous), draft.parts))
    write(connection, told)
    return told


def _check_lengths(**texts: str) -> None:
    # Without a SQL mode MariaDB cuts what is too long without a word, and the entry would be one that nobody wrote.
    for name, text in texts.items():
        if len(text) > LONGEST[name]:
            raise ValueError(f"{name} has {len(text)} characters; evidence holds {LONGEST[name]}")


def write(connection: Connection, told: Sequence[Told]) -> None:
    """Insert finished entries and move the end of the chain, which the caller has locked."""
    # Three statements of every chunk of every run: ready as they are, since making them would take half their time.
    parts = [(one.entry.seq, number, part) for one in told for number, part in enumerate(one.parts)]
    _insert(connection, evidence, [_row(one.entry) for one in told])
    at_once = len(parts) if sum(len(part.items) for *_, part in parts) <= MOST else 1
    for start in range(0, len(parts), at_once):
        _insert(connection, leaves, [_leaves_row(*part) for part in parts[start : start + at_once]])
    last = told[-1].entry
    _run(connection, MOVE_END, (last.seq, last.hash))


def _insert(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    names, places = ", ".join(f"`{name}`" for name in rows[0]), ", ".join(["%s"] * len(rows[0]))
    every = ", ".join([f"({places})"] * len(rows))
    statement = f"INSERT INTO {table.name} ({names}) VALUES {every}"  # noqa: S608 - kigen's own; values are bound
    _run(connection, statement, tuple(value for row in rows for value in row.values()))


def _run(connection: Connection, statement: str, values: tuple[object, ...]) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    bound = tuple(Bare(value) if type(value) is str else value for value in values)  # digests, codes and JSON
    connection.exec_driver_sql(statement.replace("%s", "?") if is_sqlite else statement, bound)


def lock_end(connection: Connection) -> tuple[int, str]:
    """Number and hash of the last entry, locked until the transaction ends; 0 and GENESIS before the first.

    ValueError where the row that holds them is gone.
    """
    if connection.dialect.name == "sqlite":
        return _end(connection.exec_driver_sql(READ_END).first())
    if _can_wait(connection):
        return _end(connection.exec_driver_sql(f"{READ_END} FOR UPDATE WAIT {LOCK_WAIT_SECONDS}").first())
    with _waiting(connection):
        return _end(connection.exec_driver_sql(f"{READ_END} FOR UPDATE").first())


def _can_wait(connection: Connection) -> bool:
    """Whether the server takes a time to wait with the statement itself."""
    is_mariadb, version = getattr(connection.dialect, "is_mariadb", False), connection.dialect.server_version_info
    return is_mariadb and (version or (0,)) >= (10, 3)


def end(connection: Connection) -> tuple[int, str]:
    """The same without a lock."""
    return _end(connection.execute(select(chain.c.seq, chain.c.hash).where(THE_END)).first())


def _end(row: Any) -> tuple[int, str]:
    if row is None:
        raise ValueError("kigen_chain has lost the row that says where the chain ends; restore it from a backup")
    return row.seq, row.hash


def sign_head(connection: Connection, key: Ed25519PrivateKey, at: dt.datetime) -> Head:
    """Sign the chain as it is: once at the end of every run. `at` is the machine's clock."""
    seq, hash_ = lock_end(connection)
    signature = key.sign(statement(seq, hash_, written(at))).hex()
    head = Head(seq, hash_, written(at), keys.name(key.public_key()), signature)
    write_head(connection, head)
    return head


def write_head(connection: Connection, head: Head) -> None:
    """Remember a signed head; one over as many entries at the same instant is there once."""
    key = {"entries": head.entries, "at": head.at}
    connection.execute(delete(heads).filter_by(**key))
    values = {"hash": head.hash, "signing_key": head.key, "signature": head.signature}
    connection.execute(insert(heads).values(**key, **values))


def forget(connection: Connection, told: Told, records: Mapping[Kind, frozenset[int]] | None = None) -> Told:
    """Let ids and random bytes of these records die, by default of all; their hashes stay. Returns what is left."""
    parts = []
    for number, part in enumerate(told.parts):
        gone = None if records is None else records.get(Kind(part.kind), frozenset())
        parts.append(left := forgotten(told.act, part, gone))
        condition = (leaves.c.entry == told.entry.seq, leaves.c.part == number)
        connection.execute(update(leaves).where(*condition).values(_leaves_row(told.entry.seq, number, left)))
    return Told(told.entry, tuple(parts))


def written(at: dt.datetime) -> str:
    """An instant as an entry holds it: UTC, with microseconds. ValueError for one without a zone."""
    if at.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _row(entry: Entry) -> dict[str, object]:
    return {**entry.as_json(), "reasons": " ".join(entry.reasons)}


def _leaves_row(seq: int, number: int, part: Part) -> dict[str, object]:
    lowest, highest = part.bounds
    return {
        "entry": seq, "part": number, "kind": part.kind, "lowest": lowest, "highest": highest,
        "records": part.stored_items, "salts": part.salts,
    }  # fmt: skip


@contextmanager
def _waiting(connection: Connection) -> Iterator[None]:
    """Wait for a lock although the transaction waits for none; see the head of this file."""
    wait = "SESSION innodb_lock_wait_timeout"
    connection.exec_driver_sql(f"SET @kigen_wait = @@{wait.replace(' ', '.')}, {wait} = {LOCK_WAIT_SECONDS}")
    try:
        yield
    finally:
        if not connection.invalidated:  # a lost connection has nothing to be set back
            connection.exec_driver_sql(f"SET {wait} = @kigen_wait")
