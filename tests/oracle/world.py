"""Decides what a test world is: the rows of a WHMCS-shaped database and what kigen's own ledger knows beside them.

Dates are strings in the host's local zone (Asia/Tokyo), money is a string with two decimals, so that every row can be
inserted as it is (sql_mode='') and reads the same from MariaDB and SQLite. `tblorderstatuses` and `tblticketstatuses`
hold only the operator's own statuses; the shipped ones are in every installation. ENUM columns never hold stray
blanks: the database would not store them.
"""

from dataclasses import dataclass, field

ZERO, ZERO_TIME = "0000-00-00", "0000-00-00 00:00:00"
_PERSON = "firstname lastname companyname email address1 address2 city state postcode country phonenumber"


def _blank(texts: str = "", **values) -> dict:
    return {**dict.fromkeys(texts.split(), ""), **values}


BLANK = {
    "tblclients": _blank(
        _PERSON + " defaultgateway notes language ip host",
        credit="0.00",
        groupid=0,
        status="Active",
        datecreated=ZERO,
        lastlogin=None,
        created_at=ZERO_TIME,
    ),
    "tblusers": _blank("email", last_login=None),
    "tblusers_clients": _blank(auth_user_id=0, client_id=0, owner=0),
    "tblcontacts": _blank(_PERSON, userid=0),
    "tblorders": _blank(
        "nameservers transfersecret promocode orderdata paymentmethod ipaddress fraudmodule fraudoutput notes",
        ordernum=0,
        userid=0,
        date=ZERO_TIME,
        invoiceid=0,
        status="Pending",
        amount="0.00",
    ),
    "tblorderstatuses": _blank("title color", showpending=0, showactive=0, showcancelled=0),
    "tblinvoices": _blank(
        "invoicenum paymentmethod notes",
        userid=0,
        date=ZERO,
        duedate=ZERO,
        datepaid=ZERO_TIME,
        date_refunded=ZERO_TIME,
        date_cancelled=ZERO_TIME,
        subtotal="0.00",
        credit="0.00",
        tax="0.00",
        tax2="0.00",
        total="0.00",
        status="Unpaid",
    ),
    "tblinvoiceitems": _blank("type description paymentmethod notes", invoiceid=0, userid=0, relid=0, amount="0.00"),
    "tblinvoicedata": _blank("data", invoice_id=0),
    "tblaccounts": _blank(
        "gateway description transid", userid=0, date=None, amountin="0.00", amountout="0.00", invoiceid=0, refundid=0
    ),
    "tblhosting": _blank(
        "domain paymentmethod billingcycle username password notes subscriptionid suspendreason dedicatedip "
        "assignedips ns1 ns2",
        userid=0,
        orderid=0,
        regdate=ZERO,
        termination_date=ZERO,
        domainstatus="Pending",
    ),
    "tblhostingaddons": _blank(
        "name notes", orderid=0, hostingid=0, userid=0, status="Pending", regdate=ZERO, termination_date=ZERO
    ),
    "tbldomains": _blank(
        "domain registrar subscriptionid additionalnotes paymentmethod",
        userid=0,
        orderid=0,
        registrationdate=ZERO,
        expirydate=None,
        status="Pending",
    ),
    "tbltickets": _blank(
        "tid name email cc c title message urgency admin attachment service",
        userid=0,
        date=ZERO_TIME,
        status="Open",
        lastreply=ZERO_TIME,
        merged_ticket_id=0,
    ),
    "tblticketreplies": _blank("name email message admin attachment", tid=0, userid=0, date=ZERO_TIME),
    "tblticketnotes": _blank("admin message attachments", ticketid=0, date=ZERO_TIME),
    "tblticketlog": _blank("action", tid=0, date=ZERO_TIME),
    "tblticketstatuses": _blank("title color", showactive=0, showawaiting=0),
    "tblactivitylog": _blank("description user ipaddr", userid=0, date=ZERO_TIME),
    "tblemails": _blank("subject message to cc bcc", userid=0, date=ZERO_TIME),
    "tblcancelrequests": _blank("reason type", relid=0, date=ZERO_TIME),
    "tblaffiliates": _blank("paytype", clientid=0, balance="0.00"),
    "tblaffiliatesaccounts": _blank(affiliateid=0, relid=0),
    "tblaffiliatespending": _blank(affaccid=0, amount="0.00"),
    "tblaffiliateshistory": _blank("description", affiliateid=0, affaccid=0, amount="0.00", date=ZERO),
    "tblcustomfields": _blank("type fieldname fieldtype adminonly required"),
    "tblcustomfieldsvalues": _blank("value", fieldid=0, relid=0),
    "tblcredit": _blank("description", clientid=0, amount="0.00", date=ZERO),
    "tblquotes": _blank(
        "subject proposal customernotes adminnotes " + _PERSON,
        stage="Draft",
        userid=0,
        datecreated=ZERO,
        lastmodified=ZERO,
        dateaccepted=ZERO,
    ),
    "tblnotes": _blank("note", userid=0),
    "tblmodulelog": _blank("module action request response arrdata"),
    "tblgatewaylog": _blank("gateway data result"),
    "tblclientsfiles": _blank("title filename", userid=0),
    "tblmarketing_consent": _blank(userid=0),
    "tblpaymethods": _blank(userid=0),
    "tblcreditcards": _blank(pay_method_id=0),
}

