"""What a bundle holds (cases.md K): every section with its true values, all that is the client's and nothing else."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
import zipfile
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

from kigen.ledger import holds, keys
from kigen.policy.exporting import REQUIRED, BundleKind, Section
from kigen.policy.records import Kind
from kigen.work import desk as requests
from kigen.work.export.check import check
from kigen.work.plan import explain
from tests.cases.desk import Desk
from tests.export.opened import CLIENT, FORMULA, MESSAGE, OTHER, OTHERS, SECRETS, TEMPLATE, Bundle, bundle
from tests.support.mariadb import program


def test_every_section_is_there_and_says_what_it_is_for_and_how_long_it_stays(either: Desk, tmp_path: Path) -> None:
    """K14"""
    made = bundle(either, tmp_path)
    told = {one["name"]: one for one in made.manifest["sections"]}
    assert set(told) == {section.value for section in Section} >= {section.value for section in REQUIRED}
    rows = {name: one["rows"] for name, one in told.items() if one["rows"]}
    assert rows == {
        "profile": 2, "contacts": 4, "services": 1, "domains": 1, "orders": 1, "invoices": 2, "transactions": 1,
        "tickets": 3, "messages": 1, "activity": 2, "consents": 1, "requests": 1, "retention": 5, "recipients": 7,
        "automated-decisions": 1,
    }  # fmt: skip
    assert made.made.sections == {name: one["rows"] for name, one in told.items()}
    assert {one["name"] for one in told["invoices"]["purposes"]} == {"billing", "law"}
    assert {one["name"] for one in told["invoices"]["bases"]} == {"contract", "legal-obligation"}
    assert {one["name"] for one in told["invoices"]["recipients"]} == {"payment", "authority"}
    (kept,) = told["services"]["kept"]
    assert (kept["kind"], kept["action"], kept["records"]) == ("service", "keep", 1)
    assert made.text("json/change_logs.ndjson") == ""


def test_the_values_are_true_ones_with_their_zone_and_currency(either: Desk, tmp_path: Path) -> None:
    """K3, K17, G8"""
    made = bundle(either, tmp_path)
    (client,) = made.rows("profile", "tblclients")
    assert (client["firstname"], client["lastname"], client["companyname"]) == (FORMULA, "山田 𠮷", TEMPLATE)
    (order,) = made.rows("orders", "tblorders")
    assert order["ordernum"] == "9007199254740993"
    assert order["date"] == "2024-03-10T09:00:00+09:00"
    assert (Decimal(order["amount"]), type(order["amount"])) == (Decimal("1000.1"), str)
    assert order["orderdata"] == {"plan1": "XL", "password": "[withheld: secret]"}
    (invoice,) = made.rows("invoices", "tblinvoices")
    assert (Decimal(invoice["total"]), type(invoice["total"])) == (Decimal("-12.5"), str)
    assert (invoice["date"], invoice["datepaid"]) == ("2024-01-02", "2024-03-10T09:30:00+09:00")
    assert made.rows("tickets", "tbltickets")[0]["message"] == MESSAGE
    (kana,) = made.rows("profile", "tblcustomfieldsvalues")
    assert (kana["value"], kana["fieldid_name"]) == ("ヤマダ", "フリガナ")


def test_no_secret_no_note_of_staff_and_nothing_of_others_is_in_it(either: Desk, tmp_path: Path) -> None:
    """K9, G10: what is left out is counted with its rule; a ticket's own words stay, whoever they quote."""
    made = bundle(either, tmp_path)
    everything = made.everything.decode(errors="replace")
    assert [word for word in (*SECRETS, *OTHERS) if word in everything] == []
    replies = {row["id"]: row for row in made.rows("tickets", "tblticketreplies")}
    assert (replies["21"]["admin"], replies["21"]["message"]) == ("staff", "We help.")
    assert (replies["22"]["name"], replies["22"]["message"]) == (None, "Me too.")
    assert [row["auth_user_id"] for row in made.rows("contacts", "tblusers_clients")] == ["30", "31"]
    assert [row["id"] for row in made.rows("contacts", "tblusers")] == ["30"]
    left = {(one["table"], tuple(one["columns"]), one["rule"]): one["rows"] for one in made.manifest["left_out"]}
    assert left["tblhosting", ("password",), "secret"] == 1
    assert left["tblorders", ("fraudoutput",), "fraud"] == 1
    assert left["tblticketnotes", (), "notes"] == 1
    assert left["tblcustomfieldsvalues", (), "notes"] == 1
    assert left["tblactivitylog", ("user", "ipaddr"), "staff"] == 1
    assert left["tblticketreplies", ("name", "email"), "shared"] == 1
    assert left["tblmodulelog", (), "nobodys"] == 0


