"""What staff see and do: the state of things, a change of a setting with what it makes due, and exactly one plan."""

from __future__ import annotations

import re
from typing import Any

from kigen.commands.doctor_bridge import look_at_bridge
from kigen.ledger import runs, settings
from kigen.policy.settings import declared
from kigen.policy.vocabulary import LANGUAGES
from kigen.work import brakes
from tests.web.bridge import STAFF, Bridge

TERM = "schedule.client.delete-registration-only"


def confirm(bridge: Bridge, **more: str) -> str:
    fields = {**bridge.form(bridge.get("admin/plan", **STAFF), "admin/plan/confirm"), "looked": "yes", **more}
    assert bridge.post("admin/plan/confirm", fields, **STAFF).headers["Location"] == "admin/run"
    return bridge.get("admin/run", **STAFF).text


def latest(bridge: Bridge) -> Any:
    with bridge.desk.site.reading() as connection:
        return runs.latest(connection)


def test_the_status_says_what_needs_a_person(bridge: Bridge) -> None:
    assert "Confirmation</dt><dd>needed" in bridge.get("admin", **STAFF).text
    assert "前回の実行" in bridge.get("admin", language="ja", **STAFF).text


def test_each_reader_is_told_in_the_own_language_what_doctor_finds(bridge: Bridge) -> None:
    """Whoever asked first: what was found is kept for a while, for all of them."""
    bridge.app.extensions["kigen"].look = look_at_bridge
    assert "No bridge was installed" in bridge.get("admin", **STAFF).text
    assert "ブリッジは設置されていません" in bridge.get("admin", language="ja", **STAFF).text


def test_a_plan_is_shown_with_its_figures_and_only_that_plan_is_carried_out(bridge: Bridge) -> None:
    seen = bridge.get("admin/plan", **STAFF)
    assert "delete 1 × client" in seen.text
    assert "Nobody has confirmed the present program" in seen.text
    fields = bridge.form(seen, "admin/plan/confirm")
    assert fields["figures"] == '{"delete": {"client": 1}}'
    bridge.desk.put("tblclients", id=3, status="Active", datecreated="2021-01-01")  # due as well, and nobody saw it
    told = confirm(bridge)
    assert "Nothing was done." in told
    assert "no longer the one that you confirmed" in told
    assert bridge.desk.rows("tblclients") == [1, 2, 3]
    bridge.post("admin/plan/anew", {"kigen_csrf": bridge.token("admin/plan/anew", **STAFF)}, **STAFF)
    assert "Run 2 is done: delete 2 × client" in confirm(bridge)
    assert bridge.desk.rows("tblclients") == [1]
    assert bridge.desk.rows("tblinvoices") == [10]
    assert (latest(bridge).actor, latest(bridge).is_confirmed) == ("staff:3", True)


def test_a_process_that_is_to_end_ends_a_run_between_two_chunks(bridge: Bridge) -> None:
    bridge.app.extensions["kigen"].stopping.set()
    assert "It ended before everything was looked at." in confirm(bridge)
    assert (latest(bridge).outcome, latest(bridge).stopped) == (runs.STOPPED, "interrupted")
    assert bridge.desk.rows("tblclients") == [1, 2]


def test_a_confirmation_without_the_look_or_with_figures_of_no_plan_does_nothing(bridge: Bridge) -> None:
    fields = bridge.form(bridge.get("admin/plan", **STAFF), "admin/plan/confirm")
    assert bridge.post("admin/plan/confirm", fields, **STAFF).status_code == 400
    for figures in ("", "[]", "{", '{"delete": 1}', '{"delete": {"client": true}}', "9" * 3000):
        wrong = {**fields, "looked": "yes", "figures": figures}
        assert bridge.post("admin/plan/confirm", wrong, **STAFF).status_code == 400
    assert latest(bridge) is None
    assert bridge.desk.rows("tblclients") == [1, 2]


