"""What a client who asked to be deleted is told, and when: received, signed in during the grace, kept at the date.

Messages are written where the facts are known, in the transaction that changed them; the same one is never written
twice, so this may be asked as often as one likes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from kigen.ledger import outbox, requests
from kigen.policy.decide import Considered
from kigen.policy.mail_settings import REMINDER
from kigen.policy.parting import FLOOR
from kigen.policy.periods import Term, add, moment
from kigen.policy.reasons import UNTOLD_HOLD, Reason
from kigen.policy.records import FINAL_LOGIN, Kind, ref_text
from kigen.policy.schedule import ON_REQUEST
from kigen.work import former
from kigen.work.readings import Reading, read_records
from kigen.work.site import Site

TELLING = frozenset({"client_signed_in", "deletion_requested", "rights_requested", "client_merged"})
"""Events after which there may be something to tell."""


TOLD_VALUES = ("amount", "right")
"""Of the values of a reason, those that its sentence to a client needs; others may hold the host's own words."""


def tell(connection: Connection, site: Site, clients: Collection[int] | None = None) -> int:
    """Write what is to be told to those of these clients (None: all) who asked to be deleted; returns how many."""
    asking = requests.asking(connection, "erasure", site.now)
    wanted = sorted(asking.keys() if clients is None else asking.keys() & set(clients))
    if not wanted:
        return 0
    former.warn(connection, site, {client: asking[client] for client in wanted})
    schedule = site.schedule(connection).without(site.drift(connection).refused)
    others = site.host.further_users(connection, wanted)
    told, term = 0, site.setting(connection, REMINDER)
    for reading in read_records(connection, site.host, schedule, Kind.CLIENT, wanted, site.now):
        decision = reading.decisions.get((Kind.CLIENT, reading.account.id))
        for one in decision.considered if decision else ():
            if decision and one.rule.id == ON_REQUEST:
                told += _received(connection, site, reading, one, others.get(reading.account.id, 0))
                told += _signed_in(connection, site, reading, one)
                told += _reminded(connection, site, reading, one, term if isinstance(term, Term) else None)
                if not decision.acts and one.is_due(site.now):
                    told += _kept(connection, site, reading, one)
    return told


def _received(connection: Connection, site: Site, reading: Reading, one: Considered, others: int) -> bool:
    """The request, its date, and at once what stands against it and how many others would lose the account."""
    received = _asked_at(reading)
    blockers = as_data(standing(one), reading.account.id)
    data: dict[str, object] = {"received": received, "date": _date(one), "blockers": blockers}
    if others:
        data["further_users"] = others
    return outbox.put(connection, reading.account.id, outbox.RECEIVED, data, site.now, about=received)


def _signed_in(connection: Connection, site: Site, reading: Reading, one: Considered) -> bool:
    """The question that an own sign-in during the grace asks: undo, or keep it planned."""
    login = reading.decisions[Kind.CLIENT, reading.account.id].record.anchors.get(FINAL_LOGIN)
    if login is None or login.at is None or one.is_due(site.now):
        return False
    at = moment(login.at, site.zone)
    if at.isoformat() <= _asked_at(reading):
        return False
    data = {"signed_in": at.isoformat(), "date": _date(one)}
    return outbox.put(connection, reading.account.id, outbox.SIGNED_IN, data, site.now, about=at.isoformat())


def _reminded(
    connection: Connection, site: Site, reading: Reading, one: Considered, term: Term | None
) -> bool:  # fmt: skip
    """Shortly before the date, so that nobody is surprised by what cannot be undone: once for each date."""
    date = one.clock.due
    if date is None or term is None or one.is_due(site.now) or add(site.now, term, site.zone) < date:
        return False
    data = {"received": _asked_at(reading), "date": _date(one)}
    return outbox.put(connection, reading.account.id, outbox.REMINDER, data, site.now)


def _kept(connection: Connection, site: Site, reading: Reading, one: Considered) -> bool:
    """The date has come and something keeps the client as it is: told once for each set of reasons."""
    reasons = standing(one)
    codes = sorted({reason.code for reason in reasons})
    data = {"received": _asked_at(reading), "date": _date(one), "blockers": as_data(reasons, reading.account.id)}
    about = f"{_asked_at(reading)} {' '.join(codes)}"
    return outbox.put(connection, reading.account.id, outbox.BLOCKED, data, site.now, about=about)


def standing(one: Considered) -> list[Reason]:
    """What stands against the deletion besides its own term."""
    return [reason for reason in one.reasons if reason.code != "not-due"]


def as_data(reasons: Sequence[Reason], client: int) -> list[dict[str, object]]:
    """Codes, dates, amounts and numbers of records; the sentence is made where the message is written."""
    return [
        {
            "code": one.code,
            "until": one.until and one.until.isoformat(),
            "refs": list(one.refs),
            **{name: str(one.values[name]) for name in TOLD_VALUES if name in one.values},
        }
        for one in open_ones(reasons, client)
    ]


def open_ones(reasons: Sequence[Reason], client: int) -> list[Reason]:
    """The reasons as the client may hear them.

    A hold that the client must not hear of is told as what is true of it and of every floor: that the law keeps the
    client, without a date or a record; beside a floor it is not told at all.
    """
    found = [one for one in reasons if one.words is not UNTOLD_HOLD]
    is_silent = len(found) == len(reasons) or any(one.code == FLOOR for one in found)
    return found if is_silent else [*found, Reason(FLOOR, refs=(ref_text((Kind.CLIENT, client)),))]


def _asked_at(reading: Reading) -> str:
    return min(one.received for one in reading.facts.requests if one.right == "erasure").isoformat()


def _date(one: Considered) -> str | None:
    return one.clock.due.isoformat() if one.clock.due else None
