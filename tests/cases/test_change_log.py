"""The log of changes: what a client is told of what was changed about it, and what stays of that (Article 14, J8)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import text

from kigen.commands.events import understood
from kigen.ledger import inbox, settings
from kigen.policy.exporting import BundleKind
from kigen.work.erase import erase
from kigen.work.export.content import Wanted
from kigen.work.export.make import export
from kigen.work.intake import run_intake
from tests.cases.desk import Desk
from tests.cases.test_floors_and_claims import back_up
from tests.export.opened import Bundle


def tell(desk: Desk, *lines: dict[str, Any]) -> None:
    """Events as `kigen events` takes them in from a file."""
    arrivals = [understood(json.dumps(line).encode(), desk.site) for line in lines]
    with desk.site.transaction() as connection:
        inbox.append(connection, arrivals, desk.site.now)
    run_intake(desk.site)


def edit(when: str, before: dict[str, Any], **now: Any) -> dict[str, Any]:
    payload = {"userid": 1, "by": "client", **now, "olddata": before}
    return {"host_event": "ClientEdit", "at": f"{when}+09:00", "payload": payload}


def log(desk: Desk, tmp_path: Path, client: int = 1, **more: Any) -> list[tuple[str, ...]]:
    """The entries in the client's bundle that say what changed, without those that only note a first look."""
    path = tmp_path / "bundle.zip"
    rows = Bundle(export(desk.site, Wanted(client, **more), path), path).rows("change_logs", "change_log")
    told = ("at", "kind", "record", "field", "by", "before", "after")
    return sorted(tuple(row[name] for name in told) for row in rows if row["act"] == "changed")


def stored(desk: Desk) -> str:
    """Everything that kigen's own tables hold, as text."""
    names = ("kigen_inbox", "kigen_events", "kigen_change_log")
    with desk.site.reading() as connection:
        return repr([connection.execute(text(f"SELECT * FROM {name}")).all() for name in names])


def test_j8_old_and_new_value_are_the_clients_to_read_and_nobody_elses_in_the_tables(
    desk: Desk, tmp_path: Path
) -> None:
    desk.put("tblclients", id=1, firstname="New-Name", city="Osaka", status="Active", notes="staff-note-2")
    move = edit("2026-05-02T10:00:00", {"city": "Kobe", "firstname": "New-Name"}, city="Osaka", firstname="New-Name")
    rename = edit(
        "2026-05-03T10:00:00", {"firstname": "Old-Name", "notes": "staff-note-1", "password": "pw-1"},
        firstname="New-Name", notes="staff-note-2", password="pw-2",
    )  # fmt: skip
    tell(desk, rename, move, rename)  # in another order than they happened, and one of them twice
    tell(desk, move)
    assert log(desk, tmp_path) == [
        ("2026-05-02T10:00:00+09:00", "client", "1", "city", "client", "Kobe", "Osaka"),
        ("2026-05-03T10:00:00+09:00", "client", "1", "firstname", "client", "Old-Name", "New-Name"),
    ]
    for word in ("Old-Name", "New-Name", "Kobe", "Osaka", "staff-note", "pw-1", "pw-2"):
        assert word not in stored(desk)
    assert log(desk, tmp_path, kind=BundleKind.PORTABILITY) == []  # it was neither given nor caused by using a service


def test_a_change_that_tells_no_values_is_seen_in_the_row_from_the_second_look_on(small: Desk, tmp_path: Path) -> None:
    small.put("tblclients", id=1, status="Active")
    small.put("tblcontacts", id=7, userid=1, email="first@example.jp")
    small.put("tbldomains", id=3, userid=1, domain="example.jp", status="Active", donotrenew=0)
    told = {"event": "domain_changed", "client": 1, "id": 3, "data": {"fields": []}}
    contact = {"event": "contact_changed", "client": 1, "id": 7, "data": {"by": "staff"}}
    small.hear({**told, "at": "2026-05-01T09:00"}, {**contact, "at": "2026-05-01T09:00"})
    assert log(small, tmp_path) == []
    small.run("UPDATE tbldomains SET donotrenew = 1")
    small.run("UPDATE tblcontacts SET email = 'second@example.jp'")
    small.hear({**told, "at": "2026-05-04T09:00"}, {**contact, "at": "2026-05-04T09:00"})
    small.hear({**told, "at": "2026-05-02T09:00"})  # late: by now the row says nothing more of it
    domain = ("2026-05-04T09:00:00+09:00", "domain", "3", "donotrenew", "", "0", "1")
    person = ("2026-05-04T09:00:00+09:00", "contact", "7", "email", "staff", "first@example.jp", "second@example.jp")
    assert log(small, tmp_path) == [person, domain]
    assert log(small, tmp_path, contact=7) == [person]
    small.run("DELETE FROM tblcontacts")
    small.hear({"event": "contact_deleted", "client": 1, "id": 7, "at": "2026-05-05T09:00"})
    assert log(small, tmp_path) == [domain]


def test_the_log_goes_with_the_erasure_and_is_bare_where_its_client_is_anonymised(small: Desk, tmp_path: Path) -> None:
    for number in (1, 2, 3):
        small.put("tblclients", id=number, status="Active", firstname=f"New-{number}", datecreated="2020-01-01")
        change = edit("2026-05-02T10:00:00", {"firstname": f"Old-{number}"}, firstname=f"New-{number}", userid=number)
        tell(small, change)
    small.put("tblinvoices", id=20, userid=2, status="Paid", date="2024-03-01", datepaid="2024-03-01 09:00:00",
              subtotal="11.00", total="11.00")  # fmt: skip
    with small.site.transaction() as connection:
        settings.store(connection, "floors.fiscal_year_end", "12-31", small.site.now, "tests")
    back_up(small)
    assert erase(small.site, 1).done["delete"] == {"client": 1}
    assert erase(small.site, 2).done["anonymise"] == {"client": 1}
    told = small.rows("kigen_change_log", "client")
    assert 1 not in told
    assert {2, 3} <= set(told)
    (masked,) = log(small, tmp_path, 2)
    assert masked == ("2026-05-02T10:00:00+09:00", "client", "2", "firstname", "client", None, None)
    assert [one[5:] for one in log(small, tmp_path, 3)] == [("Old-3", "New-3")]
    # What arrives late of the one who was anonymised brings nothing back.
    late = edit("2026-05-01T10:00:00", {"lastname": "Older"}, lastname="Old", userid=2)
    tell(small, late)
    assert len(log(small, tmp_path, 2)) == 1


def test_the_log_is_kept_no_longer_than_its_own_term(small: Desk, tmp_path: Path) -> None:
    small.put("tblclients", id=1, status="Active", firstname="New", datecreated="2026-01-01")
    small.put("tblhosting", id=1, userid=1, domainstatus="Active")
    tell(small, edit("2026-05-02T10:00:00", {"firstname": "Old"}, firstname="New"))
    small.reconcile()
    small.move_to("2028-05-02 09:59")
    small.sweep()
    assert len(log(small, tmp_path)) == 1
    small.move_to("2028-05-02 10:00")
    small.sweep()
    assert log(small, tmp_path) == []
    assert small.rows("tblclients") == [1]
