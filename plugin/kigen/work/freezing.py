"""What a floor keeps of a client is frozen before anything of it is masked, and goes when its floor is over."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from sqlalchemy import Connection

from kigen.ledger import absorbed, anonymised, evidence, frozen, frozen_ends
from kigen.ledger.chain import KEY_DESTROYED, Told
from kigen.ledger.keys_store import StoreKeys
from kigen.ledger.runs import Done
from kigen.policy.again import REPLAY
from kigen.policy.decide import Decision
from kigen.policy.facts import Facts
from kigen.policy.floors import documents, standing
from kigen.policy.keeping import Keeping, keeping
from kigen.policy.parting import FLOOR, PARTS
from kigen.policy.records import Kind, ref_text
from kigen.policy.schedule import Schedule
from kigen.work.readings import Reading
from kigen.work.site import Site

ENDED = "frozen.floor-ended"
"""By what a document's key is destroyed, as evidence says it."""


class CannotFreeze(Exception):
    """A document that a floor keeps cannot be stored as issued, so nothing of its client may be masked."""


def kept_by(site: Site, schedule: Schedule, reading: Reading, decision: Decision) -> Keeping:
    """What stays of a client that goes in part, by the reasons that its decision met."""
    # Where evidence says what is done, it also says for what parts stayed, whatever the rules say today; documents have
    # their floors all the same.
    told = {reason.code for reason in decision.reasons}
    codes = (told if REPLAY in told else decision.standing) & PARTS
    return keeping(reading.facts, schedule, site.now, codes or {FLOOR})


def freeze(
    connection: Connection, site: Site, schedule: Schedule, keys: StoreKeys, facts: Facts, keeping: Keeping
) -> int:
    """Store the documents that a floor keeps, in the transaction that masks; returns how many are new.

    To be called before the host changes a row. What was stored by an earlier run is not asked of the host again, for
    its rows are masked. Raises CannotFreeze with a sentence where the host does not give a document.
    """
    wanted = {ref for ref, _ in keeping.documents}
    fresh = frozen.unfrozen(connection, site.host.name, wanted)
    papers = site.host.papers(connection, facts.account, fresh) if fresh else []
    missing = sorted(map(ref_text, fresh - {paper.ref for paper in papers}))
    if missing:
        raise CannotFreeze(f"the host gives no document of {', '.join(missing)}, which the law keeps")
    floors = [one for one in documents(facts, schedule.zone) if one.ref in wanted]
    ends = partial(schedule.floors.end, zone=schedule.zone)
    frozen.lengthen(connection, site.host.name, [one for one in floors if one.ref not in fresh], ends)
    return len(frozen.freeze(connection, keys, papers, floors, ends, site.now))


def keep_longer(connection: Connection, site: Site, schedule: Schedule, readings: Iterable[Facts]) -> set[int]:
    """What was booked on a stored document since keeps it, and all that stays with it, for longer; whose changed.

    `readings` are the facts of whole clients. To be asked before anything is decided of them.
    """
    floors, zone = schedule.floors, schedule.zone
    ends: dict[int, dt.datetime | None] = {}
    for facts in readings:
        if facts.anonymised and FLOOR in facts.anonymised.codes:
            papers = list(documents(facts, zone))  # also of one that was stored of a client that is part of this now
            fresh = frozen.unfrozen(connection, site.host.name, [one.ref for one in papers])
            papers = [one for one in papers if one.ref not in fresh]
            frozen.lengthen(connection, site.host.name, papers, partial(floors.end, zone=zone))
            until = [end for _, end in standing(papers, floors, zone, site.now)]
            if until:
                ends[facts.account.id] = None if None in until else max(filter(None, until))
    return anonymised.lengthen(connection, ends)


def destroy_ended(site: Site, schedule: Schedule, run: int, told: list[Told] | None = None) -> dict[Kind, int]:
    """Destroy the documents whose floor is over, a transaction for each 500; returns how many by kind.

    That the keys of these documents are destroyed is evidence, which is added to `told` for the ledger file.

    To be called once a run, while it has its lease. Ends are first computed by the floors as they are now; one that
    became shorter is only told by this run. Then by the records as they are now: what was booked on an invoice after it
    was stored keeps it for longer.
    """
    with site.transaction() as connection:
        frozen_ends.renew(connection, partial(schedule.floors.end, zone=schedule.zone), run)
    found: Counter[Kind] = Counter()
    while True:
        with site.reading() as connection:
            clients = frozen_ends.ending(connection, site.now, today=schedule.today)
        with site.transaction() as connection:
            longer = _lengthened(connection, site, schedule, clients)
            gone = frozen_ends.destroy_ended(connection, site.now, of=clients, today=schedule.today)
            entries = _write_down(connection, site, run, gone)
        if told is not None:
            told += entries
        if not gone and not longer:
            return dict(found)
        found.update({kind: len(numbers) for kind, numbers in gone.items()})


def _write_down(connection: Connection, site: Site, run: int, gone: Mapping[Kind, Sequence[int]]) -> Sequence[Told]:
    """The keys that are no more, by the records whose documents they locked; last of all in the transaction."""
    done: dict[tuple[Kind, str], Done] = {(kind, ENDED): [(number, None) for number in gone[kind]] for kind in gone}
    return evidence.append(connection, site.host.name, run, site.actor, KEY_DESTROYED, site.now, done)


def _lengthened(connection: Connection, site: Site, schedule: Schedule, clients: Sequence[int]) -> int:
    """How many documents of these clients the records as they are now, which are locked, keep for longer."""
    owners = sorted(absorbed.heirs(connection, clients))
    accounts = site.host.accounts(connection, owners, lock=True) if owners else []
    floors = [one for account in accounts for one in documents(Facts(account), schedule.zone)]
    return frozen.lengthen(connection, site.host.name, floors, partial(schedule.floors.end, zone=schedule.zone))
