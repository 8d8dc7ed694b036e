"""What is remembered of bundles, how long their files are kept, and how a client gets at its own (K11, B7)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from kigen.ledger import bundle_links, bundles, inbox, settings
from kigen.work import desk as requests
from kigen.work.export.content import Wanted
from kigen.work.export.keep import remove_ended
from kigen.work.export.links import make_link, open_link
from kigen.work.export.make import export
from tests.cases.desk import Desk
from tests.export.opened import CLIENT, OTHER, bundle


def removed(desk: Desk) -> list[str]:
    with desk.site.engine.connect() as connection:
        return remove_ended(connection, desk.site)


def told(desk: Desk, number: int = 1) -> tuple[str, str | None]:
    with desk.site.reading() as connection:
        row = bundles.get(connection, number)
        assert row is not None
        return row.state, row.gone_why


def outcomes(desk: Desk, client: int) -> list[str]:
    with desk.site.reading() as connection:
        return [row.outcome for row in bundle_links.fetched(connection, client)]


def test_who_made_which_bundle_for_whom_is_remembered_without_what_is_in_it(desk: Desk, tmp_path: Path) -> None:
    made = bundle(desk, tmp_path).made
    with desk.site.reading() as connection:
        row = bundles.get(connection, made.number)
    assert row is not None
    assert (row.client, row.kind, row.made_by, row.state) == (CLIENT, "access", "tests", "whole")
    assert (row.size, row.digest, row.made_at) == (made.size, made.sha256, desk.site.now)
    assert row.expires_at == desk.site.now + timedelta(days=14)
    assert "yamada" not in repr(row)


def test_a_file_goes_when_its_term_is_over_and_not_before(desk: Desk, tmp_path: Path) -> None:
    made = bundle(desk, tmp_path)
    desk.move_to("2026-06-15 11:59")
    assert removed(desk) == []
    assert made.path.exists()
    desk.move_to("2026-06-15 12:00")
    assert removed(desk) == []
    assert not made.path.exists()
    assert told(desk) == ("gone", "expired")
    assert desk.rows("tblclients") == [CLIENT, OTHER]


def test_another_file_at_its_place_is_left_alone(desk: Desk, tmp_path: Path) -> None:
    made = bundle(desk, tmp_path)
    made.path.write_bytes(b"x" * made.made.size)
    desk.move_to("2026-06-15 12:00")
    removed(desk)
    assert made.path.exists()
    assert told(desk) == ("gone", "not-there")


def test_what_a_killed_process_left_of_one_goes_after_a_day(desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "bundle.zip"
    left, others = tmp_path / ".bundle.zip.123.1.part", tmp_path / ".other.zip.123.1.part"
    left.touch()
    others.touch()
    with desk.site.transaction() as connection:
        bundles.begin(connection, CLIENT, "access", "en", desk.site.now, "tests", str(out))
    removed(desk)
    assert (left.exists(), others.exists()) == (False, True)
    assert told(desk)[0] == "gone"


def test_a_client_that_is_deleted_takes_its_bundles_along_in_the_same_run(desk: Desk, tmp_path: Path) -> None:
    """The other client's bundle stays, and so does the word that there was one."""
    desk.put("tblclients", id=60, email="gone@example.jp", datecreated="2015-01-01", status="Active")
    going = export(desk.site, Wanted(60), tmp_path / "going.zip")
    staying = export(desk.site, Wanted(OTHER), tmp_path / "staying.zip")
    link = make_link(desk.site, going.number)
    desk.run("UPDATE tblclients SET status = 'Active', datecreated = '2026-05-30' WHERE id = 6")
    desk.reconcile()
    swept = desk.sweep()
    assert 60 not in desk.rows("tblclients")
    assert not going.files[0].exists()
    assert staying.files[0].exists()
    assert told(desk, going.number) == ("gone", "client-erased")
    assert open_link(desk.site, link, 60) is None
    assert swept.warnings == []


