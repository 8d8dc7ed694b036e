"""A ledger file that lost its end, or all of it: what it proves is done again, and nobody is told that this is all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kigen.ledger import ledger_file
from kigen.work.replay import replay
from tests.work.billing import LATER, NOW, Billing
from tests.work.restores import Backup

WHAT_TO_DO = "Expected the file as it was: bring it back from its copy, then run 'kigen replay'."


@pytest.fixture
def three(either: Billing) -> Iterator[Billing]:
    """Clients 101 to 103 were erased, each in an entry of its own; then the backup of before came back."""
    either.live_client()
    for number in (101, 102, 103):
        either.idle_client(number)
    either.set(sweep__chunk=1)
    backup = Backup(either)
    assert either.sweep().acted == 3
    backup.restore()
    either.at(NOW + LATER)
    yield either
    backup.drop()


def told(billing: Billing, dry_run: bool = False) -> tuple[list[str], list[str]]:
    found = replay(billing.site, dry_run=dry_run).as_json("Asia/Tokyo")["findings"]
    return [one["code"] for one in found], [one["text"] for one in found]


def test_an_entry_that_is_cut_off_is_named_and_the_rest_is_erased(three: Billing) -> None:
    path = three.site.state_dir / ledger_file.NAME
    content = path.read_bytes()
    last = content.rindex(b'{"entry":')
    path.write_bytes(content[: last + 40])
    (three.site.state_dir / "last-run").unlink()  # as of a run that was killed before it wrote that down
    whole = content[:last].count(b'{"entry":')
    sentence = (
        f"Entry {whole + 1} of evidence was written and is cut off; the ledger file {path} ends with entry {whole} and"
        f" the database ends with entry 0: nobody can tell what was done in entry {whole + 1} and after it."
        f" {WHAT_TO_DO}"
    )
    assert told(three, dry_run=True) == (["evidence-lost"], [sentence])
    found = replay(three.site)
    assert found.as_json("Asia/Tokyo")["findings"][0]["text"] == sentence
    assert found.swept.done == {"delete": {"client": 2}}
    assert len(three.ids("tblclients")) == 2
    assert sentence[:-1] in three.last_run()["counts"].replace("\\", "")
    assert (three.site.state_dir / ledger_file.TORN).read_bytes() == content[last : last + 40] + b"\n"
    assert three.sweep(confirmed=False).stopped == "unconfirmed"


def test_a_file_that_ends_before_the_last_run_did_is_told(three: Billing) -> None:
    path = three.site.state_dir / ledger_file.NAME
    content = path.read_bytes()
    path.write_bytes(content[: content.rindex(b'{"entry":')])
    codes, texts = told(three, dry_run=True)
    assert codes == ["evidence-lost"]
    assert texts[0].startswith("The last run of this machine ended with entry ")
    found = replay(three.site)
    assert found.swept.done == {"delete": {"client": 2}}
    assert len(three.ids("tblclients")) == 2


@pytest.mark.parametrize(("how", "words"), [("unlink", "is missing"), ("empty", "is empty")])
@pytest.mark.parametrize("are_entries_noted", [True, False])
def test_a_file_that_is_gone_is_told_although_it_contradicts_nothing(
    three: Billing, how: str, words: str, are_entries_noted: bool
) -> None:
    path, noted = three.site.state_dir / ledger_file.NAME, three.site.state_dir / "last-run"
    path.unlink() if how == "unlink" else path.write_bytes(b"")
    if not are_entries_noted:
        noted.write_text(noted.read_text().split()[0])
    for dry_run in (True, False):
        codes, texts = told(three, dry_run)
        assert codes == ["evidence-lost"]
        assert texts[0].startswith("The last run of this machine ")
        assert f"the ledger file {path} {words} and the database ends with entry 0" in texts[0]
    assert three.ids("tblclients") == [1, 101, 102, 103]
    assert three.sweep(confirmed=False).stopped == "unconfirmed"


def test_a_file_that_is_whole_is_no_finding(three: Billing) -> None:
    assert told(three) == ([], [])
    assert three.ids("tblclients") == [1]
    assert told(three) == ([], [])
