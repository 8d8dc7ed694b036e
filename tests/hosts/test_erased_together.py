"""Clients looked for in one pass: what one wrote about another goes, whatever becomes of the writer; what two have in
common proves nothing until one of them is gone.

Sato (1) goes first. Abe (2) wrote to support about Sato. Chiba (3) has the address that Sato has.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from kigen.hosts.anonymised import Why
from kigen.hosts.whmcs import WhmcsHost, tables
from kigen.policy.facts import Account
from kigen.policy.identifiers import Person
from kigen.policy.keeping import Keeping
from kigen.policy.records import Kind
from tests.hosts.erasing import SALT, floored, rows_of
from tests.hosts.whmcs_data import add
from tests.support import shape

SATO, ABE, CHIBA = 1, 2, 3
ROWS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("tblclients", {"id": SATO, "firstname": "Hanako", "lastname": "Sato", "email": "office@sky.example",
                    "phonenumber": "090-8888-7777"}),
    ("tblclients", {"id": ABE, "firstname": "Jiro", "lastname": "Abe", "email": "jiro@abe.example"}),
    ("tblclients", {"id": CHIBA, "firstname": "Saburo", "lastname": "Chiba", "email": "saburo@chiba.example"}),
    ("tbltickets", {"id": 20, "tid": "T-20", "userid": ABE, "status": "Open", "title": "t",
                    "message": "Tell office@sky.example, 090-8888-7777, and me: jiro@abe.example"}),
    ("tblactivitylog", {"id": 1, "userid": 0, "description": "Mail to office@sky.example bounced"}),
)  # fmt: skip
TOLD = "Tell [erased], [erased], and me: jiro@abe.example"


@pytest.fixture
def db(database_url: str) -> Iterator[Connection]:
    engine = create_engine(database_url, poolclass=NullPool)
    shape.whmcs(engine)
    with engine.begin() as connection, tables.as_whmcs(connection):
        for table, values in ROWS:
            add(connection, table, **values)
        yield connection


@pytest.fixture
def host() -> WhmcsHost:
    return WhmcsHost("Asia/Tokyo")


def said(db: Connection, table: str, column: str, id_: int) -> str:
    return str(db.execute(text(f"SELECT {column} FROM {table} WHERE id = {id_}")).scalar_one())


def everybody(host: WhmcsHost, db: Connection) -> tuple[dict[int, Account], dict[int, Person]]:
    accounts = host.accounts(db, [SATO, ABE, CHIBA], lock=True)
    people = host.people(db, accounts)
    return {one.id: one for one in accounts}, {int(one.owner): one for one in people}


def with_a_ticket(account: Account, ticket: int) -> Keeping:
    """What stays of a client whose ticket is open."""
    keeping = floored(account, "open-ticket")
    return Keeping(keeping.records | {(Kind.TICKET, ticket)}, keeping.codes, keeping.documents)


def share(db: Connection) -> None:
    db.execute(text("UPDATE tblclients SET email = 'Office@sky.example' WHERE id = 3"))


def test_what_another_that_is_due_too_wrote_is_cleared_and_its_own_words_stay(host: WhmcsHost, db: Connection) -> None:
    """G10: whether the writer goes later, is anonymised or stays."""
    before = rows_of(host, db, [CHIBA])
    accounts, people = everybody(host, db)
    candidates = host.look_for(db, list(people.values()))
    done = host.anonymise(db, accounts[SATO], floored(accounts[SATO]), SALT)
    host.clear(db, [people[SATO]], candidates, SALT, done.kept)
    assert said(db, "tbltickets", "message", 20) == TOLD
    assert said(db, "tblclients", "email", ABE) == "jiro@abe.example"
    assert rows_of(host, db, [CHIBA]) == before


def test_rows_that_stay_of_one_are_cleared_of_another_that_goes_in_the_same_transaction(
    host: WhmcsHost, db: Connection
) -> None:
    """The open ticket keeps what it says of its own client."""
    accounts, people = everybody(host, db)
    both = [people[SATO], people[ABE]]
    candidates = host.look_for(db, both)
    host.delete(db, Kind.CLIENT, [SATO], [accounts[SATO]])
    done = host.anonymise(db, accounts[ABE], with_a_ticket(accounts[ABE], 20), SALT)
    assert (20,) in done.kept["tbltickets"]
    host.clear(db, both, candidates, SALT, done.kept)
    assert said(db, "tbltickets", "message", 20) == TOLD
    assert said(db, "tblactivitylog", "description", 1) == "Mail to [erased] bounced"


def test_what_two_that_are_due_have_in_common_is_nobodys_while_one_of_them_stays(
    host: WhmcsHost, db: Connection
) -> None:
    """G1, G7: looked for together or alone, the answer is the same."""
    share(db)
    accounts, people = everybody(host, db)
    before = rows_of(host, db, [CHIBA])
    candidates = host.look_for(db, list(people.values()))
    done = host.anonymise(db, accounts[SATO], floored(accounts[SATO]), SALT)
    told = host.clear(db, [people[SATO]], candidates, SALT, done.kept)
    assert said(db, "tblactivitylog", "description", 1) == "Mail to office@sky.example bounced"
    assert ("tblactivitylog", "description", "1", Why.SHARED) in {
        (one.table, one.column, one.key, one.why) for one in told.left
    }
    assert rows_of(host, db, [CHIBA]) == before
    assert said(db, "tbltickets", "message", 20) == "Tell office@sky.example, [erased], and me: jiro@abe.example"


@pytest.mark.parametrize("at_once", [True, False])
def test_what_two_have_in_common_goes_with_the_second_of_them(host: WhmcsHost, db: Connection, at_once: bool) -> None:
    share(db)
    accounts, people = everybody(host, db)
    candidates = host.look_for(db, list(people.values()))
    for clients in [(SATO, CHIBA)] if at_once else [(SATO,), (CHIBA,)]:
        host.delete(db, Kind.CLIENT, clients, [accounts[client] for client in clients])
        host.clear(db, [people[client] for client in clients], candidates, SALT)
    assert said(db, "tblactivitylog", "description", 1) == "Mail to [erased] bounced"
    assert said(db, "tbltickets", "message", 20) == TOLD


def test_a_mask_leaves_what_was_in_common_to_the_other(host: WhmcsHost, db: Connection) -> None:
    """The first is only masked; then the address is the second's alone."""
    share(db)
    accounts, people = everybody(host, db)
    candidates = host.look_for(db, list(people.values()))
    for client in (SATO, CHIBA):
        done = host.anonymise(db, accounts[client], floored(accounts[client]), SALT)
        host.clear(db, [people[client]], candidates, SALT, done.kept)
    assert said(db, "tblactivitylog", "description", 1) == "Mail to [erased] bounced"


