"""The JSON documents, key by key, as the contract writes them: names may be added, never changed."""

from __future__ import annotations

import json
from pathlib import Path

from tests.commands.installation import Installation, run

DECISION = {"kind", "id", "client", "action", "rule", "due", "reasons", "considered"}


def test_init_tells_where_the_configuration_is_and_which_revision_the_tables_have(here: Installation) -> None:
    said = run("init", "--config", str(here.config), "--json").document
    assert said.keys() >= {"config", "schema", "host"}
    assert (said["config"], said["host"]) == (str(here.config), "whmcs")


def test_a_plan_is_a_decision_a_line(here: Installation) -> None:
    due = here.run("plan", "--json").documents
    assert [(one["kind"], one["id"], one["action"], one["rule"]) for one in due] == [
        ("client", 1, "delete", "client.delete-registration-only"), ("order", 5, "delete", "order.delete-cancelled"),
    ]  # fmt: skip
    assert all(one.keys() >= DECISION for one in due)
    assert due[1]["due"] == "2020-01-01T00:00:00+09:00"


def test_all_of_a_plan_adds_what_is_kept_and_what_is_not_due(here: Installation) -> None:
    found = {(one["kind"], one["id"]): one for one in here.run("plan", "--all", "--json").documents}
    assert len(found) == 7
    kept = found["order", 7]
    assert kept["action"] == "keep"
    assert kept["reasons"] == [
        {"code": "active-service", "text": "Service 81 is active.", "until": None, "refs": ["service:81"]}
    ]
    assert found["order", 6]["reasons"][0]["code"] == "not-due"


def test_a_plan_can_be_narrowed_to_a_kind_and_to_a_client(here: Installation) -> None:
    orders = here.run("plan", "--all", "--kind", "order", "--json").documents
    assert {one["id"] for one in orders} == {5, 6, 7}
    mine = here.run("plan", "--all", "--client", "2", "--json").documents
    assert {(one["kind"], one["id"]) for one in mine} == {("client", 2), ("order", 5), ("order", 6)}


def test_explain_is_one_decision_with_every_rule_considered(here: Installation) -> None:
    said = here.run("explain", "order", "7", "--json").document
    assert said.keys() >= DECISION
    assert said["considered"] == [
        {
            "rule": "order.delete-cancelled", "anchor": "created", "anchored": "2019-01-01T00:00:00+09:00",
            "source": "read", "due": "2020-01-01T00:00:00+09:00",
        }
    ]  # fmt: skip


def test_reconcile_and_sweep_count_what_they_did(here: Installation) -> None:
    read = here.run("reconcile", "--json").document
    assert read.keys() >= {"read", "changed", "unknown", "unclassified"}
    assert read["read"] == 7 and read["unclassified"] == []
    assert here.run("reconcile", "--full", "--json").document["changed"] == 0
    swept = here.run("sweep", "--confirm", "--json").document
    assert swept.keys() >= {"run", "archived", "deleted", "anonymised", "kept", "remaining", "seconds", "stopped"}
    assert swept["deleted"] == {"client": 1, "order": 1}


def test_a_dry_reconcile_tells_the_same_and_writes_nothing(here: Installation) -> None:
    first = here.run("reconcile", "--dry-run", "--json").document
    assert first["changed"] > 0
    assert here.run("reconcile", "--dry-run", "--json").document == first


def test_a_hold_is_placed_listed_and_released(here: Installation) -> None:
    placed = here.run("hold", "add", "--client", "1", "--reason", "claim", "--until", "2024-12-31", "--json").document
    assert placed == {"hold": 1, "scope": "client:1", "reason": "claim", "until": "2025-01-01T00:00:00+09:00"}
    assert [one["state"] for one in here.run("hold", "list", "--json").document] == ["in force"]
    assert here.run("explain", "client", "1", "--json").document["reasons"][0]["code"] == "hold"
    released = here.run("hold", "release", "1", "--reason", "settled", "--json").document
    assert released["release_reason"] == "settled"
    assert here.run("explain", "client", "1", "--json").document["action"] == "delete"


def test_settings_are_objects_with_value_and_default(here: Installation) -> None:
    every = here.run("settings", "list", "--json").document
    assert {"schedule.order.delete-cancelled", "floors.years", "heartbeat.secret"} <= {one["name"] for one in every}
    assert here.run("settings", "get", "floors.years", "--json").document.keys() >= {"name", "value", "default"}


def test_doctor_lists_findings_with_level_code_and_text(here: Installation) -> None:
    said = here.run("doctor", "--json")
    assert said.status == 1
    assert all(one.keys() == {"level", "code", "text"} for one in said.document["findings"])
    assert {"fiscal-year", "unconfirmed"} <= {one["code"] for one in said.document["findings"]}


def test_tables_for_people_carry_dates_in_the_operators_zone(here: Installation) -> None:
    said = here.run("plan").out
    assert "2020-01-01 00:00" in said and "Asia/Tokyo" in said
    assert "delete: 1 × client, 1 × order" in said
    assert "Service 81 is active." in here.run("explain", "order", "7").out


def test_the_report_is_written_where_it_was_asked_for(here: Installation, tmp_path: Path) -> None:
    page = tmp_path / "plan.html"
    said = here.run("plan", "--report", str(page), "--json")
    assert json.loads(said.out) == {"report": str(page)}
    assert "order.delete-cancelled" in page.read_text(encoding="utf-8")
