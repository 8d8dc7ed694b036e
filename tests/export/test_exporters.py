"""Plugins' own data in a bundle (K12): it is there, and where a plugin fails the bundle says so and names it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import Connection

from kigen.extensions import Exporter, Recipient
from kigen.plugins import find_plugins
from kigen.specs import hookimpl
from tests.cases.desk import Desk
from tests.export.opened import bundle


class Acme:
    """A plugin with points of its own, an exporter that fails in some way, and a processor outside."""

    def __init__(self, failing: object) -> None:
        self._failing = failing

    @hookimpl
    def kigen_exporters(self) -> list[Exporter]:
        return [Exporter("acme.points", "Points", self._points), Exporter("acme.bad", "Bad", self._bad)]

    @hookimpl
    def kigen_recipients(self) -> list[Recipient]:
        return [Recipient("Acme Mail", "newsletters", "DE", "SCC", "https://mail.example/privacy")]

    def _points(self, connection: Connection, client: int) -> Iterator[Mapping[str, object]]:
        yield {"points": client, "why": "=1+1"}
        yield {"points": 2, "why": None, "beside": {"deep": [1]}}

    def _bad(self, connection: Connection, client: int) -> Iterable[Mapping[str, object]]:
        yield {"fine": 1}
        if isinstance(self._failing, Exception):
            raise self._failing
        yield self._failing  # type: ignore[misc]  # what a plugin should not hand over


def test_what_a_plugin_holds_is_among_the_other_data(desk: Desk, tmp_path: Path) -> None:
    desk.site = dataclasses.replace(desk.site, plugins=find_plugins([Acme({"fine": 2})]))
    made = bundle(desk, tmp_path)
    assert made.rows("other", "acme.points") == [
        {"points": 5, "why": "=1+1", "more": None},
        {"points": 2, "why": None, "more": {"beside": {"deep": [1]}}},
    ]
    assert made.sheet("other-acme.points")[0] == ["5", "\t=1+1", ""]
    assert ("Acme Mail", "DE") in {(row["recipient"], row["country"]) for row in made.rows("recipients")}
    assert made.manifest["complete"] is True


@pytest.mark.parametrize(
    "failing",
    [RuntimeError("yamada@example.jp"), "no mapping", {"x": object()}, {1: 2}],
    ids=["an error", "no mapping", "no value of JSON", "no name of a column"],
)
def test_one_that_fails_marks_the_bundle_and_everything_else_is_there(
    desk: Desk, tmp_path: Path, failing: object
) -> None:
    desk.site = dataclasses.replace(desk.site, plugins=find_plugins([Acme(failing)]))
    made = bundle(desk, tmp_path)
    (problem,) = made.manifest["incomplete"]
    assert problem.startswith("acme.bad (Bad) failed after 1 rows: ")
    assert "yamada" not in problem
    assert made.manifest["complete"] is False
    assert made.rows("other", "acme.bad") == [{"fine": 1, "more": None}]
    assert len(made.rows("other", "acme.points")) == 2
    assert made.rows("profile", "tblclients")[0]["email"] == "yamada@example.jp"
