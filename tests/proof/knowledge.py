"""Decides what kigen knows besides the host's rows in a life: events, requests, holds, contracts, archives, mergers.

All of it is what the machine itself did and told; nothing is read from kigen's tables.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from tests.oracle.anchors import payment_dates
from tests.oracle.books import Books, fold
from tests.oracle.clock import moment
from tests.oracle.world import World, defaults

Event = dict[str, Any]
ENDS_ARCHIVES = ("payment_received", "invoice_paid", "client_unarchived")


@dataclass
class Knowledge:
    """`waiting` lies in the inbox; `restored` are clients whose former status an ended archive gives back."""

    heard: list[Event] = field(default_factory=list)
    waiting: list[Event] = field(default_factory=list)
    holds: list[dict[str, Any]] = field(default_factory=list)
    contracts: list[dict[str, Any]] = field(default_factory=list)
    archives: list[dict[str, Any]] = field(default_factory=list)
    answered: list[dict[str, Any]] = field(default_factory=list)
    restored: dict[int, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=defaults)

    def hear(self) -> None:
        """Take in what waits."""
        fresh, self.waiting = [event for event in self.waiting if event not in self.heard], []
        self.heard += fresh
        for event in fresh:
            if event["event"] in ENDS_ARCHIVES:
                self.end_archive(event["client"], event["at"])
        self.hand_over()

    def end_archive(self, client: int, at: dt.datetime) -> None:
        for archive in [one for one in self.archives if one["client"] == client and one["at"] < at]:
            self.archives.remove(archive)
            self.restored[client] = archive["former_status"]

    def mergers(self) -> list[tuple[int, int]]:
        return [(event["client"], event["into"]) for event in self.heard if event["event"] == "client_merged"]

    def hand_over(self) -> None:
        """Give the client that another became part of the same holds and contracts, down the chain."""
        for _ in self.mergers():
            for client, into in self.mergers():
                for entries in (self.holds, self.contracts):
                    for entry in [one for one in entries if one.get("client") == client]:
                        mine = {**entry, "client": into, "copied": True}
                        if mine not in entries:
                            entries.append(mine)

    def told(self) -> list[Event]:
        """The events, each of a merged client once more for the client that it became."""
        found = list(self.heard)
        for _ in self.mergers():
            for client, into in self.mergers():
                mine = [event for event in found if event["client"] == client and event["event"] in HANDED_OVER]
                found += [copy for event in mine if (copy := {**event, "client": into}) not in found]
        return found

    def requests(self) -> list[dict[str, Any]]:
        """Open and closed requests: a withdrawal closes what was asked before it, whichever arrived first."""
        told, found = self.told(), []
        for event in told:
            if event["event"] in ASKED and not event["data"].get("masquerading"):
                right = event["data"].get("right") or ASKED[event["event"]]
                ends = [one["at"] for one in self.ended(told) if one["right"] == right
                        and one["client"] == event["client"] and one["at"] >= event["at"]]  # fmt: skip
                asked = {"client": event["client"], "right": right, "received": event["at"]}
                found.append({**asked, "closed": min(ends, default=None)})
        return found

    def ended(self, told: list[Event]) -> list[dict[str, Any]]:
        withdrawn = [one for one in told if one["event"] == "deletion_withdrawn"]
        return self.answered + [{"client": one["client"], "right": "erasure", "at": one["at"]} for one in withdrawn]

    def world(self, tables: dict[str, list[dict[str, Any]]]) -> World:
        """All that the oracle needs but the sightings; a restored client has its former status."""
        for row in tables["tblclients"]:
            if row["id"] in self.restored and fold(row["status"]) == "closed":
                row["status"] = self.restored[row["id"]]
        return World(
            tables=tables, holds=self.holds, contracts=self.contracts, requests=self.requests(),
            archives=list(self.archives), events=self.told(), settings=self.settings,
        )  # fmt: skip

    def end_broken_archives(self, world: World, now: dt.datetime) -> dict[int, str]:
        """Archives that a reading ends: opened again by staff, or a payment since; the latter get their status back."""
        books, given_back = Books(world, now), {}
        for archive in list(self.archives):
            client = books.one("tblclients", archive["client"])
            if client is None:
                continue
            paid = payment_dates(books, client["id"])
            if fold(client["status"]) != "closed":
                self.archives.remove(archive)
            elif None not in paid and any(moment(value) > archive["at"] for value in paid):
                self.archives.remove(archive)
                given_back[client["id"]] = archive["former_status"]
        return given_back


ASKED = {"deletion_requested": "erasure", "rights_requested": "access"}
HANDED_OVER = {*ASKED, "deletion_withdrawn", "client_signed_in"}