def test_each_record_has_the_decision_that_explain_gives(desk: Desk, tmp_path: Path) -> None:
    """One decision; a hold that the law forbids to tell of is told as what is true of it (E5)."""
    desk.put("tblorders", id=13, ordernum=13, userid=CLIENT, date="2019-01-01 09:00:00", status="Cancelled")
    with desk.site.transaction() as connection:
        holds.place(connection, CLIENT, None, "the prosecutor asked", None, desk.site.now, "tests", is_untold=True)
    made = bundle(desk, tmp_path)
    for row in made.rows("retention"):
        decision = explain(desk.site, (Kind(row["kind"]), int(row["id"])))
        assert decision is not None
        told = decision.as_json(desk.site.zone)
        assert (row["action"], row["rule"], row["due"]) == (told["action"], told["rule"], told["due"])
    text = made.everything.decode(errors="replace")
    assert "prosecutor" not in text
    assert "must not be told" not in text
    assert "legal hold" not in text
    assert "The law keeps" in text
    assert "kigen_holds" not in made.text("manifest.json")


def test_the_manifest_verifies_offline_and_finds_what_was_changed(desk: Desk, tmp_path: Path) -> None:
    """K13"""
    made = bundle(desk, tmp_path)
    assert check(made.path).problems == []
    names = {one["name"] for one in made.manifest["files"]} | {"manifest.json", "signature.json", "SHA256SUMS"}
    assert names == {name for name in made.names if not name.startswith("attachments/")}
    with made.zip as content:
        content.extractall(tmp_path / "open")
    sums = [program("sha256sum"), "-c", "--quiet", "SHA256SUMS"]
    assert subprocess.run(sums, cwd=tmp_path / "open", check=False).returncode == 0
    changed = tmp_path / "changed.zip"
    with zipfile.ZipFile(made.path) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, text.replace(b"help", b"hell") if name == "json/tickets.ndjson" else text)
    assert check(changed).problems == ["json/tickets.ndjson is not as it was written."]


def test_a_manifest_that_somebody_made_anew_is_told_by_its_signature(desk: Desk, tmp_path: Path) -> None:
    """K13: with the operator's public key nobody needs to trust the file."""
    made = bundle(desk, tmp_path)
    trusted = keys.public(desk.site.state_dir)
    assert check(made.path, trusted).problems == []
    keys.make(tmp_path / "other")
    assert "not by" in check(made.path, keys.public(tmp_path / "other")).problems[0]
    forged = tmp_path / "forged.zip"
    text = made.text("manifest.json").replace('"complete": true', '"complete": false')
    sums = made.text("SHA256SUMS").replace(
        hashlib.sha256(made.zip.read("manifest.json")).hexdigest(), hashlib.sha256(text.encode()).hexdigest()
    )
    for is_signed in (True, False):
        with zipfile.ZipFile(forged, "w") as new:
            for name in made.names:
                if is_signed or name != "signature.json":
                    new.writestr(name, {"manifest.json": text, "SHA256SUMS": sums}.get(name, made.zip.read(name)))
        problem = check(forged, trusted).problems[-1]
        assert problem.startswith("manifest.json is not what the key" if is_signed else "It is not signed.")


