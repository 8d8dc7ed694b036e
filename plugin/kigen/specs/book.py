"""What all specifications share: the markers, and the book in which hooks write down when things happened."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Protocol

import pluggy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kigen.policy.records import Ref, State

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

    def open_request(self, client: int, right: str, at: dt.datetime, contact: int = 0) -> None:
        """Open a rights request (RIGHT of contract.md); while one of the same right is open, nothing changes.

        With `contact` it is one of that contact of the client, about the contact's own data alone.
        """

    def pass_on_request(self, client: int, right: str, at: dt.datetime) -> None:
        """Note a request about what the client stores for others: passed on to the client, and never carried out."""

    def close_request(self, client: int, right: str, at: dt.datetime) -> None:
        """Close the client's own requests of this right received at `at` or before; one received later stays open."""

    def note_request(
        self, client: int, right: str, step: str, at: dt.datetime, told: Mapping[str, str], contact: int = 0
    ) -> None:
        """Write a step into the history of a right's requests.

        `told` holds codes of kigen.policy.desk alone, and as `reason` the reference of a document of authority.
        """

    def view_notice(self, client: int, notice: str, language: str, act: str, at: dt.datetime) -> None:
        """Note that a client was shown or accepted (`act`) a notice, named as KEY or KEY@VERSION, in a language."""

    def note_consent(
        self, client: int, purpose: str, act: str, at: dt.datetime, told: Mapping[str, str | int | bool]
    ) -> None:
        """Write an event of a consent (`act` of kigen.policy.consents); `told` has others of its fields by name."""

    def merge(self, client: int, into: int, at: dt.datetime) -> None:
        """Hand holds, contracts, requests and observed sign-ins of a client over to the one it became."""

    def forget(self, ref: Ref, at: dt.datetime) -> None:
        """Note that the host removed a record; what kigen remembers of it is dropped at the next reconcile."""
