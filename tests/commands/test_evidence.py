"""`kigen evidence`: what verify, head, certificate and check say and how they end, on a good chain and on bad ones."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from kigen.ledger import evidence, keys, ledger_file
from kigen.ledger.tables_evidence import chain, heads, leaves
from kigen.ledger.tables_evidence import evidence as entries
from kigen.policy.records import Kind
from tests.commands.installation import Installation, run

AT = dt.datetime(2024, 3, 31, 15, 0, tzinfo=dt.UTC)
DUE = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def state(here: Installation) -> Path:
    return here.folder / "kigen-state"


def write(here: Installation, first: int, count: int = 3, sign: bool = False, to_file: bool = True) -> None:
    """What a run leaves behind: an entry about so many orders, in the file too, and a head at its end."""
    done = {(Kind.ORDER, "order.delete-cancelled"): [(first + n, DUE) for n in range(count)]}
    with here.engine.begin() as connection:
        told = evidence.append(connection, "whmcs", 1, "ops", "delete", AT, done)
        signed = [evidence.sign_head(connection, keys.private(state(here)), AT)] if sign else []
    if to_file:
        with here.engine.connect() as connection:
            ledger_file.append(state(here), connection, told, signed)


@pytest.fixture
def kept(here: Installation) -> Installation:
    """Three entries about nine orders, signed."""
    for number, first in enumerate((10, 20, 30)):
        write(here, first, sign=number == 2)
    return here


def test_init_makes_the_key_once(here: Installation) -> None:
    first = (state(here) / keys.PRIVATE).read_bytes()
    assert run("init", "--config", str(here.config)).status == 0
    assert (state(here) / keys.PRIVATE).read_bytes() == first


def test_init_makes_no_second_key_where_evidence_was_signed_with_one_that_is_lost(kept: Installation) -> None:
    (state(kept) / keys.PRIVATE).unlink()
    said = run("init", "--config", str(kept.config))
    assert said.status == 2
    assert "restore it with 'kigen keys restore'" in said.sentence
    assert not (state(kept) / keys.PRIVATE).exists()


def test_verify_counts_what_is_good(anywhere: Installation) -> None:
    assert anywhere.run("evidence", "verify", "--json").document["entries"] == 0
    for number, first in enumerate((10, 20, 30)):
        write(anywhere, first, sign=number == 1)
    said = anywhere.run("evidence", "verify", "--json")
    assert said.status == 0, said.err
    told = said.document
    assert (told["entries"], told["ok"], told["first_bad"]) == (3, True, None)
    assert (told["records"], told["signed"], told["file"]["state"]) == (9, 2, "agree")
    lines = anywhere.run("evidence", "verify").out.splitlines()
    assert lines == [
        "The database: 3 entries about 9 records are as they were written.",
        "The ledger file ends where the database does.",
        "1 of these came after the last signed head; the next run signs them.",
    ]


def test_verify_names_the_first_bad_entry_and_ends_with_a_finding(kept: Installation) -> None:
    with kept.engine.begin() as connection:
        connection.execute(update(entries).where(entries.c.seq == 2).values(actor="nobody"))
    said = kept.run("evidence", "verify", "--json")
    assert said.status == 1
    told = said.document
    assert (told["entries"], told["ok"], told["first_bad"]) == (1, False, 2)
    assert told["problem"] == "entry 2 says something else than when it was written"
    assert told["file"]["ok"] is True
    assert "entry 2 says something else" in kept.run("evidence", "verify").out


def test_verify_finds_an_end_that_was_cut_off_with_the_head_over_it(kept: Installation) -> None:
    with kept.engine.begin() as connection:
        (last,) = connection.execute(entries.select().where(entries.c.seq == 1)).all()
        connection.execute(delete(entries).where(entries.c.seq > 1))
        connection.execute(delete(leaves).where(leaves.c.entry > 1))
        connection.execute(delete(heads))
        connection.execute(update(chain).values(seq=1, hash=last.hash))
    said = kept.run("evidence", "verify", "--json")
    assert said.status == 1
    assert (said.document["first_bad"], said.document["file"]["state"]) == (2, "file-ahead")
    assert "an older database was put back" in kept.run("evidence", "verify").out


def test_verify_finds_a_ledger_file_that_was_tampered_with(kept: Installation) -> None:
    path = state(kept) / ledger_file.NAME
    path.write_bytes(path.read_bytes().replace(b"[20,", b"[25,"))
    said = kept.run("evidence", "verify", "--json")
    assert (said.status, said.document["first_bad"], said.document["entries"]) == (1, 2, 3)
    assert said.document["file"]["problem"] == "the records of entry 2 are not those that it was written about"


def test_verify_can_start_at_a_signed_head(kept: Installation) -> None:
    write(kept, 40)
    with kept.engine.begin() as connection:
        connection.execute(update(entries).where(entries.c.seq == 2).values(actor="nobody"))
    told = kept.run("evidence", "verify", "--from", "4", "--json")
    assert (told.status, told.document["entries"], told.document["records"]) == (0, 1, 3)
    assert kept.run("evidence", "verify", "--from", "3", "--json").document["first_bad"] == 2


def test_a_partial_verification_claims_nothing_about_what_came_before_n13(kept: Installation) -> None:
    write(kept, 40)
    with kept.engine.begin() as connection:
        connection.execute(update(leaves).where(leaves.c.entry == 1).values(salts=b"other"))
    said = kept.run("evidence", "verify", "--from", "4", "--json")
    assert (said.status, said.document["after"], said.document["signed"]) == (0, 3, 3)
    assert kept.run("evidence", "verify", "--from", "4").out.splitlines()[0] == (
        "The database: 1 entries from entry 4 on about 3 records are as they were written."
        " Entries 1 to 3 were not looked at."
    )
    whole = kept.run("evidence", "verify", "--json")
    assert (whole.status, whole.document["first_bad"], whole.document["entries"]) == (1, 1, 0)


def test_a_partial_verification_trusts_no_head_that_is_not_signed_n13(kept: Installation) -> None:
    write(kept, 40)
    with kept.engine.begin() as connection:
        connection.execute(update(heads).values(signature="ab" * 64))
    said = kept.run("evidence", "verify", "--from", "4")
    assert said.status != 0
    assert "is not signed by the key" in said.err + said.out


def test_a_partial_verification_finds_what_was_changed_after_the_head_n13(kept: Installation) -> None:
    write(kept, 40)
    with kept.engine.begin() as connection:
        connection.execute(update(leaves).where(leaves.c.entry == 4).values(salts=b"other"))
    said = kept.run("evidence", "verify", "--from", "4", "--json")
    assert (said.status, said.document["first_bad"], said.document["entries"]) == (1, 4, 0)


def test_a_ledger_file_that_lacks_entries_is_no_finding_since_the_next_run_adds_them(kept: Installation) -> None:
    write(kept, 40, to_file=False)
    said = kept.run("evidence", "verify", "--json")
    assert (said.status, said.document["ok"], said.document["file"]["state"]) == (0, True, "database-ahead")
    assert "lacks entries 4 to 4" in said.document["file"]["text"]


def test_head_shows_what_was_signed_and_can_sign(here: Installation) -> None:
    said = here.run("evidence", "head", "--json")
    assert (said.status, said.document["entries"], said.document["head"]) == (0, 0, None)
    write(here, 10)
    assert "no head has been signed" in here.run("evidence", "head").out
    told = here.run("evidence", "head", "--sign", "--json").document
    assert (told["entries"], told["ok"], told["first_bad"], told["head"]["entries"]) == (1, True, None, 1)
    assert b'{"head":{' in (state(here) / ledger_file.NAME).read_bytes()
    write(here, 20)
    assert "1 entries came after it." in here.run("evidence", "head").out
    assert here.run("evidence", "verify").status == 0


def test_a_head_that_does_not_fit_is_a_finding(kept: Installation) -> None:
    with kept.engine.begin() as connection:
        connection.execute(update(heads).values(hash="ab" * 32))
    said = kept.run("evidence", "head", "--json")
    assert (said.status, said.document["ok"], said.document["first_bad"]) == (1, False, 3)


def test_a_certificate_is_written_and_checks_out_here(anywhere: Installation, tmp_path: Path) -> None:
    write(anywhere, 20, sign=True)
    file = tmp_path / "certificate.json"
    made = anywhere.run("evidence", "certificate", "order", "21", "--out", str(file), "--json")
    assert made.status == 0, made.err
    said = anywhere.run("evidence", "check", str(file), "--json")
    assert said.status == 0, said.err
    for told in (made.document, said.document):
        assert (told["entries"], told["ok"], told["first_bad"], told["trusted"]) == (1, True, None, True)
        assert told["leaf"] == {
            "action": "delete", "due": "2020-01-01T00:00:00Z", "host": "whmcs", "id": "21", "kind": "order",
            "rule": "order.delete-cancelled",
        }  # fmt: skip
    first, second, _ = anywhere.run("evidence", "check", str(file)).out.splitlines()
    assert first == (
        f"{file} is good. It proves: order 21 on whmcs was deleted on 2024-04-01 00:00, by the rule"
        " order.delete-cancelled (due 2020-01-01 09:00)."
    )
    assert second.endswith("(Asia/Tokyo); nothing in it was changed since.")
    first, *_ = anywhere.run("evidence", "check", str(file), "--lang", "ja").out.splitlines()
    assert first == (
        f"{file} は有効な証明書です。whmcs の注文 21が、規則 order.delete-cancelled により 2024-04-01 00:00"
        " に削除されたことを証明します（期日 2020-01-01 09:00）。"
    )


def test_a_certificate_signs_a_head_where_none_covers_its_entry(here: Installation, tmp_path: Path) -> None:
    write(here, 20)
    file = tmp_path / "certificate.json"
    assert here.run("evidence", "certificate", "order", "21", "--out", str(file)).status == 0
    assert here.run("evidence", "verify", "--json").document["signed"] == 1
    assert here.run("evidence", "check", str(file)).status == 0


def test_a_record_without_evidence_gets_no_certificate(kept: Installation, tmp_path: Path) -> None:
    file = tmp_path / "certificate.json"
    said = kept.run("evidence", "certificate", "order", "13", "--out", str(file))
    assert said.status == 2
    assert "there is no evidence about order:13" in said.sentence
    assert not file.exists()


def certificate(kept: Installation, folder: Path) -> Path:
    file = folder / "certificate.json"
    assert kept.run("evidence", "certificate", "order", "21", "--out", str(file)).status == 0
    return file


def test_a_certificate_checks_out_elsewhere_with_the_public_key_alone(
    kept: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, key = certificate(kept, tmp_path), state(kept) / keys.PUBLIC
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for path in (file, key):
        (elsewhere / path.name).write_bytes(path.read_bytes())
    monkeypatch.chdir(elsewhere)
    said = run("evidence", "check", "certificate.json", "--key", "evidence.pub", "--json")
    assert (said.status, said.document["ok"], said.document["trusted"]) == (0, True, True)
    assert said.err == ""


def test_a_certificate_without_a_key_to_trust_asks_for_a_comparison(
    kept: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = certificate(kept, tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    said = run("evidence", "check", str(file), "--json")
    assert (said.status, said.document["ok"], said.document["trusted"]) == (1, True, False)
    assert f"compare {keys.name(keys.public(state(kept)))} with" in said.sentence


def test_a_certificate_that_was_changed_is_a_finding(kept: Installation, tmp_path: Path) -> None:
    file = certificate(kept, tmp_path)
    document = json.loads(file.read_text(encoding="utf-8"))
    document["leaf"]["id"] = "22"
    file.write_text(json.dumps(document), encoding="utf-8")
    said = kept.run("evidence", "check", str(file), "--json")
    assert (said.status, said.document["ok"]) == (1, False)
    assert said.document["problem"] == "the record is not among those that the entry is about"
    assert said.document["part"] == "leaf"
    assert kept.run("evidence", "check", str(file)).out == (
        f"{file} is not good and proves nothing. At fault: what it says of the record; the record is not among those"
        " that the entry is about.\n"
    )
    assert "問題の箇所：記録の内容（" in kept.run("evidence", "check", str(file), "--lang", "ja").out
    file.write_bytes(b"\xff\xfe")
    assert kept.run("evidence", "check", str(file), "--json").document["ok"] is False


def test_a_certificate_of_another_key_is_a_finding(kept: Installation, tmp_path: Path) -> None:
    file = certificate(kept, tmp_path)
    keys.make(tmp_path)
    said = kept.run("evidence", "check", str(file), "--key", str(tmp_path / keys.PUBLIC), "--json")
    assert (said.status, said.document["ok"]) == (1, False)
    assert said.document["problem"].startswith("the certificate is signed by the key")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "nothing.json"], "the certificate nothing.json cannot be read: No such file or directory"),
        (["check", "kigen.toml", "--key", "kigen.toml"], "kigen.toml is no public Ed25519 key in PEM"),
        (["certificate", "order", "21"], "Missing option '--out'"),
        (["certificate", "cat", "21", "--out", "x"], "'cat' is not one of"),
        (["verify", "--from", "0"], "0 is not in the range"),
    ],
)
def test_wrong_use_is_told_in_a_sentence(
    kept: Installation, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(kept.folder)
    told = kept.run("evidence", *arguments)
    assert told.status == 2
    assert said in told.sentence


def test_a_state_folder_without_the_key_is_told_before_anything_is_verified(kept: Installation) -> None:
    (state(kept) / keys.PUBLIC).unlink()
    said = kept.run("evidence", "verify")
    assert said.status == 2
    assert "evidence.pub is missing; expected" in said.sentence and "'kigen init' writes it again" in said.sentence
