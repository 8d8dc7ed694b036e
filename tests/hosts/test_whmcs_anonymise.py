"""WHMCS rows of a client whom a floor keeps, on either engine: what is deleted, what is masked, and who is not touched.

Tanaka (1) has a paid invoice with a service, a contact, two users, tickets and a stored card. Another Tanaka (2) has
the same name and company and nothing else in common. Schmidt (3) shares a user with the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from kigen.hosts.anonymised import CannotAnonymise, Why
from kigen.hosts.whmcs import WhmcsHost, tables
from kigen.policy.answers import Answer
from kigen.policy.fates import Treatment
from kigen.policy.keeping import Keeping
from kigen.policy.records import Kind
from kigen.policy.subtraction import NEEDED
from tests.hosts.erasing import SALT, again, beyond, decided_by, erase, floored, named_in, rows_of
from tests.hosts.whmcs_data import add
from tests.support import shape

TANAKA, NAMESAKE, SCHMIDT = 1, 2, 3
NAME = {"firstname": "太郎", "lastname": "田中", "companyname": "株式会社みどり商会"}
PAID = {"status": "Paid", "date": "2024-01-05", "duedate": "2024-01-19", "datepaid": "2024-01-06 09:00:00",
        "subtotal": "1000.00", "tax": "100.00", "total": "1100.00", "taxrate": "10.000"}  # fmt: skip

ROWS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("tblclients", {"id": TANAKA, **NAME, "email": "tanaka@midori.example.jp", "address1": "大崎市古川1丁目2番3号",
                    "city": "大崎市", "state": "宮城県", "postcode": "989-6154", "country": "JP",
                    "tax_id": "T1234567890123", "phonenumber": "+81.229012345", "ip": "198.51.100.7",
                    "status": "Active", "groupid": 4,
                    "datecreated": "2015-04-01", "notes": "Likes to be called Taro"}),
    ("tblclients", {"id": NAMESAKE, **NAME, "email": "taro@other.example.jp", "datecreated": "2016-04-01"}),
    ("tblclients", {"id": SCHMIDT, "firstname": "Eva", "lastname": "Schmidt", "email": "eva@schmidt.example",
                    "datecreated": "2016-04-01"}),
    ("tblusers", {"id": 1, "first_name": "太郎", "last_name": "田中", "email": "tanaka@midori.example.jp"}),
    ("tblusers", {"id": 2, "first_name": "Agency", "last_name": "Desk", "email": "desk@agency.example"}),
    ("tblusers_clients", {"auth_user_id": 1, "client_id": TANAKA, "owner": 1}),
    ("tblusers_clients", {"auth_user_id": 2, "client_id": TANAKA}),
    ("tblusers_clients", {"auth_user_id": 2, "client_id": SCHMIDT, "owner": 1}),
    ("tblcontacts", {"userid": TANAKA, "firstname": "Hanako", "lastname": "Mizuno",
                     "email": "hanako@midori.example.jp"}),
    ("tblorders", {"id": 10, "ordernum": 77, "userid": TANAKA, "status": "Active", "date": "2024-01-05 00:00:00",
                   "invoiceid": 30, "ipaddress": "198.51.100.7",
                   "orderdata": 'a:1:{s:5:"email";s:24:"tanaka@midori.example.jp";}'}),
    ("tblhosting", {"id": 20, "userid": TANAKA, "orderid": 10, "packageid": 3, "domainstatus": "Terminated",
                    "billingcycle": "Monthly", "domain": "midori.example.jp", "username": "midori", "password": "x",
                    "termination_date": "2025-01-05"}),
    ("tblinvoices", {"id": 30, "userid": TANAKA, "invoicenum": "INV-30", **PAID, "notes": "for Taro"}),
    ("tblinvoices", {"id": 31, "userid": TANAKA, "status": "Cancelled", "date": "2024-02-05", "subtotal": "5.00"}),
    ("tblinvoiceitems", {"id": 300, "invoiceid": 30, "userid": TANAKA, "type": "Hosting", "relid": 20,
                         "amount": "1000.00", "taxed": 1, "description": "Hosting midori.example.jp"}),
    ("tblinvoiceitems", {"id": 310, "invoiceid": 31, "userid": TANAKA, "type": "", "amount": "5.00"}),
    ("tblaccounts", {"id": 40, "userid": TANAKA, "invoiceid": 30, "amountin": "1100.00", "transid": "pi_4711471147",
                     "date": "2024-01-06 09:00:00"}),
    ("tblcredit", {"id": 45, "clientid": TANAKA, "amount": "-5.00", "description": "paid out to Tanaka"}),
    ("tblaffiliates", {"id": 70, "clientid": TANAKA, "balance": "0", "withdrawn": "120.00"}),
    ("tblaffiliateshistory", {"id": 71, "affiliateid": 70, "affaccid": 0, "amount": "120.00", "description": "Tanaka"}),
    ("tblaffiliateswithdrawals", {"id": 72, "affiliateid": 70, "amount": "120.00"}),
    ("tbltickets", {"id": 50, "tid": "A-1", "userid": TANAKA, "status": "Closed", "title": "hello",
                    "attachment": "1_a.txt"}),
    ("tblticketreplies", {"tid": 50, "userid": TANAKA, "name": "田中 太郎", "email": "tanaka@midori.example.jp"}),
    ("tblemails", {"userid": TANAKA, "to": "tanaka@midori.example.jp", "subject": "Invoice"}),
    ("tblactivitylog", {"id": 1, "userid": TANAKA, "description": "Signed in", "ipaddr": "198.51.100.7"}),
    # What somebody else wrote, and what nobody did.
    ("tbltickets", {"id": 51, "tid": "B-1", "userid": SCHMIDT, "status": "Open", "title": "An invoice",
                    "message": "Mr. 田中太郎 (tanaka@midori.example.jp) sent me his. 山田中心 is a place."}),
    ("tbltickets", {"id": 52, "tid": "B-2", "userid": NAMESAKE, "status": "Open", "title": "t",
                    "message": "田中太郎です。"}),
    ("tbltickets", {"id": 53, "tid": "G-1", "userid": 0, "name": "Taro", "email": "TANAKA@midori.example.jp",
                    "status": "Open", "title": "from a guest", "message": "Who am I?"}),
    ("tblticketreplies", {"id": 530, "tid": 53, "message": "You tell us.", "admin": "Demo Staff"}),
    ("tblactivitylog", {"id": 2, "userid": 0, "user": "System",
                        "description": "Mail to tanaka@midori.example.jp bounced"}),
    ("tblactivitylog", {"id": 3, "userid": 0, "description": "Mail to jan.tanaka@midori.example.jp bounced"}),
    ("tblgatewaylog", {"id": 1, "gateway": "stripe",
                       "data": '{"billing_details":{"phone":"0229-01-2345"},"id":"pi_1"}'}),
    ("tblmodulelog", {"id": 1, "module": "cpanel", "request": "contactemail=tanaka%40midori.example.jp&quota=10"}),
    # The number 1 is a client, a service and a ticket, by the field's type.
    ("tblcustomfields", {"id": 1, "type": "client", "fieldname": "フリガナ"}),
    ("tblcustomfields", {"id": 2, "type": "product", "fieldname": "Colour"}),
    ("tblcustomfieldsvalues", {"id": 1, "fieldid": 1, "relid": TANAKA, "value": "タナカ タロウ"}),
    ("tblcustomfieldsvalues", {"id": 2, "fieldid": 2, "relid": TANAKA, "value": "blue"}),
    ("tblcustomfieldsvalues", {"id": 3, "fieldid": 2, "relid": 20, "value": "red"}),
)  # fmt: skip


@pytest.fixture
def db(database_url: str) -> Iterator[Connection]:
    engine = create_engine(database_url, poolclass=NullPool)
    shape.whmcs(engine)
    with engine.begin() as connection, tables.as_whmcs(connection):
        connection.execute(text(
            "CREATE TABLE tblaffiliateswithdrawals (id INTEGER PRIMARY KEY, affiliateid INT, amount DECIMAL(16,2))"
        ))  # fmt: skip
        for table, values in ROWS:
            if table in tables.metadata.tables:
                add(connection, table, **values)
            else:
                named, bound = ", ".join(values), ", ".join(f":{name}" for name in values)
                connection.execute(text(f"INSERT INTO {table} ({named}) VALUES ({bound})"), values)
        yield connection


@pytest.fixture
def host() -> WhmcsHost:
    return WhmcsHost("Asia/Tokyo")


def row(db: Connection, table: str, id_: int) -> dict[str, Any]:
    return dict(db.execute(text(f"SELECT * FROM {table} WHERE id = {id_}")).mappings().one())


def ids(db: Connection, table: str) -> list[int]:
    return list(db.execute(text(f"SELECT id FROM {table} ORDER BY id")).scalars())


def test_under_a_floor_the_documents_stay_masked_and_all_else_of_the_client_goes(
    host: WhmcsHost, db: Connection
) -> None:
    """H5, L3, G13"""
    done = erase(host, db, [TANAKA])
    assert (ids(db, "tblinvoices"), ids(db, "tblinvoiceitems"), ids(db, "tblaccounts")) == ([30], [300], [40])
    assert (ids(db, "tblorders"), ids(db, "tblhosting"), ids(db, "tblcredit")) == ([10], [20], [45])
    assert (ids(db, "tblaffiliates"), ids(db, "tblaffiliateshistory")) == ([70], [71])
    assert row(db, "tblaffiliateshistory", 71)["description"] == "[erased]"
    assert float(row(db, "tblaffiliateswithdrawals", 72)["amount"]) == 120, "What was paid out is still to be taxed."
    for table in ("tblcontacts", "tblemails"):
        assert ids(db, table) == [], table
    assert ids(db, "tblcustomfieldsvalues") == [2], "A value of another service with the client's number stays."
    client = row(db, "tblclients", TANAKA)
    assert client["email"] == "erased-1@erased.invalid"
    blank = [name for name in ("firstname", "lastname", "address1", "city", "state", "postcode") if not client[name]]
    assert blank == [], "The platform asks for these to be filled."
    assert (client["country"], client["status"], client["groupid"]) == ("JP", "Active", 4)
    assert (client["tax_id"], client["notes"]) == ("", "[erased]")
    invoice = row(db, "tblinvoices", 30)
    assert (invoice["invoicenum"], float(invoice["total"]), float(invoice["tax"])) == ("INV-30", 1100, 100)
    assert row(db, "tblinvoiceitems", 300)["description"] == "[erased]"
    assert float(row(db, "tblinvoiceitems", 300)["amount"]) == 1000
    assert row(db, "tblorders", 10)["orderdata"].startswith('a:1:{s:5:"email";s:'), "Stored data stays readable (L8)."
    assert row(db, "tblhosting", 20)["domain"] == "erased.invalid"
    slips = dict(done.each[0].slips)
    assert slips[Kind.INVOICE, 30] == ("tblinvoiceitems.description", "tblinvoices.notes")
    assert slips[Kind.PAYMENT, 40] == ("tblaccounts.transid",)
    assert done.each[0].bought == ((Kind.SERVICE, 20),)


def test_a_second_time_nothing_is_changed(host: WhmcsHost, db: Connection) -> None:
    """L1"""
    erase(host, db, [TANAKA])
    before = rows_of(host, db, [TANAKA, NAMESAKE, SCHMIDT])
    second = again(host, db, [TANAKA])
    assert (second.deleted, second.masked, second.slips) == ({}, (), ())
    assert rows_of(host, db, [TANAKA, NAMESAKE, SCHMIDT]) == before


def test_an_address_that_another_row_has_already_is_not_taken_twice(host: WhmcsHost, db: Connection) -> None:
    """L1"""
    db.execute(text("UPDATE tblclients SET email = 'erased-1@erased.invalid' WHERE id = 3"))
    erase(host, db, [TANAKA])
    address = row(db, "tblclients", TANAKA)["email"]
    assert address != "erased-1@erased.invalid" and address.endswith("@erased.invalid")
    assert row(db, "tblclients", SCHMIDT)["email"] == "erased-1@erased.invalid"
    assert again(host, db, [TANAKA]).masked == ()


def test_a_user_of_two_clients_stays_and_only_the_membership_goes(host: WhmcsHost, db: Connection) -> None:
    """G1"""
    desk = row(db, "tblusers", 2)
    erase(host, db, [TANAKA])
    assert ids(db, "tblusers") == [2]
    assert row(db, "tblusers", 2) == desk
    links = db.execute(text("SELECT auth_user_id, client_id FROM tblusers_clients")).all()
    assert [tuple(link) for link in links] == [(2, SCHMIDT)]


def test_an_owner_of_two_clients_keeps_the_address_of_the_one_that_stays(host: WhmcsHost, db: Connection) -> None:
    """G1, G6: what another client has in its own record proves nothing, and nothing of it is touched."""
    db.execute(text("UPDATE tblclients SET email = 'Tanaka@midori.example.jp' WHERE id = 2"))
    before = rows_of(host, db, [NAMESAKE])
    done = erase(host, db, [TANAKA])
    assert rows_of(host, db, [NAMESAKE]) == before
    assert "tanaka@midori" in row(db, "tbltickets", 51)["message"]
    assert ("tbltickets", "message", "51", Why.SHARED) in {
        (one.table, one.column, one.key, one.why) for one in done.all.left
    }


def test_the_erasure_reaches_other_clients_tickets_and_logs_by_what_is_nobody_elses(
    host: WhmcsHost, db: Connection
) -> None:
    """G10, L8, L10, F18"""
    done = erase(host, db, [TANAKA])
    message = row(db, "tbltickets", 51)["message"]
    assert "tanaka@midori" not in message and message.endswith("sent me his. 山田中心 is a place.")
    assert row(db, "tblactivitylog", 2)["description"] == "Mail to [erased] bounced"
    assert row(db, "tblgatewaylog", 1)["data"] == '{"billing_details":{"phone":"[erased]"},"id":"pi_1"}'
    assert row(db, "tblmodulelog", 1)["request"] == "contactemail=[erased]&quota=10"
    needles = [
        "tanaka@midori.example.jp",
        "0229-01-2345",
        "+81.229012345",
        "T1234567890123",
        "hanako@midori.example.jp",
    ]
    assert beyond(named_in(db, needles), done.all) == set()


@pytest.mark.parametrize("is_whole", [True, False])
def test_whoever_answered_in_another_clients_ticket_is_named_there_no_more(
    host: WhmcsHost, db: Connection, is_whole: bool
) -> None:
    """G10: the row says who wrote it, so that no name is guessed; a namesake, the staff and the words stay."""
    said = {"tid": 51, "message": "The server is up."}
    add(db, "tblticketreplies", id=510, userid=TANAKA, name="田中 太郎", email="tanaka@midori.example.jp", tid=51,
        message="Ask tanaka@midori.example.jp.")  # fmt: skip
    add(db, "tblticketreplies", id=511, userid=TANAKA, name="Tarokun", tid=51, message="Yes.")
    add(db, "tblticketreplies", id=512, userid=NAMESAKE, name="田中 太郎", email="taro@other.example.jp", **said)
    add(db, "tblticketreplies", id=513, userid=TANAKA, name="Desk", admin="田中 (desk)", tid=51, message="No.")
    before = [row(db, "tblticketreplies", id_) for id_ in (512, 513)]
    done = erase(host, db, [TANAKA], gone=[TANAKA] if is_whole else [])
    first, second = row(db, "tblticketreplies", 510), row(db, "tblticketreplies", 511)
    assert (first["name"], first["message"]) == ("erased", "Ask [erased].")
    assert "tanaka" not in first["email"] and first["email"].endswith("invalid")
    assert (second["name"], second["message"], second["email"]) == ("erased", "Yes.", "")
    assert [row(db, "tblticketreplies", id_) for id_ in (512, 513)] == before
    assert ids(db, "tbltickets")[0] == 51 and row(db, "tbltickets", 51)["title"] == "An invoice"
    assert {("tblticketreplies", "510"), ("tblticketreplies", "511")}.isdisjoint(
        (one.table, one.key) for one in done.all.left
    )


def test_a_name_alone_changes_nothing_of_a_namesake_and_is_listed(host: WhmcsHost, db: Connection) -> None:
    """G7, G6: jan.tanaka@ is not tanaka@."""
    before = rows_of(host, db, [NAMESAKE])
    done = erase(host, db, [TANAKA])
    assert rows_of(host, db, [NAMESAKE]) == before
    assert row(db, "tbltickets", 52)["message"] == "田中太郎です。"
    assert row(db, "tblactivitylog", 3)["description"] == "Mail to jan.tanaka@midori.example.jp bounced"
    assert ("tbltickets", "message", "52") in {(one.table, one.column, one.key) for one in done.all.left}


def test_a_name_within_the_address_that_a_company_shares_stays_there_and_is_listed(
    host: WhmcsHost, db: Connection
) -> None:
    db.execute(text(f"UPDATE tblclients SET address1 = '1-2-3 Osaki, 田中太郎 様方' WHERE id = {SCHMIDT}"))
    db.execute(text(f"UPDATE tblclients SET companyname = '北斎商店' WHERE id = {NAMESAKE}"))
    done = erase(host, db, [TANAKA])
    assert row(db, "tblclients", SCHMIDT)["address1"] == "1-2-3 Osaki, 田中太郎 様方"
    assert row(db, "tblclients", NAMESAKE)["companyname"] == "北斎商店"
    listed = {(one.column, one.key) for one in done.all.left if one.table == "tblclients"}
    assert listed == {("address1", str(SCHMIDT))}


def test_a_guests_ticket_goes_by_its_own_address_with_its_replies(host: WhmcsHost, db: Connection) -> None:
    erase(host, db, [TANAKA])
    assert ids(db, "tbltickets") == [51, 52], "That of Schmidt and that of the namesake stay."
    assert ids(db, "tblticketreplies") == []


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("Write to ｔａｎａｋａ＠ｍｉｄｏｒｉ．ｅｘａｍｐｌｅ．ｊｐ please", "Write to [erased] please"),
        ("Write to TANAKA+shop@Midori.example.jp. please", "Write to [erased]. please"),
        ("電話は０２２９－０１－２３４５です", "電話は[erased]です"),
        ("tel (0229) 01 2345, order 2345", "tel [erased], order 2345"),
        ("&#116;anaka@midori.example.jp wrote", "[erased] wrote"),
        ("bookmark 田中さん", "bookmark 田中さん"),
        ("tanaka@midori.example.jp.evil.example", "tanaka@midori.example.jp.evil.example"),
    ],
)
def test_spellings_are_found_in_what_others_wrote_and_nothing_else_of_it_changes(
    host: WhmcsHost, db: Connection, written: str, left: str
) -> None:
    """G6, G8, L8, L10"""
    db.execute(text("UPDATE tbltickets SET message = :said WHERE id = 51"), {"said": written})
    erase(host, db, [TANAKA])
    assert row(db, "tbltickets", 51)["message"] == left


def test_what_was_written_after_the_search_is_cleared_as_well(host: WhmcsHost, db: Connection) -> None:
    (account,) = host.accounts(db, [TANAKA], lock=True)
    people = host.people(db, [account])
    candidates = host.look_for(db, people)
    add(db, "tblactivitylog", id=90, userid=0, description="tanaka@midori.example.jp signed out")
    done = host.anonymise(db, account, floored(account), SALT)
    host.clear(db, people, candidates, SALT, done.kept)
    assert row(db, "tblactivitylog", 90)["description"] == "[erased] signed out"


def test_no_decision_about_what_stays_changes_by_the_masks(host: WhmcsHost, db: Connection) -> None:
    (before,) = host.accounts(db, [TANAKA])
    erase(host, db, [TANAKA])
    (after,) = host.accounts(db, [TANAKA])
    was, now = decided_by(before), decided_by(after)
    assert (now.client, now.orders, now.items, now.payments) == (was.client, was.orders, was.items, was.payments)
    assert now.invoices == tuple(invoice for invoice in was.invoices if invoice.id == 30)


def test_what_a_claim_needs_stays_readable(host: WhmcsHost, db: Connection) -> None:
    """An unpaid invoice needs the name and address to claim it by, not the reading of a name or the ticket."""
    db.execute(text("UPDATE tblinvoices SET status = 'Unpaid' WHERE id = 31"))
    (account,) = host.accounts(db, [TANAKA], lock=True)
    keeping = floored(account, "unpaid-invoice")
    with_claim = Keeping(keeping.records | {(Kind.INVOICE, 31)}, keeping.codes, keeping.documents)
    before = row(db, "tblclients", TANAKA)
    host.anonymise(db, account, with_claim, SALT)
    after = row(db, "tblclients", TANAKA)
    assert [after[name] for name in ("lastname", "address1", "email")] == [
        before[name] for name in ("lastname", "address1", "email")
    ]
    assert after["notes"] != before["notes"] and after["ip"] != before["ip"]
    assert (ids(db, "tblinvoices"), ids(db, "tbltickets")) == ([30, 31], [51, 52, 53])
    assert ids(db, "tblcontacts") != [], "A contact may be whom the invoice goes to."
    assert NEEDED["unpaid-invoice"].isdisjoint({"support"})


def test_an_unclassified_column_refuses_the_client_before_anything_is_changed(host: WhmcsHost, db: Connection) -> None:
    db.execute(text("ALTER TABLE tblinvoices ADD COLUMN loyalty_number VARCHAR(40) NOT NULL DEFAULT ''"))
    host.drift(db)
    before = rows_of(host, db, [TANAKA])
    (account,) = host.accounts(db, [TANAKA], lock=True)
    with pytest.raises(CannotAnonymise, match=r"^tblinvoices has columns that nobody has classified"):
        host.anonymise(db, account, floored(account), SALT)
    assert rows_of(host, db, [TANAKA]) == before
    db.execute(text("UPDATE tblinvoices SET loyalty_number = 'L-99' WHERE id = 30"))
    known = [Answer("tblinvoices.loyalty_number", Treatment.MASK)]
    host.anonymise(db, account, floored(account), SALT, known)
    assert row(db, "tblinvoices", 30)["loyalty_number"] == "[erased]"


def test_stored_data_that_cannot_be_read_is_emptied_and_told(host: WhmcsHost, db: Connection) -> None:
    db.execute(text("UPDATE tblorders SET orderdata = 'a:9:{broken 田中太郎' WHERE id = 10"))
    done = erase(host, db, [TANAKA])
    assert row(db, "tblorders", 10)["orderdata"] == ""
    assert ("tblorders", "orderdata", "10", Why.STRUCTURE) in {
        (one.table, one.column, one.key, one.why) for one in done.each[0].left
    }


def test_a_column_too_short_for_a_mask_of_its_own_refuses_before_anything_is_changed(
    host: WhmcsHost, mariadb_url: str
) -> None:
    """L2"""
    engine = create_engine(mariadb_url, poolclass=NullPool)
    shape.whmcs(engine)
    with engine.begin() as db, tables.as_whmcs(db):
        add(db, "tblclients", id=TANAKA, email="t@x.jp", datecreated="2020-01-01")
        add(db, "tblcontacts", userid=TANAKA, email="a@x.jp")
        db.execute(text("ALTER TABLE tblclients MODIFY email VARCHAR(7) NOT NULL, ADD UNIQUE (email)"))
        (account,) = host.accounts(db, [TANAKA], lock=True)
        with pytest.raises(CannotAnonymise, match=r"^tblclients\.email: A varchar\(7\) column that must be unique"):
            host.anonymise(db, account, floored(account), SALT)
        assert ids(db, "tblcontacts") != [] and row(db, "tblclients", TANAKA)["email"] == "t@x.jp"


def test_a_foreign_key_that_no_map_knows_and_a_check_are_the_databases_own_refusals(
    host: WhmcsHost, mariadb_url: str
) -> None:
    """F4, L2: the caller's transaction takes everything back."""
    engine = create_engine(mariadb_url, poolclass=NullPool)
    shape.whmcs(engine)
    with engine.begin() as db, tables.as_whmcs(db):
        add(db, "tblclients", id=TANAKA, email="t@x.jp", firstname="Taro", datecreated="2020-01-01")
        add(db, "tblcontacts", id=5, userid=TANAKA, email="a@x.jp")
        add(db, "tblemails", userid=TANAKA, subject="Welcome")
    with engine.begin() as db:
        named = "FOREIGN KEY (contact) REFERENCES tblcontacts (id)"
        db.execute(text(f"CREATE TABLE own_calls (id INT PRIMARY KEY, contact INT, {named})"))
        db.execute(text("INSERT INTO own_calls VALUES (1, 5)"))
    for mend in ("DROP TABLE own_calls", "ALTER TABLE tblclients DROP CONSTRAINT short_names"):
        with engine.connect() as db:
            with pytest.raises(DBAPIError), db.begin():
                (account,) = host.accounts(db, [TANAKA], lock=True)
                host.anonymise(db, account, floored(account), SALT)
            assert ids(db, "tblemails") == [1], "It stood before the row that could not go, and is there again."
            assert row(db, "tblclients", TANAKA)["firstname"] == "Taro"
        with engine.begin() as db, tables.as_whmcs(db):
            db.execute(text(mend))
            if mend.startswith("DROP"):
                db.execute(text("ALTER TABLE tblclients ADD CONSTRAINT short_names CHECK (LENGTH(firstname) < 5)"))
    with engine.begin() as db:
        (account,) = host.accounts(db, [TANAKA], lock=True)
        host.anonymise(db, account, floored(account), SALT)
        assert (ids(db, "tblemails"), row(db, "tblclients", TANAKA)["firstname"]) == ([], "erased")


