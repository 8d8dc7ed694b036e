"""What a plugin can hear and add: pluggy specifications of the billing events and the extension points.

A plugin is a module, or any object, named by an entry point of the group `kigen`; kigen's own hooks are found the same
way and are called first. A hook may leave out arguments that it does not use. Every event may come twice, late and in
any order: a hook writes down through the book when something happened, and decides nothing. An event hook cannot
prevent anything; the one veto is a guard. Keys named as data.x are in `event.data`, and optional unless contract.md
requires them; `event.ref` is the record that the event is about. The examples are whole plugins and run as they stand
after these lines:

    from kigen.policy.records import Kind, State
    from kigen.specs import hookimpl
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import pluggy

if TYPE_CHECKING:
    from kigen.extensions import Eraser, Exporter, Recipient
    from kigen.hosts.port import Host
    from kigen.policy.events import Event
    from kigen.policy.guards import Guard
    from kigen.policy.records import Kind, Ref, State
    from kigen.policy.schedule import Rule

PROJECT = "kigen"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class Book(Protocol):
    """Where hooks write down when things happened. Every method may be called again and in any order."""

    def observe(self, ref: Ref, anchor: str, at: dt.datetime) -> None:
        """Note an instant for a record's anchor; an earlier one than is known changes nothing."""

    def enter(self, ref: Ref, state: State, at: dt.datetime) -> None:
        """Note that a record entered a state; an earlier change than is known changes nothing."""

    def end_archive(self, client: int, at: dt.datetime) -> None:
        """End kigen's archive of a client if it was archived before `at`; the host gets the former status back."""

    def open_request(self, client: int, right: str, at: dt.datetime) -> None:
        """Open a rights request (RIGHT of contract.md); while one of the same right is open, nothing changes."""

    def close_request(self, client: int, right: str, at: dt.datetime) -> None:
        """Close requests of this right that were received at `at` or before; one received later stays open."""

    def merge(self, client: int, into: int, at: dt.datetime) -> None:
        """Hand holds, contracts, requests and observed sign-ins of a client over to the one it became."""

    def forget(self, ref: Ref, at: dt.datetime) -> None:
        """Note that the host removed a record; what kigen remembers of it is dropped at the next reconcile."""


# Clients


@hookspec
def kigen_client_registered(event: Event, book: Book) -> None:
    """A client account came to be. `event` has client; the `book` notes the clock 'registered'.

    Example:
        @hookimpl
        def kigen_client_registered(event, book):
            if event.data.get("trial"):
                book.observe(event.ref, "acme.trial", event.at)
    """


@hookspec
def kigen_client_changed(event: Event, book: Book) -> None:
    """Details of a client changed. `event` has client, data.fields; nothing for the `book`: no clock runs from it.

    Example:
        @hookimpl
        def kigen_client_changed(event, book):
            if "email" in event.data.get("fields", ()):
                book.observe(event.ref, "acme.address changed", event.at)
    """


@hookspec
def kigen_client_signed_in(event: Event, book: Book) -> None:
    """Somebody signed in to a client's account. `event` has client, data.by, data.masquerading, data.sso.

    The `book` notes 'final login' unless those say that it was staff (`by`: staff, admin), API use (api) or SSO.

    Example:
        @hookimpl
        def kigen_client_signed_in(event, book):
            if event.data.get("app"):
                book.observe(event.ref, "acme.app used", event.at)
    """


@hookspec
def kigen_client_archived(event: Event, book: Book) -> None:
    """A client was archived on the platform. `event` has client; in the `book` it enters CLOSED.

    Example:
        @hookimpl
        def kigen_client_archived(event, book):
            book.observe(event.ref, "acme.farewell", event.at)
    """


@hookspec
def kigen_client_unarchived(event: Event, book: Book) -> None:
    """Staff opened a client's account again. `event` has client; the `book` enters ACTIVE and ends the archive.

    Example:
        @hookimpl
        def kigen_client_unarchived(event, book):
            book.observe(event.ref, "acme.welcome back", event.at)
    """


@hookspec
def kigen_client_closed(event: Event, book: Book) -> None:
    """A client was closed on the platform. `event` has client; in the `book` it enters CLOSED.

    Example:
        @hookimpl
        def kigen_client_closed(event, book):
            book.observe(event.ref, "acme.farewell", event.at)
    """


