"""Decides which rows are still there after a sweep that did exactly the given verdicts, and whom it archived.

Readings: what goes along with an order's service is what goes with a service. Client notes, files, marketing
consents, pay methods with their cards go with the client, invoice data with its invoice, a ticket's log with the
ticket. A user goes when every client it is linked to goes. Rows of tblaccounts go with the client they belong to; one
on an invoice of somebody else that is there needs that one to go as well. Lines go with their invoice, whoever's they
are. Module and gateway logs name no client in any column and stay. Transactions stay with a deleted invoice.
"""

from .anchors import rows_of
from .books import TABLE, Books, fold
from .floors import is_transaction
from .items import addons_of, own_items
from .world import World

BY_CLIENT = {
    "tblcontacts": "userid",
    "tblemails": "userid",
    "tblquotes": "userid",
    "tblcredit": "clientid",
    "tblactivitylog": "userid",
    "tblnotes": "userid",
    "tblclientsfiles": "userid",
    "tblmarketing_consent": "userid",
    "tblusers_clients": "client_id",
}


class Gone:
    """What has been taken away so far, a set of ids for each table."""

    def __init__(self, books: Books, clients: set[int]):
        self.books, self.ids = books, {table: set() for table in books.world.tables}
        self.clients = clients

    def take(self, table: str, column: str, value) -> list[dict]:
        rows = self.books.where(table, column, value)
        self.ids[table] |= {row["id"] for row in rows}
        return rows

    def values(self, kind: str, number: int) -> None:
        """Custom-field values of this kind of thing only: the same number is a client, a service and a ticket."""
        for row in self.books.where("tblcustomfieldsvalues", "relid", number):
            field = self.books.one("tblcustomfields", row["fieldid"])
            if field and fold(field["type"]) == kind:
                self.ids["tblcustomfieldsvalues"].add(row["id"])


def remaining(world: World, verdicts: dict) -> dict[str, set[int]]:
    """Ids that are still there, for every table of the world."""
    deleted = {key for key, verdict in verdicts.items() if verdict.action == "delete"}
    gone = Gone(Books(world), {number for kind, number in deleted if kind == "client"})
    for kind, take in TAKE.items():
        for row in world.tables[TABLE[kind]]:
            if (kind, row["id"]) in deleted:
                take(gone, row)
    take_users(gone)
    return {table: {row["id"] for row in rows} - gone.ids[table] for table, rows in world.tables.items()}


def archived(world: World, verdicts: dict) -> set[int]:
    """Clients whose status the sweep sets to Closed."""
    return {row["id"] for row in world.tables["tblclients"] if verdicts["client", row["id"]].action == "archive"}


def take_client(gone: Gone, client: dict) -> None:
    number = client["id"]
    gone.take("tblclients", "id", number)
    gone.values("client", number)
    for row in rows_of(gone.books, number):
        invoice = gone.books.one("tblinvoices", row["invoiceid"])
        is_needed = invoice and is_transaction(row) and invoice["userid"] not in {number, *gone.clients}
        if not is_needed:
            gone.ids["tblaccounts"].add(row["id"])
    for addon in addons_of(gone.books, number):
        take_addon(gone, addon)
    for table, column in BY_CLIENT.items():
        gone.take(table, column, number)
    for kind in ("order", "invoice", "service", "domain"):
        for row in gone.books.where(TABLE[kind], "userid", number):
            TAKE[kind](gone, row)
    for ticket in gone.take("tbltickets", "userid", number):
        take_ticket_parts(gone, ticket["id"])
    for affiliate in gone.take("tblaffiliates", "clientid", number):
        take_affiliate_parts(gone, affiliate["id"])
    for method in gone.take("tblpaymethods", "userid", number):
        gone.take("tblcreditcards", "pay_method_id", method["id"])


def take_ticket_parts(gone: Gone, ticket: int) -> None:
    gone.take("tblticketreplies", "tid", ticket)
    gone.take("tblticketnotes", "ticketid", ticket)
    gone.take("tblticketlog", "tid", ticket)
    gone.values("support", ticket)


def take_affiliate_parts(gone: Gone, affiliate: int) -> None:
    gone.take("tblaffiliateshistory", "affiliateid", affiliate)
    for account in gone.take("tblaffiliatesaccounts", "affiliateid", affiliate):
        gone.take("tblaffiliatespending", "affaccid", account["id"])


def take_order(gone: Gone, order: dict) -> None:
    """The order and the items of the same client; invoices and transactions stay."""
    gone.take("tblorders", "id", order["id"])
    for kind, row in own_items(gone.books, order):
        TAKE.get(kind, take_addon)(gone, row)


def take_invoice(gone: Gone, invoice: dict) -> None:
    gone.take("tblinvoices", "id", invoice["id"])
    gone.take("tblinvoiceitems", "invoiceid", invoice["id"])
    gone.take("tblinvoicedata", "invoice_id", invoice["id"])


def take_service(gone: Gone, service: dict) -> None:
    gone.take("tblhosting", "id", service["id"])
    gone.take("tblcancelrequests", "relid", service["id"])
    gone.values("product", service["id"])
    for addon in gone.books.where("tblhostingaddons", "hostingid", service["id"]):
        take_addon(gone, addon)


def take_addon(gone: Gone, addon: dict) -> None:
    gone.take("tblhostingaddons", "id", addon["id"])
    gone.values("addon", addon["id"])


def take_domain(gone: Gone, domain: dict) -> None:
    gone.take("tbldomains", "id", domain["id"])
    gone.values("domain", domain["id"])


def take_users(gone: Gone) -> None:
    """Users all of whose links went in this sweep."""
    links = gone.books.world.tables["tblusers_clients"]
    left = {link["auth_user_id"] for link in links if link["id"] not in gone.ids["tblusers_clients"]}
    gone.ids["tblusers"] |= {
        link["auth_user_id"] for link in links if link["id"] in gone.ids["tblusers_clients"]
    } - left


TAKE = {
    "client": take_client,
    "order": take_order,
    "invoice": take_invoice,
    "service": take_service,
    "domain": take_domain,
}
