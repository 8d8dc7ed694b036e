"""`kigen export` and `kigen bundle` as an operator types them: what they say, how they end, what they refuse."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tests.commands.installation import Installation

CLIENT = "3"


def made(here: Installation, tmp_path: Path, *more: str) -> dict[str, object]:
    said = here.run("export", CLIENT, "--out", str(tmp_path / "out.zip"), "--json", *more)
    assert said.status == 0, said.err
    return dict(said.document)


def test_it_says_where_the_file_is_and_how_many_rows_each_section_has(here: Installation, tmp_path: Path) -> None:
    told = made(here, tmp_path)
    assert told["file"] == str(tmp_path / "out.zip")
    assert told["bytes"] == (tmp_path / "out.zip").stat().st_size
    sections = told["sections"]
    assert isinstance(sections, dict)
    assert (sections["profile"], sections["orders"], sections["services"], sections["contacts"]) == (1, 1, 1, 0)
    assert (told["bundle"], told["complete"], told["expires"]) == (1, True, "2024-04-15T00:00:00+09:00")
    said = here.run("export", CLIENT, "--out", str(tmp_path / "again.zip"))
    assert f"Bundle 2: {tmp_path / 'again.zip'}, " in said.out
    assert here.run("bundle", "check", str(tmp_path / "out.zip")).status == 0


def test_the_page_is_in_the_language_of_the_client_unless_another_is_asked_for(
    here: Installation, tmp_path: Path
) -> None:
    with here.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE tblclients SET language = 'japanese' WHERE id = 3")
    made(here, tmp_path)
    assert '<html lang="ja">' in zipfile.ZipFile(tmp_path / "out.zip").read("report.html").decode()
    made(here, tmp_path, "--language", "en")
    assert '<html lang="en">' in zipfile.ZipFile(tmp_path / "out.zip").read("report.html").decode()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["99", "--out", "{t}/x.zip"], "kigen: there is no client 99 on whmcs, and no request of one of that number"),
        (["3", "--out", "{t}/none/x.zip"], "kigen: --out: there is no folder {t}/none; make it first"),
        (["3", "--out", "{t}/x.zip", "--passphrase-file", "{t}/none"],
         "kigen: the passphrase file {t}/none cannot be read: No such file or directory"),
        (["3", "--out", "{t}/x.zip", "--passphrase-file", "{t}/short"],
         "kigen: the passphrase has 5 characters; expected 12 or more"),
        (["3", "--out", "{t}/x.zip", "--recipient", "nobody"],
         "kigen: --recipient is no public key of age; expected one such as age1… or ssh-ed25519 …"),
        (["3", "--out", "{t}/x.zip", "--recipient", "a", "--passphrase-file", "{t}/short"],
         "kigen: a bundle is encrypted either with --recipient or with --passphrase-file, not with both"),
    ],
    ids=["nobody", "no folder", "no passphrase file", "a short passphrase", "no key", "both"],
)  # fmt: skip
def test_a_wrong_use_is_one_sentence_and_leaves_nothing(
    here: Installation, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    (tmp_path / "short").write_text("short", encoding="utf-8")
    (tmp_path / "short").chmod(0o600)
    before = sorted(tmp_path.iterdir())
    said = here.run("export", *(one.format(t=tmp_path) for one in arguments))
    assert (said.status, said.sentence, said.out) == (2, sentence.format(t=tmp_path), "")
    assert [path for path in sorted(tmp_path.iterdir()) if path not in before and path.suffix != ".lock"] == []


def test_an_incomplete_bundle_ends_with_a_finding_and_names_the_part(here: Installation, tmp_path: Path) -> None:
    with here.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO tbltickets (id, tid, userid, title, status, date, attachment)"
            " VALUES (1, 'T', 3, 'x', 'Closed', '2024-01-01 00:00:00', 'a.pdf')"
        )
    said = here.run("export", CLIENT, "--out", str(tmp_path / "out.zip"))
    assert said.status == 1
    assert said.sentence.startswith("kigen: the bundle is incomplete: rows name 1 files, and nobody has said")
    (listed,) = here.run("bundle", "list", "--json").document
    assert (listed["state"], len(listed["problems"])) == ("incomplete", 1)


def test_bundles_are_listed_linked_to_and_removed(here: Installation, tmp_path: Path) -> None:
    told = made(here, tmp_path)
    (listed,) = here.run("bundle", "list", "--client", CLIENT, "--json").document
    assert (listed["sha256"], listed["files"]) == (told["sha256"], [told["file"]])
    assert here.run("bundle", "list", "--client", "2", "--json").document == []
    token = here.run("bundle", "link", "1").out.strip()
    assert len(token) == 43
    assert here.run("bundle", "remove", "1").out == "Bundle 1 is deleted.\n"
    assert not (tmp_path / "out.zip").exists()
    again = here.run("bundle", "remove", "1")
    assert (again.status, again.sentence) == (2, "kigen: the file of bundle 1 is gone already")
    assert here.run("bundle", "link", "1").status == 2
    assert here.run("bundle", "remove", "7").sentence == "kigen: there is no bundle 7; 'kigen bundle list' shows them"


def test_a_request_says_which_bundle_answered_it(here: Installation, tmp_path: Path) -> None:
    here.run("request", "open", "--client", CLIENT, "--right", "access")
    made(here, tmp_path)
    said = here.run("request", "fulfil", "1", "--bundle", "1", "--json")
    assert (said.document["state"], said.document["bundles"]) == ("fulfilled", [1])
    assert "Answered with bundle 1." in here.run("request", "show", "1").out
    refused = here.run("request", "fulfil", "1", "--bundle", "9")
    assert refused.status == 2


def test_what_is_no_bundle_is_one_sentence(here: Installation, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"nothing")
    said = here.run("bundle", "check", str(tmp_path / "x.zip"))
    assert (said.status, said.sentence) == (
        2, f"kigen: {tmp_path / 'x.zip'} is no bundle; expected a ZIP of 'kigen export', decrypted and in one piece",
    )  # fmt: skip
    made(here, tmp_path)
    with zipfile.ZipFile(tmp_path / "out.zip", "a") as content:
        content.writestr("csv/more.csv", "x")
    said = here.run("bundle", "check", str(tmp_path / "out.zip"), "--json")
    assert (said.status, json.loads(said.out)["problems"]) == (1, ["csv/more.csv is in no list of what was written."])


def test_a_check_says_whether_the_operator_signed_the_bundle(here: Installation, tmp_path: Path) -> None:
    made(here, tmp_path)
    file = str(tmp_path / "out.zip")
    (public,) = tmp_path.rglob("evidence.pub")
    assert "--key tells whether the operator signed them" in here.run("bundle", "check", file).out
    assert "signed them." in here.run("bundle", "check", file, "--key", str(public)).out
    signer = here.run("bundle", "check", file, "--key", str(public), "--json").document["signer"]
    assert f"the key {signer} signed them" in here.run("bundle", "check", file, "--key", str(public)).out