@hookspec
def kigen_client_deleted(event: Event, book: Book) -> None:
    """The platform removed a client. `event` has client; the `book` forgets it when the tables agree.

    Example:
        @hookimpl
        def kigen_client_deleted(event, book):
            book.observe(event.ref, "acme.left", event.at)
    """


@hookspec
def kigen_client_merged(event: Event, book: Book) -> None:
    """A client became part of another. `event` has client and into; the `book` hands over holds, requests, sign-ins.

    Example:
        @hookimpl
        def kigen_client_merged(event, book):
            book.observe((Kind.CLIENT, event.into), "acme.merged", event.at)
    """


# Contacts


@hookspec
def kigen_contact_added(event: Event, book: Book) -> None:
    """A contact person was added. `event` has client and id; nothing for the `book`: contacts go with the client.

    Example:
        @hookimpl
        def kigen_contact_added(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.contacts", event.at)
    """


@hookspec
def kigen_contact_changed(event: Event, book: Book) -> None:
    """A contact person changed. `event` has client and id; nothing for the `book`: contacts go with the client.

    Example:
        @hookimpl
        def kigen_contact_changed(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.contacts", event.at)
    """


@hookspec
def kigen_contact_deleted(event: Event, book: Book) -> None:
    """A contact person was removed. `event` has client and id; nothing for the `book`: contacts go with the client.

    Example:
        @hookimpl
        def kigen_contact_deleted(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.contacts", event.at)
    """


# Orders


@hookspec
def kigen_order_drafted(event: Event, book: Book) -> None:
    """An order was saved as a draft. `event` has client and id; the `book` notes 'created' and enters DRAFT.

    Example:
        @hookimpl
        def kigen_order_drafted(event, book):
            book.observe(event.ref, "acme.quoted", event.at)
    """


@hookspec
def kigen_order_created(event: Event, book: Book) -> None:
    """An order was placed. `event` has client and id; the `book` notes 'created' and enters PENDING.

    Example:
        @hookimpl
        def kigen_order_created(event, book):
            if event.data.get("campaign"):
                book.observe(event.ref, "acme.campaign", event.at)
    """


@hookspec
def kigen_order_accepted(event: Event, book: Book) -> None:
    """An order was accepted. `event` has client and id; in the `book` it enters ACTIVE.

    Example:
        @hookimpl
        def kigen_order_accepted(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.last order", event.at)
    """


@hookspec
def kigen_order_set_pending(event: Event, book: Book) -> None:
    """An order went back to pending. `event` has client and id; in the `book` it enters PENDING.

    Example:
        @hookimpl
        def kigen_order_set_pending(event, book):
            book.observe(event.ref, "acme.asked again", event.at)
    """


@hookspec
def kigen_order_cancelled(event: Event, book: Book) -> None:
    """An order was cancelled. `event` has client and id; in the `book` it enters CANCELLED.

    Example:
        @hookimpl
        def kigen_order_cancelled(event, book):
            if event.data.get("by") == "client":
                book.observe(event.ref, "acme.changed mind", event.at)
    """


@hookspec
def kigen_order_marked_fraud(event: Event, book: Book) -> None:
    """An order was marked as fraud. `event` has client and id; in the `book` it enters FRAUD.

    Example:
        @hookimpl
        def kigen_order_marked_fraud(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.suspected", event.at)
    """


@hookspec
def kigen_order_deleted(event: Event, book: Book) -> None:
    """The platform removed an order. `event` has client and id; the `book` forgets it when the tables agree.

    Example:
        @hookimpl
        def kigen_order_deleted(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.order removed", event.at)
    """


# Invoices


@hookspec
def kigen_invoice_created(event: Event, book: Book) -> None:
    """An invoice was made out. `event` has client, id, data.due; the `book` enters UNPAID, notes 'due' if told.

    Example:
        @hookimpl
        def kigen_invoice_created(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.billed", event.at)
    """


