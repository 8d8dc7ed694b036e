"""A head gets the time stamp of an authority after the run; one that is down, slow or talks nonsense blocks nothing."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import responses
from sqlalchemy import text

from kigen.ledger import evidence_read, settings, stamps, stamps_verify
from kigen.ledger.stamps import Stamp
from kigen.work import stamping
from kigen.work.lease import is_free
from tests.support.authority import Authority, make, running
from tests.work.billing import Billing

URL = "https://stamps.example.jp/tsa?token=t71"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with running(tmp_path_factory.mktemp("authority") / "tsa") as one:
        yield one


@pytest.fixture
def clients(either: Billing, authority: Authority) -> Billing:
    """Two orders to delete, and an authority that answers."""
    either.live_client()
    either.old_orders(10, 11)
    either.set(timestamp__url=authority.url, timestamp__certificates=str(authority.certificates))
    authority.asked.clear()
    return either


def stamped(billing: Billing) -> list[Stamp]:
    with billing.site.reading() as connection:
        return stamps.from_entries(connection)


def waiting(billing: Billing) -> int:
    with billing.site.reading() as connection:
        return stamps.waiting_since(connection)[0]


def verified(billing: Billing, certificates: Path) -> stamps_verify.Stamped:
    with billing.site.reading() as connection:
        return stamps_verify.verify(connection, str(certificates))


def later(billing: Billing, hour: int, *orders: int) -> Any:
    """The next run, with something more to do."""
    if orders:
        billing.old_orders(*orders)
    billing.at(billing.site.now.replace(hour=hour))
    return billing.sweep()


def test_a_run_has_its_head_stamped_and_any_tool_verifies_the_answer_n19(
    clients: Billing, authority: Authority, tmp_path: Path
) -> None:
    swept = clients.sweep()
    assert (swept.acted, swept.warnings) == (2, [])
    (stamp,) = stamped(clients)
    with clients.site.reading() as connection:
        head = evidence_read.last_head(connection)
    assert head is not None
    assert (stamp.hash, stamp.entries) == (head.hash, head.entries)
    assert verified(clients, authority.certificates) == stamps_verify.Stamped(good=1)
    (tmp_path / "head.tsr").write_bytes(stamp.answer)
    digest = hashlib.sha256(bytes.fromhex(head.hash)).hexdigest()
    answer = ("-in", tmp_path / "head.tsr", "-CAfile", authority.certificates)
    said = subprocess.run(["openssl", "ts", "-verify", "-digest", digest, *answer], capture_output=True, check=False)
    assert (said.returncode, said.stdout) == (0, b"Verification: OK\n")
    assert clients.ids("tblclients") == [1]  # who stays has no evidence


def test_nothing_but_the_digest_is_sent_n19(clients: Billing, authority: Authority) -> None:
    clients.sweep()
    (question,) = authority.asked
    (stamp,) = stamped(clients)
    digest = hashlib.sha256(bytes.fromhex(stamp.hash)).digest()
    before, after = question.split(digest)
    # A version, the name of SHA-256, a random number of at most 20 bytes and a wish for the certificate: no more fits.
    assert len(before) <= 24 and len(after) <= 26
    assert bytes.fromhex(stamp.hash) not in question
    assert set(authority.headers) == {
        "Host", "User-Agent", "Accept-Encoding", "Accept", "Connection", "Content-Type", "Content-Length",
    }  # fmt: skip
    assert authority.headers["User-Agent"] == "kigen"


def test_a_night_that_adds_nothing_asks_for_no_second_stamp(clients: Billing, authority: Authority) -> None:
    clients.sweep()
    later(clients, 5)
    assert len(clients.rows("kigen_heads")) == 2
    assert (len(authority.asked), len(stamped(clients)), waiting(clients)) == (1, 1, 0)


def test_without_an_authority_nobody_is_asked_and_nothing_is_said(clients: Billing, authority: Authority) -> None:
    clients.set(timestamp__url="")
    assert clients.sweep().warnings == []
    assert (authority.asked, stamped(clients)) == ([], [])


BAD: dict[str, dict[str, Any]] = {
    "down": {"body": requests.ConnectionError("refused")},
    "slow": {"body": requests.ReadTimeout("10 s")},
    "an error": {"status": 503},
    "moved": {"status": 302, "headers": {"Location": "https://elsewhere.example.jp"}},
    "a page": {"body": b"<html>Welcome</html>"},
    "nothing": {"body": b""},
    "a refusal": {"body": bytes.fromhex("30053003020102")},
    "endless": {"body": b"0" * (stamping.LARGEST + 1)},
}


@responses.activate
@pytest.mark.parametrize("how", BAD)
def test_an_authority_that_gives_no_stamp_blocks_nothing_and_is_told_once_n19(
    either: Billing, authority: Authority, how: str
) -> None:
    either.live_client()
    either.old_orders(10, 11)
    either.set(timestamp__url=URL, timestamp__certificates=str(authority.certificates))
    responses.add(responses.POST, URL, **BAD[how])
    swept = either.sweep()
    assert (swept.acted, swept.stopped, either.last_run()["outcome"]) == (2, None, "done")
    (warning,) = swept.warnings
    assert warning.startswith("heads of evidence have no time stamp: ")
    assert warning.endswith("; they wait, and the next run asks again")
    assert "t71" not in warning and "Welcome" not in warning
    assert (stamped(either), waiting(either)) == ([], 1)
    assert either.ids("tblclients") == [1]


def test_heads_that_waited_are_stamped_by_the_next_run_the_newest_first_n19(
    clients: Billing, authority: Authority
) -> None:
    with responses.RequestsMock() as down:
        down.add(responses.POST, authority.url, body=requests.ConnectionError("refused"))
        clients.sweep()
        later(clients, 5, 12)
        assert len(down.calls) == 2  # after one failure the others are not tried
    assert waiting(clients) == 2
    assert later(clients, 6, 13).warnings == []
    assert [one.entries for one in stamped(clients)] == [1, 2, 3]
    newest = hashlib.sha256(bytes.fromhex(stamped(clients)[-1].hash)).digest()
    assert newest in authority.asked[0]
    assert verified(clients, authority.certificates).good == 3


def test_an_answer_drop_by_drop_is_not_waited_for(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamping, "PATIENCE_SECONDS", -1)
    began = time.monotonic()
    with pytest.raises(ValueError, match="too much or too slowly"):
        stamping.ask(authority.url, (authority.folder / "query.tsq").read_bytes())
    assert time.monotonic() - began < 10


def test_neither_a_transaction_nor_the_lease_is_held_while_the_authority_is_asked(
    clients: Billing, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []
    real = stamping.ask

    def looking(url: str, question: bytes) -> bytes:
        with clients.site.engine.connect() as connection:
            seen.append(is_free(connection, clients.site))
            if connection.dialect.name == "mysql":
                seen.append(connection.scalar(text("SELECT COUNT(*) = 0 FROM information_schema.innodb_trx")))
        with clients.site.transaction() as connection:  # another writer gets through, on SQLite as well
            settings.write_note(connection, "another writer", "was here")
        return real(url, question)

    monkeypatch.setattr(stamping, "ask", looking)
    assert clients.sweep().warnings == []
    assert len(stamped(clients)) == 1
    assert seen and all(seen)


def test_without_certificates_no_answer_is_trusted_and_nobody_is_asked(clients: Billing, authority: Authority) -> None:
    clients.set(timestamp__certificates="")
    (warning,) = clients.sweep().warnings
    assert "timestamp.certificates is blank" in warning
    assert (authority.asked, stamped(clients)) == ([], [])


def test_a_stranger_is_no_authority(clients: Billing, authority: Authority, tmp_path: Path) -> None:
    make(tmp_path / "other")
    clients.set(timestamp__certificates=str(tmp_path / "other" / "ca.pem"))
    (warning,) = clients.sweep().warnings
    assert "not signed under the certificates of timestamp.certificates" in warning
    assert (len(authority.asked), stamped(clients)) == (1, [])


def test_the_answer_to_an_earlier_question_is_not_taken(clients: Billing, authority: Authority) -> None:
    clients.sweep()
    (stamp,) = stamped(clients)
    clients.run("DELETE FROM kigen_stamps")
    with responses.RequestsMock() as replayed:
        replayed.add(responses.POST, authority.url, body=stamp.answer)
        clients.at(clients.site.now.replace(hour=5))
        (warning,) = clients.sweep().warnings
    assert "answers another question" in warning
    assert stamped(clients) == []


def test_without_the_extra_a_run_says_so_in_one_sentence_and_fails_nothing(
    clients: Billing, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)
    swept = clients.sweep()
    assert (swept.acted, swept.stopped) == (2, None)
    assert swept.warnings == [
        "heads of evidence have no time stamp: the extra 'timestamp' is not installed;"
        " expected pip install 'kigen[timestamp]'; they wait, and the next run asks again"
    ]
    assert authority.asked == []
