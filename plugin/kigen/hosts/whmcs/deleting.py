"""What goes with what on WHMCS (retention.md): the map's links as one list of parts, each record after its parts.

Nothing but the ids of the accounts that were read, locked and decided about is deleted. Staff (tbladmins) is no part.
Stays: invoices and transactions of an order; the module log, which names no record; a referral of a deleted service,
whose pending commission is the affiliate's claim; log rows that name only a user (`user_id` has no index).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kigen.hosts.around import Member
from kigen.hosts.rows import Rows
from kigen.hosts.selected import Selected, delete_all, parted
from kigen.hosts.selected import selected as by_ids
from kigen.hosts.whmcs.datamap import MAP
from kigen.hosts.whmcs.states import folded
from kigen.policy.facts import Account
from kigen.policy.fates import Treatment
from kigen.policy.keeping import Keeping
from kigen.policy.records import Invoice, Item, Kind, Quote, Ticket


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a table whose column is one of the ids `of` something that goes.

    `field`: only values of custom fields of this type, because the same `relid` is a client, a service and a ticket.
    `unowned`: only rows without a userid, because others belong to whoever they name.
    """

    table: str
    column: str
    of: str
    field: str = ""
    unowned: bool = False


def _parts() -> Iterator[Part]:
    """The map's links: a row that is a record itself goes by its own id, every other by what it hangs on."""
    for one in MAP:
        if one.treatment(is_floored=False) is not Treatment.DELETE:
            continue
        if one.holds:
            yield Part(one.name, "id", one.holds[0])
        else:
            for link in one.links:
                of = link.of if link.is_alone else f"client's {link.of}"
                yield Part(one.name, link.column, of, link.field, bool(link.unless))


PARTS: tuple[Part, ...] = tuple(_parts())

SORTS: dict[Kind, frozenset[str]] = {
    Kind.CLIENT: frozenset(part.of for part in PARTS),
    Kind.ORDER: frozenset({"order", "service", "addon", "domain"}),
    Kind.INVOICE: frozenset({"invoice"}),
    Kind.SERVICE: frozenset({"service", "addon"}),
    Kind.DOMAIN: frozenset({"domain"}),
    Kind.ADDON: frozenset({"addon"}),
    Kind.TICKET: frozenset({"ticket"}),
    Kind.QUOTE: frozenset({"quote"}),
}
"""Which sorts of ids go with a record of each kind."""

CLASSES = {Kind.INVOICE: Invoice, Kind.TICKET: Ticket, Kind.QUOTE: Quote}

KINDS_OF = {one.value: (one,) for one in SORTS if one is not Kind.CLIENT} | {"client's invoice": (Kind.INVOICE,)}
"""The kind of record that ids of a sort are numbers of; the other sorts are no records, or the client itself."""

Ids = dict[str, set[int]]


def parts_of(kind: Kind) -> list[Part]:
    """The parts that deleting a record of this kind can touch."""
    return [part for part in PARTS if part.of in SORTS[kind]]


def delete_records(
    rows: Rows, kind: Kind, ids: Sequence[int], accounts: Sequence[Account], alike: Sequence[Member] = ()
) -> dict[str, int]:
    """Delete these records of these accounts; ids in none of them are left alone. Rows deleted, by table."""
    return delete_all(rows, selected(rows, kind, ids, accounts, alike))


def selected(
    rows: Rows, kind: Kind, ids: Sequence[int], accounts: Sequence[Account], alike: Sequence[Member] = (),
    keeping: Keeping | None = None,
) -> Iterator[Selected]:  # fmt: skip
    """The rows of these records of these accounts and all that goes with them, in the order of deleting.

    With `keeping` what hangs on the clients themselves, or on a record that stays, is marked as kept.
    """
    if kind not in SORTS:
        raise ValueError(f"a {kind.value} goes only with its client; expected one of {', '.join(SORTS)}")
    going = _client_ids(rows, ids, accounts) if kind is Kind.CLIENT else _record_ids(kind, set(ids), accounts)
    for member in alike:
        for one, number in ((kind, member.id), *member.along):
            going[one.value].add(number)
    fields = field_ids(rows) if going else {}
    staying = _staying(going, keeping)
    for addon in (one for account in accounts for one in account.foreign_addons if keeping):
        # Somebody else's add-on cannot be without its service; where the service stays it is not touched.
        if addon.parent in staying["service"]:
            going["addon"].discard(addon.id)
    for part in parts_of(kind):
        only: tuple[str, tuple[int, ...]] | None = None
        if part.field:
            if not fields.get(part.field):
                continue
            only = "fieldid", tuple(fields[part.field])
        elif part.unowned:
            only = "userid", (0,)
        rows_of = by_ids(part.table, part.column, going.get(part.of, set()), only, KINDS_OF.get(part.of, ()))
        yield from parted(rows_of, staying[part.of].__contains__)
    if keeping:
        yield by_ids("tblaccounts", "id", _moved(rows, going, keeping), of=(Kind.PAYMENT,))


