"""WHMCS tables about people: clients, their sign-ins and contacts, what they agreed to, what staff noted, partners."""

from sqlalchemy import Column, LargeBinary

from kigen.hosts.whmcs.tables_columns import (
    day,
    flag,
    link,
    maybe_day,
    maybe_moment,
    maybe_words,
    moment,
    money,
    number,
    short,
    table,
    words,
)

ADDRESS = ("address1", "address2", "city", "state", "postcode", "country", "phonenumber")

tblclients = table(
    "tblclients",
    short("uuid", 255), words("firstname", "lastname", "companyname"), short("email", 255, None), words(*ADDRESS),
    short("tax_id", 128), number("currency", default=1), words("defaultgateway"), money("credit"), words("notes"),
    number("billingcid", "groupid"), short("status", 16, "Active"), words("language"),
    flag("emailoptout", "marketing_emails_opt_in", "overrideautoclose"), flag("allow_sso", default=1),
    day("datecreated"), maybe_moment("lastlogin"), words("ip", "host"), moment("created_at", "updated_at"),
    keys="email(64) status",
)  # fmt: skip

tblusers = table(
    "tblusers",
    short("first_name", 255), short("last_name", 255), short("email", 255, None), short("password", 255),
    short("language", 32), short("second_factor", 255), maybe_words("second_factor_config"),
    short("remember_token", 255), short("reset_token", 255), maybe_moment("reset_token_expiry"),
    short("last_ip", 64), short("last_hostname", 255),
    maybe_moment("last_login", "email_verified_at", "created_at", "updated_at"),
    unique="email",
)  # fmt: skip

tblusers_clients = table(
    "tblusers_clients",
    link("auth_user_id", "client_id"), number("invite_id"), flag("owner"), maybe_words("permissions"),
    maybe_moment("last_login", "created_at", "updated_at"),
    keys="auth_user_id client_id",
)  # fmt: skip

tblcontacts = table(
    "tblcontacts",
    link("userid"), words("firstname", "lastname", "companyname", "email", *ADDRESS), short("tax_id", 128),
    flag("domainemails", "generalemails", "invoiceemails", "productemails", "supportemails"),
    moment("created_at", "updated_at"),
    keys="userid",
)  # fmt: skip

tblcustomfields = table(
    "tblcustomfields",
    words("type"), number("relid"), words("fieldname", "fieldtype", "adminonly", "required"),
)  # fmt: skip

# relid is a client, a service or a ticket: only the field's type says which.
tblcustomfieldsvalues = table(
    "tblcustomfieldsvalues",
    link("fieldid", "relid"), words("value"), moment("created_at", "updated_at"),
    keys="fieldid+relid relid",
)  # fmt: skip

tblnotes = table(
    "tblnotes",
    link("userid"), number("adminid"), moment("created", "modified"), words("note"), flag("sticky"),
    keys="userid",
)  # fmt: skip

tblclientsfiles = table(
    "tblclientsfiles",
    link("userid"), words("title", "filename"), flag("adminonly"), day("dateadded"),
    keys="userid",
)  # fmt: skip

tblmarketing_consent = table(
    "tblmarketing_consent",
    link("userid"), flag("opt_in", "admin"), short("ip_address", 64), moment("created_at", "updated_at"),
    keys="userid",
)  # fmt: skip

tblpaymethods = table(
    "tblpaymethods",
    link("userid"), short("description", 255), number("contact_id"), short("contact_type", 255), number("payment_id"),
    short("payment_type", 255), short("gateway_name", 64), number("order_preference"),
    moment("created_at", "updated_at"), maybe_moment("deleted_at"),
    keys="userid",
)  # fmt: skip

tblcreditcards = table(
    "tblcreditcards",
    link("pay_method_id"), short("card_type", 255), short("last_four", 255), maybe_moment("expiry_date"),
    Column("card_data", LargeBinary), maybe_moment("created_at", "updated_at", "deleted_at"),
    keys="pay_method_id",
)  # fmt: skip

tblaffiliates = table(
    "tblaffiliates",
    maybe_day("date"), link("clientid"), number("visitors"), words("paytype"), money("payamount"), flag("onetime"),
    money("balance", "withdrawn"), moment("created_at", "updated_at"),
    keys="clientid",
)  # fmt: skip

# relid is the service (tblhosting.id) that was sold through the affiliate.
tblaffiliatesaccounts = table(
    "tblaffiliatesaccounts", link("affiliateid", "relid"), day("lastpaid"), keys="affiliateid relid",
)  # fmt: skip

tblaffiliatespending = table(
    "tblaffiliatespending",
    link("affaccid"), number("invoice_id"), money("amount"), day("clearingdate"),
    keys="affaccid",
)  # fmt: skip

tblaffiliateshistory = table(
    "tblaffiliateshistory",
    link("affiliateid"), day("date"), number("affaccid", "invoice_id"), words("description"), money("amount"),
    keys="affiliateid",
)  # fmt: skip
