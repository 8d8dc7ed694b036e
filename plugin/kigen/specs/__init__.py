"""What a plugin can hear and add: the hook specifications, one file per family as in hooks/, and the extension points.

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

from collections.abc import Callable
from typing import Any

from kigen.specs import (
    accounts,
    consents,
    domains,
    extension_points,
    invoices,
    orders,
    payments,
    requests,
    services,
    tickets,
)
from kigen.specs.book import PROJECT, Book, hookimpl

__all__ = ["FAMILIES", "PROJECT", "SPECIFICATIONS", "Book", "hookimpl"]

FAMILIES = (
    accounts, orders, invoices, payments, services, domains, tickets, consents, requests, extension_points,
)  # fmt: skip
"""One file per family of events, named as in hooks/, and the extension points."""

SPECIFICATIONS: dict[str, Callable[..., Any]] = {
    name: hook for family in FAMILIES for name, hook in vars(family).items() if hasattr(hook, f"{PROJECT}_spec")
}
"""Every hook that a plugin may have, by name."""
