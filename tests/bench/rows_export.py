"""The world of one large client: of a thousand rows most are its log, its mails and its letters; others beside it.

Every fourth row of the log and of the mails is somebody else's, so that finding its own is a part of the work.
"""

from __future__ import annotations

from tests.bench.generator import Fill, Sort

CLIENT = 1
WORDS = "'Modified Invoice Options - Invoice ID: ', seq, ' - User ID: 1 - ご契約内容を変更しました'"

CLIENTS = Fill("tblclients", "seq_1_to_9", {
    "id": "seq", "uuid": "CONCAT('client-', seq)", "email": "CONCAT('someone', seq, '@example.invalid')",
    "firstname": "'Hanako'", "lastname": "'山田'", "status": "'Active'", "datecreated": "'2012-04-01'",
})  # fmt: skip

LOG = Fill("tblactivitylog", "seq_1_to_{log}", {
    "id": "seq", "userid": "IF(MOD(seq, 4), 1, 2 + MOD(seq, 7))",
    "date": "TIMESTAMP('2015-04-01 11:00:00') + INTERVAL seq MINUTE", "description": f"CONCAT({WORDS})",
    "user": "IF(MOD(seq, 9), 'Client', 'System')", "ipaddr": "CONCAT('192.0.2.', MOD(seq, 250))",
})  # fmt: skip

MAILS = Fill("tblemails", "seq_1_to_{mails}", {
    "id": "seq", "userid": "IF(MOD(seq, 4), 1, 2 + MOD(seq, 7))",
    "date": "TIMESTAMP('2015-04-01 11:00:00') + INTERVAL seq MINUTE", "subject": "CONCAT('Invoice ', seq)",
    "message": f"REPEAT(CONCAT('<p>', {WORDS}, '</p>'), 3)", "to": "'someone1@example.invalid'", "cc": "''",
    "bcc": "''",
})  # fmt: skip

TICKETS = Fill("tbltickets", "seq_1_to_{tickets}", {
    "id": "seq", "tid": "CONCAT('T', seq)", "userid": "1", "title": "CONCAT('Question ', seq)", "status": "'Closed'",
    "message": "'お世話になっております。'", "date": "TIMESTAMP('2015-04-01 11:00:00') + INTERVAL seq HOUR",
    "name": "''", "email": "''",
})  # fmt: skip

REPLIES = Fill("tblticketreplies", "seq_1_to_{replies}", {
    "id": "seq", "tid": "1 + MOD(seq, {tickets})", "userid": "IF(MOD(seq, 2), 1, 0)",
    "admin": "IF(MOD(seq, 2), '', 'Staff')", "message": f"REPEAT(CONCAT({WORDS}), 2)",
    "date": "TIMESTAMP('2015-04-01 11:00:00') + INTERVAL seq MINUTE", "name": "''", "email": "''",
})  # fmt: skip

INVOICES = Fill("tblinvoices", "seq_1_to_{invoices}", {
    "id": "seq", "userid": "1", "date": "DATE('2016-02-01') + INTERVAL MOD(seq, 3000) DAY",
    "duedate": "DATE('2016-02-15') + INTERVAL MOD(seq, 3000) DAY", "subtotal": "1000", "total": "1100",
    "datepaid": "TIMESTAMP('2016-02-10 10:00:00') + INTERVAL MOD(seq, 3000) DAY", "status": "'Paid'",
})  # fmt: skip

LINES = Fill("tblinvoiceitems", "seq_1_to_{lines}", {
    "id": "seq", "invoiceid": "1 + MOD(seq, {invoices})", "userid": "1", "type": "'Hosting'", "relid": "0",
    "description": "CONCAT('VPS ', seq)", "amount": "9.80 + MOD(seq, 50)",
})  # fmt: skip

LARGE = Sort(
    "export",
    {"log": 760, "mails": 200, "tickets": 2, "replies": 208, "invoices": 5, "lines": 65},
    (CLIENTS, LOG, MAILS, TICKETS, REPLIES, INVOICES, LINES),
)
"""Three quarters of log and mails are the client's own: with the rest they make a thousand."""