def test_a_link_opens_once_for_its_own_account_and_every_try_is_noted(either: Desk, tmp_path: Path) -> None:
    made = bundle(either, tmp_path)
    token = make_link(either.site, 1)
    with either.site.reading() as connection:
        stored = connection.exec_driver_sql("SELECT token FROM kigen_bundle_links").scalar_one()
    assert token not in stored
    assert open_link(either.site, token, OTHER) is None
    assert open_link(either.site, "guessed", CLIENT) is None
    assert open_link(either.site, token, CLIENT) == [made.path]
    assert open_link(either.site, token, CLIENT) is None
    assert outcomes(either, CLIENT) == ["unknown", "opened", "used"]
    assert outcomes(either, OTHER) == ["foreign"]
    again = bundle(either, tmp_path)
    assert [row["outcome"] for row in again.rows("requests", "kigen_bundle_fetches")] == ["unknown", "opened", "used"]


def test_a_link_ends_at_its_second_and_with_its_file(desk: Desk, tmp_path: Path) -> None:
    """B7"""
    bundle(desk, tmp_path)
    first, second = make_link(desk.site, 1, uses=5), make_link(desk.site, 1, uses=5)
    desk.move_to("2026-06-08 11:59:59")
    assert open_link(desk.site, first, CLIENT) is not None
    desk.move_to("2026-06-08 12:00:00")
    assert open_link(desk.site, first, CLIENT) is None
    desk.move_to("2026-06-02 12:00")
    (tmp_path / "bundle.zip").rename(tmp_path / "away.zip")
    desk.move_to("2026-06-15 12:00")
    removed(desk)
    assert open_link(desk.site, second, CLIENT) is None
    assert outcomes(desk, CLIENT) == ["opened", "expired", "used"]


def test_who_guesses_has_to_wait_even_with_a_good_link(desk: Desk, tmp_path: Path) -> None:
    bundle(desk, tmp_path)
    token = make_link(desk.site, 1)
    for number in range(10):
        assert open_link(desk.site, f"guess {number}", CLIENT) is None
    assert open_link(desk.site, token, CLIENT) is None
    assert open_link(desk.site, "of another", OTHER) is None
    desk.move_to("2026-06-01 13:01")
    assert open_link(desk.site, token, CLIENT) is not None


def test_an_access_request_is_answered_by_a_bundle_and_says_by_which(desk: Desk, tmp_path: Path) -> None:
    desk.hear({"event": "export_requested", "at": "2026-06-01T10:00:00", "client": CLIENT})
    made = bundle(desk, tmp_path)
    foreign = export(desk.site, Wanted(OTHER), tmp_path / "other.zip")
    with desk.site.transaction() as connection:
        with pytest.raises(ValueError, match=f"there is no bundle {foreign.number} of client 5"):
            requests.fulfil(desk.site, connection, 1, bundle=foreign.number)
        assert requests.entry(desk.site, connection, 1).is_open
        requests.fulfil(desk.site, connection, 1, bundle=made.made.number)
        assert not requests.entry(desk.site, connection, 1).is_open
        assert bundles.of_request(connection, 1) == [made.made.number]
    with desk.site.reading() as connection:
        assert inbox.count(connection, inbox.PENDING, desk.site.now) == 0


def test_a_bundle_that_lacks_something_answers_no_request(desk: Desk, tmp_path: Path) -> None:
    """K16: the request stays open, the bundle is kept."""
    with desk.site.transaction() as connection:
        settings.store(connection, "host.attachments", None, desk.site.now, "tests")
    desk.hear({"event": "export_requested", "at": "2026-06-01T10:00:00", "client": CLIENT})
    made = bundle(desk, tmp_path)
    with desk.site.transaction() as connection:
        with pytest.raises(ValueError, match="bundle 1 is incomplete"):
            requests.fulfil(desk.site, connection, 1, bundle=1)
        assert requests.entry(desk.site, connection, 1).is_open
    assert made.path.exists()
