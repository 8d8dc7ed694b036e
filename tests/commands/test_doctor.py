"""What `doctor` finds: late runs, what stands still, columns that nobody knows, and when everything is in order."""

from __future__ import annotations

import fcntl

import pytest
from sqlalchemy import text

from tests.commands.installation import Installation


def _levels(here: Installation, now: str = "2024-04-01") -> dict[str, str]:
    found = here.run("doctor", "--json", now=now).document["findings"]
    return {one["code"]: one["level"] for one in found}


def test_an_installation_in_order_has_only_notes(here: Installation) -> None:
    with here.engine.begin() as connection:
        connection.execute(text(
            "INSERT INTO tblconfiguration (setting, value) VALUES ('lastDailyCronInvocationTime', CURRENT_TIMESTAMP)"
        ))  # fmt: skip
    here.run("settings", "set", "floors.fiscal_year_end", "03-31")
    (here.folder / "words").write_text("correct horse battery")
    saved = here.run("keys", "backup", "--out", f"{here.folder}/keys", "--passphrase-file", f"{here.folder}/words")
    assert saved.status == 0, saved.err
    assert here.run("sweep", "--confirm", now=None).status == 0
    said = here.run("doctor", "--json", now=None)
    assert [one for one in said.document["findings"] if one["level"] != "note"] == []
    assert said.status == 0


@pytest.mark.parametrize(
    ("now", "level"), [("2024-04-02T12:00", None), ("2024-04-02T12:01", "warning"), ("2024-04-09", "error")]
)
def test_a_reconcile_is_late_after_a_day_and_a_half_and_far_too_late_after_a_week(
    here: Installation, now: str, level: str | None
) -> None:
    assert _levels(here)["reconcile-late"] == "note"
    here.run("reconcile")
    assert _levels(here, now).get("reconcile-late") == level


def test_a_refused_run_and_the_oldest_overdue_record_are_told(here: Installation) -> None:
    here.run("reconcile")
    here.run("sweep")
    found = {one["code"]: one for one in here.run("doctor", "--json").document["findings"]}
    assert found["run-refused"]["level"] == "warning" and "unconfirmed" in found["run-refused"]["text"]
    assert found["overdue"]["level"] == "warning" and "2020-01-01" in found["overdue"]["text"]


def test_a_run_whose_process_is_gone_is_told_and_one_that_works_is_only_noted(here: Installation) -> None:
    here.run("sweep", "--confirm", "--limit", "0")
    with here.engine.begin() as connection:  # as a process leaves it that was killed
        connection.execute(text("UPDATE kigen_runs SET outcome = 'running', stopped = NULL, finished_at = NULL"))
    assert _levels(here)["run-died"] == "warning"
    with next(here.folder.rglob("run.lock")).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert _levels(here)["run-running"] == "note"


def test_a_reason_that_never_ends_by_itself_is_told_with_count_and_age(here: Installation) -> None:
    with here.engine.begin() as connection:
        connection.execute(text("UPDATE tblclients SET credit = 5 WHERE id = 1"))
    found = {one["code"]: one["text"] for one in here.run("doctor", "--json").document["findings"]}
    assert "1 records have been due for more than 90 days" in found["endless-credit-balance"]
    assert "the oldest for 1,460 days" in found["endless-credit-balance"]
    assert "endless-credit-balance" not in {
        one["code"] for one in here.run("doctor", "--quick", "--json").document["findings"]
    }


def test_an_unknown_status_is_told(here: Installation) -> None:
    with here.engine.begin() as connection:
        connection.execute(text("UPDATE tblorders SET status = 'Mislaid' WHERE id = 5"))
    assert _levels(here)["unknown-state"] == "warning"


def test_a_column_that_nobody_knows_is_a_finding_until_it_is_answered(here: Installation) -> None:
    with here.engine.begin() as connection:
        connection.execute(text("ALTER TABLE tblclients ADD COLUMN pet VARCHAR(20)"))
    assert _levels(here)["unclassified"] == "warning"
    assert here.run("reconcile", "--json").document["unclassified"] == ["tblclients.pet"]
    assert here.run("reconcile").status == 1
    assert here.run("datamap", "list", "--json").document[0]["treatment"] is None
    assert here.run("datamap", "set", "tblclients.cat", "mask").status == 2
    assert here.run("datamap", "set", "tblclients", "mask").status == 2
    assert here.run("datamap", "set", "tblclients.pet", "eat").status == 2
    assert here.run("datamap", "set", "tblclients.pet", "mask", "--client-by", "owner").status == 2
    said = here.run("--actor", "officer", "datamap", "set", "tblclients.pet", "mask", "--client-by", "id", "--json")
    assert said.document == {"name": "tblclients.pet", "treatment": "mask", "client_by": "id"}
    assert "unclassified" not in _levels(here)
    assert here.run("datamap", "list", "--json").document[0]["actor"] == "officer"
    assert here.run("reconcile").status == 0


def test_a_rule_that_lacks_its_column_is_an_error(here: Installation) -> None:
    with here.engine.begin() as connection:
        connection.execute(text("ALTER TABLE tblorders RENAME COLUMN date TO dated"))
    assert _levels(here)["rule-refused"] == "error"


def test_a_configuration_that_others_may_read_is_told_where_it_holds_a_password(
    here: Installation, mariadb_url: str
) -> None:
    here.config.chmod(0o644)
    assert "config-readable" not in _levels(here)
    url = mariadb_url.replace("root@", "root:hush-hush@")
    here.config.write_text(f'[host]\nname = "whmcs"\ndatabase = "{url}"\n[kigen]\nzone = "UTC"\n', encoding="utf-8")
    said = here.run("doctor", "--json")
    assert said.document["findings"][1]["code"] == "config-readable"
    assert "hush-hush" not in said.out + said.err
