"""Decides what the operator's staff do in a life: statuses set by hand, clients merged, holds, contracts, settings."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from kigen.ledger import contracts, holds, settings
from kigen.policy.periods import parse_term
from kigen.policy.records import Kind
from tests.oracle.books import TABLE
from tests.oracle.clock import midnight
from tests.oracle.world import TERMS, World
from tests.proof.life import Life
from tests.proof.trade import nth, told
from tests.work.worlds import settings_of

BY_HAND = {
    "tblclients": ["Active", "Inactive", "Closed", "closed"],
    "tblorders": ["Pending", "Active", "Cancelled", "CANCELLED", "Fraud", "fraud ", "Draft", "On a whim"],
    "tblinvoices": ["Unpaid", "Cancelled", " cancelled", "Collections", "Draft", "Credited"],
    "tblhosting": ["Active", "Cancelled", "Terminated", "Fraud", "Completed"],
    "tbldomains": ["Active", "Cancelled", "Expired", " EXPIRED", "Transferred Away"],
}
OWNED = ("tblorders", "tblinvoices", "tblhosting", "tbldomains", "tbltickets", "tblaccounts", "tblquotes")
AGREED = ["2 years", "30 days", "10 days", "12 years"]
CHOICES: dict[str, list[Any]] = {
    "settling_days": [7, 0, 3],
    "smallest_credit": ["0.01", "50.00"],
    "unpaid_keeps_days": [None, 30],
    "sign_in_moves_date": [True, False],
    "floors.fiscal_year_end": [None, "03-31", "02-29"],
    "floors.years": [7, 5],
    "floors.company_books": [False, True],
}
TERM_CHOICES = ["", "1 months", "45 days"]


class Staff(RuleBasedStateMachine):
    """What no client does, mostly without any event."""

    life: Life

    @rule(table=st.sampled_from(sorted(BY_HAND)), row=nth, word=nth)
    def staff_set_a_status_by_hand(self, table: str, row: int, word: int) -> None:
        life, found, words = self.life, self.life.row(table, row), BY_HAND[table]
        if found:
            status = words[word % len(words)]
            life.set(table, found["id"], **{"domainstatus" if table == "tblhosting" else "status": status})
            life.say(f"staff set {table} {found['id']} to {status!r}, without an event")

    @rule(table=st.sampled_from(["tblhosting", "tbldomains", "tblorders", "tblinvoices"]), row=nth, to=nth)
    def staff_move_a_record(self, table: str, row: int, to: int) -> None:
        life, found, client = self.life, self.life.row(table, row), self.life.row("tblclients", to)
        if found and client:
            life.set(table, found["id"], userid=client["id"])
            life.say(f"staff move {table} {found['id']} to client {client['id']}")

    @rule(row=nth, domain=st.booleans(), name=st.sampled_from(["a.example", "b.example"]), told=told)
    def staff_change_what_was_bought(self, row: int, domain: bool, name: str, told: str) -> None:
        life, table = self.life, "tbldomains" if domain else "tblhosting"
        if found := life.row(table, row):
            life.set(table, found["id"], domain=name)
            life.say(f"staff rename {table} {found['id']} to {name} (told {told})")
            event = "domain_changed" if domain else "service_changed"
            life.tell(told, event, found["userid"], found["id"], fields=["domain"])

    @rule(invoice=nth, days=st.integers(-400, 400), told=told)
    def staff_change_a_due_date(self, invoice: int, days: int, told: str) -> None:
        life = self.life
        if found := life.row("tblinvoices", invoice):
            day = life.today(days) if days % 5 else "0000-00-00"
            due = (life.now + dt.timedelta(days=days)).isoformat()
            life.set("tblinvoices", found["id"], duedate=day)
            life.say(f"staff set the due date of invoice {found['id']} to {day} (told {told})")
            life.tell(told, "invoice_due_changed", found["userid"], found["id"], due=due)

    @rule(client=nth, amount=st.sampled_from(["0.00", "0.01", "60.00"]))
    def staff_set_a_credit(self, client: int, amount: str) -> None:
        if found := self.life.row("tblclients", client):
            self.life.set("tblclients", found["id"], credit=amount)
            self.life.say(f"staff set the credit of client {found['id']} to {amount}")

    @rule(client=nth, other=nth, told=st.sampled_from(["at once", "at once", "late", "twice"]))
    def staff_merge_two_clients(self, client: int, other: int, told: str) -> None:
        life, one, into = self.life, self.life.row("tblclients", client), self.life.row("tblclients", other)
        if one is None or into is None or one["id"] == into["id"]:
            return
        for table in OWNED:
            life.set_where(table, "userid", one["id"], userid=into["id"])
        life.set_where("tblhostingaddons", "userid", one["id"], userid=into["id"])
        life.set_where("tblusers_clients", "client_id", one["id"], client_id=into["id"])
        life.set_where("tblaffiliates", "clientid", one["id"], clientid=into["id"])
        life.remove("tblclients", one["id"])
        life.say(f"staff merge client {one['id']} into client {into['id']} (told {told})")
        life.tell(told, "client_merged", one["id"], into=into["id"])

    @rule(kind=st.sampled_from(sorted(TABLE)), row=nth, days=st.sampled_from([None, 1, 60, 900]))
    def legal_place_a_hold(self, kind: str, row: int, days: int | None) -> None:
        life, found = self.life, self.life.row(TABLE[kind], row)
        if found is None:
            return
        until = life.now + dt.timedelta(days=days) if days else None
        scope = {"client": found["id"]} if kind == "client" else {"kind": kind, "id": found["id"]}
        record = None if kind == "client" else (Kind(kind), int(found["id"]))
        with life.site.transaction() as connection:
            number = holds.place(connection, scope.get("client"), record, "a claim", until, life.now, "legal")
        life.knowledge.holds.append({**scope, "placed": life.now, "until": until, "number": number})
        life.say(f"legal place hold {number} on {kind} {found['id']} until {until or 'released'}")

    @rule(which=nth)
    def legal_release_a_hold(self, which: int) -> None:
        life = self.life
        own = [hold for hold in life.knowledge.holds if "copied" not in hold]
        if own:
            hold = own[which % len(own)]
            with life.site.transaction() as connection:
                holds.release(connection, hold["number"], "settled", life.now, "legal")
            life.knowledge.holds.remove(hold)
            life.say(f"legal release hold {hold['number']}")

    @rule(client=nth, rule_=st.sampled_from(sorted(set(TERMS) - {"client.delete-on-request"})),
          term=st.sampled_from(AGREED), days=st.sampled_from([None, 40, 900]), group=st.booleans())  # fmt: skip
    def a_contract_is_signed(self, client: int, rule_: str, term: str, days: int | None, group: bool) -> None:
        life, found = self.life, self.life.row("tblclients", client)
        if found is None:
            return
        whom = {"group": 1} if group else {"client": int(found["id"])}
        start, until = life.today(), life.today(days) if days else None
        starts = midnight(dt.date.fromisoformat(start))
        ends = midnight(dt.date.fromisoformat(until)) if until else None
        assert parse_term(term)
        values = {"client": whom.get("client"), "client_group": whom.get("group"), "rule": rule_, "term": term,
                  "begins": starts, "until": ends, "duty": None, "review": None}  # fmt: skip
        with life.site.transaction() as connection:
            number = contracts.add(connection, values, life.now, "legal")
        life.knowledge.contracts.append({**whom, "rule": rule_, "term": term, "from": start, "until": until,
                                         "number": number})  # fmt: skip
        life.say(f"contract {number} with {whom} keeps {rule_} {term} until {until}")

    @rule(which=nth)
    def a_contract_is_ended(self, which: int) -> None:
        life = self.life
        own = [one for one in life.knowledge.contracts if "copied" not in one]
        if own:
            contract = own[which % len(own)]
            with life.site.transaction() as connection:
                contracts.end(connection, contract["number"], life.now, "legal")
            life.knowledge.contracts.remove(contract)
            life.say(f"contract {contract['number']} is ended")

    @rule(name=st.sampled_from(sorted(CHOICES)), choice=nth)
    def a_setting_is_changed(self, name: str, choice: int) -> None:
        choices = CHOICES[name]
        self.life.knowledge.settings[name] = choices[choice % len(choices)]
        self._store(f"{name} is set to {choices[choice % len(choices)]!r}")

    @rule(rule_=st.sampled_from(sorted(TERMS)), choice=nth)
    def a_term_is_changed(self, rule_: str, choice: int) -> None:
        choices = [TERMS[rule_], TERMS[rule_], *TERM_CHOICES]
        self.life.knowledge.settings["terms"][rule_] = choices[choice % len(choices)]
        self._store(f"the term of {rule_} is set to {choices[choice % len(choices)]!r}")

    def _store(self, sentence: str) -> None:
        life = self.life
        with life.site.transaction() as connection:
            stored = settings.stored(connection)
            for name, value in settings_of(World(settings=life.knowledge.settings)).items():
                if stored.get(name) != value:
                    settings.store(connection, name, value, life.now, "tests")
        life.say(sentence)
