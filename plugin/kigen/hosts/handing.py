"""Papers of others that name a client who goes: the row stays with them, the client's link is cut, its words masked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kigen.hosts.anonymised import Left, Why, key_text
from kigen.hosts.anonymising import Change, Ground, Plan, mask_rows, refuse
from kigen.hosts.holdings import Holding, read_holdings
from kigen.hosts.selected import Selected
from kigen.policy.keeping import Keeping
from kigen.policy.masks_inside import Inside
from kigen.policy.records import Kind


@dataclass(frozen=True, slots=True)
class OnOthers:
    """Rows of a table that name a client in `own` and are a part of what `part_of` holds, whose client is in `owner`.

    They are records of `kind`. With 0 in `own` such a row is that of the client whose paper it is a part of.
    """

    kind: Kind
    table: str
    own: str
    on: str
    part_of: str
    owner: str


def handed_over(
    ground: Ground, places: Iterable[OnOthers], clients: Sequence[int], keeping: Keeping, inside: Inside
) -> Plan:
    """What is written into rows of these clients that others need; what `keeping` keeps for itself is none of them."""
    plan = Plan()
    for place in places:
        found = ground.rows.read(place.table, (place.on,), place.own, clients)
        above = ground.rows.read(place.part_of, (place.owner,), "id", {row[place.on] for row in found if row[place.on]})
        others = {row["id"] for row in above if row[place.owner] not in clients}
        own = {number for kind, number in keeping.records if kind is place.kind}
        ids = frozenset(row["id"] for row in found if row[place.on] in others and row["id"] not in own)
        selected = Selected(place.table, "id", ids)
        if ids:
            refuse(ground, selected)
        for holding in read_holdings(ground.rows, ground.datamap, ground.shapes, [selected] if ids else ()):
            _cut(ground, holding, place, inside, plan)
    return plan


def but_for(handed: Plan, selected: Iterable[Selected]) -> Iterator[Selected]:
    """What was selected of a client, without what was handed over."""
    for one in selected:
        yield replace(one, but=one.but | {key[0] for key in handed.kept.get(one.table, ())})


def _cut(ground: Ground, holding: Holding, place: OnOthers, inside: Inside, plan: Plan) -> None:
    mask_rows(ground, holding, Keeping(frozenset(), frozenset()), inside, plan)
    changed: dict[Any, Change] = {tuple(one.key.values()): one for one in plan.changes if one.table == place.table}
    for row in holding.rows:
        key = holding.key_of(row)
        if key not in changed:
            plan.changes.append(Change(place.table, dict(zip(holding.key, key, strict=True)), {}))
            changed[key] = plan.changes[-1]
        changed[key].values[place.own] = 0
        plan.left.add(Left(place.table, place.on, key_text(key), Why.DOCUMENT))
