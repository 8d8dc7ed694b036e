"""Papers of others that name a client who goes: the row stays with them, the client's link is cut, its words masked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from kigen.hosts.anonymised import Left, Why, key_text
from kigen.hosts.anonymising import Change, Ground, Plan, mask_rows, refuse
from kigen.hosts.holdings import Holding, read_holdings
from kigen.hosts.selected import Selected
from kigen.policy.masks_inside import Inside


@dataclass(frozen=True, slots=True)
class OnOthers:
    """A table whose rows name a client in `own` and can be a part of somebody else's paper, which `on` names.

    With 0 in `own` such a row is that of the client whose paper it is a part of.
    """

    table: str
    own: str
    on: str


def handed_over(ground: Ground, place: OnOthers | None, ids: frozenset[int], inside: Inside) -> Plan:
    """What is written into these rows, which others need. Raises CannotAnonymise."""
    plan = Plan()
    if place and ids:
        selected = Selected(place.table, "id", ids)
        refuse(ground, selected)
        for holding in read_holdings(ground.rows, ground.datamap, ground.shapes, [selected]):
            _cut(ground, holding, place, inside, plan)
    return plan


def but_for(handed: Plan, selected: Iterable[Selected]) -> Iterator[Selected]:
    """What was selected of a client, without what was handed over."""
    for one in selected:
        yield replace(one, but=one.but | {key[0] for key in handed.kept.get(one.table, ())})


def _cut(ground: Ground, holding: Holding, place: OnOthers, inside: Inside, plan: Plan) -> None:
    mask_rows(ground, holding, (), inside, plan)
    changed: dict[Any, Change] = {tuple(one.key.values()): one for one in plan.changes if one.table == place.table}
    for row in holding.rows:
        key = holding.key_of(row)
        if key not in changed:
            plan.changes.append(Change(place.table, dict(zip(holding.key, key, strict=True)), {}))
            changed[key] = plan.changes[-1]
        changed[key].values[place.own] = 0
        plan.left.add(Left(place.table, place.on, key_text(key), Why.DOCUMENT))
