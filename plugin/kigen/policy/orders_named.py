"""By what name an erasure that a person asked for is told: its client's request, or an officer's order."""

from __future__ import annotations

ON_REQUEST = "client.delete-on-request"
ORDERED = "client.delete-ordered"
"""Where an officer ordered it: no rule of the schedule, but what evidence, journal and certificate name."""


def asked_by(rule: str) -> str:
    """The rule of the schedule that decides what is told by this name: an order is decided as a request is."""
    return ON_REQUEST if rule == ORDERED else rule
