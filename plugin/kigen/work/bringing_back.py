"""How what a run deleted comes back: all that is kept of one client together, in one transaction with its evidence.

A refusal leaves that client's records as they are, gone and kept, and says why; the others come back.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row

from kigen.hosts import files as on_disk
from kigen.hosts.anonymised import CannotAnonymise
from kigen.hosts.giving_back import CannotGiveBack
from kigen.hosts.taken import Piece, from_json
from kigen.ledger import archiving, evidence, intents, lifecycle, marks, quarantine, remembering, runs
from kigen.ledger.chain import Told
from kigen.ledger.tombstones import UNDONE
from kigen.policy.records import Kind, Ref
from kigen.policy.schedule import Effect
from kigen.work import files
from kigen.work.not_back import Standing, check_asked, check_going, check_named, check_owner, check_term
from kigen.work.opened import open_again
from kigen.work.proved import known_by
from kigen.work.site import Site
from kigen.work.traces import keys_of

GONE = ("what was kept of it was destroyed meanwhile", "保管していた写しは、その間に廃棄されました")


Acts = Mapping[tuple[str, Ref], str]
"""The rule of each act of a run, by action and record."""


@dataclass
class Brought:
    """What came back: records, rows by table; rows of others that had changed since, and files that do not come."""

    refs: list[Ref] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    files: list[str] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)


def kept_of(connection: Connection, site: Site, run: int) -> dict[int, list[Row[Any]]]:
    """By client what is kept of the records that a run deleted, the client whose part is the last first."""
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in quarantine.of_run(connection, site.host.name, run):
        found[row.client].append(row)
    return dict(sorted(found.items(), key=lambda item: -int(item[1][-1].id)))


def acts_of(connection: Connection, numbers: Iterable[int]) -> dict[int, Acts]:
    """What these runs did."""
    return {
        number: {(act.action, (act.kind, act.id)): act.rule for act in runs.acts_of(connection, number)}
        for number in sorted(set(numbers))
    }


def bring_back(
    connection: Connection, site: Site, run: int, client: int, parts: Sequence[Row[Any]], acts: Mapping[int, Acts],
    against: Standing,
) -> Brought:  # fmt: skip
    """Bring back one client's records as run number `run`, in the caller's transaction; `acts` are those of the runs.

    Raises CannotGiveBack with a sentence; then nothing of the transaction may be committed.
    """
    check_term(site, against, parts)
    check_going(against, parts)
    told = _opened(connection, site, [part.id for part in parts])
    check_asked(connection, against, client, parts, told)
    check_named(connection, site, against, client, parts)
    refs = [(Kind(kind), number) for one in told for kind, number in one.get("refs", ())]
    given = site.host.give_back(connection, [piece for one in told for piece in one["pieces"]])
    check_owner(connection, site, client, told, is_back=(Kind.CLIENT, client) in refs)
    for one in told:
        gone = [(Kind(kind), number) for kind, number in one.get("refs", ())]
        remembering.remember_again(connection, one.get("memory", {}), gone, site.now)
    brought = Brought(sorted(set(refs)), given.rows, given.left)
    if (Kind.CLIENT, client) in brought.refs:
        brought.files = _files(connection, site, client)
    intents.end(connection, [client])
    marks.mark(connection, [client], brought.refs)
    quarantine.drop(connection, [part.id for part in parts])
    mine = {part.run: acts[part.run] for part in parts}
    brought.told += _write_down(connection, site, run, brought.refs, list(mine.values()))
    brought.told += _open(connection, site, run, client, mine)
    return brought


def _opened(connection: Connection, site: Site, numbers: Sequence[int]) -> list[dict[str, Any]]:
    try:
        content = quarantine.opened(connection, keys_of(site), numbers)
    except (ValueError, CannotAnonymise) as error:
        raise CannotGiveBack(str(error)) from None
    if len(content) < len(numbers):
        raise CannotGiveBack(GONE)
    told = [json.loads(content[number]) for number in sorted(content)]
    return [{**one, "pieces": _pieces(one["pieces"])} for one in told]


def _pieces(told: Iterable[Any]) -> list[Piece]:
    return [from_json(one) for one in told]


def _files(connection: Connection, site: Site, client: int) -> list[str]:
    """Files that rows name again and that are gone; those that were still to be removed stay."""
    names = site.host.file_names(connection, site.host.accounts(connection, [client]))
    files.spare(connection, site, names)
    folder = files.folder_of(site, connection)
    if folder is None:
        return []
    return sorted(name for name in names if not on_disk.within([name], folder).paths)


def _write_down(connection: Connection, site: Site, run: int, refs: Iterable[Ref], acts: Iterable[Acts]) -> list[Told]:
    """That the deletions were undone, by the rules that they followed: their tombstones mean nothing from here on."""
    done: dict[tuple[Kind, str], runs.Done] = defaultdict(list)
    for ref in refs:
        rule = next((found[Effect.DELETE, ref] for found in acts if (Effect.DELETE, ref) in found), None)
        if rule is not None:
            done[ref[0], rule].append((ref[1], None))
    runs.write_chunk(connection, run, UNDONE, site.now, done)
    known = known_by(connection, site, done)
    return evidence.append(connection, site.host.name, run, site.actor, UNDONE, site.now, done, None, known)


def _open(connection: Connection, site: Site, run: int, client: int, acts: Mapping[int, Acts]) -> Sequence[Told]:
    """A client that was closed only because it went in steps is opened again."""
    for earlier, found in sorted(acts.items()):
        rule = found.get((Effect.ARCHIVE, (Kind.CLIENT, client)))
        archived = archiving.archived_by(connection, earlier) if rule is not None else {}
        if rule is not None and client in archived:
            return open_again(connection, site, run, {client: (archived[client], rule)}).told
    return ()


def counted(refs: Iterable[Ref]) -> dict[str, int]:
    """How many records, by kind."""
    return {kind.value: len(numbers) for kind, numbers in lifecycle.by_kind(refs).items()}