def test_rows_of_a_table_that_the_operator_classified_go_or_are_masked_with_their_client(
    host: WhmcsHost, db: Connection
) -> None:
    db.execute(text("CREATE TABLE mod_calls (id INTEGER PRIMARY KEY, userid INT, said VARCHAR(80))"))
    db.execute(text("CREATE TABLE mod_points (id INTEGER PRIMARY KEY, userid INT, holder VARCHAR(80))"))
    for client in (TANAKA, SCHMIDT):
        db.execute(text(f"INSERT INTO mod_calls VALUES ({client}, {client}, 'called at noon')"))
        db.execute(text(f"INSERT INTO mod_points VALUES ({client}, {client}, 'somebody')"))
    host.drift(db)
    known = [
        Answer("mod_calls.said", Treatment.DELETE, "userid"),
        Answer("mod_points.holder", Treatment.MASK, "userid"),
        *(Answer(f"{name}.userid", Treatment.NONE, "userid") for name in ("mod_calls", "mod_points")),
    ]
    (account,) = host.accounts(db, [TANAKA], lock=True)
    host.anonymise(db, account, floored(account), SALT, known)
    assert ids(db, "mod_calls") == [SCHMIDT]
    assert [row(db, "mod_points", client)["holder"] for client in (TANAKA, SCHMIDT)] == ["[erased]", "somebody"]


