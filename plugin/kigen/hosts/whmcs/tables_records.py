"""WHMCS tables that accumulate: tickets, mails, logs and the installation's own configuration."""

from kigen.hosts.whmcs.tables_columns import (
    flag,
    link,
    maybe_moment,
    maybe_short,
    maybe_words,
    moment,
    number,
    short,
    table,
    words,
)

tbltickets = table(
    "tbltickets",
    short("tid", 128, None), number("did", "userid", "contactid", "requestor_id"), words("name", "email", "cc", "c"),
    maybe_short("ipaddress", 64), moment("date"), words("title", "message"), short("status", 64, None),
    words("urgency", "admin", "attachment"), flag("attachments_removed"), moment("lastreply"), number("flag"),
    words("service"), number("merged_ticket_id"),
    keys="userid status",
)  # fmt: skip

# tid is the ticket's id here, not its public number.
tblticketreplies = table(
    "tblticketreplies",
    link("tid"), number("userid", "contactid", "requestor_id"), words("name", "email"), moment("date"),
    words("message", "admin", "attachment"), flag("attachments_removed"),
    keys="tid",
)  # fmt: skip

tblticketnotes = table(
    "tblticketnotes",
    link("ticketid"), words("admin"), moment("date"), words("message", "attachments"),
    keys="ticketid",
)  # fmt: skip

tblticketlog = table("tblticketlog", moment("date"), link("tid"), words("action"), keys="tid")

tblticketstatuses = table(
    "tblticketstatuses",
    short("title", 64, None), words("color"), number("sortorder", "showactive", "showawaiting", "autoclose"),
)  # fmt: skip

tblemails = table(
    "tblemails",
    link("userid"), moment("date"), words("subject"), words("message", medium=True), words("to", "cc", "bcc"),
    maybe_words("attachments"), flag("pending", "failed"), maybe_moment("created_at", "updated_at"),
    keys="userid",
)  # fmt: skip

tblactivitylog = table(
    "tblactivitylog",
    moment("date"), words("description", "user"), number("userid", "user_id", "admin_id"), words("ipaddr"),
    keys="userid date",
)  # fmt: skip

tblmodulelog = table(
    "tblmodulelog",
    moment("date"), words("module", "action"), words("request", "response", "arrdata", medium=True),
)  # fmt: skip

tblgatewaylog = table(
    "tblgatewaylog", moment("date"), words("gateway"), words("data", medium=True), words("result"),
)  # fmt: skip

tblconfiguration = table(
    "tblconfiguration",
    short("setting", 64, None), words("value"), moment("created_at", "updated_at"),
    keys="setting(32)",
)  # fmt: skip

tbladdonmodules = table("tbladdonmodules", short("module", 128, None), short("setting", 128, None), words("value"))