@hookspec
def kigen_invoice_due_changed(event: Event, book: Book) -> None:
    """An invoice has another due date. `event` has client, id, data.due: an ISO date, or a date-time with its offset.

    The `book` notes 'due'. The latest date told stays, so that moving it forward never shortens a term; the host's
    own column, where it can be read, goes first anyway. A date that is blank or zero is none.

    Example:
        @hookimpl
        def kigen_invoice_due_changed(event, book):
            book.observe(event.ref, "acme.deferred", event.at)
    """


@hookspec
def kigen_invoice_paid(event: Event, book: Book) -> None:
    """An invoice was paid in full. `event` has client, id, data.gross (subtotal and taxes, before credit).

    The `book` enters PAID, notes 'received' and ends the client's archive; of an invoice over nothing, only PAID.

    Example:
        @hookimpl
        def kigen_invoice_paid(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.thanked", event.at)
    """


@hookspec
def kigen_invoice_refunded(event: Event, book: Book) -> None:
    """An invoice was refunded. `event` has client and id; in the `book` it enters REFUNDED.

    Example:
        @hookimpl
        def kigen_invoice_refunded(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.refunded", event.at)
    """


@hookspec
def kigen_invoice_cancelled(event: Event, book: Book) -> None:
    """An invoice was cancelled. `event` has client and id; in the `book` it enters CANCELLED.

    Example:
        @hookimpl
        def kigen_invoice_cancelled(event, book):
            book.observe(event.ref, "acme.written off", event.at)
    """


@hookspec
def kigen_invoice_deleted(event: Event, book: Book) -> None:
    """The platform removed an invoice. `event` has client and id; the `book` forgets it when the tables agree.

    Example:
        @hookimpl
        def kigen_invoice_deleted(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.invoice removed", event.at)
    """


# Payments and commissions


@hookspec
def kigen_payment_received(event: Event, book: Book) -> None:
    """Money came in. `event` has client, id, data.amount, data.invoice (None: no invoice).

    The `book` notes 'received' and ends the client's archive, where the amount is above zero.

    Example:
        @hookimpl
        def kigen_payment_received(event, book):
            if event.data["invoice"] is None:
                book.observe(event.ref, "acme.unassigned", event.at)
    """


@hookspec
def kigen_payment_reversed(event: Event, book: Book) -> None:
    """All of a payment was refunded or charged back. `event` has client, id, data.amount, data.invoice.

    The `book` notes 'reversed': the payment does not count any more. Where only a part was paid back, hosts send
    nothing or set data.partial, and the payment still counts.

    Example:
        @hookimpl
        def kigen_payment_reversed(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.chargeback", event.at)
    """


@hookspec
def kigen_commission_approved(event: Event, book: Book) -> None:
    """A commission was approved. `event` has client, id, data.service; nothing for the `book`: the tables tell.

    Example:
        @hookimpl
        def kigen_commission_approved(event, book):
            book.observe((Kind.SERVICE, event.data["service"]), "acme.commission", event.at)
    """


@hookspec
def kigen_commission_reversed(event: Event, book: Book) -> None:
    """A commission was taken back. `event` has client, id, data.service; nothing for the `book`: the tables tell.

    Example:
        @hookimpl
        def kigen_commission_reversed(event, book):
            book.observe((Kind.SERVICE, event.data["service"]), "acme.commission reversed", event.at)
    """


# Services; an add-on is one too: data.kind is then 'addon' and the id is the add-on's


@hookspec
def kigen_service_activated(event: Event, book: Book) -> None:
    """A service went live. `event` has client and id; in the `book` it enters ACTIVE.

    Example:
        @hookimpl
        def kigen_service_activated(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.in use", event.at)
    """


@hookspec
def kigen_service_suspended(event: Event, book: Book) -> None:
    """A service was suspended. `event` has client and id; in the `book` it enters SUSPENDED.

    Example:
        @hookimpl
        def kigen_service_suspended(event, book):
            book.observe(event.ref, "acme.suspended", event.at)
    """


@hookspec
def kigen_service_unsuspended(event: Event, book: Book) -> None:
    """A suspension ended. `event` has client and id; in the `book` it enters ACTIVE.

    Example:
        @hookimpl
        def kigen_service_unsuspended(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.in use", event.at)
    """