def test_a_namesake_that_is_due_too_keeps_the_name_in_what_it_wrote(host: WhmcsHost, db: Connection) -> None:
    """G7"""
    db.execute(text("UPDATE tblclients SET firstname = 'Hanako', lastname = 'Sato' WHERE id = 2"))
    db.execute(text("UPDATE tbltickets SET message = 'Hanako Sato here' WHERE id = 20"))
    accounts, people = everybody(host, db)
    candidates = host.look_for(db, list(people.values()))
    host.delete(db, Kind.CLIENT, [SATO], [accounts[SATO]])
    told = host.clear(db, [people[SATO]], candidates, SALT)
    assert said(db, "tbltickets", "message", 20) == "Hanako Sato here"
    assert said(db, "tblclients", "lastname", ABE) == "Sato"
    assert [(one.table, one.column, one.key) for one in told.left] == [("tbltickets", "message", "20")]


def test_an_address_in_the_platforms_own_settings_is_the_operators_whoever_tried_it_as_a_client(
    host: WhmcsHost, db: Connection
) -> None:
    add(db, "tblconfiguration", id=900, setting="SystemEmailsFromEmail", value="office@sky.example")
    accounts, people = everybody(host, db)
    candidates = host.look_for(db, [people[SATO]])
    host.delete(db, Kind.CLIENT, [SATO], [accounts[SATO]])
    host.clear(db, [people[SATO]], candidates, SALT)
    assert said(db, "tbltickets", "message", 20) == "Tell office@sky.example, [erased], and me: jiro@abe.example"
    assert said(db, "tblconfiguration", "value", 900) == "office@sky.example"