def test_a_payment_whose_floor_is_over_goes_and_one_on_a_kept_invoice_stays(host: WhmcsHost, db: Connection) -> None:
    add(db, "tblaccounts", id=41, userid=TANAKA, invoiceid=0, amountin="7.00", date="2010-01-01 00:00:00")
    add(db, "tblaccounts", id=42, userid=TANAKA, invoiceid=30, amountin="0.00", date="2024-01-06 09:00:00")
    add(db, "tblaccounts", id=43, userid=SCHMIDT, invoiceid=0, amountin="7.00", date="2010-01-01 00:00:00")
    (account,) = host.accounts(db, [TANAKA], lock=True)
    keeping = floored(account)
    over = Keeping(keeping.records - {(Kind.PAYMENT, 41)}, keeping.codes, keeping.documents)
    done = host.anonymise(db, account, over, SALT)
    assert ids(db, "tblaccounts") == [40, 42, 43]
    assert done.deleted["tblaccounts"] == 1


def test_an_addon_of_somebody_else_under_a_service_that_stays_is_not_touched(host: WhmcsHost, db: Connection) -> None:
    add(db, "tblhostingaddons", id=90, hostingid=20, userid=SCHMIDT, status="Active", name="IP", notes="for Eva")
    add(db, "tblhostingaddons", id=91, hostingid=20, userid=TANAKA, status="Cancelled", name="IP", notes="for Taro")
    before = row(db, "tblhostingaddons", 90)
    erase(host, db, [TANAKA])
    assert ids(db, "tblhostingaddons") == [90], "Its own that no invoice bills goes."
    assert row(db, "tblhostingaddons", 90) == before


