"""`kigen frozen`: what the law keeps is found and shown, every showing is noted first, and pages are not left about."""

from __future__ import annotations

import hashlib
import stat

import pytest
from sqlalchemy import text

from kigen.ledger import frozen, holds, keys_store, maskings
from kigen.ledger.maskings import Masking
from kigen.policy.records import Kind
from tests.commands.installation import Installation
from tests.ledger.papers_made import AT, INVOICE, document, ends, other


@pytest.fixture
def kept(anywhere: Installation) -> Installation:
    """Invoices 30 and 31 are frozen; nobody knows when the floor of the second ends."""
    keys = keys_store.read(anywhere.folder / "kigen-state")
    with anywhere.engine.begin() as connection:
        frozen.freeze(connection, keys, [INVOICE, other(31, client=8, parties=())], [document(INVOICE)], ends(), AT)
    return anywhere


def views(kept: Installation) -> list[tuple[int, str, str]]:
    return [(one["document"], one["by"], one["part"]) for one in kept.run("frozen", "views", "--json").document]


def test_a_search_tells_what_stands_in_the_open_and_opens_nothing(kept: Installation) -> None:
    (found,) = kept.run("frozen", "search", "--party", "（株）ヤマダ", "--json").document
    assert found == {
        "document": 1, "record": "invoice:30", "client": 7, "number": "2019-0030", "issued": "2019-05-20",
        "amount": "11000", "currency": "JPY", "until": "2027-06-02T00:00:00+09:00",
        "frozen": "2026-03-01T12:00:00+09:00",
    }  # fmt: skip
    assert views(kept) == []


def test_conditions_are_put_together(kept: Installation) -> None:
    wanted = ("frozen", "search", "--from", "2019-05-20", "--until", "2019-05-20", "--amount-min", "11000", "--json")
    assert len(kept.run(*wanted, "--amount-max", "11000", "--currency", "jpy").document) == 2
    assert [one["record"] for one in kept.run(*wanted, "--party", "client:8").document] == ["invoice:31"]
    assert kept.run(*wanted, "--amount-max", "10999").document == []


def test_a_table_for_people_says_where_nobody_knows_the_end(kept: Installation) -> None:
    said = kept.run("frozen", "search")
    assert said.status == 0
    assert "nobody knows" in said.out and "2027-06-02" in said.out


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--from", "20.5.2019", "expected a date such as 2026-01-31"),
        ("--until", "2019-02-30", "expected a date such as 2026-01-31"),
        ("--amount-min", "much", "expected an amount such as 11000 or 99.50"),
    ],
)
def test_what_is_no_date_or_amount_is_told(kept: Installation, option: str, value: str, sentence: str) -> None:
    said = kept.run("frozen", "search", option, value)
    assert said.status == 2 and sentence in said.sentence


def test_a_document_is_shown_with_its_digests_and_the_showing_is_noted(kept: Installation) -> None:
    told = kept.run("--actor", "auditor", "frozen", "show", "1", "--json").document
    assert (told["number"], told["parties"][0], told["total"]) == ("2019-0030", "太郎 山田", "11000")
    assert told["sha256"].keys() == {"data", "page"}
    assert "山田 太郎" in kept.run("--actor", "staff", "frozen", "show", "1").out
    assert views(kept) == [(1, "auditor", "data"), (1, "staff", "data")]
    assert kept.run("frozen", "views", "2", "--json").document == []


def test_a_page_goes_into_a_new_file_for_its_reader_alone(kept: Installation) -> None:
    page = kept.folder / "page.html"
    told = kept.run("--actor", "auditor", "frozen", "show", "1", "--html", str(page), "--json").document
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert hashlib.sha256(page.read_bytes()).hexdigest() == told["sha256"]["page"]
    said = kept.run("frozen", "show", "1", "--html", str(page))
    assert said.status == 2 and "is not overwritten" in said.sentence
    assert views(kept) == [(1, "auditor", "page")], "What was refused showed nothing."


def test_what_cannot_be_noted_is_not_shown(kept: Installation) -> None:
    with kept.engine.begin() as connection:
        connection.execute(text("ALTER TABLE kigen_frozen_views RENAME COLUMN actor TO former"))
    said = kept.run("frozen", "show", "1")
    assert said.status != 0
    assert "山田" not in said.out + said.err


