"""What `kigen datamap list` says of a column, and which columns the operator may speak about."""

from __future__ import annotations

from sqlalchemy import text

from tests.commands.installation import Installation


def test_the_map_says_of_a_column_what_it_is_and_what_erasure_does(here: Installation) -> None:
    rows = {row["name"]: row for row in here.run("datamap", "list", "--json").document}
    assert rows["tblticketreplies.message"] == {
        "name": "tblticketreplies.message", "treatment": "mask", "at": None, "actor": None,
        "client_by": "tblticketreplies.tid > tbltickets.userid", "belongs_to": "ticket by tid",
        "is_distinct": False, "what": "free-text", "is_personal": True,
        "rows": "goes", "category": "support", "purposes": ["support"], "bases": ["contract"], "role": "controller",
        "recipients": ["delivery"], "kinds": ["ticket"], "kept": None, "withheld": None,
    }  # fmt: skip
    assert (rows["tblclients.country"]["treatment"], rows["tblclients.country"]["kept"]) == ("keep", "tax")
    assert rows["tblinvoices.total"]["treatment"] == "none"
    assert rows["tblmodulelog.request"]["client_by"] is None
    assert "tblaffiliateshits.id" not in rows, "What this installation does not have is not listed."


def test_one_table_can_be_asked_for(here: Installation) -> None:
    rows = here.run("datamap", "list", "tblticketlog", "--json").document
    assert [row["name"] for row in rows] == ["tblticketlog.action", "tblticketlog.id", "tblticketlog.tid",
                                             "tblticketlog.date"]  # fmt: skip
    printed = here.run("datamap", "list", "tblticketlog").out
    assert "free-text" in printed and "ticket by tid" in printed
    values = here.run("datamap", "list", "tblcustomfieldsvalues", "--json").document[0]
    assert values["belongs_to"].endswith("ticket by relid (support fields), client by relid (client fields)")
    assert "tblcustomfieldsvalues.relid (product fields) > tblhosting.userid" in values["client_by"]


def test_what_the_map_knows_is_not_for_the_operator_to_say(here: Installation) -> None:
    with here.engine.begin() as connection:
        connection.execute(text("ALTER TABLE tblclients ADD COLUMN pet VARCHAR(20)"))
    refused = here.run("datamap", "set", "tblclients.email", "none")
    assert refused.status == 2
    assert "knows tblclients.email already" in refused.sentence
    assert here.run("datamap", "set", "tblclients.pet", "none").status == 0
