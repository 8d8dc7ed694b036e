"""The map of kigen's own tables is held to the tables themselves: nothing is kept that it does not name."""

from __future__ import annotations

import pytest
from sqlalchemy import LargeBinary, String, Text

from kigen.ledger.own_data import OWN, SECTIONS, SHOWN, UNTOLD
from kigen.ledger.own_notation import NOT_SHOWN, What, own
from kigen.ledger.tables import metadata
from kigen.policy.exporting import Section
from kigen.policy.own_terms import EVENTS, OWN_TERMS
from kigen.policy.settings import declared
from kigen.policy.sorts import Sort
from kigen.work.own_terms import OTHERS

TABLES = {table.name: table for table in metadata.sorted_tables}
COLUMNS = {f"{name}.{column}": one for name, held in OWN.items() for column, one in held.columns.items()}


def test_every_column_of_text_in_kigens_own_tables_is_declared_and_a_digest_counts_as_personal() -> None:
    """L6, G15"""
    every = {f"{table.name}.{column.name}": column for table in TABLES.values() for column in table.columns}
    texts = {name for name, column in every.items() if isinstance(column.type, (String, Text, LargeBinary))}
    assert OWN.keys() == TABLES.keys()
    assert texts <= COLUMNS.keys() <= every.keys()
    assert {name for name, one in COLUMNS.items() if "digest" in name and not one.is_personal} == {
        "kigen_bundles.digest", "kigen_consents.digest", "kigen_notice_texts.digest",  # of a file and of public texts
    }  # fmt: skip
    keyed = {name for name, one in COLUMNS.items() if one.what is What.KEYED_DIGEST}
    assert {"kigen_frozen_parties.party", "kigen_leaves.records", "kigen_maskings.party"} <= keyed
    assert all(COLUMNS[name].is_personal for name in keyed)


def test_every_term_of_an_own_table_is_a_setting_and_a_run_ends_it() -> None:
    named = {one.until for one in COLUMNS.values() if "." in one.until}
    assert named <= declared().keys()
    assert {setting.name for setting in OWN_TERMS} <= named  # and no term is for nothing
    ended = {(table, setting) for table, setting, _ in OTHERS} | {("kigen_events", EVENTS)}
    of_these = {setting for _, setting in ended}
    assert {(name.split(".")[0], one.until) for name, one in COLUMNS.items() if one.until in of_these} == ended


def test_every_table_of_kigen_s_own_with_a_client_is_shown_in_bundles_or_untold_with_a_reason() -> None:
    of_clients = {name for name, table in TABLES.items() if "client" in table.columns}
    assert SHOWN.named.keys() == SECTIONS.keys()
    assert SECTIONS.keys() <= of_clients <= SECTIONS.keys() | UNTOLD.keys()
    assert not SECTIONS.keys() & UNTOLD.keys()
    assert SECTIONS["kigen_consents"] is Section.CONSENTS
    for name in SECTIONS:  # of these no column is passed over in silence
        assert OWN[name].columns.keys() == set(TABLES[name].columns.keys())
    assert SHOWN["kigen_outbox"].fields["address"].sort is Sort.EMAIL
    assert "digest" not in SHOWN["kigen_outbox"].fields


@pytest.mark.parametrize("line", ["names: a", "choice: a | holds much", "choice: a\nplain: a"])
def test_a_line_that_nobody_can_read_is_refused_with_its_table(line: str) -> None:
    assert NOT_SHOWN.isdisjoint(Sort)
    with pytest.raises(ValueError, match="kigen_new: "):
        own("kigen_new", "for ever", line)