TERMS = {
    "client.archive-inactive": "18 months",
    "client.delete-archived": "120 months",
    "client.delete-registration-only": "3 months",
    "client.delete-inactive": "120 months",
    "invoice.delete-cancelled": "365 days",
    "order.delete-cancelled": "365 days",
    "order.delete-fraud": "730 days",
    "order.delete-pending": "180 days",
    "order.delete-draft": "30 days",
    "service.delete-cancelled": "180 days",
    "service.delete-terminated": "365 days",
    "domain.delete-cancelled": "180 days",
    "domain.delete-expired": "120 days",
    "client.delete-on-request": "30 days",
}


def defaults() -> dict:
    """The settings as shipped; `unpaid_keeps_days`: how long an unpaid invoice keeps, counted from its due date."""
    return {
        "terms": dict(TERMS),
        "settling_days": 7,
        "smallest_credit": "0.01",
        "unpaid_keeps_days": None,
        "sign_in_moves_date": True,
        "floors.fiscal_year_end": None,
        "floors.filing_months": 2,
        "floors.years": 7,
        "floors.loss_years": (),
        "floors.company_books": False,
    }


@dataclass
class World:
    """Instants are aware; days are text.

    holds: {client | kind, id; placed, until} instants; until may be None.
    contracts: {client | group; rule, term, from, until} days; until may be None.
    requests: {client, right, received, closed} instants; closed is None while the request is open.
    archives: {client, at, former_status}, kigen's own.
    first_seen, state_changes: {(kind, id): instant}; a change is the reading that first met the present state after
    another one, other_seen the latest reading that met another state, bought the latest that met something else bought.
    events: {event, at, client, id, data}, those that kigen has heard.
    """

    tables: dict[str, list[dict]] = field(default_factory=lambda: {table: [] for table in BLANK})
    holds: list[dict] = field(default_factory=list)
    contracts: list[dict] = field(default_factory=list)
    requests: list[dict] = field(default_factory=list)
    archives: list[dict] = field(default_factory=list)
    first_seen: dict[tuple[str, int], object] = field(default_factory=dict)
    state_changes: dict[tuple[str, int], object] = field(default_factory=dict)
    other_seen: dict[tuple[str, int], object] = field(default_factory=dict)
    bought: dict[tuple[str, int], object] = field(default_factory=dict)
    events: list[dict] = field(default_factory=list)
    settings: dict = field(default_factory=defaults)

    def add(self, table: str, **values) -> dict:
        """Appends a complete row, with the next free id unless one is given."""
        rows = self.tables[table]
        unknown = set(values) - set(BLANK[table]) - {"id"}
        if unknown:
            raise KeyError(f"{table} has no {sorted(unknown)}")
        row = {"id": rows[-1]["id"] + 1 if rows else 1, **BLANK[table], **values}
        rows.append(row)
        return row
