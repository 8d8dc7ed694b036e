"""How a host of tables reads who a client is, anonymises it and clears its traces: the steps put together.

The operator's answers about columns that no map knows come with every call, for they may change between two.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from sqlalchemy import Connection

from kigen.hosts import files
from kigen.hosts.anonymised import Anonymised, Key
from kigen.hosts.anonymising import Ground, Plan, Spared, carry_out, planned
from kigen.hosts.clearing import Clearing
from kigen.hosts.foreseen import Foreseen, foresee
from kigen.hosts.handing import OnOthers, but_for, handed_over
from kigen.hosts.holdings import Holding, read_holdings
from kigen.hosts.owners import FieldIds, author_of, columns_of, holders
from kigen.hosts.people import FieldSorts, person_of
from kigen.hosts.port import Drift, Host
from kigen.hosts.rows import Rows
from kigen.hosts.schema import LiveSchema
from kigen.hosts.search import Search
from kigen.hosts.selected import Selected
from kigen.hosts.shapes import Shapes, read_shapes
from kigen.hosts.sought import Known
from kigen.hosts.taken import noted
from kigen.hosts.traces import Candidates, look_for
from kigen.policy.answers import Answer, with_answers
from kigen.policy.datamap import DataMap, Field
from kigen.policy.facts import Account
from kigen.policy.identifiers import Person
from kigen.policy.identifiers_of import SPELLINGS, identifiers_of
from kigen.policy.identifiers_search import Matcher
from kigen.policy.keeping import Keeping
from kigen.policy.masks_inside import Inside
from kigen.policy.records import Kind


class Erasing(Host):
    """The part of a host of tables that erases; its tables are data."""

    payments: ClassVar[str]
    """The table of payments."""

    on_others: ClassVar[OnOthers | None] = None
    """Which payments of a client can be on somebody else's invoice."""

    spared: ClassVar[Spared] = {}
    """By `table.column`, what of a text the platform itself reads there, so that it must stay."""

    bought: ClassVar[frozenset[str]] = frozenset()
    """Columns that say what was bought and are masked all the same."""

    patterns: ClassVar[Mapping[str, re.Pattern[str]]] = {}
    """By `table.column`, how a client's id stands within it."""

    attached: ClassVar[files.Attached] = {}
    """Where rows name files."""

    _shapes: Shapes | None = None

    @abstractmethod
    def _rows(self, connection: Connection, lock: bool = False) -> Rows:
        """The connection's rows."""

    @abstractmethod
    def _selected(self, rows: Rows, accounts: Sequence[Account], keeping: Keeping | None) -> Iterator[Selected]:
        """The rows of these clients with all that goes with them, in the order of deleting."""

    @abstractmethod
    def _compare(self, schema: LiveSchema, known: Iterable[str]) -> Drift:
        """The live schema against this host's map."""

    def _fields(self, rows: Rows) -> FieldIds:
        """Ids of custom fields by what they belong to."""
        return {}

    def _field_sorts(self, rows: Rows) -> FieldSorts:
        """What custom fields hold, by their id."""
        return {}

    def holdings(self, connection: Connection, account: Account, known: Iterable[Answer] = ()) -> Iterator[Holding]:
        rows, datamap = self._rows(connection), with_answers(self.datamap, known)
        return read_holdings(rows, datamap, self._shaped(connection), self._all_of(rows, datamap, [account], None))

    def people(self, connection: Connection, accounts: Sequence[Account], known: Iterable[Answer] = ()) -> list[Person]:
        rows, datamap = self._rows(connection), with_answers(self.datamap, known)
        fields, of_client = self._fields(rows), defaultdict[int, list[Holding]](list)
        selected = self._all_of(rows, datamap, accounts, None)
        for holding in read_holdings(rows, datamap, self._shaped(connection), selected, _tells):
            mine = defaultdict[int, list[dict[str, Any]]](list)
            held = self._holders(rows, datamap, holding, fields)
            for row, clients in zip(holding.rows, held, strict=True):
                for client in clients:
                    mine[client].append(row)
            for client, found in mine.items():
                of_client[client].append(replace(holding, rows=found))
        sorts = self._field_sorts(rows)
        return [person_of(account.id, of_client[account.id], sorts) for account in accounts]

    def look_for(self, connection: Connection, people: Sequence[Person], known: Iterable[Answer] = ()) -> Candidates:
        return look_for(self._search(connection, Known(tuple(people)), with_answers(self.datamap, known)))

    def anonymise(
        self, connection: Connection, account: Account, keeping: Keeping, salt: bytes, known: Iterable[Answer] = (),
        person: Person | None = None,
    ) -> Anonymised:  # fmt: skip
        ground, inside = self._ground(connection, account, salt, list(known), person=person)
        handed = self._torn(ground, inside, account, keeping)
        selected = self._all_of(ground.rows, ground.datamap, [account], keeping)
        own = planned(ground, but_for(handed, selected), keeping, inside)
        return carry_out(ground, own).with_others(carry_out(ground, handed))

    def part(self, connection: Connection, account: Account, salt: bytes, known: Iterable[Answer] = ()) -> Anonymised:
        said = list(known)
        if not (any(one.client_by for one in said) or account.paid_for_others):
            return Anonymised()
        ground, inside = self._ground(connection, account, salt, said)
        handed = self._torn(ground, inside, account, NOTHING)
        selected = self._answered(ground.datamap, [account], is_kept=True)
        own = planned(ground, selected, NOTHING, inside)
        return carry_out(ground, own).with_others(carry_out(ground, handed))

    def foresee(
        self, connection: Connection, account: Account, keeping: Keeping | None, known: Iterable[Answer] = ()
    ) -> Foreseen:
        said = list(known)
        ground, inside = self._ground(connection, account, UNSALTED, said, lock=False)
        handed = self._torn(ground, inside, account, keeping or NOTHING)
        whole = but_for(handed, self._selected(ground.rows, [account], None)) if keeping is None else ()
        if keeping is None:
            selected = self._answered(ground.datamap, [account], is_kept=True)
        else:
            selected = self._all_of(ground.rows, ground.datamap, [account], keeping)
        plan = planned(ground, but_for(handed, selected), keeping or NOTHING, inside)
        plan.changes += handed.changes
        return foresee(ground.rows, plan, whole)

    def _torn(self, ground: Ground, inside: Inside, account: Account, keeping: Keeping) -> Plan:
        """What becomes of this client's payments on invoices of others, but for those that are kept themselves."""
        kept = {number for kind, number in keeping.records if kind is Kind.PAYMENT}
        standing = self._standing(ground, account)
        paid = frozenset(one.id for one in account.paid_for_others if one.invoice in standing)
        return handed_over(ground, self.on_others, paid - kept, inside)

    def _standing(self, ground: Ground, account: Account) -> set[int]:
        """The invoices of others that this client paid and that are there: one may just have gone with its owner."""
        invoices, wanted = self.datamap.holder(Kind.INVOICE), {one.invoice or 0 for one in account.paid_for_others}
        found = ground.rows.read(invoices.name, ("id",), "id", wanted) if invoices and wanted else []
        return {row["id"] for row in found}

    def _ground(
        self, connection: Connection, account: Account, salt: bytes, said: list[Answer], lock: bool = True,
        person: Person | None = None,
    ) -> tuple[Ground, Inside]:  # fmt: skip
        """What masking an account's rows stands on, and what is masked within structured data."""
        person = person or self.people(connection, [account], said)[0]
        ground = Ground(
            self._rows(connection, lock), with_answers(self.datamap, said), self._shaped(connection), salt,
            self._unmasked(connection, said), self.spared, self.payments, self.bought,
        )  # fmt: skip
        return ground, Inside(Matcher(identifiers_of(person)), frozenset({person.owner}))

    def clear(
        self,
        connection: Connection,
        people: Sequence[Person],
        candidates: Candidates,
        salt: bytes,
        kept: Mapping[str, frozenset[Key]] | None = None,
        known: Iterable[Answer] = (),
    ) -> Anonymised:
        said = list(known)
        search = self._search(connection, Known(tuple(people)), with_answers(self.datamap, said))
        cleared = Clearing(search, salt, self._unmasked(connection, said)).run(candidates, kept or {})
        self._note_whose(connection, search.datamap)
        return cleared

    has_files = True

    def file_names(self, connection: Connection, accounts: Sequence[Account]) -> frozenset[str]:
        rows = self._rows(connection)
        places = {place.partition(".")[0] for place in self.attached}
        found: set[str] = set()
        for one in self._selected(rows, accounts, None):
            if one.table in places:
                columns = [place.partition(".")[2] for place in self.attached if place.startswith(f"{one.table}.")]
                found.update(files.names_in(self.attached, one.table, one.read(rows, columns)))
        return frozenset(found)

    def unused_files(self, connection: Connection, names: Iterable[str]) -> frozenset[str]:
        return files.unused(self._rows(connection), self.attached, names)

    def _all_of(
        self, rows: Rows, datamap: DataMap, accounts: Sequence[Account], keeping: Keeping | None
    ) -> Iterator[Selected]:
        """What is these clients' by the host's own map, and by the operator's word on tables that no map knows."""
        yield from self._answered(datamap, accounts, is_kept=keeping is not None)
        yield from self._selected(rows, accounts, keeping)

    def _answered(self, datamap: DataMap, accounts: Sequence[Account], is_kept: bool) -> Iterator[Selected]:
        clients = frozenset(account.id for account in accounts)
        for table in datamap:
            for link in table.links if table.name not in self.datamap else ():
                yield Selected(table.name, link.column, clients, is_kept=is_kept)

    def _note_whose(self, connection: Connection, datamap: DataMap) -> None:
        """Whose the rows of others are in which traces were cleared, and who wrote them, where that is noted."""
        taken, rows = noted(connection), self._rows(connection)
        for piece in taken.pieces if taken else ():
            if taken and piece.new and len(piece.key) == 1:
                (by, value), wanted = piece.key[0], columns_of(datamap, piece.table)
                found = rows.read(piece.table, wanted, by, [value])
                for held in holders(rows, datamap, piece.table, found, self._fields(rows)):
                    taken.clients |= held
                taken.clients.update(one for row in found if (one := author_of(datamap, row)))

    def _search(self, connection: Connection, known: Known, datamap: DataMap) -> Search:
        rows = self._rows(connection)
        return Search(rows, datamap, self._shaped(connection), known, self._fields(rows), self.patterns)

    def _holders(self, rows: Rows, datamap: DataMap, holding: Holding, fields: FieldIds) -> list[frozenset[int]]:
        named = columns_of(datamap, holding.table.name)
        return holders(rows, datamap, holding.table.name, [dict.fromkeys(named) | row for row in holding.rows], fields)

    def _unmasked(self, connection: Connection, known: Iterable[Answer]) -> frozenset[str]:
        return self._compare(self._rows(connection).schema, [one.name for one in known]).unmasked

    def _shaped(self, connection: Connection) -> Shapes:
        if self._shapes is None:
            self._shapes = read_shapes(connection)
        return self._shapes


UNSALTED = bytes(32)
"""In place of the installation's secret where masks are counted and none is written."""


def _tells(one: Field) -> bool:
    """Whether a column may hold a name, an address or a number of its own; letters and logs are not read for that."""
    return one.sort in SPELLINGS or one.table in OF_FREE_VALUES


OF_FREE_VALUES = frozenset({"tblcustomfieldsvalues", "client"})
"""Tables in which an operator's own fields hold whatever they were made for."""

NOTHING = Keeping(frozenset(), frozenset())
"""What is kept of a client that goes whole."""