def test_who_signs_up_with_the_same_address_after_the_look_keeps_it(host: WhmcsHost, db: Connection) -> None:
    accounts, people = everybody(host, db)
    candidates = host.look_for(db, [people[SATO]])
    add(db, "tblclients", id=50, firstname="Shiro", lastname="Doi", email="office@sky.example")
    add(db, "tbltickets", id=50, tid="T-50", userid=50, status="Open", title="t", message="I am office@sky.example")
    host.delete(db, Kind.CLIENT, [SATO], [accounts[SATO]])
    host.clear(db, [people[SATO]], candidates, SALT)
    assert said(db, "tblclients", "email", 50) == "office@sky.example"
    assert said(db, "tbltickets", "message", 50) == "I am office@sky.example"


def test_who_takes_the_address_after_the_look_keeps_it_wherever_it_stands(host: WhmcsHost, db: Connection) -> None:
    """G6, G10: a client of long ago, whose rows no key tells to be new; with it a telephone and a mail to nobody."""
    add(db, "tbltickets", id=21, tid="T-21", userid=CHIBA, status="Open", title="t", email="office@sky.example",
        message="I have office@sky.example and 090 8888 7777 now")  # fmt: skip
    add(db, "tblemails", id=21, userid=CHIBA, to="office@sky.example", subject="Welcome")
    accounts, people = everybody(host, db)
    candidates = host.look_for(db, [people[SATO]])
    db.execute(text("UPDATE tblclients SET email = 'Office@sky.example', phonenumber = '090-8888 7777' WHERE id = 3"))
    before = rows_of(host, db, [CHIBA])
    host.delete(db, Kind.CLIENT, [SATO], [accounts[SATO]])
    told = host.clear(db, [people[SATO]], candidates, SALT)
    assert rows_of(host, db, [CHIBA]) == before
    assert said(db, "tblactivitylog", "description", 1) == "Mail to office@sky.example bounced"
    assert said(db, "tbltickets", "message", 20) == "Tell office@sky.example, 090-8888-7777, and me: jiro@abe.example"
    assert ("tbltickets", "message", "21", Why.SHARED) in {
        (one.table, one.column, one.key, one.why) for one in told.left
    }


@pytest.mark.parametrize("table", ["tblcontacts", "tblusers"])
def test_a_contact_and_a_user_who_take_the_address_after_the_look_keep_it(
    host: WhmcsHost, db: Connection, table: str
) -> None:
    add(db, "tblcontacts", id=30, userid=CHIBA, email="old@chiba.example")
    add(db, "tblusers", id=30, email="old@chiba.example")
    add(db, "tblusers_clients", id=30, auth_user_id=30, client_id=CHIBA)
    add(db, "tbltickets", id=21, tid="T-21", userid=CHIBA, status="Open", title="t", message="office@sky.example")
    accounts, people = everybody(host, db)
    candidates = host.look_for(db, [people[SATO]])
    db.execute(text(f"UPDATE {table} SET email = 'office@sky.example' WHERE id = 30"))
    host.delete(db, Kind.CLIENT, [SATO], [accounts[SATO]])
    host.clear(db, [people[SATO]], candidates, SALT)
    assert said(db, table, "email", 30) == "office@sky.example"
    assert said(db, "tbltickets", "message", 21) == "office@sky.example"
    assert said(db, "tblactivitylog", "description", 1) == "Mail to office@sky.example bounced"


def test_who_takes_the_address_after_the_snapshot_keeps_what_it_wrote(host: WhmcsHost, mariadb_url: str) -> None:
    """The row under its lock says what is so now; what the transaction once saw says what was."""
    engine = create_engine(mariadb_url, poolclass=NullPool)
    shape.whmcs(engine)
    with engine.begin() as db, tables.as_whmcs(db):
        for table, values in ROWS:
            add(db, table, **values)
        add(db, "tbltickets", id=21, tid="T-21", userid=CHIBA, status="Open", title="t", message="office@sky.example")
        _, people = everybody(host, db)
        candidates = host.look_for(db, [people[SATO]])
    with engine.connect() as db, engine.connect() as other, db.begin():
        accounts = host.accounts(db, [SATO], lock=True)
        assert said(db, "tblclients", "email", CHIBA) == "saburo@chiba.example"
        with other.begin():
            other.execute(text("UPDATE tblclients SET email = 'office@sky.example' WHERE id = 3"))
        host.delete(db, Kind.CLIENT, [SATO], accounts)
        host.clear(db, [people[SATO]], candidates, SALT)
        assert said(db, "tbltickets", "message", 21) == "office@sky.example"
        assert said(db, "tbltickets", "message", 20) == "Tell office@sky.example, [erased], and me: jiro@abe.example"