def test_a_change_of_a_term_says_what_it_makes_due_before_it_is_stored_and_the_next_run_previews(
    bridge: Bridge,
) -> None:
    confirm(bridge)
    bridge.desk.put("tblclients", id=4, status="Active", datecreated="2026-04-01")
    bridge.desk.reconcile()
    assert "3 months" in bridge.get("admin/settings", **STAFF).text
    page = bridge.get("admin/settings/edit", f"name={TERM}", **STAFF)
    fields = bridge.form(page, "admin/settings/preview")
    bad = bridge.post("admin/settings/preview", {**fields, "value": "soon"}, **STAFF)
    assert re.search(rf"setting {re.escape(TERM)}: .*expected", bad.text)
    seen = bridge.post("admin/settings/preview", {**fields, "value": "1 month"}, **STAFF)
    assert "Newly due</dt><dd>1 × client" in seen.text
    with bridge.desk.site.reading() as connection:
        assert TERM not in settings.stored(connection)  # a preview stores nothing
    stored = bridge.post("admin/settings/store", bridge.form(seen, "admin/settings/store"), **STAFF)
    assert stored.headers["Location"] == "admin/settings?told=stored-rule"
    with bridge.desk.site.reading() as connection:
        (change,) = settings.history(connection, TERM)
        assert (change.new, change.actor) == ("1 month", "staff:3")
        assert brakes.unconfirmed(bridge.desk.site, connection) is not None
    assert bridge.desk.rows("tblclients") == [1, 4]
    late = bridge.post("admin/settings/store", bridge.form(seen, "admin/settings/store"), **STAFF)
    assert late.headers["Location"] == "admin/settings?told=changed"  # somebody stored another value meanwhile


def test_every_group_of_settings_has_a_name_of_its_own(bridge: Bridge) -> None:
    seen = bridge.get("admin/settings", language="ja", **STAFF).text
    assert "<summary>メール <span" in seen
    assert re.findall(r"<summary>([a-z]+) <span", seen) == []


def test_a_secret_is_never_shown_nor_taken_by_a_page(bridge: Bridge) -> None:
    with bridge.desk.site.transaction() as connection:
        settings.store(connection, "heartbeat.secret", "hush-hush", bridge.desk.site.now, "tests")
    for page, query in (("admin/settings", ""), ("admin/settings/edit", "name=heartbeat.secret")):
        assert "hush-hush" not in bridge.get(page, query, **STAFF).text
    given = {"name": "heartbeat.secret", "value": "x", "former": "",
             "kigen_csrf": bridge.token("admin/settings/store", **STAFF)}  # fmt: skip
    assert bridge.post("admin/settings/store", given, **STAFF).status_code == 400


def test_a_record_is_explained_as_explain_does(bridge: Bridge) -> None:
    seen = bridge.get("admin/explain", "kind=client&id=2", **STAFF).text
    assert "client.delete-registration-only" in seen
    assert "2020-04-02 00:00" in seen
    assert "There is no such record" in bridge.get("admin/explain", "kind=client&id=99", **STAFF).text
    for query in ("kind=x&id=1", "kind=client&id=-1", "kind=client&id=%F0%9F%98%80", "kind=client&id=0"):
        assert "give a kind and a number" in bridge.get("admin/explain", query, **STAFF).text


def test_every_group_of_settings_has_a_title_in_both_languages(bridge: Bridge) -> None:
    for language in LANGUAGES:
        titles = re.findall(r"<summary>(.+?) <span", bridge.get("admin/settings", language=language, **STAFF).text)
        assert len(titles) > 20 and not set(titles) & {name.partition(".")[0] for name in declared()}


def test_in_japanese_an_explanation_names_its_clocks_in_japanese(bridge: Bridge) -> None:
    seen = bridge.get("admin/explain", "kind=client&id=2", language="ja", **STAFF).text
    assert ">登録</td>" in seen and ">registered<" not in seen
