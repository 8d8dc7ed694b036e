"""What a run did is taken back: what it archived is opened again, what it deleted comes back where it is still kept.

A client that staff opened meanwhile, or whose payment ended the archive, is left alone. Each client comes back in a
transaction of its own, all of it or nothing, and one that cannot hinders no other; run again, the rest follows.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from sqlalchemy import Connection, Row
from sqlalchemy.exc import DBAPIError

from kigen.hosts.giving_back import CannotGiveBack
from kigen.ledger import archiving, runs
from kigen.ledger.bulk import batches
from kigen.ledger.database import LOCK_WAIT_SECONDS, giving_way
from kigen.policy.schedule import Effect
from kigen.work import proof
from kigen.work.attempt import STUCK, hear
from kigen.work.brakes import Brake
from kigen.work.bringing_back import Acts, Brought, acts_of, bring_back, counted, kept_of
from kigen.work.conflicts import CONFLICTS, code, is_about_the_row, pause
from kigen.work.destroying import destroy_where_due
from kigen.work.lease import lease, turn
from kigen.work.not_back import Standing, standing
from kigen.work.opened import open_again
from kigen.work.opening import before_all_else
from kigen.work.site import Site
from kigen.work.stamping import stamp


class UnknownRun(ValueError):
    """No run has this number."""


class _OnlyShown(Exception):
    """What was tried is taken back."""

    def __init__(self, brought: Brought) -> None:
        self.brought = brought


LOCKED = (
    "its rows stayed locked by somebody else for {seconds} s; run the same again later",
    "行が {seconds} 秒間、他の処理によりロックされていました。時間をおいて再度実行してください",
)
REFUSED = ("the database refused it ({code})", "データベースに拒否されました（{code}）")

Result = TypeVar("Result")


@dataclass
class Undone:
    """How the undoing went. `deleted` counts what that run deleted and what stays gone.

    `refused` tells by client why what is kept of it did not come back, `files` are names that its rows have and that
    are not there.
    """

    of: int
    run: int | None = None
    unarchived: int = 0
    brought: Brought = field(default_factory=Brought)
    refused: dict[int, str] = field(default_factory=dict)
    refused_ja: dict[int, str] = field(default_factory=dict)
    kept: Counter[str] = field(default_factory=Counter)
    deleted: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    warnings: list[str] = field(default_factory=list)
    brake: Brake | None = None
    locked: int = 0  # how many in a row stayed locked

    @property
    def acted(self) -> int:
        """On how many records."""
        return self.unarchived + len(self.brought.refs)

    def refuse(self, clients: Iterable[int], refusal: CannotGiveBack) -> None:
        """Nothing of these clients came back, and this is why."""
        for client in clients:
            self.refused[client], self.refused_ja[client] = str(refusal), refusal.ja

    def as_json(self) -> dict[str, Any]:
        brought = self.brought
        return {
            "run": self.run, "undone": self.of, "unarchived": {"client": self.unarchived} if self.unarchived else {},
            "restored": counted(brought.refs), "rows": dict(brought.rows), "left": dict(brought.left),
            "files": len(brought.files),
            "refused": [{"client": client, "text": text} for client, text in sorted(self.refused.items())],
            "kept": dict(self.kept), "deleted_then": dict(self.deleted), "remaining": 0,
            "seconds": round(self.seconds, 3), "stopped": self.brake.code if self.brake else None,
            "warnings": self.warnings, "acted": self.acted,
        }  # fmt: skip


def undo(site: Site, of: int, dry_run: bool = False) -> Undone:
    """Take back what the run `of` archived or deleted; with `dry_run` only tell.

    Raises UnknownRun, and AnotherRunner where one works already. Once more is nothing more: what was opened again is no
    longer archived, and what came back is no longer kept.
    """
    began = time.monotonic()
    undone = Undone(of)
    with lease(site) as connection:
        undone.brake = before_all_else(connection, site, undone.warnings)
        if undone.brake:
            return undone
        with turn(connection, site, "intake"):  # somebody may have asked for erasure meanwhile
            hear(site)
        if not dry_run:
            destroy_where_due(connection, site)
        with connection.begin():
            if not runs.is_known(connection, of):
                raise UnknownRun(f"there is no run {of}")
            archived = archiving.archived_by(connection, of)
            waiting = kept_of(connection, site, of)
            against = standing(connection, site, waiting)
            acts = acts_of(connection, {of} | {part.run for parts in waiting.values() for part in parts})
            if not dry_run:
                undone.run = runs.begin(
                    connection, site.machine_now, site.now, site.is_machine_clock, is_confirmed=True, actor=site.actor
                )
        rules = {ref[1]: rule for (action, ref), rule in acts[of].items() if action == Effect.ARCHIVE}
        for client, parts in waiting.items():
            _bring_back(connection, site, undone, client, parts, acts, against, dry_run)
        back = set(undone.brought.refs)
        undone.deleted = Counter(
            ref[0].value for action, ref in acts[of] if action == Effect.DELETE and ref not in back
        )
        if dry_run:
            return undone
        with connection.begin():  # those that went in steps were opened as they came back
            archived = archiving.archived_by(connection, of)
        undone.kept["already-open"] = len(rules) - len(archived)
        for clients in batches(sorted(archived)):
            _open_again(connection, site, undone, {client: archived[client] for client in clients}, rules)
        undone.kept += Counter()
        undone.seconds = time.monotonic() - began
        with connection.begin():
            runs.finish(connection, undone.run or 0, runs.DONE, undone.as_json(), None, site.machine_now)
        if warning := proof.sign(site, connection, site.machine_now):
            undone.warnings.append(warning)
    undone.warnings += stamp(site)
    return undone


def _bring_back(
    connection: Connection, site: Site, undone: Undone, client: int, parts: Sequence[Row[Any]],
    acts: Mapping[int, Acts], against: Standing, dry_run: bool,
) -> None:  # fmt: skip
    """One transaction for all that is kept of one client, with its evidence."""

    def once() -> Brought:
        found = bring_back(connection, site, undone.run or 0, client, parts, acts, against)
        if dry_run:
            raise _OnlyShown(found)
        return found

    try:
        brought = _tried(connection, undone, once)
    except CannotGiveBack as refusal:
        undone.refuse([client], refusal)
        against.coming.discard(client)
        return
    except _OnlyShown as shown:
        brought = replace(shown.brought, told=[])
    undone.brought.refs += brought.refs
    undone.brought.rows += brought.rows
    undone.brought.left += brought.left
    undone.brought.files += brought.files
    if brought.told and (warning := proof.write(site, connection, brought.told)):
        undone.warnings.append(warning)


def _tried(connection: Connection, undone: Undone, once: Callable[[], Result]) -> Result:
    """The same in a transaction of its own, again while somebody else is at its rows; what cannot be done is refused,
    for the others can. Where record after record is locked, the rest is not waited for."""
    until = time.monotonic() + (LOCK_WAIT_SECONDS if undone.locked < STUCK else 0)
    while True:
        try:
            with giving_way(connection):
                found = once()
        except DBAPIError as error:
            if code(error) not in CONFLICTS:
                if not is_about_the_row(error):
                    raise
                raise CannotGiveBack(REFUSED, code=code(error)) from None
            if time.monotonic() >= until:
                undone.locked += 1
                raise CannotGiveBack(LOCKED, seconds=LOCK_WAIT_SECONDS) from None
            pause()
        else:
            undone.locked = 0
            return found


def _open_again(
    connection: Connection, site: Site, undone: Undone, archived: Mapping[int, dt.datetime], rules: Mapping[int, str]
) -> None:
    """One transaction for some clients, with its evidence; where that cannot be, one for each."""
    wanted = {client: (at, rules[client]) for client, at in archived.items()}
    try:
        found = _tried(connection, undone, lambda: open_again(connection, site, undone.run or 0, wanted))
    except CannotGiveBack as refusal:
        if len(archived) == 1:
            undone.refuse(archived, refusal)
        else:
            for client, at in archived.items():
                _open_again(connection, site, undone, {client: at}, rules)
        return
    undone.unarchived += found.opened
    undone.kept["already-gone"] += len(archived) - found.there
    undone.kept["already-open"] += found.there - found.opened
    if warning := proof.write(site, connection, found.told):
        undone.warnings.append(warning)
