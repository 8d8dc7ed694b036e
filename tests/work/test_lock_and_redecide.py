"""The last moment: what others do between the lock and the commit waits, or keeps the record; never neither."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pymysql
import pytest
from sqlalchemy import event, text

from kigen.ledger import contracts, holds, requests
from kigen.ledger.quick import answer
from kigen.policy.records import Kind
from kigen.work import attempt, brakes
from kigen.work.basis import what_was_confirmed
from kigen.work.chunk import act
from kigen.work.late import Overtaken
from tests.work.billing import Billing, Copy, other_session

PAUSE = 0.04  # seconds that the other session has to come in between; longer waits belong to locks
SOON = "2026-11-22 03:00:00"

# What keeps an old client, each tried on one of its own; {c} is the client, its invoice is {c}0, its service {c}2.
SLIPPED = {
    "a payment": "INSERT INTO tblaccounts (userid, invoiceid, amountin, date)"
    " VALUES ({c}, 0, 5, '2026-11-20 10:00:00')",
    "a payment on its invoice": "INSERT INTO tblaccounts (userid, invoiceid, amountin, date)"
    " VALUES (0, {c}0, 5, '2026-11-20 10:00:00')",
    "a live service": "INSERT INTO tblhosting (userid, domainstatus) VALUES ({c}, 'Active')",
    "a service made live again": "UPDATE tblhosting SET domainstatus = 'Active' WHERE id = {c}2",
    "a live domain": "INSERT INTO tbldomains (userid, status) VALUES ({c}, 'Active')",
    "an open ticket": "INSERT INTO tbltickets (userid, tid, status) VALUES ({c}, 'X{c}', 'Open')",
    "credit": "UPDATE tblclients SET credit = 5 WHERE id = {c}",
    "an unpaid invoice": "INSERT INTO tblinvoices (userid, status, subtotal, total) VALUES ({c}, 'Unpaid', 9, 9)",
    "a hold": f"INSERT INTO kigen_holds (client, reason, placed_at, placed_by) VALUES ({{c}}, 'x', '{SOON}', 'legal')",
    "a hold on its invoice": "INSERT INTO kigen_holds (kind, record, reason, placed_at, placed_by)"
    f" VALUES ('invoice', {{c}}0, 'x', '{SOON}', 'legal')",
    "a contract": "INSERT INTO kigen_contracts (client, rule, term, begins, added_at, added_by)"
    f" VALUES ({{c}}, 'client.delete-inactive', '240 months', '2010-01-01', '{SOON}', 'sales')",
    "a restriction": "INSERT INTO kigen_requests (client, request_right, received)"
    f" VALUES ({{c}}, 'restriction', '{SOON}')",
    "a withdrawal": f"UPDATE kigen_requests SET closed_at = '{SOON}' WHERE client = {{c}}",
    "a withdrawal still in the inbox": "INSERT INTO kigen_inbox (event, at, payload)"
    f" VALUES ('deletion_withdrawn', '{SOON}', '{{{{\"client\": {{c}}}}}}')",
}  # fmt: skip
BY_INBOX = "a withdrawal still in the inbox"
DEADLOCK = 1213  # of two that wait for each other the server gave this one up: nothing of it is done
AMONG_THEMSELVES = {"a withdrawal", "a restriction"}
"""Both write a table of two rows, which the server walks as a whole: they meet each other also where no run is."""

# Statements of the platform that come to the rows of old clients by another index than the run does.
OTHER_WAYS = {
    "a payment": "UPDATE tblaccounts FORCE INDEX (tblaccounts_date) SET description = 'x' WHERE date > '2012-01-01'",
    "a service made live again": "UPDATE tblhosting FORCE INDEX (tblhosting_domainstatus) SET notes = 'x'"
    " WHERE domainstatus = 'Terminated'",
    "an unpaid invoice": "UPDATE tblinvoices FORCE INDEX (tblinvoices_duedate) SET notes = 'x'"
    " WHERE duedate > '2012-01-01'",
}
CLIENTS = {what: number for number, what in enumerate(SLIPPED, start=3)}


class Slipping:
    """Runs statements of other sessions as the n-th statement of the acting transaction is about to be sent."""

    def __init__(self, billing: Billing, statements: dict[str, str], point: int) -> None:
        self.statements, self.point = statements, point
        self.sent: list[str] = []
        self.is_acting = False
        self.done: set[str] = set()
        self.done_at_commit: set[str] = set()
        self.given_up: set[str] = set()
        self.errors: dict[str, Exception] = {}
        self.threads: list[threading.Thread] = []
        self.sessions = {what: other_session(billing.url) for what in statements}

    def acting(self, *arguments: Any) -> Any:
        """In the place of `act`: statements count from here on."""
        self.sent, self.is_acting = [], True
        outcome = act(*arguments)
        self.step()  # the last point: everything is done, only the commit is to come
        return outcome

    def step(self, _connection: Any = None, _cursor: Any = None, statement: str = "COMMIT", *_: Any) -> None:
        """One statement of the run."""
        if self.is_acting and len(self.sent) == self.point and not self.threads:
            self.threads = [threading.Thread(target=self._slip, args=(what,)) for what in self.statements]
            for thread in self.threads:
                thread.start()
            time.sleep(PAUSE)
        self.sent += [statement] * self.is_acting

    def commit(self, *_: Any) -> None:
        """The run is about to commit."""
        if self.is_acting:
            self.done_at_commit = set(self.done)
            self.is_acting = False

    def rollback(self, *_: Any) -> None:
        """The run took its work back, and will try again."""
        self.is_acting = False

    def end(self) -> None:
        """Let the others finish."""
        for thread in self.threads:
            thread.join(timeout=20)
        for session in self.sessions.values():
            session.close()
        assert self.errors == {}
        assert self.done == (self.statements.keys() if self.threads else set())
        assert self.given_up <= AMONG_THEMSELVES

    def _slip(self, what: str) -> None:
        """What the server gave up is sent again, as a platform does, until it is done."""
        with self.sessions[what].cursor() as cursor:
            while what not in self.done | self.errors.keys():
                try:
                    cursor.execute(self.statements[what])
                    self.done.add(what)
                except pymysql.err.MySQLError as error:
                    if error.args[0] == DEADLOCK:
                        self.given_up.add(what)
                    else:
                        self.errors[what] = error


def run_with(billing: Billing, monkeypatch: pytest.MonkeyPatch, statements: dict[str, str], point: int) -> Slipping:
    """Delete these clients by one chunk, with the statements slipped in at a point of the last transaction."""
    slipping = Slipping(billing, statements, point)
    engine = billing.site.engine
    listeners = (("before_cursor_execute", slipping.step), ("commit", slipping.commit), ("rollback", slipping.rollback))
    for name, listener in listeners:
        event.listen(engine, name, listener)
    monkeypatch.setattr(attempt, "act", slipping.acting)
    try:
        with engine.connect() as connection:
            with connection.begin():
                schedule = billing.site.schedule(connection)
                brakes.confirm(connection, what_was_confirmed(billing.site, connection))
            attempts = attempt.Attempts(connection, billing.site, schedule, 1)
            attempts.carry_out(Kind.CLIENT, {CLIENTS[what]: "delete" for what in statements})
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)
    slipping.end()
    return slipping


@pytest.fixture
def clients(billing: Billing) -> Iterator[Copy]:
    """One old client for each thing that could come in between, and how to have them back."""
    for what, number in CLIENTS.items():
        if "withdrawal" in what:  # what asks for it is the request alone
            billing.add("tblclients", id=number, datecreated="2026-11-01")
            billing.run(f"INSERT INTO kigen_requests (client, request_right, received)"
                        f" VALUES ({number}, 'erasure', '2026-10-01')")  # fmt: skip
        else:
            billing.idle_client(number)
            billing.add("tblhosting", id=number * 10 + 2, userid=number, domainstatus="Terminated")
    billing.live_client(1)
    yield (copy := Copy(billing.url))
    copy.drop()


def with_clients(statements: dict[str, str]) -> dict[str, str]:
    return {what: statement.format(c=CLIENTS[what]) for what, statement in statements.items()}


@pytest.mark.parametrize("group", ["tables", "inbox"])
def test_what_slips_in_anywhere_between_lock_and_commit_waits_or_keeps_the_record(
    group: str, billing: Billing, clients: Copy, monkeypatch: pytest.MonkeyPatch, deep: bool
) -> None:
    """At every statement in the deep run, at every third otherwise."""
    chosen = {what: text for what, text in SLIPPED.items() if (what == BY_INBOX) == (group == "inbox")}
    statements = with_clients(chosen)
    everybody = {CLIENTS[what] for what in statements}
    whole = run_with(billing, monkeypatch, statements, point=-1)
    points = len(whole.sent)
    assert points > 30
    assert not everybody & set(billing.ids("tblclients"))  # undisturbed, all of them go
    waited, kept = set(), set()
    for point in range(points - 1, -1, -1 if deep else -3):
        billing.put_back(clients)
        slipping = run_with(billing, monkeypatch, statements, point)
        left = set(billing.ids("tblclients"))
        for what in statements:
            if CLIENTS[what] in left:
                kept.add(what)
            else:
                assert what not in slipping.done_at_commit, f"{what} was lost at statement {point} of {points}"
                waited.add(what)
        assert 1 in left
        assert billing.ids("tblhosting").count(9001) == 1
    assert kept == set(statements)  # early enough, each of them keeps its client
    assert waited == set(statements)  # and late enough, each of them waits


def test_a_statement_of_the_platform_that_comes_by_another_index_is_never_given_up_for_the_run(
    billing: Billing, clients: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = run_with(billing, monkeypatch, OTHER_WAYS, point=-1).sent
    for name in ("tblaccounts", "tblhosting", "tblinvoices"):
        billing.put_back(clients)
        point = next(n for n, one in enumerate(sent) if one.startswith(f"DELETE FROM `{name}`"))
        slipping = run_with(billing, monkeypatch, OTHER_WAYS, point)
        assert slipping.done == OTHER_WAYS.keys()
        assert slipping.given_up == set()
        assert not {CLIENTS[what] for what in OTHER_WAYS} & set(billing.ids("tblclients"))  # later, all the same


def test_two_processes_that_act_on_different_clients_do_not_meet_in_the_few_rows_that_keep(billing: Billing) -> None:
    now = billing.site.now
    for client in (3, 700):
        billing.hold(client=client)
        billing.run(
            f"INSERT INTO kigen_requests (client, request_right, received) VALUES ({client}, 'access', '{SOON}')"
        )
    with billing.site.transaction() as connection:
        values = {"client": 3, "rule": "client.delete-inactive", "term": "5 years", "begins": now}
        contracts.add(connection, values, now, "sales")
    found = []
    with billing.site.engine.connect() as one, billing.site.engine.connect() as other:
        for connection, clients in ((one, range(1, 500)), (other, range(500, 1000))):
            connection.execute(text("SET innodb_lock_wait_timeout = 0"))  # who meets a lock fails
            found.append(len(holds.in_force(connection, clients, [], now, lock=True)))
            found.append(len(requests.open_requests(connection, clients, now, lock=True)))
            found.append(len(answer(connection, contracts.of(connection, clients, lock=True))))
    assert found == [1, 1, 1, 1, 1, 0]


def test_without_anything_slipped_in_only_the_clients_that_were_planned_go(
    billing: Billing, clients: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_with(billing, monkeypatch, with_clients({"credit": SLIPPED["credit"]}), point=-1)
    assert set(billing.ids("tblclients")) == {1, *CLIENTS.values()} - {CLIENTS["credit"]}


def test_an_event_about_somebody_else_does_not_hold_up_a_deletion(either: Billing) -> None:
    either.live_client()
    either.old_orders(10)
    overtaken = slip_after_intake(either, "client_signed_in", 77)
    assert (either.ids("tblorders"), overtaken) == ([], [])
    assert either.ids("tblclients") == [1]


def test_an_event_about_the_client_that_came_after_the_intake_is_heard_before_anything_goes(either: Billing) -> None:
    either.add("tblclients", id=5, datecreated="2026-11-01")
    either.run("INSERT INTO kigen_requests (client, request_right, received) VALUES (5, 'erasure', '2026-10-01')")
    overtaken = slip_after_intake(either, "deletion_withdrawn", 5)
    assert (either.ids("tblclients"), overtaken) == ([5], ["deletion_withdrawn"])
    assert either.rows("kigen_inbox") == []  # heard


def slip_after_intake(billing: Billing, name: str, client: int) -> list[str]:
    """A whole sweep in which an event arrives once, after the intake and before the chunk; what overtook it."""
    met: list[str] = []
    statement = (
        f"INSERT INTO kigen_inbox (event, at, payload) VALUES ('{name}', '{SOON}', '{{\"client\"\\: {client}}}')"
    )
    waiting = [statement]
    once = attempt.Attempts._once

    def acting(*arguments: Any) -> Any:
        if waiting:
            arguments[0].execute(text(waiting.pop()))  # as if it came between the two transactions
        return act(*arguments)

    def trying(*arguments: Any) -> Any:
        try:
            return once(*arguments)
        except Overtaken as error:
            met.append(str(error))
            billing.run(statement)  # it was taken back with the transaction that it stood in
            raise

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(attempt, "act", acting)
        patch.setattr(attempt.Attempts, "_once", trying)
        billing.sweep()
    return met
