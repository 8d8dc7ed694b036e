"""What is in a bundle, in the order in which it is written: README, each section, files, plugins' data, page, manifest.

Every section is there, with or without rows (Article 14). One reading of the database makes all forms of a row.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from kigen.hosts.listed import Listed
from kigen.ledger import absorbed
from kigen.ledger import datamap as classified
from kigen.ledger.own_data import SECTIONS as OWN_SECTIONS
from kigen.ledger.own_data import SHOWN
from kigen.policy.exporting import NOT_GIVEN, BundleKind, Left, Missing, Section
from kigen.policy.vocabulary import LANGUAGES
from kigen.work.basis import what_was_confirmed
from kigen.work.export import changes, contact, exporters, manifest, report, told
from kigen.work.export.ahead import has_server
from kigen.work.export.attachments import Attached
from kigen.work.export.members import File, Members
from kigen.work.export.sections import UTF8, Written, write_section
from kigen.work.export.snapshot import Snapshot
from kigen.work.export.spool import Spool
from kigen.work.export.tables import LeftOut, Omission, Source, sources
from kigen.work.files import folder_of
from kigen.work.site import Site


@dataclass(frozen=True)
class Wanted:
    """What bundle is asked for. `encoding` is that of its CSV: UTF-8 with a mark, or cp932 for older Japanese Excel."""

    client: int
    kind: BundleKind = BundleKind.ACCESS
    language: str = "en"
    encoding: str = UTF8
    contact: int = 0  # above 0: of this contact of the client alone


@dataclass
class Told:
    """What came of it: rows by section, and what is missing; nothing missing means that it is complete."""

    sections: dict[str, int] = field(default_factory=dict)
    problems: list[Missing] = field(default_factory=list)


def content(site: Site, moment: Snapshot, wanted: Wanted, number: int, folder: Path, told_: Told) -> Generator[bytes]:
    """The bytes of the ZIP, read from one snapshot. `number` is the bundle's; `folder` is where there is room."""
    with ExitStack() as stack:
        spools = (stack.enter_context(Spool(folder)), stack.enter_context(Spool(folder)))
        yield from _Bundle(site, moment, wanted, number, folder, told_, Attached(*spools)).pieces()


class _Bundle:
    def __init__(
        self, site: Site, moment: Snapshot, wanted: Wanted, number: int, folder: Path, told_: Told, attached: Attached
    ) -> None:
        self.site, self.moment, self.wanted, self.number, self.folder = site, moment, wanted, number, folder
        self.told, self.attached, self.members, self.left = told_, attached, Members(), LeftOut()
        self.is_portability = wanted.kind is BundleKind.PORTABILITY
        known = classified.answers(moment.connection)
        host = site.host.outgoing(moment.connection, wanted.client, known)
        self.host = replace(host, between=moment.between)
        listed = Listed(OWN_SECTIONS)
        gone = absorbed.with_gone(moment.connection, [wanted.client]) - {wanted.client}
        self.own = replace(
            self.host,
            datamap=SHOWN,
            zone="UTC",
            told_in=site.zone,
            listed=listed,
            also=tuple(sorted(gone)),
            attached={},
            fields={},
        )
        if wanted.contact:
            of = (moment.connection, wanted.client, wanted.contact)
            self.host = replace(self.host, only=contact.rows_of(site, *of))
            self.own = replace(self.own, only=contact.own_rows_of(*of))
        self.terms = told.Terms(site, wanted.client, wanted.language)
        self.sections: list[Written] = []

    def pieces(self) -> Iterator[bytes]:
        """The whole ZIP."""
        for language in LANGUAGES:
            text = report.readme(language, self.wanted.kind)
            yield from self.members.write(File(f"README.{language}.txt"), [text])
        by_section: dict[Section, list[Source]] = {}
        for source in self._sources():
            by_section.setdefault(source.section, []).append(source)
        is_ahead = has_server(self.moment.connection)
        for section in Section:
            written = Written(section)
            self.sections.append(written)
            found = by_section.get(section, [])
            yield from write_section(self.members, written, found, self.folder, self.wanted.encoding, is_ahead)
            self.told.sections[section.value] = written.rows
        yield from self.attached.write(self.members, self._attachments())
        self.told.problems += self.attached.problems
        yield from self._about_itself()
        yield from self.members.end()

    def _sources(self) -> Iterator[Source]:
        note = self.attached.note
        yield from sources(self.host, self.is_portability, self.left, note)
        if self.is_portability:
            hidden = ", ".join(section.value for section in Section if section in NOT_GIVEN)
            self.left.rows[Omission(Section.OTHER, hidden, (), Left.NOT_PORTABLE)] = 1
            return
        yield from sources(self.own, self.is_portability, self.left, note, is_ours=True)
        clients = (self.wanted.client, *self.own.also)
        of = (self.moment.connection, clients, self.wanted.contact, self.told.problems)
        yield changes.source(self.site, *of)
        if self.wanted.contact:  # what is decided, and what plugins hold, is the client's
            yield told.recipients(self.host.datamap, self.site.plugins.recipients())
            return
        for table in self.host.nobodys():
            self.left.rows[Omission(Section.OTHER, table.name, (), Left.NOBODYS)] = 0
        yield self.terms.source()
        yield told.recipients(self.host.datamap, self.site.plugins.recipients())
        yield told.automated(self.host.datamap)
        for exporter in self.site.plugins.exporters():
            yield exporters.source(exporter, self.moment.connection, self.wanted.client, self.told.problems)

    def _attachments(self) -> Path | None:
        return folder_of(self.site, self.moment.connection)

    def _about_itself(self) -> Iterator[bytes]:
        sections = [manifest.section_as_json(one, self.host.datamap, self.terms) for one in self.sections]
        left_out = manifest.left_out_as_json(self.left)
        about = manifest.about(
            self.wanted.client, self.site.host.name, self.site.zone, self.moment.times, self.site.now
        )
        samples = list(zip(sections, [one.samples for one in self.sections], strict=True))
        missing = [one.said(self.wanted.language) for one in self.told.problems]
        page = report.page(
            self.wanted.language, self.wanted.kind, about, samples, left_out, missing, self.attached.taken
        )
        yield from self.members.write(File("report.html"), page)
        schema = manifest.as_bytes(manifest.schema(self.sections))
        yield from self.members.write(File(manifest.SCHEMA), [schema])
        whole = {
            **about, "bundle": self.number, "kind": self.wanted.kind.value,
            "contact": str(self.wanted.contact) if self.wanted.contact else None, "language": self.wanted.language,
            "rules": what_was_confirmed(self.site, self.moment.connection), "complete": not self.told.problems,
            "incomplete": missing, "sections": sections, "left_out": left_out,
            "attachments": self.attached.as_json(),
            "files": [one.as_json() for one in self.members.files],
        }  # fmt: skip
        text = manifest.as_bytes(whole)
        yield from self.members.write(File(manifest.NAME), [text])
        if signed := manifest.signature(self.site.state_dir, text):
            yield from self.members.write(File(manifest.SIGNATURE), [signed])
        sums = manifest.sums(list(self.members.files), self.attached.index.lines())
        yield from self.members.write(File(manifest.SUMS), sums)
