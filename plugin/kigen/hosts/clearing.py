"""How traces of erased people leave the rows of others: read again under locks, then redacted, masked or deleted.

An e-mail address, a telephone number or a tax number means one person wherever it stands; a name, a domain or an
address of the net does so only in what the person wrote (cases.md G7, G10). The rest is listed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kigen.hosts.anonymised import Anonymised, CannotAnonymise, Key, Why
from kigen.hosts.anonymising import Change, write
from kigen.hosts.distinct import Distinct
from kigen.hosts.hanging import hanging
from kigen.hosts.in_common import in_common, is_somebodys, still_in_common
from kigen.hosts.owners import writer_of
from kigen.hosts.search import TEXTS, Search
from kigen.hosts.selected import Selected, delete_all
from kigen.hosts.sought import Found
from kigen.hosts.taken_since import taken
from kigen.hosts.traces import Candidates, Listing, is_a_place, list_found, searched, why
from kigen.policy.datamap import Field, Table
from kigen.policy.fates import Fate, Treatment
from kigen.policy.identifiers import Identifier, Strength
from kigen.policy.identifiers_search import Matcher
from kigen.policy.masks import DoesNotFit, mask
from kigen.policy.masks_inside import Inside, redacted
from kigen.policy.sorts import Sort
from kigen.policy.vocabulary import Category

GOES = frozenset({Fate.GOES, Fate.FOUND_GOES})

REACHED = frozenset({Sort.EMAIL, Sort.PHONE})
"""Sorts of a column that may name somebody else in another client's row: who wrote, and to whom a copy went."""