def test_each_line_is_valid_by_the_schema_that_is_in_it(either: Desk, tmp_path: Path) -> None:
    made = bundle(either, tmp_path)
    schema = json.loads(made.text("schema.json"))
    valid = jsonschema.Draft202012Validator(schema)
    lines = [line for name in made.names if name.startswith("json/") for line in made.text(name).splitlines()]
    assert len(lines) > 20
    assert [line for line in lines if not valid.is_valid(json.loads(line))] == []
    assert not valid.is_valid({"table": "tblclients", "row": {"id": "5"}})


def test_no_cell_of_a_table_is_a_formula_and_numbers_stay_numbers(desk: Desk, tmp_path: Path) -> None:
    """K3, K4"""
    made = bundle(desk, tmp_path)
    (client,) = made.sheet("profile-tblclients")
    assert f"\t{FORMULA}" in client
    assert "-12.5" in made.sheet("invoices-tblinvoices")[0]
    assert "\t@SUM(1+1)" in made.sheet("invoices-tblinvoiceitems")[0]
    (ticket,) = made.sheet("tickets-tbltickets")
    assert f"\t{MESSAGE}" in ticket
    assert made.zip.read("csv/profile-tblclients.csv").startswith(b"\xef\xbb\xbf")


def test_cp932_is_used_where_it_holds_every_character_and_nothing_is_lost_elsewhere(desk: Desk, tmp_path: Path) -> None:
    """K4"""
    made = bundle(desk, tmp_path, encoding="cp932")
    told = {one["name"]: one.get("encoding") for one in made.manifest["files"]}
    assert told["csv/profile-tblcustomfieldsvalues.csv"] == "cp932"
    rows = list(csv.reader(io.StringIO(made.zip.read("csv/profile-tblcustomfieldsvalues.csv").decode("cp932"))))
    assert rows[1][-1] == "フリガナ"
    assert told["csv/profile-tblclients.csv"] == "utf-8"
    assert "山田 𠮷" in made.sheet("profile-tblclients")[0]


def test_consents_and_notices_that_kigen_noted_are_in_it_and_those_of_others_are_not(
    desk: Desk, tmp_path: Path
) -> None:  # fmt: skip
    said = {"purpose": "marketing", "notice": "consent-marketing@2", "language": "ja", "channel": "checkout"}
    when = "2026-05-01T10:00:00+09:00"
    told = [{"event": "consent_given", "client": client, "at": when, "data": said} for client in (CLIENT, OTHER)]
    desk.hear(*told)
    made = bundle(desk, tmp_path)
    (consent,) = made.rows("consents", "kigen_consents")
    assert (consent["client"], consent["purpose"], consent["act"]) == (str(CLIENT), "marketing", "given")
    assert consent["at"] == when
    assert (consent["notice"], consent["version"], consent["channel"]) == ("consent-marketing", 2, "checkout")
    (view,) = made.rows("consents", "kigen_notice_views")
    assert (view["client"], view["notice"], view["language"]) == (str(CLIENT), "consent-marketing", "ja")
    assert [row["id"] for row in made.rows("consents", "tblmarketing_consent")] == ["1"]


def test_a_bundle_to_take_along_has_only_what_the_client_gave_or_caused(desk: Desk, tmp_path: Path) -> None:
    """J11"""
    made = bundle(desk, tmp_path, BundleKind.PORTABILITY)
    assert made.manifest["kind"] == "portability"
    rows = {name: rows for name, rows in made.made.sections.items() if rows}
    assert rows == {
        "profile": 2, "contacts": 4, "services": 1, "domains": 1, "orders": 1, "invoices": 2, "transactions": 1,
        "tickets": 3, "messages": 1, "consents": 1,
    }  # fmt: skip
    (client,) = made.rows("profile", "tblclients")
    assert client["firstname"] == FORMULA
    assert "ip" not in client
    assert "admin" not in made.rows("tickets", "tblticketreplies")[0]
    assert "192.0.2.1" not in made.everything.decode(errors="replace")
    assert {"tblclients", "tblactivitylog"} <= {
        one["table"] for one in made.manifest["left_out"] if one["rule"] == "not-portable"
    }


