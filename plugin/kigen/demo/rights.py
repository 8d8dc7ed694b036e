"""What a client gets in the hand, shown once: a published policy, a consent given and withdrawn, one bundle.

The texts are kigen's own, for an invented operator; the consent comes as events do, and the bundle is one client's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection

from kigen.ledger import inbox, notices, settings
from kigen.policy.notices import POLICY, Version, Weight
from kigen.policy.purposes import CONSENT
from kigen.policy.records import Kind
from kigen.policy.vocabulary import LANGUAGES
from kigen.work import consents, publishing
from kigen.work.export.content import Wanted
from kigen.work.export.make import Made, export
from kigen.work.intake import parse_event, run_intake
from kigen.work.notice_page import page
from kigen.work.site import Site

MARKETING = "marketing"
OPERATOR: Mapping[str, str] = {
    "operator.name": "Example Hosting", "operator.name_ja": "例示ホスティング",
    "operator.address": "1-1-1 Example, Chiyoda-ku, Tokyo, Japan", "operator.address_ja": "東京都千代田区例示 1-1-1",
    "operator.representative": "Hanako Rei", "operator.representative_ja": "例 花子",
    "operator.contact": "privacy@example.jp", "operator.portal": "https://portal.example.jp/",
}  # fmt: skip
EARLIER = dt.timedelta(hours=1)
"""How long before its first answer the policy is published: nobody can agree to what is not there yet."""

FILES = ("privacy-policy.en.html", "privacy-policy.ja.html", "bundle.zip")


@dataclass(frozen=True, slots=True)
class Shown:
    """What there is to look at. `states` are the consent's: at first, once it was given, once it was withdrawn."""

    client: int
    states: tuple[str, str, str]
    pages: Mapping[str, Path]
    bundle: Made

    def as_json(self) -> dict[str, object]:
        return {
            "consent": {"client": self.client, "purpose": MARKETING, "states": list(self.states)},
            "policy": {language: str(path) for language, path in self.pages.items()},
            "bundle": {"file": str(self.bundle.files[0]), "bytes": self.bundle.size, "sha256": self.bundle.sha256,
                       "sections": self.bundle.sections},
        }  # fmt: skip


def show(site: Site, folder: Path, client: int, language: str) -> Shown:
    """Publish, let one client agree and withdraw, and write the pages and its bundle into the folder."""
    pages = _publish(replace(site, now=site.now - EARLIER), folder)
    states = (_state(site, client), _tell(site, client, "consent_given"), _tell(site, client, "consent_withdrawn"))
    return Shown(client, states, pages, export(site, Wanted(client, language=language), folder / FILES[-1]))


def living(site: Site, connection: Connection, wanted: int | None) -> int | None:
    """The client that was asked for where it has an address, else the first that has one; None where nobody is left."""
    first = site.host.client_ids(connection, None, 500)
    there = site.host.addresses(connection, [*([wanted] if wanted else []), *first])
    present = site.host.owners(connection, Kind.CLIENT, sorted(there))
    return wanted if wanted in present else min(present, default=None)


def _publish(site: Site, folder: Path) -> dict[str, Path]:
    made: dict[str, Path] = {}
    with site.transaction() as connection:
        for name, value in OPERATOR.items():
            settings.store(connection, name, value, site.now, site.actor)
        versions = {key: _published(site, connection, key) for key in (POLICY, f"{CONSENT}{MARKETING}")}
        for language, name, other in zip(LANGUAGES, FILES, reversed(FILES[:-1]), strict=False):
            policy = versions[POLICY]
            text = notices.text(connection, POLICY, policy.number, language)
            if text:
                made[language] = folder / name
                made[language].write_text(page(text, policy, language, site.zone, other), encoding="utf-8")
    return made


def _published(site: Site, connection: Connection, key: str) -> Version:
    drawn = publishing.draft(site, connection, key, {}, site.now, site.now)
    return publishing.publish(site, connection, drawn, site.now, Weight.MATERIAL, False)


def _tell(site: Site, client: int, event: str) -> str:
    at = site.now - EARLIER / (2 if event == "consent_given" else 4)
    data = {
        "purpose": MARKETING,
        "notice": f"{CONSENT}{MARKETING}",
        "language": "ja",
        "channel": "portal",
        "by": "client",
    }
    told = {"event": event, "at": at.isoformat(), "client": client, "data": data}
    with site.transaction() as connection:
        inbox.append(connection, [parse_event(told, site.zone)], site.now)
    run_intake(site)
    return _state(site, client)


def _state(site: Site, client: int) -> str:
    with site.reading() as connection:
        return consents.standings(site, connection, client, site.now)[MARKETING].state.value
