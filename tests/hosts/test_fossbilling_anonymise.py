"""Both real FOSSBilling databases: clients erased under a floor, then every cell read for who they were."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import Connection, inspect, text

from kigen.hosts.anonymised import Why
from kigen.hosts.fossbilling import FossBillingHost
from kigen.hosts.search import TEXTS
from kigen.policy.facts import ref_of
from kigen.policy.records import Kind, State
from kigen.policy.sorts import Sort
from tests.hosts.erasing import (
    SALT,
    again,
    beyond,
    decided_by,
    erase,
    floored,
    kept_part,
    named_in,
    rows_of,
    telling,
)
from tests.support.fossbilling import connected, put, rows

PROVING = {Sort.EMAIL, Sort.PHONE, Sort.TAX_ID}


@pytest.fixture
def db(fossbilling_url: str) -> Iterator[Connection]:
    with connected(fossbilling_url) as connection:
        yield connection


@pytest.fixture
def host() -> FossBillingHost:
    return FossBillingHost("UTC")


def clients_of(host: FossBillingHost, db: Connection) -> list[int]:
    return [account.id for account in host.accounts(db, host.client_ids(db, None, 500)) if account.client]


def money(db: Connection) -> dict[str, object]:
    """What a report of revenue and tax adds up, invoice by invoice, of paid and refunded ones."""
    found: dict[str, object] = {}
    for row in rows(db, "invoice", "status IN ('paid', 'refunded')"):
        lines = rows(db, "invoice_item", f"invoice_id = {row['id']}")
        net = sum(Decimal(str(line["price"] or 0)) * (line["quantity"] or 1) for line in lines)
        names = ("serie", "nr", "currency", "taxname", "taxrate", "credit", "refund", "base_income", "base_refund")
        found[str(row["id"])] = (net, *(row[name] for name in (*names, "buyer_country", "created_at", "paid_at")))
    paid = "SELECT id, invoice_id, amount, currency, created_at, status FROM `transaction` WHERE status = 'processed'"
    found["transactions"] = [tuple(row) for row in db.execute(text(f"{paid} ORDER BY id"))]
    return found


def test_of_erased_clients_nothing_is_left_but_what_is_listed_and_others_are_byte_for_byte_the_same(
    host: FossBillingHost, db: Connection
) -> None:
    """L4, F18, H7; also that a second call changes nothing (L1)."""
    everybody = clients_of(host, db)
    erased = everybody[::2]
    others = [one for one in everybody if one not in erased]
    before, counted = rows_of(host, db, others), money(db)
    kept = {a.id: kept_part(decided_by(a), floored(a)) for a in host.accounts(db, erased)}
    done = erase(host, db, erased)

    needles = telling(done.people)
    assert len(needles) > 200
    found = named_in(db, needles)
    # What stands in a column of its own in another client's row (an address of the net, a town) is that client's.
    texts = {place for place in found if host.datamap[place[0]].fields[place[1]].sort in TEXTS}
    assert {place: found[place] for place in beyond(texts, done.all)} == {}
    sure = {value for person in done.people for sort, value in person.values if sort in PROVING and len(value) > 7}
    in_others = {value for values in named_in(db, sure).values() for value in values}
    assert {value for value in in_others if value.count("@")} == set(), "No other client has these addresses."

    assert rows_of(host, db, others) == before
    assert money(db) == counted
    assert [row["id"] for row in rows(db, "client")] == everybody, "A floor or not, here the client's row stays."
    second = again(host, db, erased)
    assert (second.deleted, second.masked) == ({}, ())
    after = {a.id: decided_by(a) for a in host.accounts(db, erased)}
    for id_, was in kept.items():
        now = after[id_]
        assert (now.orders, now.items, now.invoices) == (was.orders, was.items, was.invoices), id_
        assert now.client and was.client
        # Sign-ins go with the log of them; the dates only stand in for a missing registration.
        assert replace(now.client, last_login=None, dated=()) == replace(was.client, last_login=None, dated=()), id_


def test_a_birthday_and_a_gender_leave_nothing_that_could_be_taken_for_one(
    host: FossBillingHost, db: Connection
) -> None:
    """L7, L11"""
    (client,) = rows(db, "client", "birthday IS NOT NULL AND gender IS NOT NULL")[:1]
    erase(host, db, [client["id"]])
    (now,) = rows(db, "client", f"id = {client['id']}")
    assert (now["birthday"], now["gender"], now["api_token"]) == (None, None, None)
    assert (now["created_at"], now["country"], now["currency"]) == (
        client["created_at"], client["country"], client["currency"],
    )  # fmt: skip


def test_the_slips_name_columns_and_never_values(host: FossBillingHost, db: Connection) -> None:
    done = erase(host, db, clients_of(host, db)[:10])
    told = repr([(one.deleted, one.masked, one.slips, one.left) for one in (*done.each, done.traces)])
    values = {value for person in done.people for _, value in person.values if len(value) > 4}
    assert [value for value in values if value in told] == []
    slips = dict(slip for one in done.each for slip in one.slips)
    invoices = {ref for ref in slips if ref[0] is Kind.INVOICE}
    assert invoices and all("invoice.buyer_last_name" in slips[ref] for ref in invoices)


def test_a_credit_note_stays_linked_to_its_invoice_though_its_notes_are_masked(
    host: FossBillingHost, db: Connection
) -> None:
    """H8: without the host's own sentence the refunded invoice would count as paid."""
    (note,) = [row for row in rows(db, "invoice") if "Refund for #15 " in str(row["notes"])]
    db.execute(
        text("UPDATE invoice SET notes = CONCAT(notes, 'Elena asked for it') WHERE id = :id"), {"id": note["id"]}
    )
    (account,) = host.accounts(db, [note["client_id"]])
    paid = [invoice.id for invoice in account.invoices if account.is_paid(invoice)]
    before = {one.id: (one.state, one.refunded) for one in account.invoices if one.id in paid}
    assert before[15][0] is State.REFUNDED
    erase(host, db, [account.id])
    (after,) = host.accounts(db, [account.id])
    assert {invoice.id: (invoice.state, invoice.refunded) for invoice in after.invoices} == before
    (now,) = rows(db, "invoice", f"id = {note['id']}")
    assert now["notes"] == "Refund for #15 invoice."


