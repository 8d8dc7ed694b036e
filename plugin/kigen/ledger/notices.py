"""Published notices: every version with its texts, and who was shown or accepted which, when, in which language."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from kigen.ledger.bulk import add, written
from kigen.ledger.tables_notices import notice_texts, notice_views, notices
from kigen.policy.notices import Version, Weight, check_dates, named

SHOWN, ACCEPTED = "shown", "accepted"


@dataclass(frozen=True, slots=True)
class Text:
    """A notice in one language: Markdown, or a message's template."""

    title: str
    body: str

    @property
    def digest(self) -> str:
        """SHA-256 of the body as UTF-8, by which a consent names what was read."""
        return hashlib.sha256(self.body.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Viewed:
    """That a client was shown or accepted a notice; `version` None: the one in force at `at`, if there was one."""

    client: int
    notice: str
    version: int | None
    language: str
    act: str
    at: dt.datetime


def publish(
    connection: Connection, notice: str, texts: Mapping[str, Text], published: dt.datetime, effective: dt.datetime,
    weight: Weight, binding: str, actor: str, is_posting_date: bool = False,
) -> Version:  # fmt: skip
    """Write the next version. Raises ValueError for dates that no version may have, and without the binding text."""
    check_dates(published, effective, is_posting_date)
    if binding not in texts:
        raise ValueError(f"the binding language is {binding!r}, and there is no text in it")
    known = connection.scalar(select(func.max(notices.c.version)).where(notices.c.notice == notice)) or 0
    number = int(known) + 1
    connection.execute(
        insert(notices).values(
            notice=notice, version=number, published_at=published, effective_at=effective, weight=weight.value,
            binding_language=binding, actor=actor, is_posting_date=is_posting_date,
        )
    )  # fmt: skip
    for language, text in sorted(texts.items()):
        connection.execute(
            insert(notice_texts).values(
                notice=notice, version=number, language=language, title=text.title, digest=text.digest, text=text.body
            )
        )
    digests = tuple(sorted((language, text.digest) for language, text in texts.items()))
    return Version(notice, number, published, effective, weight, binding, actor, digests)


def versions(connection: Connection, notice: str | None = None) -> list[Version]:
    """Every version of a notice, or of all, the oldest first."""
    digests: dict[tuple[str, int], list[tuple[str, str]]] = {}
    of = notice_texts.c
    for row in connection.execute(select(of.notice, of.version, of.language, of.digest).order_by(of.language)):
        digests.setdefault((row.notice, row.version), []).append((row.language, row.digest))
    query = select(notices).order_by(notices.c.notice, notices.c.version)
    rows = connection.execute(query.where(notices.c.notice == notice) if notice else query)
    return [_version(row, digests.get((row.notice, row.version), [])) for row in rows]


def text(connection: Connection, notice: str, version: int, language: str) -> Text | None:
    """A version's text in a language; None where there is none."""
    of = notice_texts.c
    query = select(of.title, of.text).where(of.notice == notice, of.version == version, of.language == language)
    row = connection.execute(query).first()
    return Text(row.title, row.text) if row else None


def write_views(connection: Connection, views: Iterable[Viewed]) -> None:
    """Note who was shown or accepted what; told twice it is one."""
    key = ("client", "notice", "version", "language", "act", "at")
    rows = sorted(
        (one.client, one.notice, one.version or 0, one.language, one.act, written(one.at)) for one in set(views)
    )
    add(connection, notice_views, key, rows)


def views(connection: Connection, notice: str | None = None, client: int | None = None) -> list[Viewed]:
    """Who was shown or accepted which version, by time. An event that named none meant the one in force then."""
    query = select(notice_views).order_by(notice_views.c.at, notice_views.c.id)
    if notice is not None:
        query = query.where(notice_views.c.notice == notice)
    if client is not None:
        query = query.where(notice_views.c.client == client)
    known: dict[str, list[Version]] = {}
    for one in versions(connection, notice):
        known.setdefault(one.notice, []).append(one)
    found = []
    for row in connection.execute(query):
        meant = named(known.get(row.notice, []), row.version or None, row.at)
        number = row.version or (meant.number if meant else None)
        found.append(Viewed(row.client, row.notice, number, row.language, row.act, row.at))
    return found


def _version(row: Row[Any], digests: Iterable[tuple[str, str]]) -> Version:
    return Version(
        row.notice, row.version, row.published_at, row.effective_at, Weight(row.weight), row.binding_language,
        row.actor, tuple(digests),
    )  # fmt: skip