def _moved(rows: Rows, going: Ids, keeping: Keeping) -> set[int]:
    """Payments of these clients that go: those that are no document themselves and on no invoice that stays."""
    moved = rows.read("tblaccounts", ("invoiceid",), "userid", going["client"])
    kept = keeping.records
    return {
        row["id"]
        for row in moved
        if (Kind.PAYMENT, row["id"]) not in kept and (Kind.INVOICE, row["invoiceid"]) not in kept
    }


def _staying(going: Ids, keeping: Keeping | None) -> Ids:
    """Of what goes, the ids that stay: of records those that are named, of all else what hangs on the client."""
    staying: Ids = defaultdict(set)
    if keeping is None:
        return staying
    for sort, number in keeping.records:
        staying[sort.value].add(number)
    staying["client's invoice"] = staying["invoice"]
    for of in ("client", "user", "affiliate", "referral", "paymethod"):
        staying[of] = going[of]
    return staying


def _record_ids(kind: Kind, ids: set[int], accounts: Iterable[Account]) -> Ids:
    going: Ids = defaultdict(set)
    for account in accounts:
        if kind is Kind.ORDER:
            for order in account.orders:
                if order.id in ids:
                    going["order"].add(order.id)
                    _add(going, (item for item in account.items_of(order) if item.client == order.client))
        elif kind is Kind.SERVICE:
            services = [item for item in account.items if item.kind is kind and item.id in ids]
            _add(going, services)
            # Whoever they belong to: an add-on cannot be without its service. decide() has looked at them as well.
            _add(going, (addon for service in services for addon in account.addons_of(service.id)))
        elif kind in (Kind.DOMAIN, Kind.ADDON):
            _add(going, (item for item in account.items if item.kind is kind and item.id in ids))
        else:
            found: Sequence[Invoice | Ticket | Quote] = (*account.invoices, *account.tickets, *account.quotes)
            going[kind.value] |= {one.id for one in found if isinstance(one, CLASSES[kind])} & ids
    return going


def _client_ids(rows: Rows, ids: Sequence[int], accounts: Iterable[Account]) -> Ids:
    """Everything of these clients; an add-on cannot be without its service, so it goes along whoever's it is."""
    going: Ids = defaultdict(set)
    for account in accounts:
        if account.id not in ids:
            continue
        going["client"].add(account.id)
        _add(going, (*account.items, *account.foreign_addons))
        going["order"] |= {order.id for order in account.orders}
        going["invoice"] |= {invoice.id for invoice in account.invoices}
        going["ticket"] |= {ticket.id for ticket in account.tickets}
        going["quote"] |= {quote.id for quote in account.quotes}
    going["client's invoice"] = going["invoice"]
    clients = going["client"]
    going["user"] = _users_of_nobody_else(rows, clients)
    going["affiliate"] = _ids(rows, "tblaffiliates", "clientid", clients)
    going["referral"] = _ids(rows, "tblaffiliatesaccounts", "affiliateid", going["affiliate"])
    going["paymethod"] = _ids(rows, "tblpaymethods", "userid", clients)
    return going


def _users_of_nobody_else(rows: Rows, clients: set[int]) -> set[int]:
    """Users of these clients whom no other client has."""
    users = {row["auth_user_id"] for row in rows.read("tblusers_clients", ("auth_user_id",), "client_id", clients)}
    links = rows.read("tblusers_clients", ("client_id",), "auth_user_id", users)
    return users - {link["auth_user_id"] for link in links if link["client_id"] not in clients}


def _add(going: Ids, items: Iterable[Item]) -> None:
    for item in items:
        going[item.kind.value].add(item.id)


def _ids(rows: Rows, name: str, by: str, ids: set[int]) -> set[int]:
    return {row["id"] for row in rows.read(name, ("id",), by, ids)}


def field_ids(rows: Rows) -> dict[str, list[int]]:
    """Ids of custom fields by what they belong to.

    A value whose field is gone has no type, so nobody knows whose it is: it stays.
    """
    found: dict[str, list[int]] = defaultdict(list)
    if rows.schema.has("tblcustomfields", "id", "type"):
        for id_, type_ in rows.run("SELECT id, type FROM tblcustomfields"):
            found[folded(type_)].append(id_)
    return found
