"""Who a client is by its rows, however many addresses of the net a log of many years has kept of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from kigen.hosts.anonymised import Why
from kigen.hosts.holdings import Holding
from kigen.hosts.people import MOST, full, person_of
from kigen.hosts.selected import selected
from kigen.hosts.whmcs import WhmcsHost, tables
from kigen.hosts.whmcs.datamap import MAP
from kigen.policy.sorts import Sort
from tests.hosts.erasing import SALT, floored
from tests.hosts.whmcs_data import add
from tests.support import shape

TANAKA = 1
PHONE, EMAIL = (Sort.PHONE, "+81.312345678"), (Sort.EMAIL, "taro@tanaka.example")


def addresses(many: int) -> list[dict[str, Any]]:
    return [
        {"id": 1000 + n, "userid": TANAKA, "description": "Signed in", "ipaddr": f"198.51.{n // 250}.{n % 250 + 1}"}
        for n in range(many)
    ]


def held(table: str, rows: list[dict[str, Any]]) -> Holding:
    return Holding(MAP[table], selected(table, "userid", {TANAKA}), ("id",), rows)


def test_a_long_log_leaves_room_for_what_the_client_is_called_and_reached_by_in_any_order() -> None:
    log = held("tblactivitylog", addresses(MOST + 7))
    own = held("tblclients", [{"id": TANAKA, "firstname": "Taro", "lastname": "Tanaka", "email": EMAIL[1],
                               "phonenumber": PHONE[1], "tax_id": "T1234567890123"}])  # fmt: skip
    person = person_of(TANAKA, [log, own], {})
    assert {PHONE, EMAIL, (Sort.TAX_ID, "T1234567890123")} <= {*person.values}
    assert len([sort for sort, _ in person.values if sort is Sort.IP]) == MOST
    assert full(person) == [Sort.IP]
    assert person_of(TANAKA, [own, held("tblactivitylog", addresses(MOST + 7)[::-1])], {}) == person


def test_of_what_a_person_is_reached_by_nothing_is_left_out_however_much_it_is() -> None:
    contacts = [{"id": n, "userid": TANAKA, "email": f"c{n}@tanaka.example"} for n in range(MOST + 7)]
    person = person_of(TANAKA, [held("tblcontacts", contacts)], {})
    assert (len(person.values), full(person)) == (MOST + 7, [])


def test_behind_a_log_of_many_years_the_clients_telephone_number_is_still_found(database_url: str) -> None:
    engine = create_engine(database_url, poolclass=NullPool)
    shape.whmcs(engine)
    host = WhmcsHost("Asia/Tokyo")
    with engine.begin() as db, tables.as_whmcs(db):
        add(db, "tblclients", id=TANAKA, firstname="Taro", lastname="Tanaka", email=EMAIL[1], phonenumber=PHONE[1])
        add(db, "tblclients", id=2, email="eva@schmidt.example")
        add(db, "tbltickets", id=9, tid="T-9", userid=2, status="Closed", title="t",
            message="my friend is on 03-1234-5678, from 203.0.113.9")  # fmt: skip
        db.execute(tables.metadata.tables["tblactivitylog"].insert(), addresses(MOST + 7))
        (account,) = host.accounts(db, [TANAKA], lock=True)
        people = host.people(db, [account])
        candidates = host.look_for(db, people)
        done = host.anonymise(db, account, floored(account), SALT)
        told = host.clear(db, people, candidates, SALT, done.kept)
        message = db.execute(text("SELECT message FROM tbltickets WHERE id = 9")).scalar_one()
        assert message == "my friend is on [erased], from 203.0.113.9"
        assert db.execute(text("SELECT email FROM tblclients WHERE id = 2")).scalar_one() == "eva@schmidt.example"
        assert ("*", "ip", "1", Why.ENDLESS) in {(one.table, one.column, one.key, one.why) for one in told.left}
