"""A book in memory, with the semantics of kigen.specs.Book and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from kigen.policy.records import Ref, State


class MemoryBook:
    """Keeps the latest of each thing; a request is open if it was received after the last closing of its right."""

    def __init__(self) -> None:
        self.observed: dict[tuple[Ref, str], dt.datetime] = {}
        self.entered: dict[Ref, tuple[dt.datetime, State]] = {}
        self.ended: dict[int, dt.datetime] = {}
        self.opened: dict[tuple[int, str], set[dt.datetime]] = {}
        self.contacts: set[tuple[int, int, str, dt.datetime]] = set()
        self.closed: dict[tuple[int, str], dt.datetime] = {}
        self.steps: set[tuple[int, str, str, dt.datetime]] = set()
        self.merged: set[tuple[int, int, dt.datetime]] = set()
        self.forgotten: dict[Ref, dt.datetime] = {}
        self.consents: set[tuple[int, str, str, dt.datetime]] = set()
        self.views: set[tuple[int, str, str, str, dt.datetime]] = set()

    def observe(self, ref: Ref, anchor: str, at: dt.datetime) -> None:
        self.observed[ref, anchor] = max(at, self.observed.get((ref, anchor), at))

    def enter(self, ref: Ref, state: State, at: dt.datetime) -> None:
        # Two changes at one instant: the name decides, so that the order of arrival does not.
        self.entered[ref] = max((at, state), self.entered.get(ref, (at, state)))

    def end_archive(self, client: int, at: dt.datetime) -> None:
        self.ended[client] = max(at, self.ended.get(client, at))

    def open_request(self, client: int, right: str, at: dt.datetime, contact: int = 0) -> None:
        if contact == 0:
            self.opened.setdefault((client, right), set()).add(at)
        else:
            self.contacts.add((client, contact, right, at))

    def close_request(self, client: int, right: str, at: dt.datetime) -> None:
        self.closed[client, right] = max(at, self.closed.get((client, right), at))

    def note_request(
        self, client: int, right: str, step: str, at: dt.datetime, told: Mapping[str, str], contact: int = 0
    ) -> None:
        self.steps.add((client, right, step, at))

    def view_notice(self, client: int, notice: str, language: str, act: str, at: dt.datetime) -> None:
        self.views.add((client, notice, language, act, at))

    def note_consent(
        self, client: int, purpose: str, act: str, at: dt.datetime, told: Mapping[str, str | int | bool]
    ) -> None:
        self.consents.add((client, purpose, act, at))

    def merge(self, client: int, into: int, at: dt.datetime) -> None:
        self.merged.add((client, into, at))

    def forget(self, ref: Ref, at: dt.datetime) -> None:
        self.forgotten[ref] = max(at, self.forgotten.get(ref, at))

    def requests(self) -> dict[tuple[int, str], dt.datetime]:
        """Open requests with the instant from which each counts."""
        found = {}
        for key, received in self.opened.items():
            still = [at for at in received if key not in self.closed or at > self.closed[key]]
            if still:
                found[key] = min(still)
        return found

    def content(self) -> dict[str, object]:
        """All that is written down, without what is empty, for comparing."""
        everything = {
            "observed": self.observed, "entered": self.entered, "ended": self.ended, "requests": self.requests(),
            "contacts": self.contacts, "merged": self.merged, "forgotten": self.forgotten,
        }  # fmt: skip
        return {name: written for name, written in everything.items() if written}
