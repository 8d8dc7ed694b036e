"""Decides what the status and line words of generated rows mean in the program's vocabulary."""

from __future__ import annotations

from typing import Any

from kigen.policy.records import Kind, State

SPOKEN = {
    Kind.CLIENT: "active inactive closed",
    Kind.ORDER: "pending active cancelled fraud draft",
    Kind.INVOICE: "draft unpaid paid cancelled refunded collections payment-pending",
    Kind.SERVICE: "pending active suspended terminated cancelled fraud completed",
    Kind.ADDON: "pending active suspended terminated cancelled fraud completed",
    Kind.DOMAIN: (
        "pending active grace redemption pending-transfer pending-registration expired cancelled fraud transferred"
    ),
}
AS_WRITTEN = {State.TRANSFERRED: "transferred away"}

STATES: dict[Kind, dict[str, State]] = {
    kind: {AS_WRITTEN.get(State(word), word.replace("-", " ")): State(word) for word in words.split()}
    for kind, words in SPOKEN.items()
}
ENDED = frozenset({State.TERMINATED, State.CANCELLED})

FLAGS = {"showpending": State.PENDING, "showactive": State.ACTIVE, "showcancelled": State.CANCELLED}

_DOMAIN_LINES = "domain domainregister domaintransfer domainrenew domainaddons promodomain".split()
LINES = {
    "hosting": Kind.SERVICE, "promohosting": Kind.SERVICE, "addon": Kind.ADDON,
    **dict.fromkeys(_DOMAIN_LINES, Kind.DOMAIN),
}  # fmt: skip
"""Types of invoice lines that bill an item."""


def folded(status: str | None) -> str:
    return (status or "").strip().casefold()


def state_of(kind: Kind, status: str | None) -> State:
    return STATES[kind].get(folded(status), State.UNKNOWN)


def order_states(rows: list[dict[str, Any]]) -> dict[str, State]:
    """The shipped words, and the operator's own that have exactly one flag."""
    own = {}
    for row in rows:
        meant = [state for flag, state in FLAGS.items() if row[flag]]
        own[folded(row["title"])] = meant[0] if len(meant) == 1 else State.UNKNOWN
    return {**own, **STATES[Kind.ORDER]}
