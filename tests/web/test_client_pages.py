"""What a client sees and does: its own alone, the same decision as everywhere, and every step written down."""

from __future__ import annotations

import io
import zipfile

from kigen.ledger import bundle_links, bundles, consents, holds, outbox, request_acts, requests
from kigen.policy.records import Kind
from kigen.work import plan
from kigen.work.export.links import make_link
from tests.cases.desk import at
from tests.web.bridge import Bridge

STAFF_AS_CLIENT = {"as_staff": 3}


def test_what_is_held_is_told_with_date_and_reasons_as_explain_tells_them(bridge: Bridge) -> None:
    seen = bridge.get("privacy")
    decision = plan.explain(bridge.desk.site, (Kind.SERVICE, 81))
    assert decision is not None
    for reason in decision.reasons:
        assert reason.text("Asia/Tokyo") in seen.text
    assert "Invoices <span" in seen.text
    assert "as long as the account" in seen.text  # a paid invoice, of which no rule speaks
    assert "Performance of the contract" in seen.text
    assert "契約の履行" in bridge.get("privacy", language="ja").text
    other = bridge.get("privacy", client=2, who="client:2").text
    assert "is deleted at the next run" in other  # registration only, since 2020
    assert "81" not in other


def test_a_hold_that_the_client_must_not_hear_of_is_not_told(bridge: Bridge) -> None:
    with bridge.desk.site.transaction() as connection:
        holds.place(connection, 2, None, "case 7", None, bridge.desk.site.now, "tests", is_untold=True)
    for page in ("privacy", "privacy/deletion"):
        seen = bridge.get(page, client=2, who="client:2").text
        assert "legal hold" not in seen.lower()
        assert "The law keeps Client 2" in seen  # what is true of it and of every floor


def test_an_export_is_asked_for_made_and_fetched_and_nobody_else_fetches_it(bridge: Bridge) -> None:
    answer = bridge.send("privacy/export", "privacy/export")
    assert answer.status_code == 303
    seen = bridge.get("privacy/export")
    fields = bridge.form(seen, "privacy/download")
    stranger = {"client": 2, "who": "client:2"}
    theirs = {**fields, "kigen_csrf": bridge.token("privacy/download", **stranger)}
    assert bridge.post("privacy/download", theirs, **stranger).status_code == 404
    assert bridge.post("privacy/download", {**theirs, "bundle": "9" * 12}, **stranger).status_code == 404
    file = bridge.post("privacy/download", fields)
    assert file.headers["Content-Disposition"].startswith("attachment; filename=kigen-bundle-")
    with zipfile.ZipFile(io.BytesIO(file.data)) as bundle:
        assert any(name.endswith("manifest.json") for name in bundle.namelist())
    with bridge.desk.site.reading() as connection:
        (row,) = requests.listed(connection)
        assert (row.request_right, row.state) == ("access", "fulfilled")
        assert bundles.of_request(connection, row.id) == [1]
        assert [one.outcome for one in bundle_links.fetched(connection, 1)] == ["opened"]
        assert bundle_links.fetched(connection, 2) == []


def test_a_link_opens_once_and_only_for_its_client(bridge: Bridge) -> None:
    bridge.send("privacy/export", "privacy/export")
    token = make_link(bridge.desk.site, 1)
    stranger = {"client": 2, "who": "client:2"}
    for _ in range(2):  # looking uses nothing up
        fields = bridge.form(bridge.get("privacy/export", f"link={token}"), "privacy/download", link=token)
    theirs = {**fields, "kigen_csrf": bridge.token("privacy/download", **stranger)}
    assert bridge.post("privacy/download", theirs, **stranger).status_code == 404
    assert bridge.post("privacy/download", fields).data[:2] == b"PK"
    assert bridge.post("privacy/download", fields).status_code == 404


def test_only_as_many_bundles_as_a_day_allows_are_made(bridge: Bridge) -> None:
    told = [bridge.send("privacy/export", "privacy/export").headers["Location"] for _ in range(4)]
    assert told == ["privacy/export"] * 3 + ["privacy/export?told=too-many"]


