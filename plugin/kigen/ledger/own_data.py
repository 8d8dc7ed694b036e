"""The map of kigen's own tables: what they hold about people, until when, and what of it a client's bundle shows.

One entry for each table, beside those of its family; the register of what kigen itself keeps and the bundles read it.
"""

from __future__ import annotations

from collections.abc import Mapping

from kigen.ledger.own_data_people import PEOPLE
from kigen.ledger.own_data_proof import PROOF
from kigen.ledger.own_data_records import RECORDS
from kigen.ledger.own_notation import OwnTable
from kigen.policy.datamap import DataMap
from kigen.policy.exporting import Section

OWN: Mapping[str, OwnTable] = {one.name: one for one in (*RECORDS, *PEOPLE, *PROOF)}
"""Every table, with all its columns that can hold words or bytes; those of a table that a bundle shows are all here."""

SHOWN = DataMap("kigen", tuple(one.shown for one in OWN.values() if one.shown))
"""What of them a bundle shows."""

SECTIONS: Mapping[str, Section] = {name: one.section for name, one in OWN.items() if one.section}

UNTOLD: Mapping[str, str] = {name: one.untold for name, one in OWN.items() if one.untold}
"""Tables of which a bundle says nothing, not even how many rows there are, and why."""