@dataclass
class Clearing:
    """One clearing for some people, in the caller's transaction. `unmasked` tables are listed, never changed."""

    search: Search
    salt: bytes
    unmasked: frozenset[str] = frozenset()
    going: list[Selected] = field(default_factory=list)
    changes: dict[tuple[str, Key], Change] = field(default_factory=dict)
    listing: Listing = field(default_factory=Listing)
    _in_common: frozenset[Identifier] = frozenset()
    _matchers: dict[frozenset[str], Matcher] = field(default_factory=dict)

    def run(self, candidates: Candidates, kept: Mapping[str, frozenset[Key]]) -> Anonymised:
        """Look at the candidates and at what was written since, and change what surely means these people.

        Call it once their own rows are gone, or masked: `kept` are those, in which only others of these people change.
        """
        self._in_common = still_in_common(self.search, candidates.in_common)
        owners = {person.owner for person in self.search.known.people}
        newer = {table: self._newer(table, candidates.seen) for table in searched(self.search.shapes)}
        found = []
        for table, fresh in newer.items():
            keys = {key for owner in owners for key in candidates.of(owner).get(table, ())} | fresh
            for one in self.search.found(table, self.search.read(table, keys, lock=True)):
                is_kept = one.key in kept.get(table, ())
                if one.people and (self._own(one) or not is_kept):
                    found.append(one)
        self._in_common |= set(taken(self.search, found))
        for one in found:
            self._treat(one)
        deleted = delete_all(self.search.rows, self.going)
        left = {place for owner in owners for place in candidates.left.get(owner, ())}
        left |= {place for places in self.listing.left.values() for place in places}
        return Anonymised(deleted, write(self.search.rows, self.changes.values()), left=tuple(sorted(left)))

    def _newer(self, table: str, seen: Mapping[str, int]) -> set[Key]:
        """Rows that were not there when the traces were looked for. A key that is no number does not tell.

        Whoever signed up since with the same address has it in common, and what is that client's stays.
        """
        keys: set[Key] = set()
        if self.search.shapes[table].is_numbered:
            after = [seen[table]] if table in seen else None
            for page in self.search.pages(table, after):
                for one in self.search.found(table, page):
                    self._in_common |= set(in_common(self.search, one))
                    keys |= {one.key} if one.people else set()
        return keys

    def _own(self, one: Found) -> frozenset[str]:
        """Those of these people whose row it is."""
        return frozenset(map(str, one.holders & self.search.known.clients))

    def _proving(self, but: frozenset[str] = frozenset()) -> Matcher:
        """By what these people are changed in rows of others. What a row has of `but`, whose own it is, stays."""
        if but not in self._matchers:
            self._matchers[but] = self.search.known.proving(self._in_common, but)
        return self._matchers[but]

    def _treat(self, one: Found) -> None:
        table = self.search.datamap.named.get(one.table)
        owner = self._guest(table, one) if table else None
        if table is None or one.table in self.unmasked or table.fate in (Fate.STAFF, Fate.NOBODY):
            list_found(self.search, one, self.listing)
        elif (
            table.fate in GOES
            and len(one.key) == 1
            and (self._is_proven(one) if table.fate is Fate.FOUND_GOES else owner)
        ):
            self._delete(table, [one.row])
        elif owner and table.fate is Fate.MASKED:
            self._mask(table, [one.row])
        else:
            self._redact(table, one, frozenset({owner} if owner else {str(one.author)} if one.author else ()))

    def _is_proven(self, one: Found) -> bool:
        """Whether something in the row means one of these people and nobody else."""
        return bool(one.named) or any(
            hit.strength is Strength.ALONE
            for column in one.hits
            for hit in self._proving(self._own(one)).find(str(one.row[column]))
        )

    def _guest(self, table: Table, one: Found) -> str | None:
        """Whose row it is by its own e-mail address, where it is no client's: a visitor's ticket, a queued mail."""
        if one.holders or one.author:
            return None
        for column in one.hits:
            known = table.fields.get(column)
            text = str(one.row[column]).strip()
            if known and known.sort is Sort.EMAIL and known.withheld is None:
                for hit in self._proving().find(text):
                    if hit.strength is Strength.ALONE and (hit.start, hit.end) == (0, len(text)):
                        return hit.owner
        return None

    def _delete(self, table: Table, rows: list[Mapping[str, Any]]) -> None:
        search = self.search
        self.going += hanging(search.rows, search.datamap, table, rows, search.fields)
        key = search.shapes[table.name].key[0]
        self.going.append(Selected(table.name, key, frozenset(row[key] for row in rows)))

    def _mask(self, table: Table, rows: list[Mapping[str, Any]]) -> None:
        """A row that is the person's own though nobody's by its links, and what hangs on it."""
        for row in rows:
            self._mask_row(table, row)
        for part in hanging(self.search.rows, self.search.datamap, table, rows, self.search.fields):
            below = self.search.datamap[part.table]
            for row in part.read(replace(self.search.rows, lock=True), self.search.columns(part.table)):
                self._mask_row(below, row)

    def _mask_row(self, table: Table, row: Mapping[str, Any], but: Collection[Sort | None] = ()) -> set[str]:
        """Mask what of a row is no sort of `but`; the columns."""
        shape, masked = self.search.shapes[table.name], set()
        distinct = Distinct(self.search.rows, shape, table.name, self.salt)
        key = tuple(row[name] for name in shape.key)
        for one in table.masked:
            if one.name in row and one.name in shape.columns and one.sort not in but:
                masked.add(one.name)
                try:
                    if one.is_distinct or shape.columns[one.name].unique:
                        new = distinct.masked(one, row[one.name], key)
                    else:
                        inside = Inside(self._proving())
                        sort = one.sort or Sort.FREE_TEXT
                        new = mask(sort, row[one.name], shape.columns[one.name], distinct.seed(key), inside).value
                except DoesNotFit as error:
                    raise CannotAnonymise(f"{table.name}.{one.name}: {error}.") from None
                self._change(table.name, key, one.name, row[one.name], new)
        return masked

    def _redact(self, table: Table, one: Found, owners: frozenset[str]) -> None:
        """What they wrote into somebody else's conversation names them by their number, so that no name is guessed."""
        shape = self.search.shapes[table.name]
        is_written = bool(writer_of(self.search.datamap, table.name)) and str(one.author) in one.named
        masked = self._mask_row(table, one.row, TEXTS) if is_written else set()
        for column in one.hits.keys() - masked:
            known, value = table.fields.get(column), one.row[column]
            if reason := self._stands(table, one, known, column):
                self._list(one, column, reason)
                continue
            inside = Inside(self._proving(self._own(one)), owners)
            new = redacted(value, shape.columns[column], inside).value
            self._change(table.name, one.key, column, value, new)
            self._list_rest(one, known, column, new)

    def _stands(self, table: Table, one: Found, known: Field | None, column: str) -> Why | None:
        """Why a column is never changed, whatever is in it; None where what surely means somebody goes."""
        shape = self.search.shapes[table.name]
        if known is None or known.treatment is not Treatment.MASK:
            return why(self.search.datamap, table.name, column)
        if column in shape.key or shape.columns[column].unique or known.is_distinct:
            return Why.SHARED
        if one.holders and table.category is Category.BILLING:
            return Why.DOCUMENT
        # What another client has in its own record is that client's, also where it came there only just now.
        is_its_own = is_somebodys(table, one.holders) or (bool(one.holders) and known.sort not in REACHED)
        return Why.SHARED if is_its_own and known.sort not in TEXTS else None

    def _list(self, one: Found, column: str, reason: Why) -> None:
        """A place that stays. The name in a namesake's own row is none."""
        known = self.search.field(one.table, column)
        for hit in one.hits[column]:
            if hit.strength is Strength.ALONE or is_a_place(known, hit):
                self.listing.add(hit.owner, one.table, column, one.key, reason)

    def _list_rest(self, one: Found, known: Field | None, column: str, new: object) -> None:
        """What is still there and only may mean a person, or is another client's as well."""
        left = self.search.found(one.table, [{**one.row, column: new}])
        for again in left:
            only = replace(again, hits={name: hits for name, hits in again.hits.items() if name == column})
            if any(hit.strength is Strength.ALONE for hits in only.hits.values() for hit in hits):
                for owner in only.people:
                    self.listing.add(owner, one.table, column, one.key, Why.SHARED)
            else:
                list_found(self.search, only, self.listing)

    def _change(self, table: str, key: Key, column: str, old: object, new: object) -> None:
        if new != old:
            names = self.search.shapes[table].key
            change = self.changes.setdefault((table, key), Change(table, dict(zip(names, key, strict=True)), {}))
            change.values[column] = new