def test_a_consent_is_given_and_withdrawn_with_one_click_each_and_the_history_tells_both(bridge: Bridge) -> None:
    bridge.send("privacy/consents", "privacy/consents", purpose="newsletter", act="given")
    assert bridge.get("privacy/consents").text.count("You agreed") == 1
    bridge.desk.move_to("2026-06-02 12:00")
    answer = bridge.send("privacy/consents", "privacy/consents", purpose="newsletter", act="withdrawn")
    assert answer.headers["Location"] == "privacy/consents?told=withdrawn"
    seen = bridge.get("privacy/consents", language="ja").text
    assert "撤回済み" in seen
    assert "2026-06-01 12:00" in seen
    with bridge.desk.site.reading() as connection:
        told = [(one.purpose, one.act.value, one.actor, one.channel) for one in consents.of(connection)]
    assert told == [("newsletter", "given", "client", "portal"), ("newsletter", "withdrawn", "client", "portal")]


def test_staff_in_a_clients_place_may_withdraw_a_consent_as_staff_and_decide_nothing_else(bridge: Bridge) -> None:
    bridge.send("privacy/consents", "privacy/consents", purpose="newsletter", act="given")
    bridge.desk.move_to("2026-06-02 12:00")
    seen = bridge.get("privacy/consents", **STAFF_AS_CLIENT)
    assert "as staff, in the client" in seen.text
    fields = bridge.form(seen, "privacy/consents", act="withdrawn")
    given = bridge.post("privacy/consents", {**fields, "act": "given", "purpose": "marketing"}, **STAFF_AS_CLIENT)
    assert given.headers["Location"] == "privacy/consents?told=staff"
    bridge.post("privacy/consents", fields, **STAFF_AS_CLIENT)
    with bridge.desk.site.reading() as connection:
        told = [(one.purpose, one.act.value, one.actor) for one in consents.of(connection)]
        assert told == [("newsletter", "given", "client"), ("newsletter", "withdrawn", "staff")]
    assert "<form" not in bridge.get("privacy/deletion", **STAFF_AS_CLIENT).text
    assert "<form" not in bridge.get("privacy/export", **STAFF_AS_CLIENT).text
    with bridge.desk.site.reading() as connection:
        assert requests.listed(connection) == []


def test_a_deletion_shows_its_date_and_what_stands_against_it_before_it_is_asked_for(bridge: Bridge) -> None:
    seen = bridge.get("privacy/deletion").text
    assert "If you ask now, the date is: 2026-07-01" in seen
    assert "Service 81 is active." in seen
    assert "The law keeps Invoice 10 until 2032-03-01 00:00." in seen
    assert "everything is deleted then" in bridge.get("privacy/deletion", client=2, who="client:2").text
    with bridge.desk.site.reading() as connection:
        assert requests.listed(connection) == []  # looking asks for nothing


def test_a_deletion_is_asked_for_kept_after_a_sign_in_and_undone(bridge: Bridge) -> None:
    assert bridge.send("privacy/deletion", "privacy/deletion").headers["Location"].endswith("told=tick")
    bridge.send("privacy/deletion", "privacy/deletion", {"understood": "yes"})
    assert "planned to be deleted" in bridge.get("privacy/deletion").text
    bridge.desk.move_to("2026-06-05 09:00")
    bridge.desk.hear({"event": "client_signed_in", "client": 1, "at": "2026-06-05T08:59:00"})
    assert "You signed in on 2026-06-05 08:59" in bridge.get("privacy/deletion").text
    bridge.send("privacy/deletion", "privacy/deletion/keep")
    assert "You signed in on" not in bridge.get("privacy/deletion").text
    bridge.send("privacy/deletion", "privacy/deletion/undo")
    assert "If you ask now" in bridge.get("privacy/deletion").text
    assert "taken back on 2026-06-05 09:00" in bridge.get("privacy").text
    with bridge.desk.site.reading() as connection:
        (row,) = requests.listed(connection)
        acts = [(one.act, one.actor, one.method) for one in request_acts.of(connection, 1, "erasure")]
        notices = [one.notice for one in outbox.of(connection, 1)]
    assert (row.client, row.state, row.received) == (1, "withdrawn", at("2026-06-01 12:00"))
    assert acts == [("received", "client:1", "session"), ("kept-planned", "client:1", "session"),
                    ("withdraw", "client:1", None)]  # fmt: skip
    assert notices == ["deletion-received", "deletion-sign-in", "deletion-withdrawn"]
    assert bridge.desk.rows("tblclients") == [1, 2]