@hookspec
def kigen_service_changed(event: Event, book: Book) -> None:
    """A service was edited. `event` has client, id, data.fields (names of what changed).

    The `book` notes 'bought' where a field of kigen.hooks.services.COUNTED_FIELDS is named, or no fields are told:
    then the sender says that what was bought changed. Price, usage, notes, due dates and status syncs never count.

    Example:
        @hookimpl
        def kigen_service_changed(event, book):
            if "quantity" in event.data.get("fields", ()):
                book.observe(event.ref, "acme.seats changed", event.at)
    """


@hookspec
def kigen_service_cancelled(event: Event, book: Book) -> None:
    """A service was cancelled. `event` has client and id; in the `book` it enters CANCELLED.

    Example:
        @hookimpl
        def kigen_service_cancelled(event, book):
            book.observe(event.ref, "acme.asked why", event.at)
    """


@hookspec
def kigen_service_terminated(event: Event, book: Book) -> None:
    """A service was terminated: its data is gone. `event` has client and id; in the `book` it enters TERMINATED.

    Example:
        @hookimpl
        def kigen_service_terminated(event, book):
            book.observe(event.ref, "acme.backup kept", event.at)
    """


@hookspec
def kigen_service_deleted(event: Event, book: Book) -> None:
    """The platform removed a service. `event` has client and id; the `book` forgets it when the tables agree.

    Example:
        @hookimpl
        def kigen_service_deleted(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.service removed", event.at)
    """


# Domains


@hookspec
def kigen_domain_registered(event: Event, book: Book) -> None:
    """A domain was registered. `event` has client and id; in the `book` it enters ACTIVE.

    Example:
        @hookimpl
        def kigen_domain_registered(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.in use", event.at)
    """


@hookspec
def kigen_domain_renewed(event: Event, book: Book) -> None:
    """A domain was renewed. `event` has client and id; in the `book` it enters ACTIVE.

    Example:
        @hookimpl
        def kigen_domain_renewed(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.in use", event.at)
    """


@hookspec
def kigen_domain_changed(event: Event, book: Book) -> None:
    """A domain was edited. `event` has client, id, data.fields (names of what changed).

    The `book` notes 'bought' as for services, by kigen.hooks.domains.COUNTED_FIELDS; name servers never count.

    Example:
        @hookimpl
        def kigen_domain_changed(event, book):
            if "registrationperiod" in event.data.get("fields", ()):
                book.observe(event.ref, "acme.longer", event.at)
    """


@hookspec
def kigen_domain_transferred(event: Event, book: Book) -> None:
    """A transfer ended. `event` has client, id, data.away; the `book` enters TRANSFERRED if away, else ACTIVE.

    Example:
        @hookimpl
        def kigen_domain_transferred(event, book):
            if event.data.get("away"):
                book.observe(event.ref, "acme.left us", event.at)
    """


@hookspec
def kigen_domain_cancelled(event: Event, book: Book) -> None:
    """A domain was cancelled. `event` has client and id; in the `book` it enters CANCELLED.

    Example:
        @hookimpl
        def kigen_domain_cancelled(event, book):
            book.observe(event.ref, "acme.asked why", event.at)
    """


@hookspec
def kigen_domain_expired(event: Event, book: Book) -> None:
    """A domain expired. `event` has client and id; in the `book` it enters EXPIRED. The registry's date is the clock.

    Example:
        @hookimpl
        def kigen_domain_expired(event, book):
            book.observe(event.ref, "acme.last call", event.at)
    """


@hookspec
def kigen_domain_deleted(event: Event, book: Book) -> None:
    """The platform removed a domain. `event` has client and id; the `book` forgets it when the tables agree.

    Example:
        @hookimpl
        def kigen_domain_deleted(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.domain removed", event.at)
    """


# Tickets


@hookspec
def kigen_ticket_opened(event: Event, book: Book) -> None:
    """A ticket was opened. `event` has client and id; in the `book` it enters OPEN.

    Example:
        @hookimpl
        def kigen_ticket_opened(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.asked", event.at)
    """