def test_the_machine_s_own_programs_open_it(desk: Desk, tmp_path: Path) -> None:
    made = bundle(desk, tmp_path)
    unzip, jq = program("unzip"), program("jq")
    assert subprocess.run([unzip, "-tqq", str(made.path)], check=False).returncode == 0
    read = subprocess.run([unzip, "-p", str(made.path), "json/invoices.ndjson"], capture_output=True, check=True)
    found = subprocess.run([jq, "-r", "select(.table == \"tblinvoices\").row.total"], input=read.stdout,
                           capture_output=True, check=True)  # fmt: skip
    assert found.stdout == b"-12.5\n"


def test_an_archived_and_a_vanished_client_still_get_what_is_there(desk: Desk, tmp_path: Path) -> None:
    """K15"""
    desk.run("UPDATE tblclients SET status = 'Closed' WHERE id = 5")
    assert bundle(desk, tmp_path).made.sections["profile"] == 2
    desk.run("DELETE FROM tblclients WHERE id = 5")
    made = bundle(desk, tmp_path)
    assert (made.made.sections["profile"], made.made.sections["invoices"]) == (1, 2)
    with pytest.raises(ValueError, match="there is no client 99 on whmcs"):
        bundle(desk, tmp_path, client=99)


def test_a_contact_gets_what_is_its_own_and_nothing_of_the_company(either: Desk, tmp_path: Path) -> None:
    """G3"""
    either.put("tblcontacts", id=3, userid=CLIENT, firstname="Taro", email="taro@example.jp")
    either.put("tbltickets", id=30, tid="T-30", userid=CLIENT, contactid=3, title="mine", message="of Taro",
               status="Closed", date="2024-01-01 09:00:00", name="Taro", email="taro@example.jp")  # fmt: skip
    either.put("tblemails", id=31, userid=CLIENT, subject="both", message="x", to="taro@example.jp, hanako@example.jp",
               date="2024-01-01 09:00:00")  # fmt: skip
    with either.site.transaction() as connection:
        asked = {"source": "letter"}
        request = requests.open_request(either.site, connection, CLIENT, "access", either.site.now, None, asked, 3)
    made = bundle(either, tmp_path, contact=3)
    assert {name: rows for name, rows in made.made.sections.items() if rows} == {
        "contacts": 1, "tickets": 1, "messages": 1, "requests": 1, "recipients": 7,
    }  # fmt: skip
    assert made.rows("tickets")[0]["message"] == "of Taro"
    assert made.rows("messages")[0]["to"] is None
    text = made.everything.decode(errors="replace")
    assert [word for word in ("hanako@", "yamada@", "1000.1", *SECRETS, *OTHERS) if word in text] == []
    own = made.made.number
    whole = bundle(either, tmp_path).made.number
    with either.site.transaction() as connection:
        with pytest.raises(ValueError, match="is of all of client 5, which is not who asks"):
            requests.fulfil(either.site, connection, request, bundle=whole)
        requests.fulfil(either.site, connection, request, bundle=own)
    with pytest.raises(ValueError, match="client 5 has no contact 99"):
        bundle(either, tmp_path, contact=99)


def test_a_bundle_of_nobody_s_rows_is_a_bundle(desk: Desk, tmp_path: Path) -> None:
    """K1: no rows and one row."""
    desk.put("tblclients", id=50, datecreated="2024-01-01")
    made: Bundle = bundle(desk, tmp_path, client=50)
    assert {name: rows for name, rows in made.made.sections.items() if rows} == {
        "profile": 1, "requests": 1, "retention": 1, "recipients": 7, "automated-decisions": 1,
    }  # fmt: skip
    assert made.zip.read("csv/contacts-tblcontacts.csv").count(b"\n") == 1
    assert check(made.path).problems == []
