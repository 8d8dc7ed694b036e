"""What a host answers about people: who is behind a client, what it holds of them, and how that is masked and cleared.

A host that cannot tell answers with nothing, or that it cannot; then its clients are deleted whole or not at all.
"""

from __future__ import annotations

import datetime as dt
from abc import ABC
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import ClassVar

from sqlalchemy import Connection

from kigen.hosts.anonymised import Anonymised, CannotAnonymise, Key
from kigen.hosts.contact import ByHand
from kigen.hosts.foreseen import Foreseen
from kigen.hosts.giving_back import CannotGiveBack, GivenBack
from kigen.hosts.holdings import Holding
from kigen.hosts.mailed import Former
from kigen.hosts.outgoing import Outgoing
from kigen.hosts.seen import Seen
from kigen.hosts.taken import Piece, Taken
from kigen.hosts.traces import Candidates
from kigen.policy.answers import Answer
from kigen.policy.datamap import DataMap
from kigen.policy.elsewhere import Elsewhere
from kigen.policy.facts import Account
from kigen.policy.identifiers import Person
from kigen.policy.keeping import Keeping
from kigen.policy.papers import Paper
from kigen.policy.records import Ref


class People(ABC):
    """The part of the port that is about people. All methods work as those of Host do."""

    name: str

    datamap: ClassVar[DataMap]
    """What this platform holds about people, column by column."""

    def addresses(self, connection: Connection, clients: Sequence[int]) -> dict[int, tuple[str, str]]:
        """The mail address and the language of each of these clients, as stored; one without an address is left out."""
        return {}

    def marketing_flags(self, connection: Connection, clients: Sequence[int], field: str = "") -> dict[int, bool]:
        """Whether each of these clients is marked as wanting offers; nobody where the platform has no such mark.

        `field` is a column of the clients' that the operator named, blank for the platform's own. A mark that says
        neither yes nor no is left out. The mark is no consent: it says neither when nor to what somebody agreed.
        """
        return {}

    def mark_marketing(self, connection: Connection, wanted: Mapping[int, bool], field: str = "") -> int:
        """Write these marks; how many rows changed."""
        return 0

    def empty_consented(
        self, connection: Connection, clients: Sequence[int], names: Iterable[str]
    ) -> dict[int, dict[str, int]]:
        """Empty these columns (`table.column`), which rest on consent alone, in the rows of these clients.

        By client how many rows changed in each table; who had nothing there is left out. For the gate alone.
        """
        return {}

    def told(self, connection: Connection, kind: str, ids: Sequence[int]) -> dict[int, Seen]:
        """Of these records what their client may be told of changes, by number; those that are gone are left out.

        `kind` is a Kind or "contact". Nothing on a host that cannot tell.
        """
        return {}

    def told_columns(self) -> frozenset[str]:
        """The columns of all these records whose changes are told, by their names alone."""
        return frozenset()

    told_before: ClassVar[Mapping[str, str]] = {}
    """Events of clients that tell what somebody is about to write, each with who does: staff or the client."""

    def former_addresses(self, connection: Connection, clients: Sequence[int], since: dt.datetime) -> Former:
        """Addresses to which the platform wrote to each of these clients at `since` or later, and that nobody in the
        account has now; without any left out."""
        return {}

    def elsewhere(self, connection: Connection, clients: Sequence[int]) -> dict[int, tuple[Elsewhere, ...]]:
        """Which outside services know each of these clients, whatever is deleted here; without any left out."""
        return {}

    def rare(self, connection: Connection, clients: Sequence[int], least: int) -> dict[int, int]:
        """Of these anonymised clients those that what is kept of them still tells apart.

        By client the fewest clients that share the country, date and amount of one of its documents, where these are
        fewer than `least`.
        """
        return {}

    has_contacts: ClassVar[bool] = False
    """Whether a client of this platform can have contacts, people of their own beside it."""

    def left_of_contact(self, connection: Connection, client: int, contact: int) -> list[ByHand]:
        """What is left of one contact of a client, as tasks in their order, its own row among them while it is there.

        Never anything of the client itself: its invoices and orders, and what others of it wrote, stay as they are.
        """
        return []

    def further_users(self, connection: Connection, clients: Sequence[int]) -> dict[int, int]:
        """How many people besides the owner sign in to the account of each of these clients; without any left out."""
        return {}

    def papers(self, connection: Connection, account: Account, refs: Iterable[Ref]) -> list[Paper]:
        """The documents of these invoices, payments, quotes and orders as their rows show them now, without secrets.

        `account` was read with a lock in the same transaction; what is read besides is locked too. Records that are
        gone are left out. To be asked before anything is masked. A host that cannot tell has none: what it would have
        to freeze then stays unmasked.
        """
        return []

    def holdings(self, connection: Connection, account: Account, known: Iterable[Answer] = ()) -> Iterator[Holding]:
        """All rows of one client that the map leads to, a table at a time, with every personal column and the keys.

        `known` is what the operator said of columns that no map knows, here and below.
        """
        raise self._cannot()

    def outgoing(self, connection: Connection, client: int, known: Iterable[Answer] = ()) -> Outgoing:
        """All rows of one client for a bundle, table by table, never a table at once; see hosts/outgoing.py.

        Raises ValueError, with a sentence, on a host whose rows cannot be read so.
        """
        raise ValueError(f"{self.name} is no host whose rows can be put into a bundle")

    def people(self, connection: Connection, accounts: Sequence[Account], known: Iterable[Answer] = ()) -> list[Person]:
        """Who is behind each of these accounts, in their order, by what the rows say; to be asked before they go."""
        raise self._cannot()

    def look_for(self, connection: Connection, people: Sequence[Person], known: Iterable[Answer] = ()) -> Candidates:
        """Rows in which these people are found outside their own, in one pass over all texts, without any lock."""
        raise self._cannot()

    def anonymise(
        self, connection: Connection, account: Account, keeping: Keeping, salt: bytes, known: Iterable[Answer] = (),
        person: Person | None = None,
    ) -> Anonymised:  # fmt: skip
        """Delete what of this client nothing keeps, and mask what stays, in the caller's transaction.

        The account was read with a lock in it. `salt` is the installation's secret. Raises CannotAnonymise, with a
        sentence, before anything is changed. A second call changes nothing. `person` is who is behind it where that is
        known already, also from rows that are gone.
        """
        raise self._cannot()

    def foresee(
        self, connection: Connection, account: Account, keeping: Keeping | None, known: Iterable[Answer] = ()
    ) -> Foreseen:
        """What `anonymise`, or `delete` where `keeping` is None, would do to this client's rows; nothing is changed.

        Raises CannotAnonymise, with a sentence, where it would.
        """
        raise self._cannot()

    def part(self, connection: Connection, account: Account, salt: bytes, known: Iterable[Answer] = ()) -> Anonymised:
        """Of a client that is deleted, what `delete` does not do, which comes after it.

        What the operator said of tables that no map knows goes or is masked; a payment on somebody else's invoice stays
        there, masked and without its payer. The account was read with a lock. Raises CannotAnonymise.
        """
        return Anonymised()

    def clear(
        self,
        connection: Connection,
        people: Sequence[Person],
        candidates: Candidates,
        salt: bytes,
        kept: Mapping[str, frozenset[Key]] | None = None,
        known: Iterable[Answer] = (),
    ) -> Anonymised:
        """Remove what surely means these people from rows that are not theirs, and list what only may.

        To be called after their own rows went or were masked, in the same transaction; `kept` are those that stay, as
        `Anonymised.kept` told them. `people` may be fewer than those looked for.
        """
        raise self._cannot()

    has_files: ClassVar[bool] = False
    """Whether rows of this platform name files on disk."""

    def file_names(self, connection: Connection, accounts: Sequence[Account]) -> frozenset[str]:
        """The names of files in these clients' rows; to be asked before they go."""
        return frozenset()

    def unused_files(self, connection: Connection, names: Iterable[str]) -> frozenset[str]:
        """Of these names those that no row names any more; to be asked after the rows went. See hosts/files.py."""
        return frozenset()

    can_give_back: ClassVar[bool] = False
    """Whether this host can note what it deletes and put it back."""

    @contextmanager
    def taking(self, connection: Connection) -> Iterator[Taken]:
        """Note all that this host deletes, or changes in rows of others, on this connection until the end."""
        yield Taken()

    def give_back(self, connection: Connection, pieces: Sequence[Piece]) -> GivenBack:
        """Put back what was taken, the last first, in the caller's transaction, exactly as it was.

        Raises CannotGiveBack, with a sentence; then nothing of the transaction may be committed.
        """
        raise CannotGiveBack(f"{self.name} is no host that can put rows back")

    def _cannot(self) -> CannotAnonymise:
        return CannotAnonymise(f"{self.name} is no host whose rows can be read and masked.")
