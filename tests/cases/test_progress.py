"""How far an erasure has come, and what plugins' erasers do to it: partly done is told as that (cases.md F)."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import Connection, text

from kigen.extensions import Eraser
from kigen.ledger import outbox, requests, settings
from kigen.plugins import find_plugins
from kigen.policy.progress import SENTENCES, Stage
from kigen.policy.records import Kind
from kigen.specs import hookimpl
from kigen.work import desk as desk_of
from kigen.work.progress import progress_of
from tests.cases.desk import Desk, at
from tests.cases.test_floors_and_claims import PAID, back_up

DUE = "2026-06-01 12:00"


class Plugin:
    """A plugin with erasers of clients, in this order."""

    def __init__(self, *erasers: Eraser) -> None:
        self._erasers = list(erasers)

    @hookimpl
    def kigen_erasers(self) -> list[Eraser]:
        return self._erasers


def with_erasers(desk: Desk, *erasers: Eraser) -> None:
    desk.site = dataclasses.replace(desk.site, plugins=find_plugins([Plugin(*erasers)]))


def progress(desk: Desk, language: str = "en") -> tuple[str, str]:
    """Where the first request stands, and the sentence for whoever asked."""
    with desk.site.reading() as connection:
        (one, *_) = desk_of.entries(desk.site, connection)
        found = progress_of(desk.site, connection, one)
    return found.stage.value, found.text(desk.site.zone, language)


def notices(desk: Desk) -> list[str]:
    with desk.site.reading() as connection:
        return [row.notice for row in outbox.of(connection, 1)]


@pytest.fixture
def asked(small: Desk) -> Desk:
    """Client 1 asked to be deleted a month ago; client 2 did not; each has two rows at a plugin."""
    for number in (1, 2):
        small.put("tblclients", id=number, status="Active", datecreated="2026-05-01", country="JP",
                  email=f"{number}@example.jp")  # fmt: skip
    small.put("tblusers", id=1, email="1@example.jp")
    small.put("tblusers_clients", auth_user_id=1, client_id=1, owner=1)
    small.run("CREATE TABLE acme_card (id INTEGER PRIMARY KEY, client BIGINT)")
    small.run("CREATE TABLE acme_points (id INTEGER PRIMARY KEY, card BIGINT)")
    small.run("INSERT INTO acme_card VALUES (10, 1), (20, 2)")
    small.run("INSERT INTO acme_points VALUES (1, 10), (2, 10), (3, 20)")
    small.hear({"event": "deletion_requested", "client": 1, "at": "2026-05-02 12:00"})
    return small


def gone(connection: Connection, table: str, column: str, wanted: Sequence[int]) -> int:
    statement = text(f"DELETE FROM {table} WHERE {column} = :one")
    return sum(connection.execute(statement, {"one": one}).rowcount for one in wanted)


def cards(connection: Connection, kind: Kind, ids: Sequence[int]) -> int:
    return gone(connection, "acme_card", "client", ids)


def points(connection: Connection, kind: Kind, wanted: Sequence[int]) -> int:
    return gone(connection, "acme_points", "card", wanted)


def find_cards(connection: Connection, kind: Kind, ids: Sequence[int]) -> list[int]:
    found = connection.execute(text("SELECT id, client FROM acme_card")).all()
    return [row.id for row in found if row.client in ids]


CARDS = Eraser("acme.card", [Kind.CLIENT], cards)
POINTS = Eraser("acme.points", [Kind.CLIENT], points, find_cards)


@pytest.mark.parametrize("erasers", [(CARDS, POINTS), (POINTS, CARDS)], ids=["the needed first", "the needed last"])
def test_an_eraser_that_needs_what_another_removes_finds_its_rows_in_either_order(
    asked: Desk, erasers: tuple[Eraser, ...]
) -> None:
    """F19: all find before any erases."""
    with_erasers(asked, *erasers)
    swept = asked.sweep()
    assert (swept.rows["plugin acme.card"], swept.rows["plugin acme.points"]) == (1, 2)
    assert (asked.rows("acme_card"), asked.rows("acme_points"), asked.rows("tblclients")) == ([20], [3], [2])


def raises(connection: Connection, kind: Kind, ids: Sequence[int]) -> int:
    raise RuntimeError("the words of a person")


def hangs(connection: Connection, kind: Kind, ids: Sequence[int]) -> int:
    time.sleep(5)
    return 0


def only_claims(connection: Connection, kind: Kind, ids: Sequence[int]) -> int:
    return connection.execute(text("DELETE FROM acme_points WHERE id = (SELECT MIN(id) FROM acme_points)")).rowcount


@pytest.mark.parametrize(
    "eraser",
    [
        Eraser("acme.points", [Kind.CLIENT], raises),
        Eraser("acme.points", [Kind.CLIENT], hangs),
        Eraser("acme.points", [Kind.CLIENT], lambda *_: "all gone"),  # type: ignore[arg-type,return-value]  # that is it
        Eraser("acme.points", [Kind.CLIENT], only_claims),
        Eraser("acme.points", [Kind.CLIENT], points, lambda *_: 7),  # type: ignore[arg-type,return-value]  # no list
    ],
    ids=["raises", "hangs", "nonsense", "only claims", "finds nonsense"],
)
def test_an_eraser_that_fails_leaves_the_request_open_and_told_as_such_and_the_next_day_finishes_it(
    asked: Desk, eraser: Eraser
) -> None:
    """F20, F21: nothing is called done that is not, and the client hears of the delay once."""
    with asked.site.transaction() as connection:
        settings.store(connection, "plugins.seconds", "1", asked.site.now, "tests")
    asked.move_to("2026-06-02 12:00")
    with_erasers(asked, CARDS, eraser)
    (sentence,) = asked.sweep().failures
    assert sentence.startswith("client:1 could not be handled: plugin acme.points ")
    assert "person" not in sentence
    assert (asked.rows("tblclients"), asked.rows("acme_card"), asked.rows("acme_points")) == (
        [1, 2],
        [10, 20],
        [1, 2, 3],
    )
    assert progress(asked) == (
        "delayed", "The deletion could not be finished; it is tried again from 2026-06-03 12:00 on.",
    )  # fmt: skip
    assert progress(asked, "ja")[1] == "削除を完了できませんでした。2026-06-03 12:00 以降にもう一度行います。"
    assert notices(asked) == ["deletion-received", "deletion-delayed"]
    asked.move_to("2026-06-03 12:00")
    with_erasers(asked, CARDS, POINTS)
    asked.sweep()
    assert (asked.rows("tblclients"), asked.rows("acme_card"), asked.rows("acme_points")) == ([2], [20], [3])
    assert progress(asked) == ("done", "The request was carried out on 2026-06-03 12:00.")
    assert notices(asked) == ["deletion-done"]


def a_hold(desk: Desk) -> None:
    desk.put("tblhosting", id=20, userid=1, domainstatus="Active")


def in_steps(desk: Desk) -> None:
    """More rows than one transaction takes, and a run that ends after the first steps."""
    with desk.site.transaction() as connection:
        settings.store(connection, "sweep.client_rows", "2", desk.site.now, "tests")
    desk.put_many(*(("tblemails", {"id": number, "userid": 1, "subject": "x"}) for number in range(1, 5)))

    def fails(*_: Any) -> int:
        raise RuntimeError

    with_erasers(desk, Eraser("acme.points", [Kind.CLIENT], fails))


def with_a_floor(desk: Desk) -> None:
    desk.put("tblinvoices", id=10, userid=1, **PAID)
    with desk.site.transaction() as connection:
        settings.store(connection, "floors.fiscal_year_end", "12-31", desk.site.now, "tests")
    back_up(desk)


@pytest.mark.parametrize(
    ("given", "stage", "said"),
    [
        (a_hold, "kept", "The deletion was planned for 2026-06-01 12:00; something still keeps the account, and every"
                         " day it is looked at again."),
        (in_steps, "begun", "The deletion began on 2026-06-02 12:00 and is partly done; the rest follows."),
        (with_a_floor, "partly-done", "The deletion is partly done: what has to stay is masked and goes after"
                                      " 2032-03-01 00:00."),
    ],
)  # fmt: skip
def test_what_is_partly_done_is_told_as_partly_done_also_to_one_who_cannot_sign_in_any_more(
    asked: Desk, given: Callable[[Desk], None], stage: str, said: str
) -> None:
    """F21: told from kigen's own tables, whatever is left of the account."""
    assert progress(asked) == ("planned", "The deletion is planned for 2026-06-01 12:00.")
    given(asked)
    asked.move_to("2026-06-02 12:00")
    asked.sweep()
    assert progress(asked) == (stage, said)
    assert 1 in asked.rows("tblclients")
    can_sign_in = asked.rows("tblclients", "status")[0] == "Active" and asked.rows("tblusers") == [1]
    assert can_sign_in == (stage == "kept")
    assert progress(asked, "ja")[1].startswith("削除は")


def test_every_stage_of_a_request_has_a_sentence_in_both_languages(asked: Desk) -> None:
    """F21"""
    assert SENTENCES.keys() == set(Stage) and all(english and japanese for english, japanese in SENTENCES.values())
    with asked.site.transaction() as connection:
        number = requests.open_request(connection, 2, "access", at(DUE))
        assert number is not None
    with asked.site.reading() as connection:
        one = desk_of.entry(asked.site, connection, number)
        found = progress_of(asked.site, connection, one)
    assert found.text("Asia/Tokyo") == "The request was received and is to be answered before 2026-06-16 00:00."
    assert found.text("Asia/Tokyo", "ja") == "請求を受け付けました。2026-06-16 00:00 までに回答します。"
