"""The shape of a WHMCS 8 database on any engine: every table that kigen knows, and the rows a new installation has.

The embedded demo host and the tests are built from this. A real installation has more tables and columns, and versions
differ: the host reads the live schema and never assumes this one.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, Table, func, select, text

from kigen.hosts.whmcs.tables_business import (
    tblaccounts,
    tblcancelrequests,
    tblcredit,
    tbldomains,
    tblhosting,
    tblhostingaddons,
    tblinvoicedata,
    tblinvoiceitems,
    tblinvoices,
    tblorders,
    tblorderstatuses,
    tblquotes,
)
from kigen.hosts.whmcs.tables_columns import NO_DAY, NO_MOMENT, HostDate, HostDateTime, metadata
from kigen.hosts.whmcs.tables_people import (
    tblaffiliates,
    tblaffiliatesaccounts,
    tblaffiliateshistory,
    tblaffiliatespending,
    tblclients,
    tblclientsfiles,
    tblcontacts,
    tblcreditcards,
    tblcustomfields,
    tblcustomfieldsvalues,
    tblmarketing_consent,
    tblnotes,
    tblpaymethods,
    tblusers,
    tblusers_clients,
)
from kigen.hosts.whmcs.tables_records import (
    tblactivitylog,
    tbladdonmodules,
    tblconfiguration,
    tblemails,
    tblgatewaylog,
    tblmodulelog,
    tblticketlog,
    tblticketnotes,
    tblticketreplies,
    tbltickets,
    tblticketstatuses,
)

__all__ = [
    "NO_DAY", "NO_MOMENT", "STANDARD_ROWS", "HostDate", "HostDateTime", "as_whmcs", "create", "metadata",
    "tblaccounts", "tblactivitylog", "tbladdonmodules", "tblaffiliates", "tblaffiliatesaccounts",
    "tblaffiliateshistory", "tblaffiliatespending", "tblcancelrequests", "tblclients", "tblclientsfiles",
    "tblconfiguration", "tblcontacts", "tblcredit", "tblcreditcards", "tblcustomfields", "tblcustomfieldsvalues",
    "tbldomains", "tblemails", "tblgatewaylog", "tblhosting", "tblhostingaddons", "tblinvoicedata", "tblinvoiceitems",
    "tblinvoices", "tblmarketing_consent", "tblmodulelog", "tblnotes", "tblorders", "tblorderstatuses",
    "tblpaymethods", "tblquotes", "tblticketlog", "tblticketnotes", "tblticketreplies", "tbltickets",
    "tblticketstatuses", "tblusers", "tblusers_clients",
]  # fmt: skip

# What a new installation holds. The titles are the states that the host's own status tables explain to kigen.
STANDARD_ROWS: tuple[tuple[Table, tuple[str, ...], tuple[tuple[str | int, ...], ...]], ...] = (
    (
        tblorderstatuses,
        ("title", "color", "showpending", "showactive", "showcancelled", "sortorder"),
        (
            ("Pending", "#cc0000", 1, 0, 0, 10),
            ("Active", "#779500", 0, 1, 0, 20),
            ("Cancelled", "#888888", 0, 0, 1, 30),
            ("Fraud", "#000000", 0, 0, 0, 40),
            ("Draft", "#f2d342", 0, 0, 0, 50),
        ),
    ),
    (
        tblticketstatuses,
        ("title", "color", "sortorder", "showactive", "showawaiting", "autoclose"),
        (
            ("Open", "#779500", 1, 1, 1, 0),
            ("Answered", "#000000", 2, 1, 0, 1),
            ("Customer-Reply", "#ff6600", 3, 1, 1, 1),
            ("Closed", "#888888", 10, 0, 0, 0),
            ("On Hold", "#224488", 5, 1, 0, 0),
            ("In Progress", "#cc0000", 6, 1, 0, 0),
        ),
    ),
    (
        tblconfiguration,
        ("setting", "value"),
        (
            ("Version", "8.13.1-release.1"),
            ("SystemURL", "https://billing.example.jp/"),
            ("DateFormat", "YYYY-MM-DD"),
            ("CompanyName", "BESTNET LLC"),
        ),
    ),
)


@contextmanager
def as_whmcs(connection: Connection) -> Iterator[None]:
    """Lets MariaDB and MySQL take zero dates, as WHMCS's own sessions do, and puts the session back afterwards."""
    if connection.dialect.name not in ("mysql", "mariadb"):
        yield
        return
    before = connection.execute(text("SELECT @@SESSION.sql_mode")).scalar_one()
    connection.execute(text("SET SESSION sql_mode=''"))
    try:
        yield
    finally:
        connection.execute(text("SET SESSION sql_mode=:mode"), {"mode": before})


def create(engine: Engine) -> None:
    """Creates the tables that are missing and the standard rows of those that are empty; safe to repeat."""
    with engine.begin() as connection, as_whmcs(connection):
        metadata.create_all(connection)
        for table, columns, rows in STANDARD_ROWS:
            if not connection.execute(select(func.count()).select_from(table)).scalar_one():
                connection.execute(table.insert(), [dict(zip(columns, row, strict=True)) for row in rows])
