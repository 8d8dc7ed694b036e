"""Decides when a rule is due for a record: its anchor, its term, and the individual contract that replaces the term."""

from datetime import datetime

from . import anchors, clock
from .books import Books, fold, owner
from .items import live_under
from .states import is_open, is_paid, state

CAPPED = set("AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO GB".split())


def own_term(books: Books, rule: str) -> str | None:
    term = books.settings["terms"].get(rule)
    return term if clock.is_term(term) else None


def contract_terms(books: Books, rule: str, client: int) -> list[str]:
    """Terms of the contracts that are valid today for this client or its group."""
    today = books.now.date()
    row = books.one("tblclients", client)
    group = row["groupid"] if row else 0
    found = []
    for contract in books.world.contracts:
        meant = contract.get("client") == client or (bool(group) and contract.get("group") == group)
        if not meant or contract["rule"] != rule:
            continue
        until = contract["until"]
        if clock.read(contract["from"]) <= today and (until is None or today < clock.read(until)):
            found.append(contract["term"])
    return found


def erasure(books: Books, client: int) -> datetime | None:
    """The earliest open request for erasure."""
    asked = [entry["received"] for entry in open_requests(books, client) if entry["right"] == "erasure"]
    return min(asked) if asked else None


def open_requests(books: Books, client: int) -> list[dict]:
    return [
        entry
        for entry in books.requests.get(client, [])
        if entry["received"] <= books.now and (entry["closed"] is None or entry["closed"] > books.now)
    ]


def erasure_due(books: Books, client: dict, term: str) -> datetime | None:
    """The term after the request or a sign-in after it; in the EU, the EEA and the UK never past a month after it."""
    asked = erasure(books, client["id"])
    signed_in = anchors.sign_ins(books, client["id"]) if books.settings["sign_in_moves_date"] else []
    start = anchors.latest(books, [asked, *signed_in])
    if start is None:
        return None
    planned = clock.due(start, term)
    if fold(client["country"]).upper() in CAPPED:
        return min(planned, clock.due(asked, "1 months"))
    return planned


def due_by(books: Books, rule: str, kind: str, row: dict, term: str) -> datetime | None:
    """When this term of this rule is over; None where the clock is unknown."""
    if rule == "client.delete-on-request":
        return erasure_due(books, row, term)
    anchor = anchor_of(books, rule, kind, row)
    return clock.due(anchor, term) if anchor else None


def anchor_of(books: Books, rule: str, kind: str, row: dict):
    if rule in {"client.archive-inactive", "client.delete-inactive"}:
        return anchors.last_payment(books, row["id"])
    if rule == "client.delete-archived":
        return anchors.not_later(books, anchors.archived_at(books, row["id"]))
    if rule == "client.delete-registration-only":
        return anchors.registered(books, row)
    if rule == "domain.delete-expired":
        return clock.read(row["expirydate"])
    if kind == "invoice":
        return anchors.falls_due(books, row)
    if kind == "order":
        return anchors.created(books, row)
    return anchors.last_change(books, kind, row)


def rules_for(books: Books, kind: str, row: dict) -> list[str]:
    """The rules that are on and whose condition holds, in the order of the table."""
    return [rule for rule in speaking_of(books, kind, row) if own_term(books, rule)]


def speaking_of(books: Books, kind: str, row: dict) -> list[str]:
    """The same, with those that are off."""
    found = client_rules(books, row) if kind == "client" else state_rules(kind, state(books, kind, row))
    return [rule for rule in books.settings["terms"] if rule in found]


def state_rules(kind: str, status: str | None) -> set[str]:
    return {f"{kind}.delete-{status}"}  # a name the table does not have matches nothing


def client_rules(books: Books, client: dict) -> set[str]:
    number = client["id"]
    found = {"client.delete-on-request"} if erasure(books, number) else set()
    if live_under_or_open(books, number):
        return found
    if not any(is_paid(books, invoice) for invoice in books.where("tblinvoices", "userid", number)):
        return found | {"client.delete-registration-only"}
    archived = anchors.is_archived(books, client)
    return found | {"client.delete-inactive", "client.delete-archived" if archived else "client.archive-inactive"}


def live_under_or_open(books: Books, client: int) -> bool:
    return bool(live_under(books, client)) or any(is_open(row) for row in books.where("tbltickets", "userid", client))


def contract_runs(books: Books, rule: str, kind: str, row: dict) -> bool:
    """Whether an individual contract still keeps the record, longer than the rule's own term; a rule that is off has
    none, and then any contract is longer."""
    term = own_term(books, rule)
    own = due_by(books, rule, kind, row, term) if term else None
    agreed = [due_by(books, rule, kind, row, term) for term in contract_terms(books, rule, owner(kind, row))]
    return any(due and books.now < due and (own is None or due > own) for due in agreed)


def time_of(books: Books, rule: str, kind: str, row: dict) -> tuple[datetime | None, set[str]]:
    """(due, those of not-due, contract and unknown-anchor that apply)."""
    own = due_by(books, rule, kind, row, own_term(books, rule))
    if own is None:
        return None, {"unknown-anchor"}
    agreed = [due_by(books, rule, kind, row, term) for term in contract_terms(books, rule, owner(kind, row))]
    due = max(agreed, default=own)
    codes = {"not-due"} if books.now < min(own, due) else set()
    if due > own and books.now < due:
        codes.add("contract")
    return due, codes
