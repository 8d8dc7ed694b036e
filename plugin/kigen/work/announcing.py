"""One message to everybody whom it concerns: a new policy, a new recipient, a breach, an offer to those who agreed.

The words are noted once, each client's message names them. It goes page by page, each a transaction; begun again it
goes on with those who have no message yet.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from kigen.hosts.people import is_mask
from kigen.ledger import consents as ledger
from kigen.ledger import lifecycle, notices, outbox, settings
from kigen.policy.notice_catalogue import NOTICES, Notice, Sort
from kigen.policy.notices import Weight, spelled
from kigen.policy.periods import from_local
from kigen.policy.purposes import PURPOSES
from kigen.policy.records import Kind, State
from kigen.policy.vocabulary import LANGUAGES
from kigen.work import consents
from kigen.work.mail_words import ANNOUNCED
from kigen.work.readings import walk_clients
from kigen.work.site import Site

BREACH, POLICY_CHANGE, RECIPIENT_CHANGE, OFFER = "breach-notice", "policy-change", "recipient-change", "offer"
KINDS = (BREACH, POLICY_CHANGE, RECIPIENT_CHANGE, OFFER)

LONGEST = 20_000
_ABOUT = re.compile(r"[A-Za-z0-9][A-Za-z0-9@._/-]{0,39}")

Words = Mapping[str, str | Mapping[str, str]]
"""What the variables of a notice hold: a text, or one by language."""


@dataclass(frozen=True, slots=True)
class Announced:
    """To how many clients it goes, and for how many of them it was new."""

    clients: int
    new: int


def announce(
    site: Site, notice: str, words: Words, about: str, clients: Iterable[int] | None = None, purpose: str | None = None
) -> Announced:
    """Write a message to these clients, or to all who still use the platform and have an address.

    Closed accounts get no mail but where they are named, as those whom a breach concerns. With a `purpose`, to those
    who consent to it, which is asked again when it is sent. `about` names the announcement: the same again reaches who
    came since. Raises ValueError where words are missing, unknown, or not those that were announced before.
    """
    with site.transaction() as connection:
        data = _checked(site, connection, notice, words, about, purpose)
        name = f"{notice} {about}"
        told = json.dumps(data, sort_keys=True, ensure_ascii=False)
        known = settings.note(connection, f"{ANNOUNCED} {name}")
        if known is not None and known != told:
            raise ValueError(f"{about} was announced in other words before; expected the same, or another --about")
        settings.write_note(connection, f"{ANNOUNCED} {name}", told)
    total = new = 0
    for page in _pages(site, clients):
        with site.transaction() as connection:
            concerned = _concerned(site, connection, page, clients is not None, purpose)
            rows = [(client, {ANNOUNCED: name}, about) for client in concerned]
            total += len(rows)
            new += outbox.put_many(connection, notice, rows, site.now, purpose)
    return Announced(total, new)


def _pages(site: Site, clients: Iterable[int] | None) -> Iterator[Sequence[int]]:
    if clients is not None:
        ordered = sorted(set(clients))
        yield from (ordered[start : start + 1000] for start in range(0, len(ordered), 1000))
        return
    with site.reading() as connection:
        yield from walk_clients(connection, site.host)


def _concerned(
    site: Site, connection: Connection, page: Sequence[int], are_named: bool, purpose: str | None
) -> list[int]:  # fmt: skip
    there = [one for one, (address, _) in site.host.addresses(connection, page).items() if not is_mask(address)]
    if not are_named:
        known = lifecycle.memories(connection, [(Kind.CLIENT, client) for client in there])
        closed = {number for (_, number), memory in known.items() if memory.state is State.CLOSED}
        there = [client for client in there if client not in closed]
    if purpose is not None:
        asked = {event.client for event in ledger.of(connection, there, purpose)}
        there = [one for one in there if one in asked and consents.may_send(site, connection, one, purpose)]
    return sorted(there)


def _checked(
    site: Site, connection: Connection, key: str, words: Words, about: str, purpose: str | None
) -> dict[str, Any]:  # fmt: skip
    if not _ABOUT.fullmatch(about):
        raise ValueError("--about is no name; expected letters, digits, dots and dashes, at most 40, such as 2026-12")
    if (key == OFFER) != (purpose is not None):
        raise ValueError("an offer needs --purpose, and nothing else has one")
    if purpose is not None and (purpose not in PURPOSES or not PURPOSES[purpose].by_mail):
        raise ValueError(f"{purpose!r} is no purpose for which mail is sent")
    notice, given = NOTICES[key], dict(words)
    if key == POLICY_CHANGE:
        given = {**_of_version(connection, about), "link": str(site.setting(connection, "operator.portal")), **given}
    if unknown := sorted(given.keys() - notice.variables.keys()):
        raise ValueError(f"{key} has no {', '.join(unknown)}; expected {', '.join(notice.variables)}")
    data = {name: _read(site, notice, name, given.get(name)) for name in notice.variables}
    if sum(len(str(one)) for one in data.values()) > LONGEST:
        raise ValueError(f"its words are too long; expected at most {LONGEST} characters")
    return data


def _of_version(connection: Connection, about: str) -> dict[str, Any]:
    """What the published version itself says: its title, from when it counts, whether it changes what was agreed."""
    name, number = spelled(about)
    version = next((one for one in notices.versions(connection, name) if one.number == number), None)
    if version is None:
        raise ValueError(f"--about is {about!r}, which is no published version; expected such as privacy-policy@2")
    texts = {one: notices.text(connection, name, version.number, one) for one in LANGUAGES}
    return {
        "title": {one: text.title for one, text in texts.items() if text},
        "effective": version.effective.isoformat(), "is_material": "on" if version.weight is Weight.MATERIAL else "off",
    }  # fmt: skip


def _read(site: Site, notice: Notice, name: str, told: str | Mapping[str, str] | None) -> object:
    sort = notice.variables[name].sort
    if told is None or not told:
        raise ValueError(f"{name} is missing; expected --word {name}=… or --word {name}.ja=… for one language")
    if sort is Sort.WORDS:
        return dict(told) if isinstance(told, Mapping) else told
    if isinstance(told, Mapping):
        raise ValueError(f"{name} is the same in every language; expected --word {name}=…")
    if sort is Sort.FLAG:
        return told.strip().lower() in ("on", "yes", "true", "1")
    try:
        at = dt.datetime.fromisoformat(told)
    except ValueError:
        raise ValueError(f"{name} is {told!r}; expected an instant such as 2026-12-01T00:00") from None
    return (at if at.tzinfo else from_local(at, site.zone)).isoformat()
