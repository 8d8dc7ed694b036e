"""Makes one bundle: notes it, writes it beside its place, gives it its name at the end, or leaves nothing behind."""

from __future__ import annotations

import datetime as dt
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from kigen.ledger import bundles, requests
from kigen.policy import exports
from kigen.policy.exporting import Missing
from kigen.policy.periods import Term, add
from kigen.policy.records import Kind
from kigen.work.export.age import Seal, openly
from kigen.work.export.contact import check_contact
from kigen.work.export.content import Told, Wanted, content
from kigen.work.export.parts import Parts
from kigen.work.export.snapshot import snapshot
from kigen.work.lease import lease
from kigen.work.site import Site

SMALLEST_PART = 65_536
"""Bytes: below it a bundle would be thousands of files."""


class TooMany(Exception):
    """A client had as many bundles made as a day allows; a sentence."""


@dataclass(frozen=True)
class Made:
    """A bundle that is there. `problems`: what is missing in it."""

    number: int
    files: list[Path]
    size: int
    sha256: str
    sections: dict[str, int]
    problems: list[Missing] = field(default_factory=list)
    expires: dt.datetime | None = None


def export(
    site: Site, wanted: Wanted, out: Path, seal: Seal = openly, most: int | None = None, is_own: bool = False
) -> Made:
    """Make a bundle. `most` is the size of its parts, None for one file; `is_own`: the client itself asked for it.

    Raises ValueError, with a sentence, for a client that nobody knows, a place that takes no file, or a disk that is
    full midway; AnotherRunner where one is being made for this client; TooMany. Nothing half-made remains then.
    """
    _check(out, most)
    with lease(site, f"export-{wanted.client}"):
        with site.transaction() as connection:
            _check_client(site, connection, wanted.client)
            if wanted.contact:
                check_contact(site, connection, wanted.client, wanted.contact)
            if is_own:
                check_rate(site, connection, wanted.client)
            number = bundles.begin(
                connection, wanted.client, wanted.kind.value, wanted.language, site.now, site.actor,
                str(out.absolute()), is_own, seal is not openly, wanted.contact,
            )  # fmt: skip
            term, minutes = site.setting(connection, exports.KEPT), site.setting(connection, exports.MOMENT)
        path = out / f"kigen-bundle-{number}.zip" if out.is_dir() else out
        try:
            told, parts, files = _written(site, wanted, number, path, seal, most, int(str(minutes)) * 60)
        except BaseException:
            with suppress(DBAPIError), site.transaction() as connection:
                bundles.fail(connection, number, site.now)
            raise
        expires = add(site.now, term, site.zone) if isinstance(term, Term) else None
        digest = parts.digest.hexdigest()
        with site.transaction() as connection:
            bundles.finish(
                connection, number, str(path.absolute()), len(files), parts.size, digest,
                [one.english for one in told.problems], expires, site.now,
            )  # fmt: skip
    return Made(number, files, parts.size, digest, told.sections, told.problems, expires)


def _written(
    site: Site, wanted: Wanted, number: int, path: Path, seal: Seal, most: int | None, seconds: float
) -> tuple[Told, Parts, list[Path]]:
    told = Told()
    try:
        with snapshot(site, seconds) as moment, Parts(path, most) as parts:
            # Closed before the snapshot ends, because a page may still be on its way.
            with closing(content(site, moment, wanted, number, path.absolute().parent, told)) as pieces:
                seal(pieces, parts)
            return told, parts, parts.finish()
    except OSError as error:
        raise ValueError(f"the bundle cannot be written to {path}: {error.strerror}; nothing of it remains") from None


def _check(out: Path, most: int | None) -> None:
    if not out.absolute().parent.is_dir():
        raise ValueError(f"--out: there is no folder {out.absolute().parent}; make it first")
    if most is not None and most < SMALLEST_PART:
        raise ValueError(f"--split is {most} bytes; expected {SMALLEST_PART} or more")
    if out.exists() and not out.is_dir() and not out.is_file():
        raise ValueError(f"--out: {out} is neither a file nor a folder")


def _check_client(site: Site, connection: Connection, client: int) -> None:
    """Of a client that is gone kigen may hold requests, and rows of others may be left: both are answered."""
    if site.host.owners(connection, Kind.CLIENT, [client]):
        return
    if client not in site.host.client_ids(connection, client - 1, 1) and not requests.listed(connection, [client]):
        raise ValueError(f"there is no client {client} on {site.host.name}, and no request of one of that number")


def check_rate(site: Site, connection: Connection, client: int) -> None:
    """Raise TooMany where a client had as many bundles made for itself as a day allows."""
    most = int(str(site.setting(connection, exports.PER_DAY)))
    if bundles.made_since(connection, client, site.now - dt.timedelta(days=1)) >= most:
        raise TooMany(f"client {client} had {most} bundles made within 24 hours; exports.per_day allows no more")