@hookspec
def kigen_ticket_replied(event: Event, book: Book) -> None:
    """A ticket was answered, by either side. `event` has client and id; the `book` notes 'last reply'.

    Example:
        @hookimpl
        def kigen_ticket_replied(event, book):
            if event.data.get("by") == "client":
                book.observe(event.ref, "acme.waiting", event.at)
    """


@hookspec
def kigen_ticket_closed(event: Event, book: Book) -> None:
    """A ticket was closed. `event` has client and id; in the `book` it enters CLOSED.

    Example:
        @hookimpl
        def kigen_ticket_closed(event, book):
            book.observe(event.ref, "acme.survey sent", event.at)
    """


@hookspec
def kigen_ticket_deleted(event: Event, book: Book) -> None:
    """The platform removed a ticket. `event` has client and id; the `book` forgets it when the tables agree.

    Example:
        @hookimpl
        def kigen_ticket_deleted(event, book):
            book.observe((Kind.CLIENT, event.client), "acme.ticket removed", event.at)
    """


# Consents


@hookspec
def kigen_consent_given(event: Event, book: Book) -> None:
    """A client consented. `event` has client, data.purpose, data.notice (what was shown), data.by, data.masquerading.

    The `book` notes 'consent PURPOSE given' for the client, unless staff clicked: consent is a person's own.

    Example:
        @hookimpl
        def kigen_consent_given(event, book):
            if event.data["purpose"] == "newsletter":
                book.observe(event.ref, "acme.subscribed", event.at)
    """


@hookspec
def kigen_consent_refused(event: Event, book: Book) -> None:
    """A client said no. `event` has client, data.purpose, data.notice; the `book` notes 'consent PURPOSE refused'.

    Example:
        @hookimpl
        def kigen_consent_refused(event, book):
            book.observe(event.ref, "acme.do not ask again", event.at)
    """


@hookspec
def kigen_consent_withdrawn(event: Event, book: Book) -> None:
    """A consent ended. `event` has client, data.purpose, data.notice; the `book` notes 'consent PURPOSE withdrawn'.

    Example:
        @hookimpl
        def kigen_consent_withdrawn(event, book):
            if event.data["purpose"] == "newsletter":
                book.observe(event.ref, "acme.unsubscribed", event.at)
    """


@hookspec
def kigen_policy_accepted(event: Event, book: Book) -> None:
    """A client accepted a policy. `event` has client, data.purpose, data.notice, data.by, data.masquerading.

    The `book` notes 'policy NOTICE accepted' for the client, unless staff clicked.

    Example:
        @hookimpl
        def kigen_policy_accepted(event, book):
            book.observe(event.ref, "acme.terms current", event.at)
    """


# Requests; what staff click while acting as the client (data.masquerading) is not the client's word


@hookspec
def kigen_deletion_requested(event: Event, book: Book) -> None:
    """A client asked to be deleted. `event` has client; the `book` opens a request of the right 'erasure'.

    Example:
        @hookimpl
        def kigen_deletion_requested(event, book):
            book.observe(event.ref, "acme.call them", event.at)
    """


@hookspec
def kigen_deletion_withdrawn(event: Event, book: Book) -> None:
    """A client wants to stay after all. `event` has client; the `book` closes earlier requests for 'erasure'.

    Example:
        @hookimpl
        def kigen_deletion_withdrawn(event, book):
            book.observe(event.ref, "acme.stayed", event.at)
    """


@hookspec
def kigen_cancellation_requested(event: Event, book: Book) -> None:
    """A client asked to end a service. `event` has client, id; nothing for the `book`: the tables tell.

    Example:
        @hookimpl
        def kigen_cancellation_requested(event, book):
            book.observe((Kind.SERVICE, event.id), "acme.notice given", event.at)
    """


@hookspec
def kigen_export_requested(event: Event, book: Book) -> None:
    """A client asked for its data. `event` has client; the `book` opens a request of the right 'access'.

    Example:
        @hookimpl
        def kigen_export_requested(event, book):
            book.observe(event.ref, "acme.export asked", event.at)
    """


@hookspec
def kigen_rights_requested(event: Event, book: Book) -> None:
    """A client made use of a right. `event` has client, data.right (RIGHT of contract.md; missing: access).

    The `book` opens a request of that right; while it is open it keeps what the answer may need.

    Example:
        @hookimpl
        def kigen_rights_requested(event, book):
            if event.data.get("right") == "complaint":
                book.observe(event.ref, "acme.escalated", event.at)
    """


