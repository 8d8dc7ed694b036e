"""What `erase --preview` foresees is what `erase` then does to the client's own rows, and it changes nothing."""

from __future__ import annotations

import datetime as dt

from kigen.hosts.foreseen import Foreseen
from kigen.work.erase import Erased, erase, preview
from tests.work.billing import Billing
from tests.work.test_in_part import back_up, everything, person

TRACES = {"tblactivitylog": 1}
"""The log row of somebody else that names the client: a preview does not look for traces."""


def own(erased: Erased, foreseen: Foreseen) -> dict[str, int]:
    """How many rows of the client's own went, of the tables that were foreseen."""
    return {name: erased.outcome.rows[name] - TRACES.get(name, 0) for name in foreseen.going}


def test_a_preview_counts_the_rows_that_go_and_changes_nothing(either: Billing) -> None:
    either.live_client()
    person(either, 3, "2012-03-01")
    before = everything(either)
    foreseen = preview(either.site, 3).foreseen
    assert foreseen is not None
    assert (foreseen.going["tblclients"], foreseen.going["tblinvoiceitems"], foreseen.going["tblemails"]) == (1, 1, 1)
    assert foreseen.masked == {} and foreseen.held == ()
    assert everything(either) == before
    assert own(erase(either.site, 3), foreseen) == foreseen.going
    assert either.ids("tblclients") == [1]


def test_a_preview_tells_what_is_masked_where_a_floor_keeps_papers(either: Billing) -> None:
    either.live_client()
    person(either, 3, "2024-03-01")
    either.set(floors__fiscal_year_end="12-31", floors__company_books="on")
    either.at(dt.datetime(2025, 4, 1, 3, 0, tzinfo=dt.UTC))
    back_up(either)
    before = everything(either)
    foreseen = preview(either.site, 3).foreseen
    assert foreseen is not None
    assert {"tblclients", "tblinvoiceitems", "tblaccounts"} <= foreseen.masked.keys()
    assert "tblclients" not in foreseen.going and foreseen.going["tblemails"] == 1
    assert everything(either) == before
    done = erase(either.site, 3)
    assert done.done["anonymise"] == {"client": 1}, done.failures
    assert own(done, foreseen) == foreseen.going
    assert either.ids("tblclients") == [1, 3] and either.ids("tblemails") == []


def test_a_preview_names_the_foreign_key_that_will_not_let_a_row_go(billing: Billing) -> None:
    billing.live_client()
    person(billing, 3, "2012-03-01")
    billing.run(
        "CREATE TABLE mod_badges (id INT PRIMARY KEY, client INT, FOREIGN KEY (client) REFERENCES tblclients (id))"
    )
    billing.run("INSERT INTO mod_badges VALUES (1, 3)")
    looked = preview(billing.site, 3)
    said = "mod_badges.client points to rows that would go, and its foreign key does not let them go"
    assert looked.failures == [said]
    billing.run("UPDATE mod_badges SET client = 1")
    assert preview(billing.site, 3).failures == []


def test_a_cascade_outside_the_plan_is_refused_with_its_own_sentence(billing: Billing) -> None:
    billing.live_client()
    person(billing, 3, "2012-03-01")
    billing.run(
        "CREATE TABLE mod_points (id INT PRIMARY KEY, client INT,"
        " FOREIGN KEY (client) REFERENCES tblclients (id) ON DELETE CASCADE)"
    )
    billing.run("INSERT INTO mod_points VALUES (1, 3)")
    for looked in (preview(billing.site, 3), erase(billing.site, 3)):
        assert looked.decision is not None and [one.code for one in looked.decision.reasons] == ["no-rule"]
        assert looked.warnings == [
            "client.delete-on-request would change mod_points.client, which follows tblclients by ON DELETE CASCADE."
        ]
    assert billing.ids("mod_points") == [1] and billing.ids("tblclients") == [1, 3]
