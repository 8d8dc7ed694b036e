"""How a setting is changed: read as its parser reads it, against what it may be, before anything is stored."""

from __future__ import annotations

import difflib

from kigen.policy.settings import read
from kigen.work.site import Site

CHOICES = {"throttle.replica_unknown": ("go", "wait")}


def check(site: Site, name: str, value: str | None) -> object:
    """The parsed value of a setting that is known (None: its default); ValueError with a sentence where it is none."""
    rules = tuple(site.plugins.rules())
    parsed = read({} if value is None else {name: value}, name, rules)
    choices = tuple(rule.id for rule in rules) if name == "schedule.prefer" else CHOICES.get(name, ())
    if choices and parsed is not None and parsed not in choices:
        near = difflib.get_close_matches(str(parsed), choices, 1)
        raise ValueError(f"setting {name}: {parsed!r}; expected {near[0] if near else ' or '.join(choices[:2])}")
    return parsed