# Time


@hookspec
def kigen_day_started(event: Event, book: Book) -> None:
    """A day began in the operator's zone. `event` has nothing but its instant; nothing for the `book`.

    Example:
        @hookimpl
        def kigen_day_started(event, book):
            book.observe((Kind.CLIENT, 1), "acme.house account", event.at)
    """


# Extension points


@hookspec
def kigen_hosts() -> Mapping[str, type[Host]]:
    """Asked once at start: billing platforms by the name that `[host] name` of the configuration gives.

    Every class answers all of kigen.hosts.port.Host; the contract tests of the hosts are there to be inherited.

    Example:
        from kigen.hosts.port import Host
        @hookimpl
        def kigen_hosts():
            return {"acme": type("Acme", (Host,), dict.fromkeys(Host.__abstractmethods__))}
    """
    return {}


@hookspec
def kigen_rules() -> Sequence[Rule]:
    """Asked at start: rows for the schedule, with ids of a prefix of their own (`acme.delete-…`).

    A rule counts from a clock that records of its kind have, and `kept_by` names guards that exist. A new row asks for
    a confirmed preview before it acts, like any change of rules.

    Example:
        from kigen.policy.periods import Term
        from kigen.policy.schedule import Rule
        @hookimpl
        def kigen_rules():
            failed = lambda record, facts, zone: record.status == "Fraud"
            return [Rule("acme.delete-failed", Kind.SERVICE, failed, "last change", Term(months=2))]
    """
    return ()


@hookspec
def kigen_guards() -> Mapping[str, Guard]:
    """Asked at start: guards by name, with a prefix and a dot: the only veto, asked of every record under every rule.

    A guard yields Reasons with a code of the prefix and words in English and Japanese, which preview, page and mail
    show; none: it has nothing against it. It looks at its case alone: no query, no clock. One that raises keeps.

    Example:
        from kigen.policy.reasons import Reason
        def vip(case):
            if "acme.vip" in case.facts.memory(case.record.ref).observed:
                yield Reason("acme.vip", words=("A friend of the house.", "大切なお客様です。"))
        @hookimpl
        def kigen_guards():
            return {"acme.vip": vip}
    """
    return {}


@hookspec
def kigen_exporters() -> Sequence[Exporter]:
    """Asked at start: what plugins keep of a client in tables of their own, for the client's bundle.

    Example:
        from kigen.extensions import Exporter
        @hookimpl
        def kigen_exporters():
            return [Exporter("acme.points", "Loyalty points", lambda connection, client: [{"points": 12}])]
    """
    return ()


@hookspec
def kigen_erasers() -> Sequence[Eraser]:
    """Asked at start: how plugins' own rows go with a record, inside the deleting transaction, before the host's rows.

    Example:
        from kigen.extensions import Eraser
        from sqlalchemy import text
        def erase(connection, kind, ids):
            statement = text("DELETE FROM acme_points WHERE client = :id")
            return connection.execute(statement, [{"id": number} for number in ids]).rowcount
        @hookimpl
        def kigen_erasers():
            return [Eraser("acme.points", [Kind.CLIENT], erase)]
    """
    return ()


@hookspec
def kigen_recipients() -> Sequence[Recipient]:
    """Asked at start: outside processors that get personal data through this plugin, for the registers.

    Example:
        from kigen.extensions import Recipient
        @hookimpl
        def kigen_recipients():
            return [Recipient("Acme Mail", "newsletters", "DE", "GDPR", "https://mail.example/privacy")]
    """
    return ()


@hookspec
def kigen_erased(kind: Kind, ids: Sequence[int], run: int) -> None:
    """Told after each commit: records of a `kind` that are gone now, by their `ids`, and the number of the `run`.

    What went with a record is not named again. Never a veto: what it raises is reported with the plugin's name and
    changes nothing. A run that was killed in between does not tell later: what must not be missed is an eraser's.

    Example:
        @hookimpl
        def kigen_erased(kind, ids, run):
            print(f"run {run} erased {len(ids)} of {kind}")
    """
