"""Clients, their users and what both sorts of world have alike, spread by arithmetic on the running number."""

from __future__ import annotations

from tests.bench.generator import Fill

CLIENTS = Fill("tblclients", "seq_1_to_{clients}", {
    "id": "seq",
    "uuid": "MD5(seq)",
    "firstname": "ELT(1 + MOD(seq, 7), 'Aiko', 'Botan', 'Clara', 'Daiki', 'Emil', 'Fumi', 'Greta')",
    "lastname": "CONCAT(ELT(1 + MOD(seq, 5), 'Sato', 'Abe', 'Weber', 'Kimura', 'Moreau'), seq)",
    "companyname": "IF(MOD(seq, 3), '', CONCAT('Company ', seq))",
    "email": "CONCAT('client', seq, '@example.invalid')",
    "address1": "CONCAT(1 + MOD(seq, 900), ' Furukawa')",
    "address2": "''",
    "city": "'Osaki'",
    "state": "'Miyagi'",
    "postcode": "'989-6100'",
    "country": "ELT(1 + MOD(seq, 6), 'JP', 'JP', 'JP', 'DE', 'FR', 'GB')",
    "phonenumber": "CONCAT('+81.229', LPAD(MOD(seq, 1000000), 6, '0'))",
    "status": "IF(MOD(seq, 40) = 3, 'Inactive', 'Active')",
    "datecreated": "DATE('2008-01-15') + INTERVAL MOD(seq * 37, 5700) DAY",
    "lastlogin": "TIMESTAMP('2012-02-01 08:00:00') + INTERVAL MOD(seq * 53, 5300) DAY",
    "created_at": "TIMESTAMP('2008-01-15 09:30:00') + INTERVAL MOD(seq * 37, 5700) DAY",
    "updated_at": "TIMESTAMP('2026-01-15 09:30:00') + INTERVAL MOD(seq * 11, 300) DAY",
})  # fmt: skip

USERS = Fill("tblusers", "seq_1_to_{clients}", {
    "id": "seq",
    "first_name": "ELT(1 + MOD(seq, 7), 'Aiko', 'Botan', 'Clara', 'Daiki', 'Emil', 'Fumi', 'Greta')",
    "email": "CONCAT('client', seq, '@example.invalid')",
    "password": "SHA2(seq, 256)",
    "last_login": "IF(MOD(seq, 9), TIMESTAMP('2013-02-01 08:00:00') + INTERVAL MOD(seq * 59, 5000) DAY, NULL)",
})  # fmt: skip

USER_LINKS = Fill("tblusers_clients", "seq_1_to_{clients}", {
    "id": "seq", "auth_user_id": "seq", "client_id": "seq", "owner": "1",
})  # fmt: skip

# Columns of what is bought and billed that every world fills alike.
OF_ORDERS = {
    "ordernum": "1000000000 + seq * 7",
    "amount": "9.80 + MOD(seq, 50)",
    "paymentmethod": "'stripe'",
    "ipaddress": "CONCAT('192.0.2.', MOD(seq, 250))",
    "orderdata": "REPEAT('x', 40)",
}
OF_SERVICES = {
    "paymentmethod": "'stripe'",
    "billingcycle": "'Monthly'",
    "updated_at": "TIMESTAMP('2026-10-01 03:00:00')",
}
OF_DOMAINS = {
    "recurringamount": "12.00",
    "registrar": "'registry'",
    "paymentmethod": "'stripe'",
    "updated_at": "TIMESTAMP('2026-10-01 03:00:00')",
}
OF_INVOICES = {
    "invoicenum": "CONCAT('R', seq)",
    "subtotal": "20.00",
    "total": "20.00",
    "paymentmethod": "'stripe'",
    "updated_at": "TIMESTAMP('2026-06-10 12:00:00')",
}

TICKETS = Fill("tbltickets", "seq_1_to_{tickets}", {
    "id": "seq",
    "tid": "CONCAT('T', seq)",
    "userid": "1 + MOD(seq * 7919, {clients})",
    "date": "TIMESTAMP('2015-03-01 10:00:00') + INTERVAL MOD(seq * 41, 4000) DAY",
    "title": "CONCAT('Question ', seq)",
    "message": "REPEAT('How do I do this? ', 10)",
    "status": "'Closed'",
    "lastreply": "TIMESTAMP('2015-03-02 10:00:00') + INTERVAL MOD(seq * 41, 4000) DAY",
})  # fmt: skip

# A balance keeps its client; these have a live service anyway.
AFFILIATES = Fill("tblaffiliates", "seq_1_to_{affiliates}", {
    "id": "seq", "date": "'2019-05-01'", "clientid": "20 * seq - 1", "balance": "MOD(seq, 4) * 12.50",
})  # fmt: skip

CANCEL_REQUESTS = Fill("tblcancelrequests", "seq_1_to_{requests}", {
    "id": "seq",
    "date": "TIMESTAMP('2026-09-01 10:00:00') + INTERVAL MOD(seq * 17, 60) DAY",
    "relid": "seq * 5",
    "reason": "'Not needed any more'",
    "type": "'End of Billing Period'",
})  # fmt: skip

LINES = Fill("tblinvoiceitems", "tblinvoices", {
    "invoiceid": "id", "userid": "userid", "type": "'Hosting'", "relid": "paymethodid",
    "description": "CONCAT('Virtual server, invoice ', id)", "amount": "subtotal", "duedate": "duedate",
})  # fmt: skip

SECOND_LINES = Fill("tblinvoiceitems", "tblinvoices WHERE MOD(id, 2) = 0", {
    "invoiceid": "id", "userid": "userid", "type": "''", "description": "'Set-up'", "amount": "0",
})  # fmt: skip

TRANSACTIONS = Fill("tblaccounts", "tblinvoices WHERE datepaid > '2000-01-01'", {
    "id": "id", "userid": "userid", "currency": "1", "gateway": "'stripe'", "date": "datepaid",
    "description": "'Invoice payment'", "amountin": "total", "transid": "CONCAT('pi_', MD5(id))", "invoiceid": "id",
})  # fmt: skip