def test_only_rows_with_traces_are_locked_while_others_write(host: WhmcsHost, mariadb_url: str) -> None:
    engine = create_engine(mariadb_url, poolclass=NullPool)
    shape.whmcs(engine)
    with engine.begin() as db, tables.as_whmcs(db):
        add(db, "tblclients", id=TANAKA, email="tanaka@midori.example.jp", datecreated="2020-01-01")
        add(db, "tblclients", id=SCHMIDT, email="eva@schmidt.example", datecreated="2020-01-01")
        for number in range(1, 40):
            said = "Mail to tanaka@midori.example.jp" if number == 20 else f"Line {number}"
            add(db, "tblactivitylog", id=number, userid=0, description=said)
    with engine.connect() as db, engine.connect() as other:
        with other.begin():
            other.execute(text("SET SESSION innodb_lock_wait_timeout = 1"))
        with db.begin():
            (account,) = host.accounts(db, [TANAKA])
            people = host.people(db, [account])
            candidates = host.look_for(db, people)
            with other.begin():
                other.execute(text("UPDATE tblactivitylog SET user = 'x' WHERE id = 20"))
        with db.begin():
            (account,) = host.accounts(db, [TANAKA], lock=True)
            done = host.anonymise(db, account, floored(account), SALT)
            host.clear(db, people, candidates, SALT, done.kept)
            with other.begin():
                other.execute(text("UPDATE tblactivitylog SET user = 'y' WHERE id IN (1, 19, 21, 39)"))
                other.execute(text("UPDATE tblclients SET notes = 'z' WHERE id = 3"))
                add(other, "tblgatewaylog", id=90, gateway="stripe", data="{}")
            with pytest.raises(DBAPIError), other.begin():
                other.execute(text("UPDATE tblactivitylog SET user = 'y' WHERE id = 20"))
        with db.begin():
            assert row(db, "tblactivitylog", 20)["description"] == "Mail to [erased]"
