"""How a rights request is told: as data, and for people, with the derivation of its date and what became of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from kigen.commands import show
from kigen.commands.dates import iso, short
from kigen.commands.findings import Words, words
from kigen.ledger import bundles
from kigen.policy.desk import AUTHORITY
from kigen.policy.records import Kind
from kigen.policy.schedule import ON_REQUEST
from kigen.work import desk
from kigen.work.asked import standing
from kigen.work.desk import Entry
from kigen.work.progress import progress_of
from kigen.work.readings import read_records
from kigen.work.site import Site


def as_json(site: Site, connection: Connection, one: Entry, in_full: bool = False) -> dict[str, Any]:
    """The shape of contract.md; `in_full` adds history, the open question and, for an erasure, date and blockers."""
    told: dict[str, Any] = {
        "request": one.number, "client": one.client, "contact": one.contact or None, "right": one.right,
        "state": one.state, "received": iso(one.received, site.zone), "due": iso(one.deadline.due, site.zone),
        "regime": one.regime,
        "derivation": [
            {"code": step.code, "day": step.day.isoformat(), "text": step.text(site.language)}
            for step in one.deadline.derivation
        ],
        "linked": one.linked, "closed": iso(one.closed, site.zone),
        "bundles": bundles.of_request(connection, one.number),
    }  # fmt: skip
    if in_full:
        told["history"] = [
            {"at": iso(row.at, site.zone), "step": row.act, "actor": row.actor, "reauthenticated": row.method,
             "source": row.source, "reason": None if row.act == AUTHORITY else row.reason, "route": row.route}
            for row in desk.history(connection, one)
        ]  # fmt: skip
        stands = progress_of(site, connection, one)
        told["progress"] = {
            "stage": stands.stage, "at": iso(stands.at, site.zone), "text": stands.text(site.zone, site.language),
            "text_ja": stands.text(site.zone, "ja"),
        }  # fmt: skip
        told["question"] = iso(desk.question(connection, one), site.zone)
        told["deletion"], told["by_hand"] = None, []
        if one.is_open and one.is_erasure_of_contact:
            told["by_hand"] = [
                {
                    "task": task.task,
                    "table": task.table,
                    "rows": task.rows,
                    "columns": task.columns,
                    "text": task.text(site.language),
                }
                for task in site.host.left_of_contact(connection, one.client, one.contact)
            ]
        elif one.is_open and one.right == desk.ERASURE:
            told["deletion"] = _deletion(site, connection, one)
    return told


def _deletion(site: Site, connection: Connection, one: Entry) -> dict[str, Any] | None:
    """The planned date, what would happen at it as things stand, and what stands against it; None: nobody is there."""
    schedule = site.schedule(connection).without(site.drift(connection).refused)
    for reading in read_records(connection, site.host, schedule, Kind.CLIENT, [one.client], site.now):
        decision = reading.decisions.get((Kind.CLIENT, one.client))
        for rule in decision.considered if decision else ():
            if rule.rule.id == ON_REQUEST:
                return {
                    "date": iso(rule.clock.due, site.zone),
                    "action": rule.effect.value if rule.effect else "keep",
                    "blockers": [reason.as_json(site.zone, site.language) for reason in standing(rule)],
                    "further_users": site.host.further_users(connection, [one.client]).get(one.client, 0),
                }
    return None


def show_entry(told: dict[str, Any]) -> None:
    """One request for people."""
    repeats = f", repeats request {told['linked']}" if told["linked"] else ""
    whose = f"contact {told['contact']} of client {told['client']}" if told["contact"] else f"client {told['client']}"
    show.line(f"Request {told['request']} of {whose}: {told['right']}, {told['state']}{repeats}.")
    show.line(f"Received {short(told['received'])}; to be answered before {short(told['due'])} ({told['regime']}).")
    for step in told["derivation"]:
        show.line(f"  {step['text']}")
    for number in told["bundles"]:
        show.line(f"Answered with bundle {number}.")
    show.line(told["progress"]["text"])
    deletion = told["deletion"]
    if deletion:
        date = short(deletion["date"]) or "an unknown date"
        show.line(f"Planned for {date}; as things stand: {deletion['action']}.")
        for code, text in show.folded_texts((reason["code"], reason["text"]) for reason in deletion["blockers"]):
            show.line(f"  {code}: {text}")
        if deletion["further_users"]:
            show.line(f"  {further_users(deletion['further_users'])[0]}")
    for number, task in enumerate(told["by_hand"], start=1):
        show.line(f"  {number}. {task['text'][0].upper()}{task['text'][1:]}.")
    if told["by_hand"]:
        show.line("Nothing else of the client goes. Do this by hand, then 'kigen request fulfil'.")
    if told["question"]:
        show.line(f"The client signed in on {short(told['question'])} and has not said whether to keep it planned.")
    show.table(
        ("When", "Step", "By", "Known by", "Source", "Why"),
        [
            (short(one["at"]), one["step"], one["actor"], one["reauthenticated"], one["source"], one["reason"])
            for one in told["history"]
        ],
    )


def further_users(number: int) -> Words:
    """That the account is not the owner's alone, and what can be done about it."""
    return words("further", people=words("further one" if number == 1 else "further many", number=number))