def test_what_hangs_on_the_person_alone_goes_with_a_session_a_queued_mail_and_a_guests_ticket(
    host: FossBillingHost, db: Connection
) -> None:
    """F18, G6"""
    client, other = clients_of(host, db)[:2]
    (row,) = rows(db, "client", f"id = {client}")
    put(db, "session", id="a" * 32, content="Y2xpZW50X2lkfGk6" + _b64(f"{client};"), fingerprint="{}")
    put(db, "session", id="b" * 32, content=f"client_id|i:{other};", fingerprint="{}")
    put(db, "cart", id=901, session_id="a" * 32)
    put(db, "cart_product", id=901, cart_id=901, config="{}")
    put(db, "cart", id=902, session_id="b" * 32)
    queue = "email_queue" if _has(db, "email_queue") else "mod_email_queue"
    mail = {"sender": "billing@example.com", "content": "Hello", "subject": "s", "tries": 0, "status": "unsent"}
    mail |= {"created_at": "2026-11-22 00:00:00", "updated_at": "2026-11-22 00:00:00"}
    put(db, queue, id=9001, recipient=row["email"].upper(), **mail)
    put(db, queue, id=9002, recipient=f"x{row['email']}", **mail)
    put(db, "activity_system", id=9001, message=f"Mail to {row['email']} failed", priority=6)
    erase(host, db, [client])
    assert [one["id"] for one in rows(db, "session")] == ["b" * 32]
    assert [one["id"] for one in rows(db, "cart", "id > 900")] == [902]
    assert rows(db, "cart_product", "id = 901") == []
    assert [one["id"] for one in rows(db, queue, "id > 9000")] == [9002], "an@ is not jan@"
    assert [one["message"] for one in rows(db, "activity_system", "id = 9001")] == ["Mail to [erased] failed"]


def test_a_message_in_another_clients_ticket_loses_its_writer_and_keeps_its_text(
    host: FossBillingHost, db: Connection
) -> None:
    """G10"""
    client, other = clients_of(host, db)[:2]
    (row,) = rows(db, "client", f"id = {client}")
    words = f"Hello from {row['first_name']} {row['last_name']}, call me: {row['email']}. The server is up."
    put(db, "support_ticket", id=901, client_id=other, status="open", subject="s")
    put(db, "support_ticket_message", id=901, support_ticket_id=901, client_id=client, content=words, ip="192.0.2.9")
    put(db, "support_ticket_message", id=903, support_ticket_id=901, client_id=other, content="ok", ip="192.0.2.8")
    quoted = f"{row['first_name']} {row['last_name']} said the server is up."
    put(db, "support_ticket_message", id=902, support_ticket_id=901, client_id=other, content=quoted)
    done = erase(host, db, [client])
    first, second, third = rows(db, "support_ticket_message", "id IN (901, 902, 903)")
    assert first["ip"].startswith("0.") and third["ip"] == "192.0.2.8", "The row says who wrote it."
    assert first["content"] == "Hello from [erased], call me: [erased]. The server is up."
    assert second["content"] == quoted, "A name alone is listed, never redacted in what somebody else wrote (G7)."
    assert ("support_ticket_message", "content", "902") in {(one.table, one.column, one.key) for one in done.all.left}


