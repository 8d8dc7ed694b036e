"""Decides what clients and the platform do in a life: registering, ordering, paying, leaving, asking for help."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.proof.life import TOLD, Life

nth = st.integers(0, 5)
told = st.sampled_from(TOLD)
COUNTRIES = ["JP", "JP", "DE", "GB", "US"]
SERVICE = {
    "cancels": ("Cancelled", "service_cancelled"), "terminates": ("Terminated", "service_terminated"),
    "suspends": ("Suspended", "service_suspended"), "unsuspends": ("Active", "service_unsuspended"),
    "activates": ("Active", "service_activated"),
}  # fmt: skip
DOMAIN = {
    "expires": ("Expired", "domain_expired"), "is cancelled": ("Cancelled", "domain_cancelled"),
    "is renewed": ("Active", "domain_renewed"), "is registered": ("Active", "domain_registered"),
    "is transferred": ("Active", "domain_transferred"),
}  # fmt: skip


class Trade(RuleBasedStateMachine):
    """What changes the host's rows, mostly with an event."""

    life: Life

    @rule(country=st.sampled_from(COUNTRIES), told=told, dated=st.booleans(), group=st.sampled_from([0, 0, 1]))
    def a_client_registers(self, country: str, told: str, dated: bool, group: int) -> None:
        life = self.life
        if len(life.rows("tblclients")) > 5:
            return
        day = life.today() if dated else "0000-00-00"
        number = life.add("tblclients", country=country, datecreated=day, groupid=group, created_at=life.stamp())
        user = life.add("tblusers", email=f"u{number}@example.jp")
        life.add("tblusers_clients", auth_user_id=user, client_id=number, owner=1)
        life.say(f"client {number} registers from {country} (told {told})")
        life.tell(told, "client_registered", number)

    @rule(client=nth, what=st.sampled_from(["service", "domain", "both", "nothing"]), other=nth, told=told,
          status=st.sampled_from(["Pending", "Pending", "Active", "Draft"]), foreign=st.integers(0, 5))  # fmt: skip
    def a_client_orders(self, client: int, what: str, other: int, told: str, status: str, foreign: int) -> None:
        """One order in six is for an item of another client."""
        life = self.life
        buyer, owner = life.row("tblclients", client), life.row("tblclients", other if foreign == 0 else client)
        if buyer is None or owner is None:
            return
        day, dead = life.today(), "Active" if status == "Active" else "Pending"
        order = life.add("tblorders", userid=buyer["id"], status=status, date=life.stamp(), ordernum=1000)
        lines = []
        if what in ("service", "both"):
            number = life.add("tblhosting", userid=owner["id"], orderid=order, domainstatus=dead, regdate=day)
            lines.append(("Hosting", number))
        if what in ("domain", "both"):
            number = life.add("tbldomains", userid=owner["id"], orderid=order, status=dead, registrationdate=day,
                              expirydate=life.today(365))  # fmt: skip
            lines.append(("DomainRegister", number))
        if status != "Draft":
            life.set("tblorders", order, invoiceid=self.bill(buyer["id"], lines))
        whose = "" if owner["id"] == buyer["id"] else f" for client {owner['id']}"
        life.say(f"client {buyer['id']} places order {order} ({status}) of {what}{whose} (told {told})")
        life.tell(told, "order_drafted" if status == "Draft" else "order_created", buyer["id"], order)

    def bill(self, client: int, lines: list[tuple[str, int]]) -> int:
        life = self.life
        invoice = life.add("tblinvoices", userid=client, date=life.today(), duedate=life.today(14), status="Unpaid",
                           subtotal="100.00", total="100.00")  # fmt: skip
        for kind, number in lines:
            life.add("tblinvoiceitems", invoiceid=invoice, userid=client, type=kind, relid=number, amount="100.00")
        return invoice

    @rule(service=nth, told=told, live=st.booleans())
    def an_addon_is_bought(self, service: int, told: str, live: bool) -> None:
        life, row = self.life, self.life.row("tblhosting", service)
        if row is None:
            return
        status = "Active" if live else "Cancelled"
        number = life.add("tblhostingaddons", hostingid=row["id"], userid=row["userid"], status=status)
        life.say(f"service {row['id']} gets add-on {number} ({status})")

    @rule(invoice=nth, how=st.sampled_from(["wholly", "wholly", "in part", "by credit"]), told=told)
    def an_invoice_is_paid(self, invoice: int, how: str, told: str) -> None:
        life, row = self.life, self.life.row("tblinvoices", invoice)
        if row is None or row["status"] in ("Paid", "Refunded"):
            return
        amount = {"wholly": "100.00", "in part": "40.00", "by credit": ""}[how]
        stamp, owner = life.stamp(), row["userid"]
        if how != "in part":
            life.set("tblinvoices", row["id"], status="Paid", datepaid=stamp)
        life.say(f"client {owner} pays invoice {row['id']} {how} (told {told})")
        if amount:
            number = life.add("tblaccounts", userid=owner, amountin=amount, invoiceid=row["id"], date=stamp)
            life.tell(told, "payment_received", owner, number, amount=amount, invoice=row["id"])
        else:
            life.tell(told, "invoice_paid", owner, row["id"], gross="100.00")

    @rule(payment=nth, whole=st.booleans(), dated=st.sampled_from([True, True, True, False]), told=told)
    def a_payment_is_refunded(self, payment: int, whole: bool, dated: bool, told: str) -> None:
        """Wholly or in part; a reversal by a bank may come without a date."""
        life, row = self.life, self.life.row("tblaccounts", payment)
        if row is None or Decimal(str(row["amountin"])) <= 0:
            return
        amount, stamp = str(row["amountin"]) if whole else "1.00", life.stamp() if dated else None
        life.add("tblaccounts", userid=row["userid"], amountout=amount, refundid=row["id"], date=stamp)
        if whole and row["invoiceid"] and dated:
            life.set("tblinvoices", row["invoiceid"], status="Refunded", date_refunded=stamp)
        life.say(f"payment {row['id']} is refunded {'wholly' if whole else 'in part'}, dated {stamp} (told {told})")
        if whole:
            life.tell(told, "payment_reversed", row["userid"], row["id"], amount=amount, invoice=row["invoiceid"] or 1)

    @rule(service=nth, act=st.sampled_from(sorted(SERVICE)), dated=st.booleans(), told=told)
    def a_service_changes(self, service: int, act: str, dated: bool, told: str) -> None:
        life, row = self.life, self.life.row("tblhosting", service)
        if row is None:
            return
        status, event = SERVICE[act]
        is_ended = status in ("Cancelled", "Terminated") and dated
        ended = life.today() if is_ended else "0000-00-00"
        life.set("tblhosting", row["id"], domainstatus=status, termination_date=ended)
        life.say(f"somebody {act} service {row['id']} of client {row['userid']} (told {told})")
        life.tell(told, event, row["userid"], row["id"])

    @rule(domain=nth, act=st.sampled_from(sorted(DOMAIN)), told=told, shown=st.sampled_from([True, True, True, False]))
    def a_domain_changes(self, domain: int, act: str, told: str, shown: bool) -> None:
        """Now and then only the registry's event tells it, and the host's row stays as it was."""
        life, row = self.life, self.life.row("tbldomains", domain)
        if row is None:
            return
        status, event = DOMAIN[act]
        values: dict[str, Any] = {"status": status} if shown else {}
        values |= {"expirydate": life.today(365)} if status == "Active" and shown else {}
        if values:
            life.set("tbldomains", row["id"], **values)
        life.say(f"domain {row['id']} of client {row['userid']} {act}{'' if shown else ', unseen'} (told {told})")
        life.tell(told, event, row["userid"], row["id"])

    @rule(client=nth, opened=st.booleans(), told=told)
    def a_ticket_moves(self, client: int, opened: bool, told: str) -> None:
        life, row, ticket = self.life, self.life.row("tblclients", client), self.life.row("tbltickets", client)
        if opened and row:
            number = life.add("tbltickets", userid=row["id"], status="Open", date=life.stamp())
            life.add("tblticketreplies", tid=number, userid=row["id"])
            life.say(f"client {row['id']} opens ticket {number}")
            life.tell(told, "ticket_opened", row["id"], number)
        elif ticket:
            life.set("tbltickets", ticket["id"], status="Closed")
            life.say(f"ticket {ticket['id']} is closed")
            life.tell(told, "ticket_closed", ticket["userid"], ticket["id"])

    @rule(client=nth, stage=st.sampled_from(["Delivered", "Accepted", "Dead", "On a whim"]))
    def a_quote_is_written(self, client: int, stage: str) -> None:
        life, row = self.life, self.life.row("tblclients", client)
        if row:
            day = life.today()
            accepted = day if stage == "Accepted" else "0000-00-00"
            number = life.add("tblquotes", userid=row["id"], stage=stage, datecreated=day, dateaccepted=accepted)
            life.say(f"quote {number} for client {row['id']} is {stage}")

    @rule(client=nth, service=nth, balance=st.sampled_from(["0.00", "25.00"]))
    def a_commission_clears(self, client: int, service: int, balance: str) -> None:
        life, row, sold = self.life, self.life.row("tblclients", client), self.life.row("tblhosting", service)
        if row and sold:
            affiliate = life.add("tblaffiliates", clientid=row["id"], balance=balance)
            account = life.add("tblaffiliatesaccounts", affiliateid=affiliate, relid=sold["id"])
            life.add("tblaffiliateshistory", affiliateid=affiliate, affaccid=account, amount="5.00", date=life.today())
            life.say(f"client {row['id']} earned a commission on service {sold['id']}, balance {balance}")
