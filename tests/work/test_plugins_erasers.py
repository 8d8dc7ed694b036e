"""An eraser of a plugin that raises, hangs, answers nonsense or only claims to be done keeps the record."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import Connection, text

from kigen.extensions import Eraser
from kigen.plugins import find_plugins
from kigen.policy.records import Kind
from kigen.specs import hookimpl
from tests.work.billing import LATER, NOW, Billing

Erase = Callable[[Connection, Kind, Sequence[int]], int]


class Points:
    """A plugin with a table of its own, points of clients, and some way to erase it."""

    def __init__(self, erase: Erase) -> None:
        self._erase = erase

    @hookimpl
    def kigen_erasers(self) -> list[Eraser]:
        return [Eraser("acme.points", [Kind.ORDER], self._erase)]


def remove(connection: Connection, kind: Kind, ids: Sequence[int]) -> int:
    removed = 0
    for number in ids:
        removed += connection.execute(text("DELETE FROM acme_points WHERE id = :id"), {"id": number}).rowcount
    return removed


def with_plugin(billing: Billing, erase: Erase) -> None:
    billing.site = dataclasses.replace(billing.site, plugins=find_plugins([Points(erase)]))


@pytest.fixture
def points(billing: Billing) -> Billing:
    """Orders 7 and 8, both due, each with a row of points."""
    billing.live_client()
    billing.old_orders(7, 8)
    billing.run("CREATE TABLE acme_points (id BIGINT PRIMARY KEY) ENGINE=InnoDB")
    billing.run("INSERT INTO acme_points VALUES (7), (8), (9)")
    return billing


def test_what_a_plugin_holds_goes_with_the_record_and_nothing_else_of_it(points: Billing) -> None:
    with_plugin(points, remove)
    swept = points.sweep()
    assert swept.rows["plugin acme.points"] == 2
    assert (points.ids("tblorders"), points.ids("acme_points")) == ([], [9])


def refuses(connection: Connection, kind: Kind, ids: Sequence[int]) -> int:
    if 7 in ids:
        raise RuntimeError("the words of a person")
    return remove(connection, kind, ids)


def hangs(connection: Connection, kind: Kind, ids: Sequence[int]) -> int:
    try:
        time.sleep(5 if 7 in ids else 0)
    except Exception:
        time.sleep(5)
    return remove(connection, kind, ids)


def tells_nonsense(connection: Connection, kind: Kind, ids: Sequence[int]) -> int:
    return "all of them" if 7 in ids else remove(connection, kind, ids)  # type: ignore[return-value]  # that is it


def only_claims(connection: Connection, kind: Kind, ids: Sequence[int]) -> int:
    """Removes one row at a time of number 7, and says so."""
    if 7 not in ids:
        return remove(connection, kind, ids)
    return connection.execute(text("DELETE FROM acme_points WHERE id = (SELECT MIN(id) FROM acme_points)")).rowcount


@pytest.mark.parametrize(
    ("erase", "said"),
    [
        (refuses, "could not erase its part (RuntimeError)"), (hangs, "did not erase its part within 1 s"),
        (tells_nonsense, "answered with str; expected how many rows"), (only_claims, "then found more rows"),
    ],
    ids=["raises", "hangs", "nonsense", "only claims"],
)  # fmt: skip
def test_an_eraser_that_fails_keeps_the_record_with_all_that_is_its_and_is_named(
    points: Billing, erase: Erase, said: str
) -> None:
    points.set(plugins__seconds=1)
    with_plugin(points, erase)
    swept = points.sweep()
    assert (points.ids("tblorders"), points.ids("acme_points")) == ([7], [7, 9])
    (sentence,) = swept.failures
    assert "order:7" in sentence and "plugin acme.points" in sentence and said in sentence
    assert "person" not in sentence


def test_a_record_that_an_eraser_kept_goes_the_day_after_once_the_eraser_is_mended(points: Billing) -> None:
    with_plugin(points, refuses)
    points.sweep()
    points.at(NOW + 2 * LATER)
    with_plugin(points, remove)
    points.sweep()
    assert (points.ids("tblorders"), points.ids("acme_points")) == ([], [9])


def ending(how: Callable[[Connection], object]) -> Erase:
    """An eraser that removes its rows and then ends the transaction, or tries to, for number 7."""

    def erase(connection: Connection, kind: Kind, ids: Sequence[int]) -> int:
        removed = remove(connection, kind, ids)
        if 7 in ids:
            how(connection)
        return removed

    return erase


def swallowing(connection: Connection) -> None:
    with contextlib.suppress(Exception):
        connection.commit()


@pytest.mark.parametrize(
    ("how", "word"),
    [
        (lambda connection: connection.commit(), "commit"), (lambda connection: connection.rollback(), "rollback"),
        (lambda connection: connection.close(), "close"),
        (lambda connection: connection.get_transaction().commit(), "get_transaction"),
        (lambda connection: connection.execute(text("COMMIT")), "COMMIT"),
        (lambda connection: connection.execute(text("CREATE TABLE acme_more (id INT)")), "CREATE"),
        (swallowing, "commit"),
    ],
)  # fmt: skip
def test_an_eraser_that_ends_the_transaction_keeps_its_record_alone_and_the_rest_goes_on(
    points: Billing, how: Callable[[Connection], object], word: str
) -> None:
    with_plugin(points, ending(how))
    swept = points.sweep()
    assert swept.stop is None and swept.done["delete"]["order"] == 1
    assert (points.ids("tblorders"), points.ids("acme_points")) == ([7], [7, 9])
    (sentence,) = swept.failures
    assert f"plugin acme.points tried to end the transaction ({word})" in sentence
    assert [act.id for act in points.acts(Kind.ORDER)] == [8]


def test_an_eraser_may_use_savepoints_of_its_own(points: Billing) -> None:
    def erase(connection: Connection, kind: Kind, ids: Sequence[int]) -> int:
        with connection.begin_nested():
            removed = remove(connection, kind, ids)
        with connection.begin_nested() as tried:
            connection.execute(text("DELETE FROM acme_points"))
            tried.rollback()
        return removed

    with_plugin(points, erase)
    points.sweep()
    assert (points.ids("tblorders"), points.ids("acme_points")) == ([], [9])