def test_a_changed_row_another_key_and_no_document_are_one_sentence_each(kept: Installation) -> None:
    assert "there is no frozen document 9" in kept.run("frozen", "show", "9").sentence
    with kept.engine.begin() as connection:
        connection.execute(text("UPDATE kigen_frozen SET content = page WHERE record = 31"))
    said = kept.run("frozen", "show", "2")
    assert said.status == 2 and "was changed in the database" in said.sentence
    (kept.folder / "kigen-state" / "store.key").write_text("ab" * 32)
    assert "was locked with the key" in kept.run("frozen", "show", "1").sentence
    found = kept.run("doctor", "--quick", "--json").document["findings"]
    assert {one["code"]: one["level"] for one in found}["frozen-key"] == "error"
    assert views(kept) == []


def test_doctor_counts_documents_whose_end_nobody_knows(kept: Installation) -> None:
    found = {one["code"]: one for one in kept.run("doctor", "--quick", "--json").document["findings"]}
    assert found["frozen-endless"]["level"] == "warning"
    assert "without a date that can be read: 1." in found["frozen-endless"]["text"]


def test_doctor_tells_what_a_hold_keeps_beyond_its_floor(kept: Installation) -> None:
    with kept.engine.begin() as connection:
        connection.execute(text("UPDATE kigen_frozen SET until = '2020-01-01 00:00:00' WHERE record = 30"))
        holds.place(connection, 8, None, "court", None, AT, "ops")
    codes = [one["code"] for one in kept.run("doctor", "--quick", "--json").document["findings"]]
    assert "frozen-kept-back" not in codes, "What is over and kept by nothing goes with the next run."
    with kept.engine.begin() as connection:
        holds.place(connection, 7, None, "court", None, AT, "ops")
    found = {one["code"]: one for one in kept.run("doctor", "--quick", "--json").document["findings"]}
    assert found["frozen-kept-back"]["level"] == "note"
    assert "a hold or an open request keeps: 1;" in found["frozen-kept-back"]["text"]


def test_the_log_of_maskings_is_listed_by_client_and_names_columns_never_values(here: Installation) -> None:
    keys = keys_store.read(here.folder / "kigen-state")
    done = [
        Masking((Kind.INVOICE, 30), "2019-0030", 7, ("tblinvoices.notes",), ("floor",)),
        Masking((Kind.CLIENT, 8), "", 8, ("tblclients.email", "tblclients.phonenumber"), ("floor", "unpaid-invoice")),
    ]
    with here.engine.begin() as connection:
        maskings.write(connection, keys, "whmcs", done, AT, "officer", 5)
    (one,) = here.run("frozen", "maskings", "--party", "8", "--json").document
    assert one == {
        "at": "2026-03-01T12:00:00+09:00", "record": "client:8", "number": "", "party": one["party"],
        "fields": ["tblclients.email", "tblclients.phonenumber"], "reasons": ["floor", "unpaid-invoice"],
        "by": "officer", "run": 5,
    }  # fmt: skip
    assert len(one["party"]) == 64
    said = here.run("frozen", "maskings").out
    assert "tblinvoices.notes" in said and "2019-0030" in said


def test_a_search_whose_first_day_is_after_its_last_is_wrong_use(kept: Installation) -> None:
    said = kept.run("frozen", "search", "--from", "2020-01-02", "--until", "2020-01-01")
    assert said.status == 2
    assert said.sentence.endswith("--from 2020-01-02 is later than --until 2020-01-01; expected the earlier day first")
    assert kept.run("frozen", "search", "--from", "2020-01-01", "--until", "2020-01-01").status == 0


def test_maskings_name_a_client_as_a_search_does(kept: Installation) -> None:
    plain = kept.run("frozen", "maskings", "--party", "7", "--json")
    assert plain.status == 0 and kept.run("frozen", "maskings", "--party", "client:7", "--json").out == plain.out
    said = kept.run("frozen", "maskings", "--party", "order:7")
    assert said.status == 2 and "expected a client's number" in said.err
