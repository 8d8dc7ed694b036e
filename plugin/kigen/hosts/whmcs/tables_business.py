"""WHMCS tables about business: orders, services, domains, invoices, transactions, credit and quotes."""

from sqlalchemy import BigInteger, Column

from kigen.hosts.whmcs.tables_columns import (
    day,
    flag,
    link,
    maybe_day,
    maybe_moment,
    maybe_number,
    maybe_words,
    moment,
    money,
    number,
    short,
    table,
    words,
)
from kigen.hosts.whmcs.tables_people import ADDRESS

tblorders = table(
    "tblorders",
    Column("ordernum", BigInteger, nullable=False), link("userid"),
    number("contactid", "requestor_id", "admin_requestor_id"), moment("date"),
    words("nameservers", "transfersecret", "promocode", "orderdata"), money("amount"), words("paymentmethod"),
    number("invoiceid"), short("status", 64, None), words("ipaddress", "fraudmodule", "fraudoutput", "notes"),
    keys="userid status date",
)  # fmt: skip

tblorderstatuses = table(
    "tblorderstatuses", words("title", "color"), number("showpending", "showactive", "showcancelled", "sortorder"),
)  # fmt: skip

tblhosting = table(
    "tblhosting",
    link("userid"), number("orderid", "packageid", "server"), day("regdate"), words("domain", "paymentmethod"),
    money("firstpaymentamount", "amount"), words("billingcycle"), maybe_day("nextduedate"),
    day("nextinvoicedate", "termination_date"), short("domainstatus", 16, None),
    words("username", "password", "notes", "subscriptionid"), number("promoid"),
    words("suspendreason", "dedicatedip", "assignedips", "ns1", "ns2"),
    moment("lastupdate", "created_at", "updated_at"),
    keys="userid orderid domainstatus",
)  # fmt: skip

tblhostingaddons = table(
    "tblhostingaddons",
    number("orderid"), link("hostingid"), number("addonid", "userid"), words("name"), short("status", 32, None),
    day("regdate"), maybe_day("nextduedate"), day("termination_date"), words("notes"),
    keys="hostingid orderid",
)  # fmt: skip

tbldomains = table(
    "tbldomains",
    link("userid"), number("orderid"), short("type", 16, "Register"), day("registrationdate"), words("domain"),
    money("firstpaymentamount", "recurringamount"), words("registrar"), number("registrationperiod", default=1),
    maybe_day("expirydate"), words("subscriptionid"), number("promoid"), short("status", 32, None),
    day("nextduedate", "nextinvoicedate"), words("additionalnotes", "paymentmethod"),
    flag("donotrenew", "idprotection"), moment("created_at", "updated_at"),
    keys="userid orderid status",
)  # fmt: skip

# relid is the service (tblhosting.id) that the client asks to end.
tblcancelrequests = table(
    "tblcancelrequests",
    moment("date"), link("relid"), words("reason", "type"), moment("created_at", "updated_at"),
    keys="relid",
)  # fmt: skip

tblinvoices = table(
    "tblinvoices",
    link("userid"), words("invoicenum"), day("date", "duedate"),
    moment("datepaid", "last_capture_attempt", "date_refunded", "date_cancelled"),
    money("subtotal", "credit", "tax", "tax2", "total"), money("taxrate", "taxrate2", precision=10, scale=3),
    words("status", "paymentmethod"), maybe_number("paymethodid"), words("notes"), moment("created_at", "updated_at"),
    keys="userid status(8) duedate",
)  # fmt: skip

# relid is a service, an add-on or a domain, as type says.
tblinvoiceitems = table(
    "tblinvoiceitems",
    number("invoiceid"), link("userid"), short("type", 30, None), number("relid"), words("description"),
    money("amount"), flag("taxed"), maybe_day("duedate"), words("paymentmethod", "notes"),
    keys="invoiceid userid relid",
)  # fmt: skip

tblinvoicedata = table("tblinvoicedata", link("invoice_id"), maybe_words("data", medium=True), keys="invoice_id")

tblaccounts = table(
    "tblaccounts",
    link("userid"), number("currency"), words("gateway"), maybe_moment("date"), words("description"),
    money("amountin", "fees", "amountout"), money("rate", scale=5, default=1), words("transid"),
    number("invoiceid", "refundid"),
    keys="userid invoiceid date",
)  # fmt: skip

tblcredit = table(
    "tblcredit",
    link("clientid"), number("admin_id"), day("date"), words("description"), money("amount", default=None),
    number("relid"),
    keys="clientid",
)  # fmt: skip

tblquotes = table(
    "tblquotes",
    words("subject"), short("stage", 16, None), day("validuntil"), number("userid"),
    words("firstname", "lastname", "companyname", "email", *ADDRESS), short("tax_id", 128),
    number("currency", default=1), money("subtotal", "total"), words("proposal", "customernotes", "adminnotes"),
    day("datecreated", "lastmodified", "datesent", "dateaccepted"),
    keys="userid",
)  # fmt: skip