def test_who_takes_the_address_after_the_look_keeps_it_with_the_mail_that_waits(
    host: FossBillingHost, db: Connection
) -> None:
    """G6"""
    client, other = clients_of(host, db)[:2]
    (row,) = rows(db, "client", f"id = {client}")
    put(db, "support_ticket", id=901, client_id=other, status="open", subject="s")
    put(db, "support_ticket_message", id=901, support_ticket_id=901, client_id=other, content=f"I am {row['email']}")
    queue = "email_queue" if _has(db, "email_queue") else "mod_email_queue"
    mail = {"sender": "billing@example.com", "content": "Hello", "subject": "s", "tries": 0, "status": "unsent"}
    mail |= {"created_at": "2026-11-22 00:00:00", "updated_at": "2026-11-22 00:00:00"}
    put(db, queue, id=9001, recipient=row["email"], **mail)
    accounts = host.accounts(db, [client], lock=True)
    people = host.people(db, accounts)
    candidates = host.look_for(db, people)
    db.execute(text(f"UPDATE client SET email = 'gone@example.com' WHERE id = {client}"))
    db.execute(text("UPDATE client SET email = :taken WHERE id = :id"), {"taken": row["email"], "id": other})
    before = rows_of(host, db, [other])
    host.delete(db, Kind.CLIENT, [client], accounts)
    host.clear(db, people, candidates, SALT)
    assert rows_of(host, db, [other]) == before
    assert [one["content"] for one in rows(db, "support_ticket_message", "id = 901")] == [f"I am {row['email']}"]
    assert [one["id"] for one in rows(db, queue, "id = 9001")] == [9001]


def test_a_payment_on_another_clients_invoice_stays_with_it_whoever_paid(host: FossBillingHost, db: Connection) -> None:
    """A transaction names no client here, but what the payment service said of the payer is in it: it is listed."""
    client, other = clients_of(host, db)[:2]
    (row,) = rows(db, "client", f"id = {client}")
    put(db, "invoice", id=901, client_id=other, status="paid", serie="X", nr="901", currency="EUR", hash="h901")
    put(db, "transaction", id=901, invoice_id=901, amount="7.00", status="processed", txn_id="t-901",
        ipn=f'{{"payer_email":"{row["email"]}"}}')  # fmt: skip
    before = rows(db, "transaction", "id = 901")
    (account,) = host.accounts(db, [client])
    assert Kind.PAYMENT not in {
        kind for kind, number in map(ref_of, account.along(Kind.CLIENT, client)) if number == 901
    }
    done = erase(host, db, [client], gone=[client])
    assert rows(db, "transaction", "id = 901") == before
    assert ("transaction", "ipn", "901", Why.DOCUMENT) in {
        (one.table, one.column, one.key, one.why) for one in done.all.left
    }


def test_a_client_deleted_whole_does_not_stay_in_the_logs(host: FossBillingHost, db: Connection) -> None:
    client = clients_of(host, db)[3]
    (row,) = rows(db, "client", f"id = {client}")
    stored = f'a:1:{{s:2:"to";s:{len(row["email"])}:"{row["email"]}";}}'
    table, column = ("queue_message", "body") if _has(db, "queue_message") else ("mod_massmailer", "content")
    put(db, table, **{"id": 901, column: stored})
    done = erase(host, db, [client], gone=[client])
    assert rows(db, "client", f"id = {client}") == []
    assert beyond(named_in(db, [row["email"]]), done.all) == set()
    (left,) = rows(db, table, "id = 901")
    assert left[column] in ('a:1:{s:2:"to";s:8:"[erased]";}', b'a:1:{s:2:"to";s:8:"[erased]";}')


def test_an_open_ticket_keeps_its_messages_and_the_rest_goes(host: FossBillingHost, db: Connection) -> None:
    """A claim needs what serves it: the ticket and the address to answer to, not the date of birth."""
    (ticket,) = rows(db, "support_ticket", "client_id IS NOT NULL AND status = 'open'")[:1]
    (account,) = host.accounts(db, [ticket["client_id"]], lock=True)
    (before,) = rows(db, "client", f"id = {account.id}")
    keeping = floored(account, "open-ticket")
    with_ticket = type(keeping)(keeping.records | {(Kind.TICKET, ticket["id"])}, keeping.codes, keeping.documents)
    said = rows(db, "support_ticket_message", f"support_ticket_id = {ticket['id']}")
    host.anonymise(db, account, with_ticket, SALT)
    (after,) = rows(db, "client", f"id = {account.id}")
    assert rows(db, "support_ticket", f"id = {ticket['id']}")[0]["subject"] == ticket["subject"]
    now = rows(db, "support_ticket_message", f"support_ticket_id = {ticket['id']}")
    assert [one["content"] for one in now] == [one["content"] for one in said]
    assert after["email"] == before["email"], "It is needed to answer."
    assert after["address_1"] != before["address_1"] and after["pass"] is None
    assert rows(db, "activity_client_history", f"client_id = {account.id}") == []


def _b64(text_: str) -> str:
    whole = base64.b64encode(f"client_id|i:{text_}".encode()).decode()
    return whole.removeprefix("Y2xpZW50X2lkfGk6")


def _has(db: Connection, table: str) -> bool:
    return bool(inspect(db).has_table(table))
